#pragma once
// Parsers and enrichers build flat columns with dotted ECS names ("source.geo.country_iso_code");
// the lake, SQL and JSON see nested structs. Nesting moves no data: the structs share the columns.
#include "core/columns.h"
#include "core/result.h"

namespace sextant {

inline constexpr std::size_t kNestingMax = 16;

// The same leaves, each name split at its dots, in the order in which names first appear. A struct
// is nullable as a type (an older file may lack it) but present in every row; nulls are the
// leaves'. Leaves keep type, nullability and metadata, dictionaries and names without a dot
// included. Any thread. Invalid: a name is both leaf and struct ("a" and "a.b"), is there twice,
// has an empty part, or more than kNestingMax parts.
Result<BatchPtr> nest(const BatchPtr& flat);
Result<SchemaPtr> nest(const SchemaPtr& flat);

}  // namespace sextant
