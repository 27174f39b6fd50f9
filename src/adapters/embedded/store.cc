#include "adapters/embedded/store.h"

#include <algorithm>

#include "adapters/embedded/committer.h"
#include "adapters/embedded/rocks_database.h"
#include "adapters/embedded/stored_value.h"
#include "adapters/embedded/stream_heads.h"
#include "core/log.h"

namespace sextant::adapters {
namespace {

// The least key that is greater than every key with this prefix; empty: there is none.
std::string behind(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

std::unexpected<Error> trimmed(std::string_view stream, std::uint64_t first) {
  return fail(Code::NotFound, "records before " + std::to_string(first) + " of stream '" +
                                  std::string(stream) + "' were trimmed");
}

// Collects records until a bound is met; a hole among them means that stored bytes are gone.
class RecordCollector {
 public:
  RecordCollector(std::uint64_t from, std::size_t records_max, std::size_t bytes_max)
      : next_(from), records_max_(records_max), bytes_max_(bytes_max) {}

  Result<bool> add(std::string_view key, std::string_view value) {
    if (sequence_of(key) != next_) {
      hole_ = true;
      return false;
    }
    SX_TRY_AS(const auto record, decode_record(value));
    bytes_ += record.payload.size();
    if (records_.size() >= records_max_ || (bytes_ > bytes_max_ && !records_.empty())) {
      bounded_ = true;
      return false;
    }
    records_.push_back({.sequence = next_++,
                        .payload = std::string(record.payload),
                        .chain = record.chain.value_or(Sha256Digest{})});
    return true;
  }

  bool complete(std::uint64_t end) const { return !hole_ && (bounded_ || next_ == end); }
  std::uint64_t next() const { return next_; }
  std::vector<ports::StreamRecord> take() { return std::move(records_); }

 private:
  std::uint64_t next_;
  const std::size_t records_max_;
  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  bool hole_ = false;
  bool bounded_ = false;
  std::vector<ports::StreamRecord> records_;
};

}  // namespace

struct EmbeddedStore::Parts {
  Parts(std::unique_ptr<RocksDatabase> opened, const std::filesystem::path& folder,
        const Options& options, std::uint64_t last_version)
      : clock(options.clock),
        database(std::move(opened)),
        heads(*database),
        committer(*database, heads, options.clock, options.disk, folder,
                  {.queue_batches_max = options.queue_batches_max,
                   .queue_bytes_max = options.queue_bytes_max,
                   .reserve_bytes = options.reserve_bytes},
                  last_version) {}

  const Clock& clock;
  std::unique_ptr<RocksDatabase> database;
  StreamHeads heads;
  Committer committer;
};

Result<std::unique_ptr<EmbeddedStore>> EmbeddedStore::open(const std::filesystem::path& folder,
                                                           const Options& options) {
  SX_TRY_AS(auto database, RocksDatabase::open(folder, options.clock, options.disk));
  SX_TRY_AS(const auto last_version, last_commit(*database));
  auto parts = std::make_unique<Parts>(std::move(database), folder, options, last_version);
  return std::unique_ptr<EmbeddedStore>(new EmbeddedStore(std::move(parts)));
}

EmbeddedStore::EmbeddedStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
EmbeddedStore::~EmbeddedStore() = default;

void EmbeddedStore::submit(ports::Batch batch, OnDurable on_durable) {
  parts_->committer.submit(std::move(batch), std::move(on_durable));
}

Result<std::optional<ports::Entry>> EmbeddedStore::get(std::string_view key) const {
  SX_TRY_AS(const auto stored, parts_->database->get(Family::State, key));
  if (!stored) return std::nullopt;
  SX_TRY_AS(const auto value, decode_value(*stored));
  if (value.expired(parts_->clock.now())) return std::nullopt;
  return ports::Entry{std::string(key), std::string(value.payload), value.version};
}

Result<std::vector<ports::Entry>> EmbeddedStore::scan(std::string_view prefix,
                                                      std::string_view after,
                                                      std::size_t limit) const {
  std::vector<ports::Entry> entries;
  const Time now = parts_->clock.now();
  const auto from = std::max(prefix, after);
  const auto visit = [&](std::string_view key, std::string_view stored) -> Result<bool> {
    if (entries.size() >= limit) return false;
    if (key == after && !after.empty()) return true;
    SX_TRY_AS(const auto value, decode_value(stored));
    if (!value.expired(now))
      entries.push_back({std::string(key), std::string(value.payload), value.version});
    return entries.size() < limit;
  };
  const std::string end = behind(prefix);
  if (!end.empty() && from >= end) return entries;
  SX_TRY(parts_->database->walk(Family::State, from, end, visit));
  return entries;
}

Result<std::vector<ports::StreamRecord>> EmbeddedStore::read(std::string_view stream,
                                                             std::uint64_t from,
                                                             std::size_t records_max,
                                                             std::size_t bytes_max) const {
  SX_TRY_AS(const auto head, parts_->heads.find(stream));
  if (from < head.first && head.first > 1) return trimmed(stream, head.first);
  from = std::max<std::uint64_t>(from, 1);
  if (from >= head.next || records_max == 0) return std::vector<ports::StreamRecord>{};

  RecordCollector collector(from, records_max, bytes_max);
  SX_TRY(parts_->database->walk(
      Family::Streams, record_key(stream, from), record_key(stream, head.next),
      [&](std::string_view key, std::string_view value) { return collector.add(key, value); }));
  if (collector.complete(head.next)) return collector.take();

  SX_TRY_AS(const auto now, parts_->heads.find(stream));  // a trim went past us
  if (from < now.first) return trimmed(stream, now.first);
  return fail(Code::Corrupt, "record " + std::to_string(collector.next()) + " of stream '" +
                                 std::string(stream) + "' is gone");
}

Result<std::uint64_t> EmbeddedStore::next_sequence(std::string_view stream) const {
  SX_TRY_AS(const auto head, parts_->heads.find(stream));
  return head.next;
}

void EmbeddedStore::wait(std::string_view stream, std::uint64_t from,
                         std::move_only_function<void()> wake) {
  auto ready = parts_->heads.wait(stream, from, std::move(wake));
  if (ready) {
    parts_->committer.run_soon(std::move(*ready));
  } else {
    log::error("a wait cannot see its stream and goes on with the next record",
               {{"stream", std::string(stream)}, {"error", ready.error().message}});
  }
}

Result<> EmbeddedStore::trim(std::string_view stream, std::uint64_t sequence) {
  return parts_->committer.trim(stream, sequence);
}

}  // namespace sextant::adapters
