#pragma once
// A call that answers by callback, as one that waits: for callers that may block.
#include <future>
#include <memory>
#include <utility>

namespace sextant {

// Runs begin(callback) and returns what the callback is given, on whatever thread. The callback may
// be copied; it must run exactly once, and not on a thread that this wait holds up.
template <typename T, typename Begin>
T wait_for(Begin&& begin) {
  // Shared, because set_value() may still be at work when get() returns.
  const auto promise = std::make_shared<std::promise<T>>();
  auto answer = promise->get_future();
  std::forward<Begin>(begin)([promise](T value) { promise->set_value(std::move(value)); });
  return answer.get();
}

}  // namespace sextant
