#include "lake/landing_queue.h"

#include <algorithm>
#include <iterator>
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

// Tables and hours that a group has rows of.
class Places {
 public:
  explicit Places(std::size_t most) : most_(most) {}
  bool admits(const std::vector<std::uint64_t>& places) const {
    const auto more =
        std::ranges::count_if(places, [&](auto place) { return !known_.contains(place); });
    return known_.size() + static_cast<std::size_t>(more) <= most_;
  }
  void add(const std::vector<std::uint64_t>& places) {
    known_.insert(places.begin(), places.end());
  }

 private:
  const std::size_t most_;
  std::unordered_set<std::uint64_t> known_;
};

}  // namespace

bool LandingQueue::is_wide(const PendingLanding& landing) const {
  return landing.places.size() > limits_.places_max;
}

// For whoever pops next.
bool LandingQueue::has_something() const {
  return waiting_.size() > (wide_is_out_ ? wide_waiting_ : 0);
}

// Of those that stay as they are.
bool LandingQueue::may_go(const LandingGroup& group) const {
  return !wide_is_out_ || !is_wide(group.front());
}

bool LandingQueue::has_group() const {
  return std::ranges::any_of(groups_, [&](const auto& group) { return may_go(group); });
}

void LandingQueue::wide_is_written() {
  {
    std::lock_guard lock(mutex_);
    wide_is_out_ = false;
  }
  changed_.notify_all();
}

bool LandingQueue::try_push(PendingLanding&& landing) {
  {
    std::lock_guard lock(mutex_);
    if (closed_ || waiting_.size() >= limits_.queue_max) return false;
    waiting_bytes_ += landing.bytes;
    if (is_wide(landing)) ++wide_waiting_;
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
  const auto enough = [&] { return closed_ || has_group() || !has_something() || group_is_full(); };
  ++lingering_;
  while (!enough()) {
    const auto seen = pushes_;
    const auto until = std::min(end, std::chrono::steady_clock::now() + limits_.quiet);
    if (changed_.wait_until(lock, until, enough) || pushes_ == seen || until == end) break;
  }
  --lingering_;
}

// In their order, but without those whose rows would need too many files in this group: they stay
// the first for the next.
LandingGroup LandingQueue::take_group() {
  LandingGroup group;
  std::deque<PendingLanding> left;
  MergedKeys keys;
  Places places(limits_.places_max);
  std::uint64_t bytes = 0;
  group.reserve(std::min(waiting_.size(), limits_.deliveries_max));
  while (!waiting_.empty() && group.size() < limits_.deliveries_max && bytes < limits_.bytes_max) {
    auto& next = waiting_.front();
    const bool wide = is_wide(next);
    const bool goes = group.empty()
                          ? !(wide && wide_is_out_)
                          : wide == is_wide(group.front()) && (wide || places.admits(next.places));
    if (!goes) {
      left.push_back(std::move(next));
      waiting_.pop_front();
      continue;
    }
    if (!keys.admits(next.outcome)) break;
    if (wide) --wide_waiting_;
    bytes += next.bytes;
    places.add(next.places);
    group.push_back(std::move(next));
    keys.add(group.back().outcome);
    waiting_.pop_front();
  }
  waiting_.insert(waiting_.begin(), std::make_move_iterator(left.begin()),
                  std::make_move_iterator(left.end()));
  waiting_bytes_ -= bytes;
  return group;
}

LandingQueue::Next LandingQueue::take_next() {
  last_group_ = std::chrono::steady_clock::now();
  Next next{.group = take_group(), .work = {}, .idle = false};
  next.is_wide = is_wide(next.group.front());
  wide_is_out_ |= next.is_wide;
  if (has_something()) changed_.notify_all();  // nobody was told while this thread lingered
  return next;
}

LandingQueue::Next LandingQueue::take_kept() {
  const auto first =
      std::ranges::find_if(groups_, [&](const auto& group) { return may_go(group); });
  Next next{.group = std::move(*first), .work = {}, .idle = false};
  groups_.erase(first);
  next.is_wide = is_wide(next.group.front());
  wide_is_out_ |= next.is_wide;
  return next;
}

// False once, when there was nothing to do for a while.
bool LandingQueue::wait_for_anything(std::unique_lock<std::mutex>& lock) {
  const auto ready = [&] { return closed_ || !work_.empty() || has_group() || has_something(); };
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
    if (has_group()) return take_kept();
    if (!has_something()) {
      if (closed_) return std::nullopt;  // whoever writes a wide group takes the next one, too
      continue;
    }
    wait_for_more(lock);
    // Another thread may have taken them meanwhile.
    if (!has_something() || has_group()) continue;
    return take_next();
  }
}

}  // namespace sextant::lake
