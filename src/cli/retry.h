#pragma once
// Trying again, with growing pauses, what somebody was too busy for or did not answer;
// and at once what somebody else changed in between.
#include <algorithm>
#include <chrono>
#include <stop_token>

#include "core/clock.h"
#include "core/result.h"

namespace sextant::cli {

inline constexpr int kTriesMax = 10;  // about half a minute

inline bool worth_another_try(const Error& error) {
  return error.code == Code::Exhausted || error.code == Code::Unavailable ||
         error.code == Code::Conflict;
}

// attempt(1), attempt(2) …, until one succeeds, fails for good, or is the last; its result.
template <typename Attempt>
auto with_retries(std::stop_token stop, Attempt&& attempt) -> decltype(attempt(1)) {
  constexpr std::chrono::milliseconds kPause{100};
  SystemClock clock;
  for (int tries = 1;; ++tries) {
    auto done = attempt(tries);
    if (done || tries == kTriesMax || !worth_another_try(done.error())) return done;
    if (done.error().code == Code::Conflict) continue;  // somebody was quicker: look again
    if (!clock.wait_until(clock.now() + kPause * (1 << std::min(tries, 6)), stop)) return done;
  }
}

}  // namespace sextant::cli
