#pragma once
// A handler's stage in the catalogue.
#include <string>
#include <string_view>

#include "sdk/catalogue.h"

namespace sextant::runtime::native {

// "parsers.*" in the catalogue is every parser that has no entry of its own: what it does is said
// by the function's code.
inline bool is_open(std::string_view id) { return id.ends_with(".*"); }

inline const sdk::Function* find_stage(const sdk::Catalogue& catalogue, std::string_view id) {
  const auto* function = is_open(id) ? nullptr : catalogue.find(id);
  if (function != nullptr) return function;
  const auto family = std::string(id.substr(0, id.rfind('.'))) + ".*";
  return id.contains('.') && !is_open(id) ? catalogue.find(family) : nullptr;
}

}  // namespace sextant::runtime::native
