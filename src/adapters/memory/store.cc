#include "adapters/memory/store.h"

#include <algorithm>
#include <utility>

namespace sextant::adapters {

MemoryStore::~MemoryStore() { release(); }

void MemoryStore::hold() {
  state_.with([](State& state) { state.held = true; });
}

void MemoryStore::release() {
  state_.with([](State& state) { state.held = false; });
  apply_queued();
}

void MemoryStore::submit(ports::Batch batch, OnDurable on_durable) {
  if (auto checked = check_limits(batch); !checked) {
    on_durable(std::unexpected(std::move(checked).error()));
    return;
  }
  const bool queued = state_.with([&](State& state) {
    if (state.queue.size() >= options_.queue_batches_max) return false;
    state.queue.push_back({std::move(batch), std::move(on_durable)});
    return true;
  });
  if (!queued) {
    on_durable(fail(Code::Exhausted, "the queue of waiting batches is full: try again later"));
    return;
  }
  apply_queued();
}

// One thread at a time applies and tells, so that the order of the queue is the order of both; a
// submit from a callback, or from another thread meanwhile, is taken up by it.
void MemoryStore::apply_queued() {
  const bool mine =
      state_.with([](State& state) { return !state.held && !std::exchange(state.applying, true); });
  if (!mine) return;
  while (apply_next()) {
  }
}

bool MemoryStore::apply_next() {
  OnDurable on_durable;
  Result<ports::Committed> done;
  std::vector<Wake> wakes;
  const bool applied = state_.with([&](State& state) {
    if (state.held || state.queue.empty()) {
      state.applying = false;
      return false;
    }
    auto next = std::move(state.queue.front());
    state.queue.pop_front();
    on_durable = std::move(next.on_durable);
    done = apply(state, std::move(next.batch), clock_.now(), wakes);
    return true;
  });
  if (!applied) return false;
  if (on_durable) on_durable(std::move(done));
  for (auto& wake : wakes) wake();
  return true;
}

const MemoryStore::Value* MemoryStore::live(const State& state, std::string_view key, Time now) {
  const auto found = state.values.find(key);
  if (found == state.values.end()) return nullptr;
  const Value& value = found->second;
  return value.expires_at && *value.expires_at <= now ? nullptr : &value;
}

bool MemoryStore::holds(const State& state, const ports::Batch& batch, Time now) {
  const auto has_version = [&](std::string_view key, std::optional<std::uint64_t> version) {
    const Value* value = live(state, key, now);
    return value == nullptr ? !version : version == value->version;
  };
  if (batch.fence && !has_version(batch.fence->lease_key, batch.fence->epoch)) return false;
  return std::ranges::all_of(batch.conditions, [&](const ports::Condition& condition) {
    return has_version(condition.key, condition.version);
  });
}

Result<ports::Committed> MemoryStore::apply(State& state, ports::Batch batch, Time now,
                                            std::vector<Wake>& wakes) {
  if (!holds(state, batch, now))
    return fail(Code::Conflict, "somebody else changed a key that this batch depends on");
  ports::Committed committed{.version = ++state.version, .sequences = {}};
  for (const auto& key : batch.erases) state.values.erase(key);
  for (auto& put : batch.puts) {
    state.values.insert_or_assign(std::move(put.key),
                                  Value{std::move(put.value), committed.version, put.expires_at});
  }
  for (auto& entry : batch.appends) {
    Stream& stream = state.streams[entry.stream];
    committed.sequences.push_back(append(stream, std::move(entry), wakes));
  }
  return committed;
}

std::uint64_t MemoryStore::append(Stream& stream, ports::Append append, std::vector<Wake>& wakes) {
  ports::StreamRecord record{
      .sequence = stream.next++, .payload = std::move(append.payload), .chain = {}};
  if (append.chained) record.chain = stream.chain = ports::chain_hash(stream.chain, record.payload);
  stream.records.push_back(std::move(record));
  std::erase_if(stream.waiters, [&](Waiter& waiter) {
    if (waiter.from >= stream.next) return false;
    wakes.push_back(std::move(waiter.wake));
    return true;
  });
  return stream.next - 1;
}

Result<std::optional<ports::Entry>> MemoryStore::get(std::string_view key) const {
  const Time now = clock_.now();
  return state_.with([&](const State& state) -> std::optional<ports::Entry> {
    const Value* value = live(state, key, now);
    if (value == nullptr) return std::nullopt;
    return ports::Entry{std::string(key), value->bytes, value->version};
  });
}

Result<std::vector<ports::Entry>> MemoryStore::scan(std::string_view prefix, std::string_view after,
                                                    std::size_t limit) const {
  const Time now = clock_.now();
  return state_.with([&](const State& state) {
    std::vector<ports::Entry> entries;
    auto it = after < prefix ? state.values.lower_bound(prefix) : state.values.upper_bound(after);
    for (; it != state.values.end() && it->first.starts_with(prefix); ++it) {
      if (entries.size() >= limit) break;
      if (live(state, it->first, now) != nullptr)
        entries.push_back({it->first, it->second.bytes, it->second.version});
    }
    return entries;
  });
}

Result<std::vector<ports::StreamRecord>> MemoryStore::read(std::string_view stream,
                                                           std::uint64_t from,
                                                           std::size_t records_max,
                                                           std::size_t bytes_max) const {
  using Records = std::vector<ports::StreamRecord>;
  return state_.with([&](const State& state) -> Result<Records> {
    Records records;
    const auto found = state.streams.find(stream);
    if (found == state.streams.end()) return records;
    const auto& kept = found->second.records;
    const std::uint64_t first = found->second.next - kept.size();
    if (from < first && first > 1)
      return fail(Code::NotFound, "records before " + std::to_string(first) + " of stream '" +
                                      std::string(stream) + "' were trimmed");
    std::size_t bytes = 0;
    for (std::size_t at = from - std::min(from, first); at < kept.size(); ++at) {
      bytes += kept[at].payload.size();
      if (records.size() >= records_max || (bytes > bytes_max && !records.empty())) break;
      records.push_back(kept[at]);
    }
    return records;
  });
}

Result<std::uint64_t> MemoryStore::next_sequence(std::string_view stream) const {
  return state_.with([&](const State& state) -> std::uint64_t {
    const auto found = state.streams.find(stream);
    return found == state.streams.end() ? 1 : found->second.next;
  });
}

void MemoryStore::wait(std::string_view stream, std::uint64_t from, Wake wake) {
  const bool ready = state_.with([&](State& state) {
    Stream& waited = state.streams[std::string(stream)];
    if (waited.next > from) return true;
    waited.waiters.push_back({from, std::move(wake)});
    return false;
  });
  if (ready) wake();
}

Result<> MemoryStore::trim(std::string_view stream, std::uint64_t sequence) {
  state_.with([&](State& state) {
    const auto found = state.streams.find(stream);
    if (found == state.streams.end()) return;
    auto& records = found->second.records;
    while (!records.empty() && records.front().sequence < sequence) records.pop_front();
  });
  return {};
}

}  // namespace sextant::adapters
