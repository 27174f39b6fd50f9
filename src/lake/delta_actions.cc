#include "lake/delta_actions.h"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "core/hash.h"
#include "core/json.h"
#include "core/strings.h"
#include "core/time_text.h"
#include "lake/delta_parts.h"
#include "lake/partitions.h"

namespace sextant::lake {
namespace {

using json::Object;

constexpr std::size_t kVersionDigits = 20;

Object partition_values(const DeltaFile& file) {
  const auto values = partition_of(file.path);
  const auto member = [](const std::optional<std::string>& value) {
    return value ? json::Value(*value) : json::Value(nullptr);
  };
  return {{"date", member(values.date)}, {"hour", member(values.hour)}};
}

Object add_action(const DeltaFile& file, bool changes_data) {
  return {{"add", Object{{"path", delta_path(file)},
                         {"partitionValues", partition_values(file)},
                         {"size", file.size},
                         {"modificationTime", to_millis(file.modified)},
                         {"dataChange", changes_data},
                         {"stats", delta_stats(file)}}}};
}

Object remove_action(const DeltaFile& file, const DeltaRemoval& removal) {
  return {{"remove", Object{{"path", delta_path(file)},
                            {"deletionTimestamp", to_millis(removal.at)},
                            {"dataChange", removal.changes_data},
                            {"extendedFileMetadata", true},
                            {"partitionValues", partition_values(file)},
                            {"size", file.size}}}};
}

Object metadata_action(const DeltaHead& head) {
  return {{"metaData",
           Object{{"id", head.table_id},
                  {"name", head.table},
                  {"format", Object{{"provider", "parquet"}, {"options", Object{}}}},
                  {"schemaString", head.schema},
                  {"partitionColumns", json::Array{"date", "hour"}},
                  {"configuration", Object{{std::string(kDeltaWindowName), delta_window(head)}}}}}};
}

constexpr std::array<std::string_view, 3> kOperations{"WRITE", "OPTIMIZE", "DELETE"};

std::string_view operation_of(const DeltaChange& change) {
  if (change.removed.files.empty()) return kOperations[0];
  return change.added.empty() ? kOperations[2] : kOperations[1];
}

std::string seal_of(std::string_view lines, std::string_view operation) {
  return json::to_text(Object{{"commitInfo", Object{{"operation", operation},
                                                    {"engineInfo", kDeltaAppId},
                                                    {"sha256", sha256_hex(lines)}}}}) +
         "\n";
}

bool is_ours(std::string_view version_text) {
  const auto names_us = [&](std::string_view member) {
    return version_text.contains("\"" + std::string(member) + "\":\"" + std::string(kDeltaAppId) +
                                 "\"");
  };
  return names_us("appId") || names_us("engineInfo");
}

}  // namespace

std::string delta_log_folder(const TableName& table) { return table.text() + "/_delta_log"; }
std::string delta_log_path(const TableName& table, std::string_view name) {
  return delta_log_folder(table) + "/" + std::string(name);
}

DeltaFile delta_file(store::LakeFileRecord record) {
  return {.path = std::move(record.path),
          .size = record.size,
          .rows = record.rows,
          .ts_min = record.ts_min,
          .ts_max = record.ts_max,
          .modified = record.created};
}

std::string delta_path(const DeltaFile& file) { return file.path.substr(file.path.find('/') + 1); }

// Times in stats are whole milliseconds for most readers: rounded so that they still enclose.
std::string delta_stats(const DeltaFile& file) {
  Object stats{{"numRecords", file.rows}};
  if (file.ts_min && file.ts_max) {
    const auto low = std::chrono::floor<std::chrono::milliseconds>(*file.ts_min);
    const auto high = std::chrono::ceil<std::chrono::milliseconds>(*file.ts_max);
    stats["minValues"] = Object{{"ts", iso8601_millis(low)}};
    stats["maxValues"] = Object{{"ts", iso8601_millis(high)}};
    stats["nullCount"] = Object{};
  }
  return json::to_text(stats);
}

std::string delta_window(const DeltaHead& head) {
  return "interval " + std::to_string(head.readers_window.count()) + " seconds";
}

std::string delta_version(const DeltaHead& head, const DeltaChange& change, DeltaMetadata metadata,
                          std::uint64_t version) {
  std::string text;
  const auto line = [&](const Object& action) { text += json::to_text(action) + "\n"; };
  if (version == 0) {
    line({{"protocol", Object{{"minReaderVersion", 1}, {"minWriterVersion", 2}}}});
  }
  if (metadata == DeltaMetadata::Write) line(metadata_action(head));
  line({{"txn", Object{{"appId", kDeltaAppId},
                       {"version", head.position},
                       {"lastUpdated", to_millis(head.now)}}}});
  for (const auto& file : change.removed.files) line(remove_action(file, change.removed));
  for (const auto& file : change.added) line(add_action(file, change.adds_data));
  return text + seal_of(text, operation_of(change));
}

Result<> check_delta_seal(std::string_view version_text) {
  if (!is_ours(version_text)) return {};
  const auto end = version_text.size() < 2 ? std::string_view::npos
                                           : version_text.rfind('\n', version_text.size() - 2);
  const auto lines =
      end == std::string_view::npos ? std::string_view() : version_text.substr(0, end + 1);
  const auto seal = version_text.substr(lines.size());
  for (const auto operation : kOperations) {
    if (seal == seal_of(lines, operation)) return {};
  }
  return fail(Code::Corrupt,
              "it is damaged, its bytes are not what was written: restore it from a backup");
}

std::optional<std::uint64_t> delta_position(std::string_view version_text) {
  for (const auto line : split(version_text, '\n')) {
    if (!line.starts_with("{\"txn\"")) continue;
    const auto action = json::parse(line);
    if (!action) return std::nullopt;
    const auto* txn = json::find(action->as_object(), "txn");
    if (txn == nullptr || !txn->is_object()) continue;
    if (json::text_or(txn->get_object(), "appId") != kDeltaAppId) continue;
    const auto* position = json::find(txn->get_object(), "version");
    if (position != nullptr && position->is_int64() && position->get_int64() >= 0)
      return static_cast<std::uint64_t>(position->get_int64());
  }
  return std::nullopt;
}

std::string delta_file_name(std::uint64_t version) { return fmt::format("{:020}.json", version); }

std::string delta_checkpoint_name(std::uint64_t version) {
  return fmt::format("{:020}.checkpoint.parquet", version);
}

std::optional<std::uint64_t> delta_version_of(std::string_view name) {
  if (name.size() != kVersionDigits + 5 || !name.ends_with(".json")) return std::nullopt;
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kVersionDigits, version);
  if (error != std::errc() || end != name.data() + kVersionDigits) return std::nullopt;
  return version;
}

}  // namespace sextant::lake
