#pragma once
// Cuts lines that are a JSON object each: a field's text is the value of the member of its name. A
// member of an object inside is named "outer.inner", and so on; "list[0]" is the first element of a
// list, "list[0].inner" a member of it. Strings are unescaped, null is
// nothing, arrays and objects that no field names the members of stay JSON text as it was written.
#include <memory>
#include <utility>

#include "intel/parsers/cutter.h"
#include "intel/parsers/table_reader.h"

namespace sextant::intel {

// Another name that a member has had, and the field's.
using Spelling = std::pair<std::string_view, std::string_view>;

// Which value of a field counts that a line has twice, under one name or by two spellings.
enum class Repeats {
  LastCounts,   // as most readers of JSON have it
  FirstCounts,  // those behind it are kept with the members that no field names; null is no value
};

// Members that no field names are kept in the trailing column, as one JSON object. `format` and
// `spellings` must stay.
std::unique_ptr<Cutter> make_json_cutter(const Format& format,
                                         std::span<const Spelling> spellings = {},
                                         Repeats repeats = Repeats::LastCounts);

}  // namespace sextant::intel
