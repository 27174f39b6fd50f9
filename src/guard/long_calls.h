#pragma once
// Where calls run that may take long: queries, scans of everything, deploys. They have threads of
// their own, so that however many of them there are, the threads that take requests stay free for
// everybody else. Asleep while there is nothing to do.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sextant::guard {

class LongCalls {
 public:
  using Task = std::move_only_function<void()>;

  struct Limits {
    int threads = 8;
    std::size_t waiting_max = 64;  // calls that have not begun
  };
  explicit LongCalls(Limits limits);
  ~LongCalls();  // as stop()
  LongCalls(const LongCalls&) = delete;
  LongCalls& operator=(const LongCalls&) = delete;

  // Runs the call as soon as a thread is free. False when as many wait as may, or after stop(): it
  // will not run. Any thread.
  bool try_start(Task call);
  // Runs the next step of a call that has begun (a piece of its answer), before the calls that have
  // not. Never refused: a call has one step outstanding at most. Destroyed unrun after stop(). Any
  // thread.
  void go_on(Task step);
  // Takes no more, destroys what has not begun, waits for what runs. Not from a task.
  void stop();

 private:
  void work();
  Task next();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Task> steps_;
  std::deque<Task> calls_;
  bool stopped_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace sextant::guard
