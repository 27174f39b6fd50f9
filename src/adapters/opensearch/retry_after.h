#pragma once
// For how long whoever answered an HTTP call wants no other one (RFC 9110 §10.2.3).
#include <chrono>
#include <optional>

#include "net/http.h"

namespace sextant::adapters {

inline constexpr std::chrono::seconds kRetryAfterMax = std::chrono::hours(24);

// Of an answer's Retry-After: seconds, or a date, which is taken relative to the answer's own Date.
// At most kRetryAfterMax; nullopt when there is none that can be understood.
std::optional<std::chrono::seconds> retry_after(const net::Headers& headers);

}  // namespace sextant::adapters
