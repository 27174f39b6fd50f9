#pragma once
// The columns of a table: how the schemas of its files become one, and the bytes they are stored
// as.
#include <string>
#include <string_view>

#include "core/columns.h"
#include "core/result.h"

namespace sextant::lake {

// All columns of both, those of `first` in front; structs are united field by field, everything may
// be null. A null schema stands for none. Invalid: a column has two types (names it).
Result<SchemaPtr> unite(const SchemaPtr& first, const SchemaPtr& second);

// As Arrow's IPC format has it.
Result<std::string> schema_to_bytes(const SchemaPtr& schema);
Result<SchemaPtr> schema_from_bytes(std::string_view bytes);  // Corrupt

// Names a schema by its stored bytes: 16 hex digits.
std::string schema_id(std::string_view bytes);

}  // namespace sextant::lake
