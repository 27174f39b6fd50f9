#pragma once
// The text forms of time that AWS uses. All UTC; parsing is pure and strict.
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace sextant {

std::string iso8601(Time time);         // 2026-07-02T22:23:00.186641Z (no fraction when it is zero)
std::string iso8601_millis(Time time);  // 2026-07-02T22:23:00.186Z, as S3 writes LastModified
std::string iso8601_basic(Time time);   // 20260702T222300Z, as x-amz-date
std::string http_date(Time time);       // Thu, 02 Jul 2026 22:23:00 GMT (RFC 9110 §5.6.7)

std::optional<Time> parse_iso8601(
    std::string_view text);  // with up to 9 fraction digits, Z or +hh:mm
std::optional<Time> parse_iso8601_basic(std::string_view text);
std::optional<Time> parse_http_date(std::string_view text);

}  // namespace sextant
