#include "intel/parsers/record_marks.h"

#include <algorithm>

namespace sextant::intel {
namespace {

constexpr std::size_t kBlanksMax = 16;
constexpr auto kNowhere = std::string_view::npos;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view skip_blanks(std::string_view text) {
  std::size_t count = 0;
  while (count < std::min(text.size(), kBlanksMax) && is_blank(text[count])) ++count;
  return text.substr(count);
}

bool cut_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text = skip_blanks(text.substr(prefix.size()));
  return true;
}

// The last character before text[at] that is no blank; '\n' counts, and so does the text's
// beginning.
char before(std::string_view text, std::size_t at) {
  for (std::size_t i = 0; i < kBlanksMax && at > 0; ++i) {
    const char c = text[--at];
    if (c == '\n' || !is_blank(c)) return c;
  }
  return '\0';
}

// The lists of a file of CloudTrail, of CloudWatch Logs' subscriptions, and of LookupEvents.
constexpr std::string_view kLists[] = {"\"Records\"", "\"logEvents\"", "\"Events\""};

}  // namespace

Mark mark_at(std::string_view text, std::size_t at, bool lines) {
  auto rest = text.substr(at, kMarkBehind);
  if (!cut_prefix(rest, "{")) return Mark::None;
  if (lines && at > 0 && text[at - 1] == '\n') return Mark::Record;
  if (rest.starts_with("\"Records\"")) {
    cut_prefix(rest, "\"Records\"");
    return cut_prefix(rest, ":") && rest.starts_with('[') ? Mark::Envelope : Mark::None;
  }
  if (cut_prefix(rest, "\"messageType\"")) {
    return rest.starts_with(':') ? Mark::Envelope : Mark::None;
  }
  if (!cut_prefix(rest, "\"eventVersion\"") || !rest.starts_with(':')) return Mark::None;
  const char last = before(text, at);
  return last == ',' || last == '[' || last == '\n' || last == '}' ? Mark::Record : Mark::None;
}

std::size_t find_mark(std::string_view text, std::size_t from, std::size_t to, bool lines) {
  for (auto at = text.find('{', from); at < to; at = text.find('{', at + 1)) {
    if (mark_at(text, at, lines) != Mark::None) return at;
  }
  return kNowhere;
}

bool holds_another(std::string_view text) {
  constexpr std::string_view kName = "\"eventVersion\"";
  constexpr std::size_t kRareAt = 6;  // the V: few other names have one
  for (auto at = text.find('V', kName.size() + kBlanksMax); at != kNowhere;
       at = text.find('V', at + 1)) {
    if (text.substr(at - kRareAt).starts_with(kName)) {
      return find_mark(text, 1, text.size(), false) != kNowhere;
    }
  }
  return false;
}

bool is_list_of_records(std::string_view text, std::size_t at) {
  auto head = text.substr(0, at);
  const auto trim = [&head] {
    while (!head.empty() && is_blank(head.back())) head.remove_suffix(1);
  };
  trim();
  if (!head.ends_with(':')) return false;
  head.remove_suffix(1);
  trim();
  return std::ranges::any_of(kLists, [&](auto name) { return head.ends_with(name); });
}

}  // namespace sextant::intel
