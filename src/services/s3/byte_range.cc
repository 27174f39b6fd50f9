#include "services/s3/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sextant::services::s3 {
namespace {

std::unexpected<Error> invalid_range() {
  return fail(Code::Invalid, "The requested range is not satisfiable", "InvalidRange");
}

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<ByteRange> parse_range(std::string_view text, std::uint64_t size) {
  const ByteRange whole{.first = 0, .count = size};
  constexpr std::string_view kUnit = "bytes=";
  if (!text.starts_with(kUnit)) return whole;
  text.remove_prefix(kUnit.size());
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return whole;
  const auto first = to_number(text.substr(0, dash));
  const auto last = to_number(text.substr(dash + 1));
  if (!first && (dash != 0 || !last)) return whole;
  if (!first) {
    const auto count = std::min(*last, size);
    if (count == 0) return invalid_range();
    return ByteRange{.first = size - count, .count = count, .partial = true};
  }
  if ((last && *last < *first) || (!last && dash + 1 != text.size())) return whole;
  if (*first >= size) return invalid_range();
  const auto end = last ? std::min(*last, size - 1) : size - 1;
  return ByteRange{.first = *first, .count = end - *first + 1, .partial = true};
}

}  // namespace sextant::services::s3
