#pragma once
// The lock and what it protects are one thing: the value is reachable only under its mutex.
#include <mutex>
#include <utility>

namespace sextant {

template <typename T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  // Calls use(value) under the lock and returns its result by value. Never call out to others from
  // `use`.
  template <typename Use>
  auto with(Use&& use) {
    std::lock_guard lock(mutex_);
    return std::forward<Use>(use)(value_);
  }
  template <typename Use>
  auto with(Use&& use) const {
    std::lock_guard lock(mutex_);
    return std::forward<Use>(use)(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace sextant
