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
  return writer.text(7, file.schema_id).number(8, packed_time(file.created)).finish();
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
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return file;
}

std::string encode(const LakeChange& change) {
  wire::Writer writer(kLakeVersion);
  for (const auto& file : change.added) writer.element(1, encode(file));
  return writer.finish();
}

Result<LakeChange> decode_lake_change(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kLakeVersion));
  LakeChange change;
  while (reader.next()) {
    if (reader.field() != 1) continue;
    SX_TRY_AS(auto file, decode_lake_file(reader.text()));
    change.added.push_back(std::move(file));
  }
  SX_TRY(reader.finish());
  return change;
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
