#pragma once
// Names and ids of stacks and change sets: callers may give either. Which stack a text names is
// read here alone, so that the gate judges the stack that the call then acts on.
#include <optional>
#include <string>
#include <string_view>

#include "core/id.h"

namespace sextant::deploy {

bool is_arn(std::string_view name_or_id);  // begins with "arn:", as no name does

// "demo" of "arn:aws:cloudformation:<region>:<account>:stack/demo/<unique>" of this scope, or the
// text as it is when it is no ARN. nullopt: any other ARN. Whether the stack of that name has that
// id, its record says.
std::optional<std::string> stack_name_of(const Scope& scope, const std::string& name_or_id);

bool valid_stack_name(std::string_view name);       // [a-zA-Z][-a-zA-Z0-9]*, at most 128
bool valid_change_set_name(std::string_view name);  // the same form

}  // namespace sextant::deploy
