#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "core/encoding.h"
#include "core/json.h"
#include "core/log.h"
#include "core/time_text.h"
#include "ports/in_doubt.h"
#include "services/intake/batch_reader.h"
#include "services/intake/handlers.h"
#include "store/keys.h"

namespace sextant::services::intake {
namespace {

// For how long a batch is known, so that it is not taken twice: one with an id of its client's, and
// one that is known by its lines only, which others may come to repeat.
constexpr std::chrono::hours kIdWindow{7 * 24};
constexpr std::chrono::hours kLinesWindow{1};
constexpr std::size_t kIdBytesMax = 128;
// As many bytes inside as logs usually have for each that is sent.
constexpr std::uint64_t kFairRatio = 10;
constexpr std::string_view kTaken = "BatchTaken";

Result<> check_batch_id(std::string_view id) {
  constexpr std::string_view kMay =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  if (id.size() <= kIdBytesMax && id.find_first_not_of(kMay) == std::string_view::npos) return {};
  return fail(Code::Invalid, "X-Sextant-Batch is at most 128 letters, digits and . _ -",
              "ValidationException");
}

// "2026/07/02/222300"
std::string time_path(Time time) {
  const auto text = iso8601_basic(time);  // 20260702T222300Z
  return text.substr(0, 4) + "/" + text.substr(4, 2) + "/" + text.substr(6, 2) + "/" +
         text.substr(9, 6);
}

std::string_view encoding_of(Compression compression) {
  switch (compression) {
    case Compression::Gzip: return "gzip";
    case Compression::Zstd: return "zstd";
    case Compression::None: break;
  }
  return "";
}

// What the client hears of an error that a port or the bucket gave.
Error worded(Error error) {
  if (error.code == Code::Unavailable || error.code == Code::Exhausted) {
    if (error.name.empty()) error.name = "ServiceUnavailable";
    return error;
  }
  if (!error.name.empty()) return error;
  if (error.code == Code::Invalid) return {error.code, std::move(error.message), "MalformedBody"};
  if (error.code == Code::Corrupt)
    log::error("something stored cannot be read", {{"error", error.message}});
  return {error.code, "the batch was not taken", "InternalError"};
}

// The bucket is gone, or no function waits there: held back, not refused, so that nothing is lost.
Error nobody_reads(const store::IntakeSource& source) {
  return {Code::Unavailable,
          "no function is started by what source '" + source.name + "' puts into bucket '" +
              source.bucket + "': deploy one, or make the source anew",
          "ServiceUnavailable"};
}

class BatchPut : public std::enable_shared_from_this<BatchPut> {
 public:
  BatchPut(IntakePtr intake, InFlight::Slot slot, PermitPtr permit, guard::IntakeSourcePtr source,
           std::string batch_id, BatchReader reader, sdk::Reply reply)
      : intake_(std::move(intake)),
        slot_(std::move(slot)),
        permit_(std::move(permit)),
        source_(std::move(source)),
        batch_id_(std::move(batch_id)),
        window_(batch_id_.empty() ? kLinesWindow : kIdWindow),
        reader_(std::move(reader)),
        writer_(intake_->parts.bodies.write()),
        reply_(std::move(reply)) {}

  void start(std::unique_ptr<Body> body) {
    const bool length_known = body->length().has_value();
    drain(
        std::move(body),
        [self = shared_from_this(), length_known](std::string_view chunk) {
          return self->take(chunk, length_known);
        },
        [self = shared_from_this()](Result<> read) {
          if (!read) return self->failed(std::move(read).error());
          self->finish();
        });
  }

 private:
  Result<> take(std::string_view chunk, bool is_charged) {
    if (!is_charged) intake_->limits.charge(*source_, chunk.size());
    size_ += chunk.size();
    const auto taken = reader_.take(chunk);
    charge_inside();
    SX_TRY(taken);
    md5_.update(chunk);
    return writer_.append(chunk);
  }

  // What a fair batch has inside costs nothing more; what another one has does, as it comes out, so
  // that a source cannot keep the workers at its bombs.
  void charge_inside() {
    const auto beyond =
        reader_.inside_bytes() - std::min(reader_.inside_bytes(), kFairRatio * size_);
    if (beyond <= charged_inside_) return;
    intake_->limits.charge(*source_, beyond - charged_inside_);
    charged_inside_ = beyond;
  }

  void finish() {
    auto summary = reader_.finish();
    if (!summary) return failed(std::move(summary).error());
    if (batch_id_.empty()) batch_id_ = "sha256-" + hex(summary->sha256);
    auto staged = writer_.finish();
    if (!staged) return failed(std::move(staged).error());
    const auto now = intake_->parts.clock.now();
    taken_ = {.sha256 = std::move(summary->sha256),
              .lines = summary->lines,
              .bytes = summary->bytes,
              .bucket = source_->bucket,
              .key = source_->prefix + time_path(now) + "-" + batch_id_ + source_->suffix,
              .accepted = now};
    put(std::string(encoding_of(summary->compression)), std::move(*staged));
  }

  void put(std::string content_encoding, store::StagedBody staged) {
    const auto& parts = intake_->parts;
    auto allowed = may_put(*intake_, *permit_, source_->bucket, taken_.key);
    if (!allowed) return discard(staged, std::move(allowed).error());
    parts.objects.put(
        {.permit = permit_,
         .bucket = source_->bucket,
         .key = taken_.key,
         .content_encoding = std::move(content_encoding),
         .size = size_,
         .md5_hex = hex(md5_.finish()),
         .staged = std::move(staged),
         .extra = [self = shared_from_this()](ports::Batch& batch) { return self->add_to(batch); },
         .has_to_start_one = true},
        [self = shared_from_this()](Result<> done) { self->committed(done); });
  }

  void discard(const store::StagedBody& staged, Error error) {
    if (!staged.ref.is_inline) intake_->parts.bodies.collect({staged.ref});
    failed(std::move(error));
  }

  std::string batch_key() const {
    return store::keys::intake_batch(intake_->parts.scope, source_->name, batch_id_);
  }

  // That it is taken, once, from a source that still is one.
  Result<> add_to(ports::Batch& batch) {
    const auto& parts = intake_->parts;
    const auto source_key = store::keys::intake_source(parts.scope, source_->name);
    SX_TRY_AS(const auto source, parts.state.get(source_key));
    if (!source) return revoked();
    SX_TRY_AS(const auto as_stored, store::decode_intake_source(source->value));
    if (as_stored.token_id != source_->token_id) return revoked();
    SX_TRY_AS(const auto known, parts.state.get(batch_key()));
    batch.conditions.push_back({.key = source_key, .version = source->version});
    batch.conditions.push_back({.key = batch_key()});
    if (known) {
      SX_TRY_AS(const auto before, store::decode_intake_batch(known->value));
      if (before.bucket == source_->bucket)
        return fail(Code::Conflict, "taken already", std::string(kTaken));
      batch.conditions.back().version = known->version;  // the source had another bucket then
    }
    batch.puts.push_back({.key = batch_key(),
                          .value = store::encode(taken_),
                          .expires_at = taken_.accepted + window_});
    return {};
  }
  static std::unexpected<Error> revoked() {
    return fail(Code::Denied, "The security token included in the request is invalid.",
                "InvalidClientTokenId");
  }

  void committed(const Result<>& done) {
    if (done) {
      intake_->accepted.add();
      intake_->lines.add(taken_.lines);
      intake_->bytes.add(size_);
      return answer(taken_, false);
    }
    if (done.error().name == kTaken) return taken_before();
    // NotFound: the bucket went.
    if (done.error().code == Code::NotFound || done.error().name == patterns::event::kStartsNothing)
      return failed(nobody_reads(*source_));
    failed(done.error());
  }

  void taken_before() {
    auto entry = intake_->parts.state.get(batch_key());
    if (!entry) return failed(std::move(entry).error());
    if (!*entry) return failed({Code::Unavailable, "try again", "ServiceUnavailable"});
    auto known = store::decode_intake_batch((*entry)->value);
    if (!known) return failed(std::move(known).error());
    if (known->sha256 != taken_.sha256) {
      return failed({Code::Conflict,
                     "batch '" + batch_id_ +
                         "' was taken before with other lines: give each batch an id of its own",
                     "IdempotentParameterMismatch"});
    }
    intake_->repeated.add();
    answer(*known, true);
  }

  void answer(const store::IntakeBatch& batch, bool is_repeated) {
    sdk::Output output;
    output.result = {{"Source", source_->name}, {"Batch", batch_id_},        {"Lines", batch.lines},
                     {"Bytes", batch.bytes},    {"Bucket", source_->bucket}, {"Key", batch.key},
                     {"Repeated", is_repeated}};
    slot_.reset();  // who has the answer may send the next one
    reply_(std::move(output));
  }
  void failed(Error error) {
    slot_.reset();
    reply_(std::unexpected(worded(std::move(error))));
  }

  const IntakePtr intake_;
  std::optional<InFlight::Slot> slot_;
  const PermitPtr permit_;
  const guard::IntakeSourcePtr source_;
  std::string batch_id_;
  const Duration window_;
  BatchReader reader_;
  store::BodyWriter writer_;
  Hasher md5_{HashKind::Md5};
  std::uint64_t size_ = 0;
  std::uint64_t charged_inside_ = 0;
  store::IntakeBatch taken_;
  sdk::Reply reply_;
};

Result<guard::IntakeSourcePtr> find_source(const IntakeContext& intake, const sdk::Input& input) {
  const auto name = json::text_or(input.parameters, "Source");
  const auto kind = json::text_or(input.parameters, "Kind");
  auto source = intake.parts.tokens.find_source(name);
  if (source == nullptr || source->kind != kind) {
    return fail(Code::NotFound, "there is no source '" + name + "' of kind '" + kind + "'",
                "ResourceNotFoundException");
  }
  return source;
}

// Where the batch of so many bytes is read, when the source may send one now.
Result<InFlight::Slot> enter(IntakeContext& intake, const store::IntakeSource& source,
                             std::uint64_t bytes) {
  auto slot = intake.in_flight.enter(source.name);
  if (slot && !intake.limits.try_enter(source, bytes, intake.parts.clock.now())) {
    slot = fail(Code::Exhausted,
                "source '" + source.name + "' sends more than " +
                    std::to_string(source.requests_per_s) + " requests or " +
                    std::to_string(source.bytes_per_s) + " bytes a second",
                "ThrottlingException");
  }
  if (!slot) intake.throttled.add();
  return slot;
}

}  // namespace

void put_batch(const IntakePtr& intake, PermitPtr permit, sdk::Input input, sdk::Reply reply) {
  auto source = find_source(*intake, input);
  if (!source) return reply(std::unexpected(std::move(source).error()));
  if (!input.body) input.body = make_body(std::string());
  const auto bytes = input.body->length().value_or(0);
  const BatchLimits limits;
  if (bytes > limits.sent_bytes_max) {
    return reply(fail(Code::Invalid,
                      "a batch has at most " + std::to_string(limits.sent_bytes_max) + " bytes",
                      "RequestEntityTooLarge"));
  }
  auto batch_id = json::text_or(input.parameters, "Batch");
  if (auto right = check_batch_id(batch_id); !right)
    return reply(std::unexpected(std::move(right).error()));
  auto reader = BatchReader::make(json::text_or(input.parameters, "ContentEncoding"), limits);
  if (!reader) return reply(std::unexpected(std::move(reader).error()));
  auto slot = enter(*intake, **source, bytes);
  if (!slot) return reply(std::unexpected(std::move(slot).error()));
  std::make_shared<BatchPut>(intake, std::move(*slot), std::move(permit), std::move(*source),
                             std::move(batch_id), std::move(*reader), std::move(reply))
      ->start(std::move(input.body));
}

}  // namespace sextant::services::intake
