#include "net/worker_pool.h"

#include <exception>
#include <utility>

#include "core/log.h"
#include "core/result.h"
#include "core/thread_name.h"

namespace sextant::net {
namespace {

// A task that throws has broken a rule of the house; it costs its own request, not the node.
void run_guarded(WorkerPool::Task task) {
  try {
    task();
  } catch (const std::exception& error) {
    log::error("a request's handler threw", {{"error", error.what()}});
  }
}

}  // namespace

WorkerPool::WorkerPool(int threads, std::size_t tasks_max) : tasks_(tasks_max) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::push(Task task) {
  const bool queued = tasks_.try_push(std::move(task));
  SX_CHECK(queued || stopped_);
}

void WorkerPool::stop() {
  stopped_ = true;
  tasks_.close();
  threads_.clear();
}

void WorkerPool::work() {
  name_this_thread("http-worker");
  while (auto task = tasks_.pop()) run_guarded(std::move(*task));
}

}  // namespace sextant::net
