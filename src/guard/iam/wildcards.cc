#include "guard/iam/wildcards.h"

#include <vector>

namespace sextant::guard::iam {

bool may_meet(std::string_view a, std::string_view b) {
  // reach[j]: the first i characters of a and the first j of b can stand for the same text.
  std::vector<bool> above(b.size() + 1);
  std::vector<bool> reach(b.size() + 1);
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      bool now = i == 0 && j == 0;
      const bool star_a = i > 0 && a[i - 1] == '*';
      const bool star_b = j > 0 && b[j - 1] == '*';
      if (i > 0 && (star_a || star_b)) now = now || above[j];
      if (j > 0 && (star_a || star_b)) now = now || reach[j - 1];
      if (i > 0 && j > 0) {
        const bool same = a[i - 1] == b[j - 1] || a[i - 1] == '?' || b[j - 1] == '?';
        if (star_a || star_b || same) now = now || above[j - 1];
      }
      reach[j] = now;
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
