#pragma once
// A delivery: one event on its way to one function. It is stored in the batch that made it (an
// object's PUT, a schedule's tick, …) and ends in exactly one outcome, stored in the same record.
// Format: docs/formats/delivery.md.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "core/result.h"
#include "core/trace.h"

namespace sextant::store {

// Bytes that a record refers to, kept readable as long as it does, also when the object that
// brought them is overwritten or deleted meanwhile.
struct BodyRef {
  std::string id;         // of the inline body or the blob
  bool is_inline = true;  // up to 64 KiB: under keys::inline_body; otherwise in the blob store
  std::uint64_t size = 0;
  friend bool operator==(const BodyRef&, const BodyRef&) = default;
};

std::string encode(const BodyRef& body);
Result<BodyRef> decode_body_ref(std::string_view bytes);

inline constexpr std::uint64_t kInlineBytesMax = 64 * 1024;

enum class TriggerKind { Bucket = 1, Schedule = 2, Stream = 3, Invoke = 4, Queue = 5, Table = 6 };

// What happened. Of a bucket event: exactly what S3's notification says.
struct Event {
  TriggerKind trigger = TriggerKind::Bucket;
  std::string name;        // "ObjectCreated:Put"
  std::string source_arn;  // the bucket's ARN
  std::string notification_id;
  std::string bucket;
  std::string key;
  std::string etag;
  std::string sequencer;     // orders events of one key; part of the identity
  std::string principal_id;  // who did it
  std::string source_ip;
  std::string request_id;  // of the call that caused it
  std::uint64_t size = 0;  // of the object, bytes
  std::vector<BodyRef> body;
  Time time;
  friend bool operator==(const Event&, const Event&) = default;
};

enum class OutcomeKind { Pending = 0, Succeeded = 1, SentToFailureDestination = 2, Dropped = 3 };
std::string_view to_string(OutcomeKind kind);

// Why a delivery ended as it did; also kept of the latest failed attempt while it is pending.
struct Cause {
  std::string code;  // "Malformed.Gzip", "AccessDenied", "Sandbox.Timedout", …
  std::string message;
  std::string stage;  // "parsers.alb": the first stage that failed owns it
  friend bool operator==(const Cause&, const Cause&) = default;
};

struct StageCount {  // what one stage of a pipeline did in the attempt that succeeded
  std::string stage;
  std::uint64_t rows_in = 0;
  std::uint64_t rows_out = 0;
  std::uint64_t micros = 0;  // CPU time
  friend bool operator==(const StageCount&, const StageCount&) = default;
};

struct Delivery {
  DeliveryId id;  // hash of its identity: see delivery_id()
  FunctionName function;
  Event event;
  Trace trace;
  std::uint64_t hop = 1;  // deliveries in the causal chain so far
  Time created;
  Time due;                    // not before
  std::uint64_t attempts = 0;  // finished ones
  std::string revision;  // of the function at its first dispatch, kept to the outcome; "" before
  OutcomeKind outcome = OutcomeKind::Pending;
  std::optional<Cause> cause = std::nullopt;
  std::optional<Time> ended = std::nullopt;
  std::optional<Time> started = std::nullopt;  // of the last attempt
  std::vector<StageCount> stages = {};
  std::uint64_t rows_landed = 0;
  std::uint64_t rows_malformed = 0;
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

// The identity of a bucket event (function, notification, bucket, key, sequencer), so that a
// notification delivered twice makes one delivery. 32 hex digits.
DeliveryId delivery_id(const FunctionName& function, const Event& event);

std::string encode(const Delivery& delivery);
Result<Delivery> decode_delivery(std::string_view bytes);

}  // namespace sextant::store
