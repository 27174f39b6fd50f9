#include <arrow/type.h>

#include <boost/json.hpp>
#include <utility>

#include "core/json.h"
#include "lake/export.h"
#include "services/lake/handlers.h"

namespace sextant::services::lake {
namespace {

// Encodes batch after batch as the client reads: memory does not follow the number of rows.
class RowsBody final : public Body {
 public:
  RowsBody(std::unique_ptr<ports::RowReader> rows,
           std::unique_ptr<sextant::lake::RowEncoder> encoder,
           std::unique_ptr<QuerySlots::Slot> slot)
      : slot_(std::move(slot)), rows_(std::move(rows)), encoder_(std::move(encoder)) {}

  void read(OnChunk on_chunk) override {
    while (offset_ == ready_.size() && !ended_) {
      auto bytes = next();
      if (!bytes) return on_chunk(std::unexpected(std::move(bytes).error()));
      ready_ = std::move(*bytes);
      offset_ = 0;
    }
    auto chunk = ready_.substr(offset_, kChunkBytesMax);
    offset_ += chunk.size();
    on_chunk(std::move(chunk));
  }

 private:
  Result<std::string> next() {
    SX_TRY_AS(const auto batch, rows_->next());
    if (batch) return encoder_->add(batch);
    ended_ = true;
    return encoder_->finish();
  }

  std::unique_ptr<QuerySlots::Slot> slot_;  // free when the engine is gone
  std::unique_ptr<ports::RowReader> rows_;
  std::unique_ptr<sextant::lake::RowEncoder> encoder_;
  std::string ready_;
  std::size_t offset_ = 0;
  bool ended_ = false;
};

bool may_read(const LakeServiceParts& parts, const sdk::Call& call, const model::Table& table) {
  auto read = call;
  read.service = "glue";
  read.operation = "GetTable";
  read.action = "glue:GetTable";
  read.resource = table.arn;
  return parts.gate.judge(read).verdict == sdk::Verdict::Allow;
}

// Nothing has landed in it yet, so nobody knows its columns but the one that every table has.
ports::LakeTable empty_table(const TableName& name) {
  const auto ts = arrow::field("ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"));
  return {.name = name.text(), .files = {}, .schema = arrow::schema({ts})};
}

Result<std::vector<ports::LakeTable>> readable_tables(const LakeServiceParts& parts,
                                                      const sdk::Call& call) {
  std::vector<ports::LakeTable> tables;
  const auto configuration = parts.configuration.current();
  for (const auto& [name, table] : configuration->tables) {
    if (!may_read(parts, call, table)) continue;
    SX_TRY_AS(auto found, parts.manifest.find(name));
    tables.push_back(found ? std::move(*found) : empty_table(name));
  }
  return tables;
}

std::uint64_t number_or(const boost::json::object& parameters, std::string_view name,
                        std::uint64_t otherwise) {
  const auto* value = json::find(parameters, name);
  return value != nullptr && value->is_int64() && value->get_int64() > 0
             ? static_cast<std::uint64_t>(value->get_int64())
             : otherwise;
}

}  // namespace

Result<sdk::Output> query(const LakeContext& lake, const sdk::Call& call, const sdk::Input& input) {
  constexpr std::uint64_t kTimeMaxS = 600;
  const auto sql = json::text_or(input.parameters, "Sql");
  const auto format =
      sextant::lake::find_row_format(json::text_or(input.parameters, "Format", "json"));
  if (sql.empty())
    return fail(Code::Invalid, "the request needs \"sql\"", "InvalidRequestException");
  if (!format)
    return fail(Code::Invalid, "\"format\" is json, ndjson, csv, parquet or arrow",
                "InvalidRequestException");
  ports::QueryLimits limits;
  limits.rows_max = number_or(input.parameters, "RowsMax", limits.rows_max);
  limits.time_max =
      std::chrono::seconds(std::min(kTimeMaxS, number_or(input.parameters, "TimeMaxS", 60)));
  auto slot = lake.slots.take();
  if (!slot) {
    return fail(Code::Exhausted, "as many queries are running as may at the same time; try again",
                "TooManyRequestsException");
  }
  SX_TRY_AS(const auto tables, readable_tables(lake.parts, call));
  SX_TRY_AS(auto rows, lake.parts.files.query(sql, tables, limits));
  SX_TRY_AS(auto encoder, sextant::lake::make_row_encoder(*format, rows->schema()));
  sdk::Output output;
  output.result["ContentType"] = sextant::lake::content_type(*format);
  output.body = std::make_unique<RowsBody>(std::move(rows), std::move(encoder), std::move(slot));
  return output;
}

}  // namespace sextant::services::lake
