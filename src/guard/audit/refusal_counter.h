#pragma once
// Counts refused calls without an authenticated principal, by source address and second, and hands
// each finished count out once its second is over. Bounded: beyond kSourcesMax addresses in a
// second the rest is counted as one, so neither memory nor disk grows with a flood.
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "guard/audit/record.h"

namespace sextant::guard {

class RefusalCounter {
 public:
  static constexpr std::size_t kSourcesMax = 1'024;
  static constexpr std::string_view kManySources = "several addresses";
  using OnFinished = std::function<void(const RefusedCalls&)>;

  // on_finished runs on the counter's own thread, and in the destructor for what is still open.
  RefusalCounter(Scope scope, Clock& clock, OnFinished on_finished);
  ~RefusalCounter();

  // True for the first call of this source in this second: it is not counted, its record is the
  // caller's.
  bool is_first(const sdk::Call& call, std::string_view error_code);

 private:
  void run(const std::stop_token& stop);
  std::vector<RefusedCalls> take_finished(Time now);
  void hand_out(const std::vector<RefusedCalls>& finished);

  const Scope scope_;
  Clock& clock_;
  const OnFinished on_finished_;
  std::mutex mutex_;
  std::condition_variable_any opened_;
  std::map<std::string, RefusedCalls, std::less<>> open_;  // by source; those with a count of 0 too
  std::jthread thread_;
};

}  // namespace sextant::guard
