#include "server/node/document_columns.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "intel/log_kinds.h"
#include "intel/parsers/inventory_rows.h"
#include "intel/parsers/malformed_rows.h"

namespace sextant::server {
namespace {

// What enrichers add and is no text: texts need no word.
SchemaPtr enriched_columns() {
  return arrow::schema({
      arrow::field("source.geo.location.lat", arrow::float64()),
      arrow::field("source.geo.location.lon", arrow::float64()),
      arrow::field("source.as.number", arrow::int64()),
  });
}

}  // namespace

std::vector<SchemaPtr> document_columns() {
  std::vector<SchemaPtr> schemas;
  for (const auto& kind : intel::log_kinds()) {
    const auto reader = kind.parser->make_reader({}, {.keep_original = true});
    schemas.push_back(reader->finish()->schema());
  }
  schemas.push_back(intel::MalformedRows().finish()->schema());
  schemas.push_back(intel::inventory_schema());
  schemas.push_back(enriched_columns());
  return schemas;
}

}  // namespace sextant::server
