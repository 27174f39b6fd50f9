#include "intel/parsers/space_cutter.h"

#include <algorithm>

namespace sextant::intel {

std::optional<std::string> wrong_count(const Format& format, std::size_t count) {
  if (count == format.fields.size() || std::ranges::count(format.older_counts, count) > 0) {
    return std::nullopt;
  }
  return std::to_string(count) + " fields, where a whole line has " +
         std::to_string(format.fields.size());
}

std::string unclosed_quote(std::size_t count) {
  return "the quote of field " + std::to_string(count + 1) + " is not closed";
}

std::optional<std::string> SpaceCutter::cut(std::string_view line, CutLine& into) {
  const bool closed = tokens_.cut(line, into.fields);
  const auto count = tokens_.count();
  if (format_.other_kind != nullptr) {
    if (const char* kind = format_.other_kind(into.fields.first(count))) return kind;
  }
  if (!closed) return unclosed_quote(count);
  if (auto reason = wrong_count(format_, count)) return reason;
  std::ranges::fill(into.fields.subspan(count), std::string_view());
  into.rest = tokens_.rest();
  return std::nullopt;
}

}  // namespace sextant::intel
