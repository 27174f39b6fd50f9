#include "adapters/opensearch/retry_after.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "core/time_text.h"

namespace sextant::adapters {
namespace {

using std::chrono::seconds;

std::optional<seconds> delay_of(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? seconds(number) : kRetryAfterMax;
}

}  // namespace

std::optional<seconds> retry_after(const net::Headers& headers) {
  const auto told = net::find_header(headers, "retry-after");
  if (!told) return std::nullopt;
  if (const auto delay = delay_of(*told)) return std::min(*delay, kRetryAfterMax);
  const auto now = parse_http_date(net::find_header(headers, "date").value_or(""));
  const auto then = parse_http_date(*told);
  if (!now || !then) return std::nullopt;
  return std::clamp(std::chrono::ceil<seconds>(*then - *now), seconds(0), kRetryAfterMax);
}

}  // namespace sextant::adapters
