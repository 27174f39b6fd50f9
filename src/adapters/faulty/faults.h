#pragma once
// When a faulty adapter fails: seeded, so that a failing run can be run again. Shared by the
// wrappers of one test.
#include <cstdint>
#include <random>
#include <string_view>

#include "core/clock.h"
#include "core/guarded.h"
#include "core/result.h"

namespace sextant::adapters {

// Each between 0 (never) and 1 (always), decided anew for every call.
struct FaultOdds {
  double error = 0;  // Unavailable, and nothing happened
  double full = 0;   // of calls that write: Exhausted, and nothing happened
  double lost_acknowledgement =
      0;             // of calls that change something: Unavailable, though it happened
  double delay = 0;  // it takes up to delay_max
  Duration delay_max = std::chrono::milliseconds(2);
};

// Any thread.
class Faults {
 public:
  // The seed goes to the node's log. `clock` measures the delays; it outlives this.
  Faults(std::uint64_t seed, FaultOdds odds, Clock& clock);

  void set(const FaultOdds& odds);  // from now on

  enum class Access { Read, Write };
  // Delays the caller, then lets it go on or fails; `what` names the call in the error.
  Result<> before(std::string_view what, Access access);
  // Exhausted at the odds of `full`, without delay: for one item of a call.
  Result<> room(std::string_view what);
  // Turns a success into Unavailable now and then.
  Result<> after(std::string_view what);
  // How long the next answer is late; zero mostly.
  Duration delay();

 private:
  struct State {
    std::mt19937_64 random;
    FaultOdds odds;
    bool strikes(double chance) { return std::uniform_real_distribution<>(0, 1)(random) < chance; }
    Duration delay();
  };

  Clock& clock_;
  Guarded<State> state_;
};

}  // namespace sextant::adapters
