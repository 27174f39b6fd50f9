#include "store/system_tables.h"

namespace sextant::store {

std::map<TableName, model::Table> all_tables(const Configuration& configuration,
                                             const Scope& scope) {
  std::map<TableName, model::Table> tables(configuration.tables.begin(),
                                           configuration.tables.end());
  model::Table audit;
  audit.database = "sextant";
  audit.name = TableName(std::string(kAuditTable));
  audit.arn = "arn:aws:glue:" + scope.region.text() + ":" + scope.account.text() +
              ":table/sextant/" + audit.name.text();
  tables[audit.name] = std::move(audit);
  return tables;
}

}  // namespace sextant::store
