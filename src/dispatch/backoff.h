#pragma once
// How long to wait before the next attempt: exponential with full jitter, so that many that failed
// together do not come back together. Source: "Exponential Backoff And Jitter", AWS Architecture
// Blog.
#include <algorithm>
#include <cstdint>
#include <random>

#include "core/clock.h"

namespace sextant::dispatch {

struct Backoff {
  Duration first;
  Duration longest;
};

// After the `attempt`-th failure (1, 2, …): evenly spread between zero and first × 2^(attempt-1),
// at most longest.
template <typename Random>
Duration backoff(const Backoff& policy, std::uint64_t attempt, Random& random) {
  const auto doublings = std::min<std::uint64_t>(attempt - 1, 30);
  const auto ceiling = std::min(policy.first * (std::int64_t{1} << doublings), policy.longest);
  return Duration(std::uniform_int_distribution<std::int64_t>(0, ceiling.count())(random));
}

}  // namespace sextant::dispatch
