#include "guard/audit/refusal_counter.h"

#include <algorithm>
#include <utility>

#include "core/thread_name.h"

namespace sextant::guard {
namespace {

constexpr std::chrono::seconds kWindow{1};

Time second_of(Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

}  // namespace

RefusalCounter::RefusalCounter(Scope scope, Clock& clock, OnFinished on_finished)
    : scope_(std::move(scope)),
      clock_(clock),
      on_finished_(std::move(on_finished)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

RefusalCounter::~RefusalCounter() {
  thread_.request_stop();
  thread_.join();
  hand_out(take_finished(Time::max()));
}

bool RefusalCounter::is_first(const sdk::Call& call, std::string_view error_code) {
  const auto second = second_of(call.time);
  std::lock_guard lock(mutex_);
  auto found = open_.find(call.source_ip);
  if (found == open_.end() && open_.size() >= kSourcesMax) found = open_.find(kManySources);
  if (found == open_.end()) {
    std::string source = open_.size() < kSourcesMax ? call.source_ip : std::string(kManySources);
    open_.emplace(source, RefusedCalls{.scope = scope_,
                                       .source_ip = source,
                                       .second = second,
                                       .count = 0,
                                       .last_operation = {},
                                       .last_error = {}});
    opened_.notify_one();
    return true;
  }
  auto& refused = found->second;
  ++refused.count;
  refused.last_operation = call.service + ":" + call.operation;
  refused.last_error = std::string(error_code);
  return false;
}

void RefusalCounter::run(const std::stop_token& stop) {
  name_this_thread("audit-refusals");
  while (!stop.stop_requested()) {
    Time ends = Time::max();
    {
      std::unique_lock lock(mutex_);
      if (!opened_.wait(lock, stop, [this] { return !open_.empty(); })) return;
      for (const auto& [source, refused] : open_) ends = std::min(ends, refused.second + kWindow);
    }
    if (!clock_.wait_until(ends, stop)) return;
    hand_out(take_finished(clock_.now()));
  }
}

std::vector<RefusedCalls> RefusalCounter::take_finished(Time now) {
  std::vector<RefusedCalls> finished;
  std::lock_guard lock(mutex_);
  std::erase_if(open_, [&](auto& entry) {
    if (entry.second.second + kWindow > now) return false;
    if (entry.second.count > 0) finished.push_back(std::move(entry.second));
    return true;
  });
  return finished;
}

void RefusalCounter::hand_out(const std::vector<RefusedCalls>& finished) {
  for (const auto& refused : finished) on_finished_(refused);
}

}  // namespace sextant::guard
