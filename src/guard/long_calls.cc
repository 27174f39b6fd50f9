#include "guard/long_calls.h"

#include <exception>
#include <utility>

#include "core/log.h"
#include "core/thread_name.h"

namespace sextant::guard {
namespace {

// A task that throws has broken a rule of the house; it costs its own call, not the node.
void run_guarded(LongCalls::Task task) {
  try {
    task();
  } catch (const std::exception& error) {
    log::error("a call's handler threw", {{"error", error.what()}});
  }
}

}  // namespace

LongCalls::LongCalls(Limits limits) : waiting_max_(limits.waiting_max) {
  for (int i = 0; i < limits.threads; ++i) threads_.emplace_back([this] { work(); });
}

LongCalls::~LongCalls() { stop(); }

bool LongCalls::try_start(Task call) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_ || calls_.size() >= waiting_max_) return false;
    calls_.push_back(std::move(call));
  }
  ready_.notify_one();
  return true;
}

void LongCalls::go_on(Task step) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    steps_.push_back(std::move(step));
  }
  ready_.notify_one();
}

void LongCalls::stop() {
  std::deque<Task> calls;
  std::deque<Task> steps;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    calls.swap(calls_);
    steps.swap(steps_);
  }
  ready_.notify_all();
  calls.clear();  // without the lock: they hold whatever they hold
  steps.clear();
  threads_.clear();
}

LongCalls::Task LongCalls::next() {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [this] { return stopped_ || !steps_.empty() || !calls_.empty(); });
  if (stopped_) return {};
  auto& queue = steps_.empty() ? calls_ : steps_;
  auto task = std::move(queue.front());
  queue.pop_front();
  return task;
}

void LongCalls::work() {
  name_this_thread("long-call");
  while (auto task = next()) run_guarded(std::move(task));
}

}  // namespace sextant::guard
