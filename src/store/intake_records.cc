#include "store/intake_records.h"

#include "core/wire.h"

namespace sextant::store {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string encode(const IntakeSource& source) {
  return wire::Writer(kVersion)
      .text(1, source.name)
      .text(2, source.kind)
      .text(3, source.bucket)
      .text(4, source.prefix)
      .text(5, source.suffix)
      .text(6, source.token_id)
      .text(7, source.token_sha256)
      .time(8, source.created)
      .text(9, source.created_by)
      .number(10, source.requests_per_s)
      .number(11, source.bytes_per_s)
      .finish();
}

// One switch over the field numbers of docs/formats/intake.md.
Result<IntakeSource> decode_intake_source(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  IntakeSource source;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: source.name = reader.text(); break;
      case 2: source.kind = reader.text(); break;
      case 3: source.bucket = reader.text(); break;
      case 4: source.prefix = reader.text(); break;
      case 5: source.suffix = reader.text(); break;
      case 6: source.token_id = reader.text(); break;
      case 7: source.token_sha256 = reader.text(); break;
      case 8: source.created = reader.time(); break;
      case 9: source.created_by = reader.text(); break;
      case 10: source.requests_per_s = reader.number(); break;
      case 11: source.bytes_per_s = reader.number(); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return source;
}

std::string encode(const IntakeBatch& batch) {
  return wire::Writer(kVersion)
      .text(1, batch.sha256)
      .number(2, batch.lines)
      .number(3, batch.bytes)
      .text(4, batch.key)
      .time(5, batch.accepted)
      .text(6, batch.bucket)
      .finish();
}

Result<IntakeBatch> decode_intake_batch(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  IntakeBatch batch;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: batch.sha256 = reader.text(); break;
      case 2: batch.lines = reader.number(); break;
      case 3: batch.bytes = reader.number(); break;
      case 4: batch.key = reader.text(); break;
      case 5: batch.accepted = reader.time(); break;
      case 6: batch.bucket = reader.text(); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return batch;
}

}  // namespace sextant::store
