#include "store/lake_records.h"

#include <algorithm>

#include "core/wire.h"

namespace sextant::store {
namespace {

constexpr std::uint8_t kLakeVersion = 1;

// Times before 1970 occur in events: zigzag, plus one so that 1970 itself is not left out.
std::uint64_t packed_time(Time time) {
  const std::int64_t micros = time.time_since_epoch().count();
  return ((static_cast<std::uint64_t>(micros) << 1) ^ static_cast<std::uint64_t>(micros >> 63)) + 1;
}

Time unpacked_time(std::uint64_t packed) {
  const std::uint64_t bits = packed - 1;
  return Time(Duration(static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1))));
}

Result<> decode_digest(std::string_view bytes, Sha256Digest& into) {
  if (bytes.size() != into.size()) return fail(Code::Corrupt, "a stored hash has another length");
  std::ranges::transform(bytes, into.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  return {};
}

}  // namespace

std::string encode(const LakeFileRecord& file) {
  wire::Writer writer(kLakeVersion);
  writer.text(1, file.path)
      .number(2, file.size)
      .number(3, file.rows)
      .text(4, std::string(file.sha256.begin(), file.sha256.end()));
  if (file.ts_min) writer.number(5, packed_time(*file.ts_min));
  if (file.ts_max) writer.number(6, packed_time(*file.ts_max));
  return writer.text(7, file.schema_id)
      .number(8, packed_time(file.created))
      .number(9, file.duplicates)
      .text(10, file.unique_by)
      .finish();
}

Result<LakeFileRecord> decode_lake_file(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kLakeVersion));
  LakeFileRecord file;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: file.path = reader.text(); break;
      case 2: file.size = reader.number(); break;
      case 3: file.rows = reader.number(); break;
      case 4: SX_TRY(decode_digest(reader.text(), file.sha256)); break;
      case 5: file.ts_min = unpacked_time(reader.number()); break;
      case 6: file.ts_max = unpacked_time(reader.number()); break;
      case 7: file.schema_id = reader.text(); break;
      case 8: file.created = unpacked_time(reader.number()); break;
      case 9: file.duplicates = reader.number(); break;
      case 10: file.unique_by = reader.text(); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return file;
}

namespace {

Result<> decode_into(std::vector<LakeFileRecord>& files, std::string_view bytes) {
  SX_TRY_AS(auto file, decode_lake_file(bytes));
  files.push_back(std::move(file));
  return {};
}

}  // namespace

std::string encode(const LakeChange& change) {
  wire::Writer writer(kLakeVersion);
  for (const auto& file : change.added) writer.element(1, encode(file));
  for (const auto& file : change.removed) writer.element(2, encode(file));
  writer.number(3, static_cast<std::uint64_t>(change.reason));
  if (change.removed_at) writer.number(4, packed_time(*change.removed_at));
  return writer.finish();
}

Result<LakeChange> decode_lake_change(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kLakeVersion));
  LakeChange change;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: SX_TRY(decode_into(change.added, reader.text())); break;
      case 2: SX_TRY(decode_into(change.removed, reader.text())); break;
      case 3: change.reason = static_cast<LakeReason>(reader.number()); break;
      case 4: change.removed_at = unpacked_time(reader.number()); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return change;
}

std::string encode(const LakeRemovedRecord& removed) {
  return wire::Writer(kLakeVersion)
      .element(1, encode(removed.file))
      .number(2, packed_time(removed.removed_at))
      .finish();
}

Result<LakeRemovedRecord> decode_lake_removed(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kLakeVersion));
  LakeRemovedRecord removed;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: {
        SX_TRY_AS(removed.file, decode_lake_file(reader.text()));
        break;
      }
      case 2: removed.removed_at = unpacked_time(reader.number()); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return removed;
}

namespace {

std::string encode(const LakeCheckpoint& checkpoint) {
  return wire::Writer(kLakeVersion)
      .number(1, checkpoint.version)
      .number(2, checkpoint.size)
      .text(3, std::string(checkpoint.sha256.begin(), checkpoint.sha256.end()))
      .number(4, checkpoint.actions)
      .finish();
}

Result<LakeCheckpoint> decode_checkpoint(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kLakeVersion));
  LakeCheckpoint checkpoint;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: checkpoint.version = reader.number(); break;
      case 2: checkpoint.size = reader.number(); break;
      case 3: SX_TRY(decode_digest(reader.text(), checkpoint.sha256)); break;
      case 4: checkpoint.actions = reader.number(); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return checkpoint;
}

}  // namespace

std::string encode(const LakeCheckpointsRecord& checkpoints) {
  wire::Writer writer(kLakeVersion);
  for (const auto& checkpoint : checkpoints.checkpoints) writer.element(1, encode(checkpoint));
  return writer.finish();
}

Result<LakeCheckpointsRecord> decode_lake_checkpoints(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kLakeVersion));
  LakeCheckpointsRecord record;
  while (reader.next()) {
    if (reader.field() != 1) continue;
    SX_TRY_AS(const auto checkpoint, decode_checkpoint(reader.text()));
    record.checkpoints.push_back(checkpoint);
  }
  SX_TRY(reader.finish());
  return record;
}

std::string encode(const LakeSchemaRecord& schema) {
  return wire::Writer(kLakeVersion).text(1, schema.arrow_schema).finish();
}

Result<LakeSchemaRecord> decode_lake_schema(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kLakeVersion));
  LakeSchemaRecord schema;
  while (reader.next()) {
    if (reader.field() == 1) schema.arrow_schema = reader.text();
  }
  SX_TRY(reader.finish());
  return schema;
}

}  // namespace sextant::store
