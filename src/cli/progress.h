#pragma once
// A progress bar on standard error while a terminal looks on: share, bytes, rate. Silent otherwise.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace sextant::cli {

class Progress {
 public:
  explicit Progress(std::uint64_t bytes_all);
  ~Progress();                       // leaves the line as it last was
  void add(std::uint64_t bytes);     // any thread
  void expect(std::uint64_t bytes);  // more than was known before; any thread

 private:
  void draw();
  std::atomic<std::uint64_t> all_;
  const bool shown_;
  const std::chrono::steady_clock::time_point started_;
  std::atomic<std::uint64_t> done_ = 0;
  std::mutex drawing_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace sextant::cli
