#include "lake/landing_queue.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace sextant::lake {
namespace {

// Batches become one only when none writes what another writes or depends on: then doing them at
// once is the same as doing them one after the other.
class MergedKeys {
 public:
  bool admits(const ports::Batch& batch) const {
    if (first_ && !same_fence(batch.fence)) return false;
    const auto written = [&](const auto& item) { return writes_.contains(key_of(item)); };
    const auto touched = [&](const auto& item) {
      return written(item) || depends_.contains(key_of(item));
    };
    return std::ranges::none_of(batch.conditions, written) &&
           std::ranges::none_of(batch.puts, touched) && std::ranges::none_of(batch.erases, touched);
  }

  // The batch must outlive this.
  void add(const ports::Batch& batch) {
    if (!first_) first_ = &batch;
    for (const auto& condition : batch.conditions) depends_.insert(condition.key);
    for (const auto& put : batch.puts) writes_.insert(put.key);
    for (const auto& erase : batch.erases) writes_.insert(erase);
  }

 private:
  static std::string_view key_of(const ports::Condition& condition) { return condition.key; }
  static std::string_view key_of(const ports::Put& put) { return put.key; }
  static std::string_view key_of(const std::string& erase) { return erase; }

  bool same_fence(const std::optional<ports::Fence>& fence) const {
    const auto& mine = first_->fence;
    if (!mine || !fence) return mine.has_value() == fence.has_value();
    return mine->lease_key == fence->lease_key && mine->epoch == fence->epoch;
  }

  const ports::Batch* first_ = nullptr;
  std::unordered_set<std::string_view> writes_;
  std::unordered_set<std::string_view> depends_;
};

}  // namespace

bool LandingQueue::try_push(PendingLanding&& landing) {
  {
    std::lock_guard lock(mutex_);
    if (closed_ || waiting_.size() >= limits_.queue_max) return false;
    waiting_bytes_ += landing.bytes;
    ++pushes_;
    waiting_.push_back(std::move(landing));
    // A thread that lingers looks again by itself.
    if (lingering_ > 0 && !group_is_full()) return true;
  }
  changed_.notify_all();
  return true;
}

void LandingQueue::push_group(LandingGroup group) {
  {
    std::lock_guard lock(mutex_);
    groups_.push_back(std::move(group));
  }
  changed_.notify_all();
}

void LandingQueue::push_work(std::move_only_function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  changed_.notify_all();
}

void LandingQueue::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool LandingQueue::group_is_full() const {
  return waiting_.size() >= limits_.deliveries_max || waiting_bytes_ >= limits_.bytes_max;
}

void LandingQueue::wait_for_more(std::unique_lock<std::mutex>& lock) {
  const auto begin = std::chrono::steady_clock::now();
  if (begin - last_group_ > limits_.linger) return;
  const auto end = begin + limits_.linger;
  const auto enough = [&] {
    return closed_ || !groups_.empty() || waiting_.empty() || group_is_full();
  };
  ++lingering_;
  while (!enough()) {
    const auto seen = pushes_;
    const auto until = std::min(end, std::chrono::steady_clock::now() + limits_.quiet);
    if (changed_.wait_until(lock, until, enough) || pushes_ == seen || until == end) break;
  }
  --lingering_;
}

LandingGroup LandingQueue::take_group() {
  LandingGroup group;
  MergedKeys keys;
  std::uint64_t bytes = 0;
  group.reserve(std::min(waiting_.size(), limits_.deliveries_max));
  while (!waiting_.empty() && group.size() < limits_.deliveries_max && bytes < limits_.bytes_max) {
    auto& next = waiting_.front();
    if (!keys.admits(next.outcome)) break;
    bytes += next.bytes;
    group.push_back(std::move(next));
    keys.add(group.back().outcome);
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  return group;
}

// False once, when there was nothing to do for a while.
bool LandingQueue::wait_for_anything(std::unique_lock<std::mutex>& lock) {
  const auto ready = [&] {
    return closed_ || !work_.empty() || !groups_.empty() || !waiting_.empty();
  };
  while (!ready()) {
    if (told_idle_) {
      changed_.wait(lock, ready);
    } else if (!changed_.wait_for(lock, limits_.idle_after, ready) && !told_idle_) {
      told_idle_ = true;
      return false;
    }
  }
  told_idle_ = false;
  return true;
}

std::optional<LandingQueue::Next> LandingQueue::pop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!wait_for_anything(lock)) return Next{.group = {}, .work = {}, .idle = true};
    if (!work_.empty()) {
      Next next{.group = {}, .work = std::move(work_.front()), .idle = false};
      work_.pop_front();
      return next;
    }
    if (!groups_.empty()) {
      Next next{.group = std::move(groups_.front()), .work = {}, .idle = false};
      groups_.pop_front();
      return next;
    }
    if (waiting_.empty()) {
      if (closed_) return std::nullopt;
      continue;
    }
    wait_for_more(lock);
    // Another thread may have taken them meanwhile.
    if (waiting_.empty() || !groups_.empty()) continue;
    last_group_ = std::chrono::steady_clock::now();
    return Next{.group = take_group(), .work = {}, .idle = false};
  }
}

}  // namespace sextant::lake
