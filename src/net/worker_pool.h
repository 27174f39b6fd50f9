#pragma once
// The threads that run handlers and body callbacks, so that the I/O threads never wait for anybody.
// How many tasks can be queued follows from how many requests are let in, so a full queue is a bug.
#include <functional>
#include <thread>
#include <vector>

#include "core/bounded_queue.h"

namespace sextant::net {

class WorkerPool {
 public:
  using Task = std::move_only_function<void()>;

  WorkerPool(int threads, std::size_t tasks_max);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Any thread. After stop() the task is destroyed unrun.
  void push(Task task);

  // Runs what is queued, takes no more, joins. Not from a task.
  void stop();

 private:
  void work();

  BoundedQueue<Task> tasks_;
  std::atomic<bool> stopped_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace sextant::net
