#include "deploy/stack_names.h"

#include <algorithm>

namespace sextant::deploy {

std::string name_of(const std::string& name_or_id, std::string_view kind) {
  const auto marker = ":" + std::string(kind) + "/";
  const auto at = name_or_id.find(marker);
  if (!name_or_id.starts_with("arn:") || at == std::string::npos) return name_or_id;
  const auto begin = at + marker.size();
  return name_or_id.substr(begin, name_or_id.find('/', begin) - begin);
}

bool valid_stack_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inside = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= 128 && letter(name.front()) &&
         std::ranges::all_of(name, inside);
}

bool valid_change_set_name(std::string_view name) { return valid_stack_name(name); }

}  // namespace sextant::deploy
