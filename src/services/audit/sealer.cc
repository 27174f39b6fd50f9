#include "services/audit/sealer.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <utility>

#include "core/encoding.h"
#include "core/fault_point.h"
#include "core/log.h"
#include "core/thread_name.h"
#include "guard/audit/record.h"
#include "ports/in_doubt.h"
#include "store/keys.h"
#include "store/system_tables.h"

namespace sextant::services::audit {
namespace {

constexpr int kNice = 10;
constexpr std::size_t kPageRecords = 1'000;
constexpr std::size_t kPageBytes = 4 * 1'024 * 1'024;

// The record's eventTime, which is near its beginning. A caller cannot write these bytes into a
// record: quotes inside a text are escaped.
std::string event_time(std::string_view record) {
  constexpr std::string_view kName = "\"eventTime\":\"";
  const auto at = record.find(kName);
  if (at == std::string_view::npos) return {};
  const auto rest = record.substr(at + kName.size());
  return std::string(rest.substr(0, rest.find('"')));
}

}  // namespace

// Records that are to be sealed together.
struct Sealer::Segment {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  Sha256Digest chain = {};
  std::string oldest;
  std::string newest;
  std::unique_ptr<lake::Landing> landing;  // its rows

  // Corrupt when the record does not follow from the one before it.
  Result<> take(const ports::StreamRecord& record) {
    if (record.sequence != last + 1 || ports::chain_hash(chain, record.payload) != record.chain) {
      return fail(Code::Corrupt, "record " + std::to_string(last + 1) +
                                     " of the audit log is not the one that was written");
    }
    last = record.sequence;
    chain = record.chain;
    auto time = event_time(record.payload);
    if (oldest.empty() || time < oldest) oldest = time;
    if (time > newest) newest = std::move(time);
    return {};
  }
};

Sealer::Sealer(SealerParts parts, const SealerOptions& options)
    : parts_(std::move(parts)),
      options_(options),
      digests_(parts_.metrics.counter("sextant_audit_digests_total",
                                      "Signed digests made of segments of the audit log")),
      failures_(parts_.metrics.counter("sextant_audit_seal_failures_total",
                                       "Attempts to seal the audit log that failed")) {}

std::unique_ptr<Sealer> Sealer::start(SealerParts parts, SealerOptions options) {
  std::unique_ptr<Sealer> sealer(new Sealer(std::move(parts), options));
  auto* const self = sealer.get();
  self->thread_ = std::jthread([self](const std::stop_token& stop) { self->run(stop); });
  return sealer;
}

Sealer::~Sealer() {
  thread_.request_stop();
  thread_.join();
}

void Sealer::run(const std::stop_token& stop) {
  name_this_thread("audit-seal");
  // What callers wait for goes first. Of this thread alone, as Linux has it.
  static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice));
  while (wait_for_news(stop)) {
    if (!parts_.clock.wait_until(parts_.clock.now() + options_.period, stop)) return;
    if (const auto sealed = seal(); !sealed) {
      failures_.add();
      log::error("the audit log is not sealed; it is tried again",
                 {{"error", sealed.error().message}});
    }
  }
}

// False when it is time to end.
bool Sealer::wait_for_news(const std::stop_token& stop) {
  const auto from = [this]() -> Result<std::uint64_t> {
    std::lock_guard lock(sealing_);
    SX_TRY(load());
    return first_new();
  }();
  if (!from) return !stop.stop_requested();  // seal() will say what is wrong
  {
    std::lock_guard lock(signal_->mutex);
    signal_->is_raised = false;
  }
  parts_.streams.wait(store::keys::audit_stream(parts_.scope), *from, [signal = signal_] {
    {
      std::lock_guard lock(signal->mutex);
      signal->is_raised = true;
    }
    signal->raised.notify_all();
  });
  std::unique_lock lock(signal_->mutex);
  return signal_->raised.wait(lock, stop, [this] { return signal_->is_raised; });
}

// The first record behind the sealed ones that is more than their seal; it may be still to come.
Result<std::uint64_t> Sealer::first_new() const {
  auto next = position_->last + 1;
  for (;;) {
    SX_TRY_AS(const auto page, parts_.streams.read(store::keys::audit_stream(parts_.scope), next,
                                                   kPageRecords, kPageBytes));
    if (page.empty()) return next;
    for (const auto& record : page) {
      if (!guard::is_seal_record(record.payload)) return record.sequence;
      next = record.sequence + 1;
    }
  }
}

Result<> Sealer::load() {
  if (position_) return {};
  SX_TRY_AS(const auto entry, parts_.state.get(store::keys::audit_sealed(parts_.scope)));
  if (!entry) {
    version_ = std::nullopt;
    position_.emplace();
    return {};
  }
  SX_TRY_AS(position_, guard::decode_seal_position(entry->value));
  version_ = entry->version;
  return {};
}

Result<const SigningKey*> Sealer::key() {
  if (!key_) {
    SX_TRY_AS(key_, parts_.open_key());
  }
  return &*key_;
}

Result<VerifyingKey> Sealer::public_key() {
  std::lock_guard lock(sealing_);
  SX_TRY_AS(const auto* key, this->key());
  return key->verifying();
}

Result<guard::SealPosition> Sealer::seal() {
  std::lock_guard lock(sealing_);
  SX_TRY(load());
  SX_TRY_AS(const auto next, parts_.streams.next_sequence(store::keys::audit_stream(parts_.scope)));
  for (;;) {
    SX_TRY_AS(const auto first, first_new());
    if (first >= next) return *position_;
    SX_TRY_AS(auto segment, read_segment(next - 1));
    SX_TRY(seal_segment(std::move(segment)));
  }
}

Result<Sealer::Segment> Sealer::read_segment(std::uint64_t to) const {
  Segment segment{.first = position_->last + 1,
                  .last = position_->last,
                  .chain = position_->chain,
                  .oldest = {},
                  .newest = {},
                  .landing = parts_.lander.open()};
  to = std::min(to, position_->last + options_.segment_records_max);
  while (segment.last < to) SX_TRY(read_page(to, segment));
  return segment;
}

Result<> Sealer::read_page(std::uint64_t to, Segment& segment) const {
  const auto wanted = std::min<std::uint64_t>(kPageRecords, to - segment.last);
  SX_TRY_AS(const auto page, parts_.streams.read(store::keys::audit_stream(parts_.scope),
                                                 segment.last + 1, wanted, kPageBytes));
  if (page.empty()) return fail(Code::Corrupt, "the audit log ends before its own end");
  AuditRows rows(parts_.make_cloudtrail_rows());
  for (const auto& record : page) {
    SX_TRY(segment.take(record));
    rows.add(record.sequence, record.payload);
  }
  SX_TRY_AS(const auto batch, rows.finish());
  return segment.landing->add(TableName(std::string(store::kAuditTable)), batch);
}

Result<> Sealer::seal_segment(Segment segment) {
  SX_TRY_AS(const auto* key, this->key());
  const auto now = parts_.clock.now();
  const guard::Digest digest{.scope = parts_.scope,
                             .number = position_->number + 1,
                             .started = position_->ended,
                             .ended = now,
                             .first = segment.first,
                             .last = segment.last,
                             .chain = segment.chain,
                             .oldest = segment.oldest,
                             .newest = segment.newest,
                             .key_fingerprint = key->verifying().fingerprint(),
                             .previous_hash = position_->digest_hash,
                             .previous_signature = position_->digest_signature};
  const auto made = guard::sign(digest, *key);
  const guard::SealPosition after{.number = digest.number,
                                  .last = segment.last,
                                  .chain = segment.chain,
                                  .ended = now,
                                  .digest_hash = sha256_hex(made.document),
                                  .digest_signature = hex(made.signature)};
  const auto position = store::keys::audit_sealed(parts_.scope);
  ports::Batch batch;
  batch.conditions.push_back({position, version_});
  batch.puts.push_back({position, encode(after)});
  batch.appends.push_back({store::keys::audit_digest_stream(parts_.scope), encode(made)});
  batch.appends.push_back({store::keys::audit_stream(parts_.scope),
                           guard::seal_record({.scope = parts_.scope,
                                               .time = now,
                                               .digest = digest.number,
                                               .first = segment.first,
                                               .last = segment.last}),
                           true});
  fault_point("audit.before_seal");
  SX_TRY(land(std::move(segment.landing), std::move(batch)));
  fault_point("audit.after_seal");
  position_ = after;
  digests_.add();
  parts_.on_sealed();
  return {};
}

Result<> Sealer::land(std::unique_ptr<lake::Landing> landing, ports::Batch outcome) {
  std::promise<Result<ports::Committed>> done;
  auto result = done.get_future();
  parts_.lander.land(
      std::move(landing), std::move(outcome),
      [&done](Result<ports::Committed> committed) { done.set_value(std::move(committed)); });
  const auto committed = result.get();
  if (committed) {
    version_ = committed->version;
    return {};
  }
  if (ports::may_have_happened(committed.error())) {
    // Whether it did is asked by a commit: what was left open is decided before it.
    ports::Batch ask;
    ask.conditions.push_back({store::keys::audit_sealed(parts_.scope), version_});
    static_cast<void>(ports::commit(parts_.log, std::move(ask)));
  }
  position_.reset();  // the next attempt reads where the log stands
  return std::unexpected(committed.error());
}

}  // namespace sextant::services::audit
