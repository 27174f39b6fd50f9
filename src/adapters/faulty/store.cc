#include "adapters/faulty/store.h"

namespace sextant::adapters {

using Access = Faults::Access;

FaultyCommitLog::FaultyCommitLog(ports::CommitLog& inner, Faults& faults, Clock& clock)
    : inner_(inner), faults_(faults), clock_(clock), teller_([this] { tell(); }) {}

FaultyCommitLog::~FaultyCommitLog() {
  for (auto left = submitted_.load(); left != 0; left = submitted_.load()) submitted_.wait(left);
  answers_.close();
}

// A batch that fails before it happens still goes through the inner log, empty, so that its answer
// comes in its turn.
void FaultyCommitLog::submit(ports::Batch batch, OnDurable on_durable) {
  auto refused = faults_.before("commit", Access::Write);
  if (!refused) batch = {};
  ++submitted_;
  inner_.submit(std::move(batch), [this, refused = std::move(refused),
                                   on_durable = std::move(on_durable)](auto done) mutable {
    if (done && !refused) done = std::unexpected(std::move(refused).error());
    if (auto lost = faults_.after("commit"); done && !lost)
      done = std::unexpected(std::move(lost).error());
    answers_.push({std::move(on_durable), std::move(done)});
  });
}

void FaultyCommitLog::tell() {
  while (auto answer = answers_.pop()) {
    if (const Duration late = faults_.delay(); late.count() > 0)
      clock_.wait_until(clock_.now() + late, {});
    answer->on_durable(std::move(answer->done));
    --submitted_;
    submitted_.notify_all();
  }
}

Result<std::optional<ports::Entry>> FaultyStateStore::get(std::string_view key) const {
  SX_TRY(faults_.before("read a key", Access::Read));
  return inner_.get(key);
}

Result<std::vector<ports::Entry>> FaultyStateStore::scan(std::string_view prefix,
                                                         std::string_view after,
                                                         std::size_t limit) const {
  SX_TRY(faults_.before("scan keys", Access::Read));
  return inner_.scan(prefix, after, limit);
}

Result<std::vector<ports::StreamRecord>> FaultyStreamLog::read(std::string_view stream,
                                                               std::uint64_t from,
                                                               std::size_t records_max,
                                                               std::size_t bytes_max) const {
  SX_TRY(faults_.before("read a stream", Access::Read));
  return inner_.read(stream, from, records_max, bytes_max);
}

Result<std::uint64_t> FaultyStreamLog::next_sequence(std::string_view stream) const {
  SX_TRY(faults_.before("look at a stream", Access::Read));
  return inner_.next_sequence(stream);
}

void FaultyStreamLog::wait(std::string_view stream, std::uint64_t from,
                           std::move_only_function<void()> wake) {
  inner_.wait(stream, from, std::move(wake));
}

Result<> FaultyStreamLog::trim(std::string_view stream, std::uint64_t sequence) {
  SX_TRY(faults_.before("trim a stream", Access::Read));
  SX_TRY(inner_.trim(stream, sequence));
  return faults_.after("trim a stream");
}

}  // namespace sextant::adapters
