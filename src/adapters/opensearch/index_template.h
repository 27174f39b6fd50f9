#pragma once
// The index template of ECS documents, made from the columns that parsers and enrichers give, so
// that a field has the same type in every day's index, whatever document comes first.
#include <span>
#include <string>
#include <string_view>

#include "core/columns.h"
#include "core/result.h"

namespace sextant::adapters {

// For indices "<prefix>-*": the body of PUT _index_template. Addresses ("….ip") are ip, times date,
// numbers long or double, "….location" with lat and lon a geo_point, bytes binary, texts keyword;
// what no schema names gets its type by the same rules when it first comes. Times are never guessed
// from texts. Errors: Invalid (a name is a field here and an object there).
Result<std::string> index_template(std::string_view prefix, std::span<const SchemaPtr> schemas);

}  // namespace sextant::adapters
