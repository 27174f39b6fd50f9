#pragma once
// State, streams and commits in memory: for tests, and as the plainest statement of what the ports
// mean. Deterministic: with one thread, submit() applies the batch and runs on_durable before it
// returns. Nothing is durable.
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/guarded.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "ports/stream_log.h"

namespace sextant::adapters {

class MemoryStore final : public ports::CommitLog,
                          public ports::StateStore,
                          public ports::StreamLog {
 public:
  struct Options {
    std::size_t queue_batches_max = 8'192;
  };

  // `clock` decides what is expired; it outlives the store.
  explicit MemoryStore(const Clock& clock) : MemoryStore(clock, Options{}) {}
  MemoryStore(const Clock& clock, Options options) : clock_(clock), options_(options) {}
  MemoryStore(const MemoryStore&) = delete;
  MemoryStore& operator=(const MemoryStore&) = delete;
  ~MemoryStore() override;

  // From hold() on batches only queue up; release() applies them on its caller's thread. So a test
  // can look at the moment between submit and durable, and fill the queue.
  void hold();
  void release();

  void submit(ports::Batch batch, OnDurable on_durable) override;

  Result<std::optional<ports::Entry>> get(std::string_view key) const override;
  Result<std::vector<ports::Entry>> scan(std::string_view prefix, std::string_view after,
                                         std::size_t limit) const override;

  Result<std::vector<ports::StreamRecord>> read(std::string_view stream, std::uint64_t from,
                                                std::size_t records_max,
                                                std::size_t bytes_max) const override;
  Result<std::uint64_t> next_sequence(std::string_view stream) const override;
  void wait(std::string_view stream, std::uint64_t from,
            std::move_only_function<void()> wake) override;
  Result<> trim(std::string_view stream, std::uint64_t sequence) override;

 private:
  using Wake = std::move_only_function<void()>;

  struct Value {
    std::string bytes;
    std::uint64_t version = 0;
    std::optional<Time> expires_at;
  };
  struct Waiter {
    std::uint64_t from = 0;
    Wake wake;
  };
  struct Stream {
    std::deque<ports::StreamRecord> records;
    std::uint64_t next = 1;
    Sha256Digest chain = {};
    std::vector<Waiter> waiters;
  };
  struct Waiting {
    ports::Batch batch;
    OnDurable on_durable;
  };
  struct State {
    std::map<std::string, Value, std::less<>> values;
    std::map<std::string, Stream, std::less<>> streams;
    std::uint64_t version = 0;
    std::deque<Waiting> queue;
    bool held = false;
    bool applying = false;  // some thread is in apply_queued()
  };

  static const Value* live(const State& state, std::string_view key, Time now);
  static bool holds(const State& state, const ports::Batch& batch, Time now);
  static Result<ports::Committed> apply(State& state, ports::Batch batch, Time now,
                                        std::vector<Wake>& wakes);
  static std::uint64_t append(Stream& stream, ports::Append append, std::vector<Wake>& wakes);
  void apply_queued();
  bool apply_next();

  const Clock& clock_;
  const Options options_;
  Guarded<State> state_;
};

}  // namespace sextant::adapters
