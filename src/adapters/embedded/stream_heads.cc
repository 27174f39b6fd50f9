#include "adapters/embedded/stream_heads.h"

#include "adapters/embedded/rocks_database.h"

namespace sextant::adapters {
namespace {
constexpr std::size_t kKnownMax = 10'000;
}

Result<StreamHead> StreamHeads::find(std::string_view stream) const {
  const auto known = state_.with([&](const State& state) -> std::optional<StreamHead> {
    const auto found = state.known.find(stream);
    if (found == state.known.end()) return std::nullopt;
    return found->second;
  });
  if (known) return *known;
  SX_TRY_AS(const auto stored, database_.get(Family::Meta, head_key(stream)));
  return stored ? decode_head(*stored) : StreamHead{};
}

void StreamHeads::take_ready(State& state, std::string_view stream, std::uint64_t next,
                             std::vector<Wake>& ready) {
  const auto found = state.waiters.find(stream);
  if (found == state.waiters.end()) return;
  std::erase_if(found->second, [&](Waiter& waiter) {
    if (waiter.from >= next) return false;
    ready.push_back(std::move(waiter.wake));
    return true;
  });
  if (found->second.empty()) state.waiters.erase(found);
}

std::vector<Wake> StreamHeads::publish(const ChangedHeads& changed) {
  return state_.with([&](State& state) {
    std::vector<Wake> ready;
    if (state.known.size() + changed.size() > kKnownMax) state.known.clear();
    for (const auto& [stream, head] : changed) {
      state.known.insert_or_assign(stream, head);
      take_ready(state, stream, head.next, ready);
    }
    return ready;
  });
}

std::vector<Wake> StreamHeads::reload() {
  auto streams = state_.with([](State& state) {
    state.known.clear();
    std::vector<std::string> waited;
    for (const auto& [stream, waiters] : state.waiters) waited.push_back(stream);
    return waited;
  });
  ChangedHeads heads;
  for (auto& stream : streams)
    if (auto head = find(stream)) heads.emplace(std::move(stream), *head);
  return publish(heads);
}

Result<std::vector<Wake>> StreamHeads::wait(std::string_view stream, std::uint64_t from,
                                            Wake wake) {
  // First in the list, then look: a record that becomes durable in between is seen by one of both.
  state_.with(
      [&](State& state) { state.waiters[std::string(stream)].push_back({from, std::move(wake)}); });
  SX_TRY_AS(const auto head, find(stream));
  return state_.with([&](State& state) {
    std::vector<Wake> ready;
    take_ready(state, stream, head.next, ready);
    return ready;
  });
}

}  // namespace sextant::adapters
