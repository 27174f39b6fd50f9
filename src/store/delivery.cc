#include "store/delivery.h"

#include "core/encoding.h"
#include "core/hash.h"
#include "core/wire.h"

namespace sextant::store {
namespace {

constexpr std::uint8_t kDeliveryVersion = 1;

// A kind that this program does not know is a record it cannot act on.
Result<OutcomeKind> outcome_of(std::uint64_t number) {
  if (number <= static_cast<std::uint64_t>(OutcomeKind::Dropped))
    return static_cast<OutcomeKind>(number);
  return fail(Code::Corrupt, "stored delivery has outcome " + std::to_string(number));
}

Result<TriggerKind> trigger_of(std::uint64_t number) {
  if (number >= static_cast<std::uint64_t>(TriggerKind::Bucket) &&
      number <= static_cast<std::uint64_t>(TriggerKind::Table)) {
    return static_cast<TriggerKind>(number);
  }
  return fail(Code::Corrupt, "stored delivery has trigger " + std::to_string(number));
}

// Nested messages carry the same version byte: each decodes alone.
std::string encode_event(const Event& event) {
  wire::Writer writer(kDeliveryVersion);
  writer.number(1, static_cast<std::uint64_t>(event.trigger))
      .text(2, event.name)
      .text(3, event.source_arn)
      .text(4, event.notification_id)
      .text(5, event.bucket)
      .text(6, event.key)
      .text(7, event.etag)
      .text(8, event.sequencer)
      .text(9, event.principal_id)
      .text(10, event.source_ip)
      .text(11, event.request_id)
      .number(12, event.size)
      .time(14, event.time);
  for (const auto& part : event.body) writer.element(13, encode(part));
  return writer.finish();
}

// One switch over the field numbers of docs/formats/delivery.md.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
Result<Event> decode_event(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kDeliveryVersion));
  Event event;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: {
        SX_TRY_AS(event.trigger, trigger_of(reader.number()));
        break;
      }
      case 2: event.name = reader.text(); break;
      case 3: event.source_arn = reader.text(); break;
      case 4: event.notification_id = reader.text(); break;
      case 5: event.bucket = reader.text(); break;
      case 6: event.key = reader.text(); break;
      case 7: event.etag = reader.text(); break;
      case 8: event.sequencer = reader.text(); break;
      case 9: event.principal_id = reader.text(); break;
      case 10: event.source_ip = reader.text(); break;
      case 11: event.request_id = reader.text(); break;
      case 12: event.size = reader.number(); break;
      case 13: {
        SX_TRY_AS(auto part, decode_body_ref(reader.text()));
        event.body.push_back(std::move(part));
        break;
      }
      case 14: event.time = reader.time(); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return event;
}

std::string encode_cause(const Cause& cause) {
  return wire::Writer(kDeliveryVersion)
      .text(1, cause.code)
      .text(2, cause.message)
      .text(3, cause.stage)
      .finish();
}

Result<Cause> decode_cause(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kDeliveryVersion));
  Cause cause;
  while (reader.next()) {
    if (reader.field() == 1) cause.code = reader.text();
    if (reader.field() == 2) cause.message = reader.text();
    if (reader.field() == 3) cause.stage = reader.text();
  }
  SX_TRY(reader.finish());
  return cause;
}

std::string encode_stage(const StageCount& count) {
  return wire::Writer(kDeliveryVersion)
      .text(1, count.stage)
      .number(2, count.rows_in)
      .number(3, count.rows_out)
      .number(4, count.micros)
      .finish();
}

Result<StageCount> decode_stage(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kDeliveryVersion));
  StageCount count;
  while (reader.next()) {
    if (reader.field() == 1) count.stage = reader.text();
    if (reader.field() == 2) count.rows_in = reader.number();
    if (reader.field() == 3) count.rows_out = reader.number();
    if (reader.field() == 4) count.micros = reader.number();
  }
  SX_TRY(reader.finish());
  return count;
}

Result<> decode_nested(const wire::Reader& reader, Delivery& delivery) {
  if (reader.field() == 3) {
    SX_TRY_AS(delivery.event, decode_event(reader.text()));
  } else if (reader.field() == 12) {
    SX_TRY_AS(delivery.cause, decode_cause(reader.text()));
  } else {
    SX_TRY_AS(auto stage, decode_stage(reader.text()));
    delivery.stages.push_back(std::move(stage));
  }
  return {};
}

}  // namespace

std::string_view to_string(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::Pending: return "pending";
    case OutcomeKind::Succeeded: return "succeeded";
    case OutcomeKind::SentToFailureDestination: return "sent_to_failure_destination";
    case OutcomeKind::Dropped: return "dropped";
  }
  return "?";
}

std::string encode(const BodyRef& body) {
  return wire::Writer(kDeliveryVersion)
      .text(1, body.id)
      .number(2, body.is_inline ? 1 : 0)
      .number(3, body.size)
      .finish();
}

Result<BodyRef> decode_body_ref(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kDeliveryVersion));
  BodyRef body{.id = {}, .is_inline = false, .size = 0};
  while (reader.next()) {
    if (reader.field() == 1) body.id = reader.text();
    if (reader.field() == 2) body.is_inline = reader.number() != 0;
    if (reader.field() == 3) body.size = reader.number();
  }
  SX_TRY(reader.finish());
  return body;
}

DeliveryId delivery_id(const FunctionName& function, const Event& event) {
  std::string identity;
  for (const std::string* part :
       {&function.text(), &event.notification_id, &event.bucket, &event.key, &event.sequencer}) {
    identity += std::to_string(part->size()) + ":" + *part;
  }
  return DeliveryId(sha256_hex(identity).substr(0, 32));
}

std::string encode(const Delivery& delivery) {
  wire::Writer writer(kDeliveryVersion);
  writer.text(1, delivery.id.text())
      .text(2, delivery.function.text())
      .element(3, encode_event(delivery.event))
      .text(4, delivery.trace.trace_id)
      .text(5, delivery.trace.parent_id)
      .number(6, delivery.hop)
      .time(7, delivery.created)
      .time(8, delivery.due)
      .number(9, delivery.attempts)
      .text(10, delivery.revision)
      .number(11, static_cast<std::uint64_t>(delivery.outcome));
  if (delivery.cause) writer.element(12, encode_cause(*delivery.cause));
  if (delivery.ended) writer.time(13, *delivery.ended);
  if (delivery.started) writer.time(14, *delivery.started);
  for (const auto& stage : delivery.stages) writer.element(15, encode_stage(stage));
  writer.number(16, delivery.rows_landed).number(17, delivery.rows_malformed);
  writer.number(18, delivery.trace.sampled ? 0 : 1);
  return writer.finish();
}

// One switch over the field numbers of docs/formats/delivery.md.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
Result<Delivery> decode_delivery(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kDeliveryVersion));
  Delivery delivery;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: delivery.id = DeliveryId(std::string(reader.text())); break;
      case 2: delivery.function = FunctionName(std::string(reader.text())); break;
      case 3:
      case 12:
      case 15: SX_TRY(decode_nested(reader, delivery)); break;
      case 4: delivery.trace.trace_id = reader.text(); break;
      case 5: delivery.trace.parent_id = reader.text(); break;
      case 6: delivery.hop = reader.number(); break;
      case 7: delivery.created = reader.time(); break;
      case 8: delivery.due = reader.time(); break;
      case 9: delivery.attempts = reader.number(); break;
      case 10: delivery.revision = reader.text(); break;
      case 11: {
        SX_TRY_AS(delivery.outcome, outcome_of(reader.number()));
        break;
      }
      case 13: delivery.ended = reader.time(); break;
      case 14: delivery.started = reader.time(); break;
      case 16: delivery.rows_landed = reader.number(); break;
      case 17: delivery.rows_malformed = reader.number(); break;
      case 18: delivery.trace.sampled = reader.number() == 0; break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return delivery;
}

}  // namespace sextant::store
