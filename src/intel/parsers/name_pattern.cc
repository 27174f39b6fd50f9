#include "intel/parsers/name_pattern.h"

namespace sextant::intel {
namespace {

bool matches_character(char pattern, char c) {
  return pattern == '?' || pattern == c || (pattern == '#' && c >= '0' && c <= '9');
}

}  // namespace

bool matches_name(std::string_view pattern, std::string_view name) {
  constexpr auto kNone = std::string_view::npos;
  std::size_t at = 0;
  std::size_t star = kNone;  // the last one, which takes name[star_from, …)
  std::size_t star_from = 0;
  for (std::size_t i = 0; i < name.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_from = i;
    } else if (at < pattern.size() && matches_character(pattern[at], name[i])) {
      ++at;
      ++i;
    } else if (star != kNone) {
      at = star + 1;
      i = ++star_from;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace sextant::intel
