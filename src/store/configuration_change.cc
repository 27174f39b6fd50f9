#include "store/configuration_change.h"

#include "core/wire.h"

namespace sextant::store {
namespace {

constexpr std::uint8_t kChangeVersion = 1;

std::string encode_resource(const model::ResourceChange& change) {
  wire::Writer writer(kChangeVersion);
  writer.number(1, static_cast<std::uint64_t>(change.action) + 1)
      .text(2, change.resource_type)
      .text(3, change.logical_id)
      .text(4, change.physical_id);
  for (const auto& field : change.fields) writer.element(5, field);
  return writer.finish();
}

Result<model::ResourceChange> decode_resource(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kChangeVersion));
  model::ResourceChange change;
  while (reader.next()) {
    switch (reader.field()) {
      case 1:
        if (reader.number() < 1 || reader.number() > 3)
          return fail(Code::Corrupt, "stored change names an action that there is not");
        change.action = static_cast<model::Action>(reader.number() - 1);
        break;
      case 2: change.resource_type = reader.text(); break;
      case 3: change.logical_id = reader.text(); break;
      case 4: change.physical_id = reader.text(); break;
      case 5: change.fields.emplace_back(reader.text()); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return change;
}

std::string encode_failure(const FailedChange& failure) {
  return wire::Writer(kChangeVersion)
      .element(1, encode_resource(failure.resource))
      .text(2, failure.reason)
      .finish();
}

Result<FailedChange> decode_failure(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kChangeVersion));
  FailedChange failure;
  while (reader.next()) {
    if (reader.field() == 2) failure.reason = reader.text();
    if (reader.field() != 1) continue;
    SX_TRY_AS(failure.resource, decode_resource(reader.text()));
  }
  SX_TRY(reader.finish());
  return failure;
}

}  // namespace

std::string_view to_string(StackAction action) {
  switch (action) {
    case StackAction::Create: return "CREATE";
    case StackAction::Update: return "UPDATE";
    case StackAction::Delete: return "DELETE";
  }
  return "?";
}

std::string encode(const ConfigurationChange& change) {
  wire::Writer writer(kChangeVersion);
  writer.text(1, change.stack)
      .number(2, static_cast<std::uint64_t>(change.action))
      .time(3, change.time)
      .text(4, change.request_id.text());
  for (const auto& resource : change.changes) writer.element(5, encode_resource(resource));
  for (const auto& failure : change.failures) writer.element(6, encode_failure(failure));
  return writer.finish();
}

Result<ConfigurationChange> decode_configuration_change(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kChangeVersion));
  ConfigurationChange change;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: change.stack = reader.text(); break;
      case 2:
        if (reader.number() < 1 || reader.number() > 3)
          return fail(Code::Corrupt, "stored change names an action that there is not");
        change.action = static_cast<StackAction>(reader.number());
        break;
      case 3: change.time = reader.time(); break;
      case 4: change.request_id = RequestId(std::string(reader.text())); break;
      case 5: {
        SX_TRY_AS(auto resource, decode_resource(reader.text()));
        change.changes.push_back(std::move(resource));
        break;
      }
      case 6: {
        SX_TRY_AS(auto failure, decode_failure(reader.text()));
        change.failures.push_back(std::move(failure));
        break;
      }
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return change;
}

}  // namespace sextant::store
