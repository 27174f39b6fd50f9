#pragma once
// Compiled policies by their text, so that a change of one compiles one. Not for more than one
// thread at a time.
#include <string>
#include <string_view>
#include <unordered_map>

#include "guard/iam/policy.h"

namespace sextant::guard {

class PolicyCache {
 public:
  // As iam::policy_or_defect.
  iam::PolicyPtr compile(std::string_view document, iam::PolicyUse use, std::string name);
  // Forgets what nobody asked for since the last time.
  void settle();
  std::size_t size() const { return before_.size() + now_.size(); }

 private:
  using Compiled = std::unordered_map<std::string, iam::PolicyPtr>;
  Compiled before_;
  Compiled now_;
};

}  // namespace sextant::guard
