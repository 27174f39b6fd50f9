#pragma once
// The native functions that are in the box. server/node/catalogue.cc makes the one list.
#include <span>
#include <string_view>
#include <vector>

#include "sdk/function.h"

namespace sextant::sdk {

class Catalogue {
 public:
  explicit Catalogue(std::vector<const Function*> functions) : functions_(std::move(functions)) {}
  const Function* find(std::string_view id) const {  // nullptr when there is none
    for (const auto* function : functions_) {
      if (function->id == id) return function;
    }
    return nullptr;
  }
  std::span<const Function* const> all() const { return functions_; }

 private:
  std::vector<const Function*> functions_;
};

}  // namespace sextant::sdk
