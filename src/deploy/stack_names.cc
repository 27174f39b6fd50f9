#include "deploy/stack_names.h"

#include <algorithm>

namespace sextant::deploy {

bool is_arn(std::string_view name_or_id) { return name_or_id.starts_with("arn:"); }

std::optional<std::string> stack_name_of(const Scope& scope, const std::string& name_or_id) {
  if (!is_arn(name_or_id)) return name_or_id;
  const auto stacks =
      "arn:aws:cloudformation:" + scope.region.text() + ":" + scope.account.text() + ":stack/";
  if (!name_or_id.starts_with(stacks)) return std::nullopt;
  const auto name_and_unique = name_or_id.substr(stacks.size());
  const auto slash = name_and_unique.find('/');
  if (slash == std::string::npos) return std::nullopt;
  auto name = name_and_unique.substr(0, slash);
  const auto unique = std::string_view(name_and_unique).substr(slash + 1);
  const auto inside = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  };
  if (!valid_stack_name(name) || unique.empty() || !std::ranges::all_of(unique, inside))
    return std::nullopt;
  return name;
}

bool valid_stack_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inside = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= 128 && letter(name.front()) &&
         std::ranges::all_of(name, inside);
}

bool valid_change_set_name(std::string_view name) { return valid_stack_name(name); }

}  // namespace sextant::deploy
