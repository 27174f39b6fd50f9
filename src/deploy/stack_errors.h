#pragma once
// What CloudFormation says of stacks, in its words: one place for the sentences that several
// operations share.
#include <string>
#include <utility>

#include "core/result.h"

namespace sextant::deploy {

inline std::unexpected<Error> invalid(std::string message) {
  return fail(Code::Invalid, std::move(message), "ValidationError");
}
inline std::unexpected<Error> no_stack(const std::string& name_or_id) {
  return invalid("Stack with id " + name_or_id + " does not exist");
}
inline std::unexpected<Error> not_made(const std::string& id) {
  return invalid("Stack:" + id + " is in ROLLBACK_COMPLETE state and can not be updated.");
}
inline std::unexpected<Error> bad_stack_name(const std::string& name) {
  return invalid("1 validation error detected: Value '" + name +
                 "' at 'stackName' failed to satisfy constraint: Member must satisfy regular "
                 "expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
}

}  // namespace sextant::deploy
