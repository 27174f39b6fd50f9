#include "store/s3_records.h"

#include "core/wire.h"

namespace sextant::store {
namespace {

constexpr std::uint8_t kS3Version = 1;

using Pairs = std::map<std::string, std::string>;

std::string encode_pair(const std::string& name, const std::string& value) {
  return wire::Writer(kS3Version).text(1, name).text(2, value).finish();
}

Result<> decode_pair(std::string_view bytes, Pairs& into) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kS3Version));
  std::string name;
  std::string value;
  while (reader.next()) (reader.field() == 1 ? name : value) = reader.text();
  SX_TRY(reader.finish());
  into[name] = value;
  return {};
}

std::string encode_attributes(const ObjectAttributes& attributes) {
  wire::Writer writer(kS3Version);
  writer.text(1, attributes.content_type);
  for (const auto& [name, value] : attributes.headers) writer.element(2, encode_pair(name, value));
  for (const auto& [name, value] : attributes.metadata) writer.element(3, encode_pair(name, value));
  return writer.finish();
}

Result<ObjectAttributes> decode_attributes(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kS3Version));
  ObjectAttributes attributes;
  while (reader.next()) {
    if (reader.field() == 1) attributes.content_type = reader.text();
    if (reader.field() == 2) SX_TRY(decode_pair(reader.text(), attributes.headers));
    if (reader.field() == 3) SX_TRY(decode_pair(reader.text(), attributes.metadata));
  }
  SX_TRY(reader.finish());
  return attributes;
}

std::string encode_checksum(const Checksum& checksum) {
  return wire::Writer(kS3Version)
      .text(1, checksum.algorithm)
      .text(2, checksum.value)
      .text(3, checksum.type)
      .finish();
}

Result<Checksum> decode_checksum(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kS3Version));
  Checksum checksum;
  while (reader.next()) {
    if (reader.field() == 1) checksum.algorithm = reader.text();
    if (reader.field() == 2) checksum.value = reader.text();
    if (reader.field() == 3) checksum.type = reader.text();
  }
  SX_TRY(reader.finish());
  return checksum;
}

Result<> decode_object_nested(const wire::Reader& reader, ObjectRecord& record) {
  if (reader.field() == 5) {
    SX_TRY_AS(auto part, decode_body_ref(reader.text()));
    record.body.push_back(std::move(part));
  } else if (reader.field() == 6) {
    SX_TRY_AS(record.attributes, decode_attributes(reader.text()));
  } else {
    SX_TRY_AS(record.checksum, decode_checksum(reader.text()));
  }
  return {};
}

}  // namespace

std::string encode(const BucketRecord& record) {
  return wire::Writer(kS3Version)
      .text(1, record.name)
      .time(2, record.created)
      .text(3, record.app)
      .number(4, record.deleting ? 1 : 0)
      .finish();
}

Result<BucketRecord> decode_bucket(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kS3Version));
  BucketRecord record;
  while (reader.next()) {
    if (reader.field() == 1) record.name = reader.text();
    if (reader.field() == 2) record.created = reader.time();
    if (reader.field() == 3) record.app = reader.text();
    if (reader.field() == 4) record.deleting = reader.number() != 0;
  }
  SX_TRY(reader.finish());
  return record;
}

std::string encode(const ObjectRecord& record) {
  wire::Writer writer(kS3Version);
  writer.number(1, record.size)
      .text(2, record.etag)
      .time(3, record.modified)
      .text(4, record.sequencer);
  for (const auto& part : record.body) writer.element(5, encode(part));
  writer.element(6, encode_attributes(record.attributes));
  if (record.checksum) writer.element(7, encode_checksum(*record.checksum));
  return writer.text(8, record.trace.trace_id)
      .text(9, record.trace.parent_id)
      .number(10, record.trace.sampled ? 0 : 1)
      .finish();
}

Result<ObjectRecord> decode_object(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kS3Version));
  ObjectRecord record;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: record.size = reader.number(); break;
      case 2: record.etag = reader.text(); break;
      case 3: record.modified = reader.time(); break;
      case 4: record.sequencer = reader.text(); break;
      case 5:
      case 6:
      case 7: SX_TRY(decode_object_nested(reader, record)); break;
      case 8: record.trace.trace_id = reader.text(); break;
      case 9: record.trace.parent_id = reader.text(); break;
      case 10: record.trace.sampled = reader.number() == 0; break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return record;
}

std::string encode(const UploadRecord& record) {
  return wire::Writer(kS3Version)
      .text(1, record.key)
      .time(2, record.started)
      .element(3, encode_attributes(record.attributes))
      .text(4, record.checksum_algorithm)
      .text(5, record.checksum_type)
      .finish();
}

Result<UploadRecord> decode_upload(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kS3Version));
  UploadRecord record;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: record.key = reader.text(); break;
      case 2: record.started = reader.time(); break;
      case 3: {
        SX_TRY_AS(record.attributes, decode_attributes(reader.text()));
        break;
      }
      case 4: record.checksum_algorithm = reader.text(); break;
      case 5: record.checksum_type = reader.text(); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return record;
}

std::string encode(const PartRecord& record) {
  wire::Writer writer(kS3Version);
  writer.number(1, record.size)
      .text(2, record.etag)
      .time(3, record.modified)
      .element(4, encode(record.body));
  if (record.checksum) writer.element(5, encode_checksum(*record.checksum));
  return writer.finish();
}

Result<PartRecord> decode_part(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kS3Version));
  PartRecord record;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: record.size = reader.number(); break;
      case 2: record.etag = reader.text(); break;
      case 3: record.modified = reader.time(); break;
      case 4: {
        SX_TRY_AS(record.body, decode_body_ref(reader.text()));
        break;
      }
      case 5: {
        SX_TRY_AS(record.checksum, decode_checksum(reader.text()));
        break;
      }
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return record;
}

}  // namespace sextant::store
