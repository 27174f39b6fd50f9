#include "adapters/faulty/faults.h"

#include <string>

#include "core/log.h"

namespace sextant::adapters {

Faults::Faults(std::uint64_t seed, FaultOdds odds, Clock& clock)
    : clock_(clock), state_(State{std::mt19937_64(seed), odds}) {
  log::info("faults are injected", {{"seed", std::to_string(seed)}});
}

void Faults::set(const FaultOdds& odds) {
  state_.with([&](State& state) { state.odds = odds; });
}

Duration Faults::State::delay() {
  if (odds.delay_max.count() <= 0 || !strikes(odds.delay)) return Duration(0);
  return Duration(std::uniform_int_distribution<Duration::rep>(1, odds.delay_max.count())(random));
}

Duration Faults::delay() {
  return state_.with([](State& state) { return state.delay(); });
}

Result<> Faults::before(std::string_view what, Access access) {
  if (const Duration late = delay(); late.count() > 0) clock_.wait_until(clock_.now() + late, {});
  if (access == Access::Write) SX_TRY(room(what));
  return state_.with([&](State& state) -> Result<> {
    if (state.strikes(state.odds.error))
      return fail(Code::Unavailable, "injected: cannot " + std::string(what));
    return {};
  });
}

Result<> Faults::room(std::string_view what) {
  return state_.with([&](State& state) -> Result<> {
    if (!state.strikes(state.odds.full)) return {};
    return fail(Code::Exhausted, "injected: no room to " + std::string(what));
  });
}

Result<> Faults::after(std::string_view what) {
  return state_.with([&](State& state) -> Result<> {
    if (!state.strikes(state.odds.lost_acknowledgement)) return {};
    return fail(Code::Unavailable, "injected: no answer to " + std::string(what));
  });
}

}  // namespace sextant::adapters
