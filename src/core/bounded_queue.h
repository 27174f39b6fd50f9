#pragma once
// The only queue between threads: it has a bound, and a full queue says so to whoever pushes.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace sextant {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t items_max) : items_max_(items_max) {}

  // False when full or closed: the caller turns it into back-pressure. `item` is moved only on
  // success.
  bool try_push(T&& item) {
    {
      std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= items_max_) return false;
      items_.push_back(std::move(item));
    }
    ready_.notify_one();
    return true;
  }

  // Waits for room; false when closed or stopped.
  bool push(T item, std::stop_token stop = {}) {
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, stop, [&] { return closed_ || items_.size() < items_max_; });
      if (closed_ || items_.size() >= items_max_) return false;
      items_.push_back(std::move(item));
    }
    ready_.notify_one();
    return true;
  }

  // Waits for an item; nullopt when stopped, or closed and empty.
  std::optional<T> pop(std::stop_token stop = {}) {
    std::optional<T> item;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, stop, [&] { return closed_ || !items_.empty(); });
      if (items_.empty()) return std::nullopt;
      item.emplace(std::move(items_.front()));
      items_.pop_front();
    }
    room_.notify_one();
    return item;
  }

  // No more pushes; what is inside can still be popped.
  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
    room_.notify_all();
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  const std::size_t items_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any ready_;
  std::condition_variable_any room_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace sextant
