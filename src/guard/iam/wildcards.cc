#include "guard/iam/wildcards.h"

#include <vector>

namespace sextant::guard::iam {

namespace {

// Whether the ends of a and b can stand for the same text, when `above` (a without its last),
// `before` (b without its last) or `both` (each without) can.
struct Reached {
  bool above;
  bool before;
  bool both;
};
bool reaches(char a, char b, const Reached& reached) {
  if (a == '*' || b == '*') return reached.above || reached.before;
  return reached.both && (a == b || a == '?' || b == '?');
}

}  // namespace

bool may_meet(std::string_view a, std::string_view b) {
  // reach[j]: the first i characters of a and the first j of b can stand for the same text.
  std::vector<bool> above(b.size() + 1);
  above[0] = true;
  for (std::size_t j = 0; j < b.size() && b[j] == '*'; ++j) above[j + 1] = true;
  std::vector<bool> reach(b.size() + 1);
  for (const char end : a) {
    reach[0] = above[0] && end == '*';
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const Reached reached{.above = above[j], .before = reach[j - 1], .both = above[j - 1]};
      reach[j] = reaches(end, b[j - 1], reached);
    }
    above.swap(reach);
  }
  return above[b.size()];
}

std::string open_placeholders(std::string_view text) {
  std::string opened;
  while (!text.empty()) {
    const auto begin = text.find("${");
    const auto end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) return opened.append(text);
    opened.append(text.substr(0, begin)).append("*");
    text.remove_prefix(end + 1);
  }
  return opened;
}

}  // namespace sextant::guard::iam
