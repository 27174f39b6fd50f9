#pragma once
// Arrow types as DuckDB's SQL writes them, for tables that have no file yet.
#include <string>

#include "core/columns.h"
#include "core/result.h"

namespace sextant::adapters {

// Column definitions, each with a comma behind it; "" without a schema. Invalid: a type that has no
// counterpart.
Result<std::string> sql_columns(const SchemaPtr& schema);

}  // namespace sextant::adapters
