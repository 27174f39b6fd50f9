#pragma once
// Deliveries that wait to be landed, handed out in groups that share files and a commit. Rows of
// many hours are many files, which take their time: nobody else waits for them.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/columns.h"
#include "core/id.h"
#include "ports/commit.h"

namespace sextant::lake {

// A small delivery: its rows in memory, its outcome, and whom to tell.
struct PendingLanding {
  std::vector<std::pair<TableName, BatchPtr>> rows;
  std::uint64_t bytes = 0;
  // Of the tables and hours of its rows, each once: as many files as it needs by itself.
  std::vector<std::uint64_t> places = {};
  ports::Batch outcome;
  ports::CommitLog::OnDurable on_durable;
};
using LandingGroup = std::vector<PendingLanding>;

struct GroupLimits {
  std::size_t queue_max = 0;  // deliveries
  std::size_t deliveries_max = 0;
  std::uint64_t bytes_max = 0;
  // Of a group. Deliveries with more are wide: they go together with their like.
  std::size_t places_max = 32;
  std::chrono::milliseconds linger{0};
  std::chrono::milliseconds quiet{0};
  std::chrono::milliseconds idle_after{10'000};
};

// Any thread.
class LandingQueue {
 public:
  explicit LandingQueue(GroupLimits limits) : limits_(limits) {}

  // False when full or closed; then `landing` is untouched.
  bool try_push(PendingLanding&& landing);
  // A group that must stay as it is, and is not empty; goes first, and always fits. A wide one
  // waits for the wide one that is out.
  void push_group(LandingGroup group);
  // Files that no commit will name: removed by whoever pops next, not by the committer's thread.
  void push_work(std::move_only_function<void()> work);

  struct Next {
    LandingGroup group;
    std::move_only_function<void()> work;  // instead of a group
    bool idle = false;                     // neither: nothing came for `idle_after`; said once
    bool is_wide = false;                  // then wide_is_written() follows
  };
  // Waits; nullopt when closed and empty. The lake is busy when the last group left less than
  // `linger` ago: then a group waits up to `linger` for more, as long as they keep coming.
  // One wide group is out at a time, so that one of two threads is there for the others.
  std::optional<Next> pop();
  void wide_is_written();
  void close();

 private:
  using Time = std::chrono::steady_clock::time_point;
  bool wait_for_anything(std::unique_lock<std::mutex>& lock);
  void wait_for_more(std::unique_lock<std::mutex>& lock);
  bool group_is_full() const;
  bool is_wide(const PendingLanding& landing) const;
  bool has_something() const;
  bool may_go(const LandingGroup& group) const;
  bool has_group() const;
  LandingGroup take_group();
  Next take_next();
  Next take_kept();

  const GroupLimits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<PendingLanding> waiting_;
  std::deque<LandingGroup> groups_;
  std::deque<std::move_only_function<void()>> work_;
  std::uint64_t waiting_bytes_ = 0;
  std::size_t wide_waiting_ = 0;
  bool wide_is_out_ = false;
  std::uint64_t pushes_ = 0;
  int lingering_ = 0;  // threads in wait_for_more()
  Time last_group_ = {};
  bool told_idle_ = true;  // nothing was there to do since that was said
  bool closed_ = false;
};

}  // namespace sextant::lake
