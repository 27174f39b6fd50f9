#include "adapters/embedded/parquet_aliases.h"

#include <arrow/api.h>
#include <arrow/util/key_value_metadata.h>

#include <string>
#include <string_view>

namespace sextant::adapters {

BatchPtr with_aliases(const BatchPtr& batch) {
  const auto metadata = batch->schema()->metadata();
  if (!metadata) return batch;
  auto fields = batch->schema()->fields();
  auto columns = batch->columns();
  for (std::int64_t i = 0; i < metadata->size(); ++i) {
    const std::string_view key = metadata->key(i);
    if (!key.starts_with(kAliasPrefix)) continue;
    const std::string name(key.substr(kAliasPrefix.size()));
    if (batch->schema()->GetFieldIndex(name) >= 0) continue;
    if (auto column = batch->GetColumnByName(metadata->value(i))) {
      fields.push_back(arrow::field(name, column->type()));
      columns.push_back(std::move(column));
    }
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch->num_rows(),
                                  std::move(columns));
}

}  // namespace sextant::adapters
