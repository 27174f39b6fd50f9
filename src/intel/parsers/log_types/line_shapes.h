#pragma once
// How a log type's lines are cut: exactly one of `pattern`, `json`, `delimited`, `key_value`.
#include "core/yaml.h"
#include "intel/parsers/log_types/compiled.h"
#include "intel/parsers/log_types/members.h"

namespace sextant::intel {

// Fills the shape and, where the shape itself names them, field_names.
void read_shape(Members& members, CompiledLogType& into, Findings& findings);

// Whether lines have those fields and no others.
bool has_fixed_fields(const CompiledLogType& type);

// Reports fields of JSON that stand inside of each other, and members of a list that are named as
// of an object, too.
void check_paths(const yaml::Node& fields, const std::vector<Spelling>& spellings,
                 Findings& findings);

}  // namespace sextant::intel
