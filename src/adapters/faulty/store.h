#pragma once
// Commit log, state store and stream log that fail now and then, over real ones. Order,
// exactly-once callbacks and atomicity hold as in the contract; what fails is what the contract
// says may fail.
#include <atomic>
#include <thread>

#include "adapters/faulty/faults.h"
#include "core/bounded_queue.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "ports/stream_log.h"

namespace sextant::adapters {

class FaultyCommitLog final : public ports::CommitLog {
 public:
  // Both outlive this. Answers that are late run on a thread of this wrapper, in order.
  FaultyCommitLog(ports::CommitLog& inner, Faults& faults, Clock& clock);
  FaultyCommitLog(const FaultyCommitLog&) = delete;
  FaultyCommitLog& operator=(const FaultyCommitLog&) = delete;
  ~FaultyCommitLog() override;  // after every answer was given

  void submit(ports::Batch batch, OnDurable on_durable) override;

 private:
  struct Answer {
    OnDurable on_durable;
    Result<ports::Committed> done;
  };
  void tell();

  static constexpr std::size_t kAnswersMax = 100'000;
  ports::CommitLog& inner_;
  Faults& faults_;
  Clock& clock_;
  BoundedQueue<Answer> answers_{kAnswersMax};
  std::atomic<std::size_t> submitted_ = 0;  // and not yet told
  std::jthread teller_;
};

class FaultyStateStore final : public ports::StateStore {
 public:
  FaultyStateStore(const ports::StateStore& inner, Faults& faults)
      : inner_(inner), faults_(faults) {}
  Result<std::optional<ports::Entry>> get(std::string_view key) const override;
  Result<std::vector<ports::Entry>> scan(std::string_view prefix, std::string_view after,
                                         std::size_t limit) const override;

 private:
  const ports::StateStore& inner_;
  Faults& faults_;
};

class FaultyStreamLog final : public ports::StreamLog {
 public:
  FaultyStreamLog(ports::StreamLog& inner, Faults& faults) : inner_(inner), faults_(faults) {}
  Result<std::vector<ports::StreamRecord>> read(std::string_view stream, std::uint64_t from,
                                                std::size_t records_max,
                                                std::size_t bytes_max) const override;
  Result<std::uint64_t> next_sequence(std::string_view stream) const override;
  void wait(std::string_view stream, std::uint64_t from,
            std::move_only_function<void()> wake) override;
  Result<> trim(std::string_view stream, std::uint64_t sequence) override;

 private:
  ports::StreamLog& inner_;
  Faults& faults_;
};

}  // namespace sextant::adapters
