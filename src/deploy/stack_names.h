#pragma once
// Names and ids of stacks and change sets: callers may give either.
#include <string>
#include <string_view>

namespace sextant::deploy {

// "demo" of "arn:aws:cloudformation:us-east-1:000000000000:stack/demo/uuid" (kind "stack"), or the
// text as it is.
std::string name_of(const std::string& name_or_id, std::string_view kind);

bool valid_stack_name(std::string_view name);       // [a-zA-Z][-a-zA-Z0-9]*, at most 128
bool valid_change_set_name(std::string_view name);  // the same form

}  // namespace sextant::deploy
