#include "deploy/stack_record.h"

#include "core/wire.h"

namespace sextant::deploy {
namespace {

constexpr std::uint8_t kStackVersion = 1;

using Pairs = std::map<std::string, std::string>;

std::string encode_pair(const std::string& name, const std::string& value) {
  return wire::Writer(kStackVersion).text(1, name).text(2, value).finish();
}

Result<std::pair<std::string, std::string>> decode_pair(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kStackVersion));
  std::pair<std::string, std::string> pair;
  while (reader.next()) (reader.field() == 1 ? pair.first : pair.second) = reader.text();
  SX_TRY(reader.finish());
  return pair;
}

std::string encode_input(const StackInput& input) {
  wire::Writer writer(kStackVersion);
  writer.text(1, input.template_text);
  for (const auto& [name, value] : input.parameters) writer.element(2, encode_pair(name, value));
  for (const auto& capability : input.capabilities) writer.element(3, capability);
  for (const auto& [name, value] : input.tags) writer.element(4, encode_pair(name, value));
  return writer.finish();
}

Result<StackInput> decode_input(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kStackVersion));
  StackInput input;
  while (reader.next()) {
    if (reader.field() == 1) input.template_text = reader.text();
    if (reader.field() == 3) input.capabilities.emplace_back(reader.text());
    if (reader.field() != 2 && reader.field() != 4) continue;
    SX_TRY_AS(auto pair, decode_pair(reader.text()));
    (reader.field() == 2 ? input.parameters : input.tags).insert(std::move(pair));
  }
  SX_TRY(reader.finish());
  return input;
}

Result<> decode_nested(const wire::Reader& reader, StackRecord& record) {
  if (reader.field() == 6) {
    SX_TRY_AS(record.input, decode_input(reader.text()));
  } else if (reader.field() == 7) {
    SX_TRY_AS(auto pair, decode_pair(reader.text()));
    record.parameters.push_back({std::move(pair.first), std::move(pair.second)});
  } else {
    SX_TRY_AS(auto change, store::decode_configuration_change(reader.text()));
    record.history.push_back(std::move(change));
  }
  return {};
}

Result<> decode_changes(std::string_view bytes, ChangeSetRecord& record) {
  SX_TRY_AS(auto change, store::decode_configuration_change(bytes));
  record.action = change.action;
  record.changes = std::move(change.changes);
  return {};
}

}  // namespace

std::string encode(const StackRecord& record) {
  wire::Writer writer(kStackVersion);
  writer.text(1, record.id)
      .text(2, record.name)
      .text(3, record.description)
      .time(4, record.created);
  if (record.updated) writer.time(5, *record.updated);
  writer.element(6, encode_input(record.input));
  for (const auto& shown : record.parameters)
    writer.element(7, encode_pair(shown.name, shown.value));
  for (const auto& change : record.history) writer.element(8, store::encode(change));
  return writer.finish();
}

Result<StackRecord> decode_stack(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kStackVersion));
  StackRecord record;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: record.id = reader.text(); break;
      case 2: record.name = reader.text(); break;
      case 3: record.description = reader.text(); break;
      case 4: record.created = reader.time(); break;
      case 5: record.updated = reader.time(); break;
      case 6:
      case 7:
      case 8: SX_TRY(decode_nested(reader, record)); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return record;
}

std::string encode(const ChangeSetRecord& record) {
  const store::ConfigurationChange change{.stack = record.stack,
                                          .action = record.action,
                                          .time = record.created,
                                          .request_id = {},
                                          .changes = record.changes};
  return wire::Writer(kStackVersion)
      .text(1, record.id)
      .text(2, record.name)
      .text(3, record.stack)
      .text(4, record.stack_id)
      .text(5, record.description)
      .number(6, static_cast<std::uint64_t>(record.status))
      .text(7, record.reason)
      .time(8, record.created)
      .element(9, encode_input(record.input))
      .element(10, store::encode(change))
      .finish();
}

Result<ChangeSetRecord> decode_change_set(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kStackVersion));
  ChangeSetRecord record;
  while (reader.next()) {
    switch (reader.field()) {
      case 1: record.id = reader.text(); break;
      case 2: record.name = reader.text(); break;
      case 3: record.stack = reader.text(); break;
      case 4: record.stack_id = reader.text(); break;
      case 5: record.description = reader.text(); break;
      case 6:
        record.status = reader.number() == 1 ? ChangeSetStatus::Ready : ChangeSetStatus::Failed;
        break;
      case 7: record.reason = reader.text(); break;
      case 8: record.created = reader.time(); break;
      case 9: {
        SX_TRY_AS(record.input, decode_input(reader.text()));
        break;
      }
      case 10: SX_TRY(decode_changes(reader.text(), record)); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  return record;
}

}  // namespace sextant::deploy
