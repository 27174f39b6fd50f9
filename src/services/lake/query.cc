#include <arrow/type.h>

#include <boost/json.hpp>
#include <utility>

#include "core/json.h"
#include "lake/export.h"
#include "services/lake/handlers.h"
#include "services/lake/table_views.h"
#include "store/system_tables.h"

namespace sextant::services::lake {
namespace {

// A query's answer as bytes: encodes batch after batch as the client reads, so memory does not
// follow the number of rows. One thread at a time.
class EncodedRows {
 public:
  EncodedRows(std::unique_ptr<ports::RowReader> rows,
              std::unique_ptr<sextant::lake::RowEncoder> encoder,
              std::unique_ptr<QuerySlots::Slot> slot)
      : slot_(std::move(slot)), rows_(std::move(rows)), encoder_(std::move(encoder)) {}

  // Nothing has to be computed for the next chunk.
  bool is_ready() const { return offset_ < ready_.size() || ended_; }
  Result<> compute() {
    while (!is_ready()) {
      SX_TRY_AS(ready_, next());
      offset_ = 0;
    }
    return {};
  }
  Result<std::string> take_chunk() {
    SX_TRY(compute());
    auto chunk = ready_.substr(offset_, kChunkBytesMax);
    offset_ += chunk.size();
    return chunk;
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

// Whoever reads the body waits for no rows: they are computed on a thread for long calls.
class RowsBody final : public Body {
 public:
  RowsBody(std::shared_ptr<EncodedRows> rows, guard::LongCalls* long_calls)
      : rows_(std::move(rows)), long_calls_(long_calls) {}

  void read(OnChunk on_chunk) override {
    if (long_calls_ == nullptr || rows_->is_ready()) return on_chunk(rows_->take_chunk());
    // The consumer may destroy the body meanwhile.
    long_calls_->go_on(
        [rows = rows_, on_chunk = std::move(on_chunk)]() mutable { on_chunk(rows->take_chunk()); });
  }

 private:
  const std::shared_ptr<EncodedRows> rows_;
  guard::LongCalls* const long_calls_;
};

struct QueryRequest {
  std::string sql;
  sextant::lake::RowFormat format = {};
  ports::QueryLimits limits;
};

// The caller's own limit: the same query fails again, unlike one that finds the node busy.
Error told(Error error) {
  if (error.code == Code::Exhausted && error.name.empty()) error.name = "QueryLimitExceeded";
  return error;
}

// Nothing has landed in it yet: unless its columns are known all the same, it has the one that
// every table has.
ports::LakeTable empty_table(const LakeServiceParts& parts, const TableName& name) {
  const auto known = parts.known_schemas.find(name);
  if (known != parts.known_schemas.end())
    return {.name = name.text(), .files = {}, .schema = known->second};
  const auto ts = arrow::field("ts", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"));
  return {.name = name.text(), .files = {}, .schema = arrow::schema({ts})};
}

bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// As a word of its own.
bool names(std::string_view sql, std::string_view table) {
  for (auto at = sql.find(table); at != std::string_view::npos; at = sql.find(table, at + 1)) {
    const auto end = at + table.size();
    const bool begins = at == 0 || !is_of_name(sql[at - 1]);
    if (begins && (end == sql.size() || !is_of_name(sql[end]))) return true;
  }
  return false;
}

// A query fails over columns that nobody knows yet: the engine would only say that there are none.
Error about_empty_tables(Error error, const std::string& sql,
                         const std::vector<ports::LakeTable>& tables) {
  if (error.code != Code::Invalid) return error;
  for (const auto& table : tables) {
    if (table.files.empty() && names(sql, table.name))
      error.message += "\nNothing has landed in table '" + table.name + "' yet.";
  }
  return error;
}

Result<std::vector<ports::LakeTable>> readable_tables(const LakeServiceParts& parts,
                                                      guard::Permit& permit) {
  std::vector<ports::LakeTable> tables;
  const auto configuration = parts.configuration.current();
  const auto all = store::all_tables(*configuration, parts.scope);
  for (const auto& [name, table] : all) {
    if (!may_read(parts, permit, table)) continue;
    SX_TRY_AS(auto found, parts.manifest.find(name));
    auto& readable = tables.emplace_back(found ? std::move(*found) : empty_table(parts, name));
    for (auto& view : views_of(table, &readable, all, parts.views))
      readable.views.push_back(std::move(view.view));
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

// Runs until there are first bytes to send, so that what fails before is told as an error.
Result<std::shared_ptr<EncodedRows>> start(const LakeContext& lake, guard::Permit& permit,
                                           const QueryRequest& request,
                                           std::unique_ptr<QuerySlots::Slot> slot) {
  SX_TRY_AS(const auto tables, readable_tables(lake.parts, permit));
  auto rows = lake.parts.files.query(request.sql, tables, request.limits);
  if (!rows)
    return std::unexpected(about_empty_tables(std::move(rows).error(), request.sql, tables));
  SX_TRY_AS(auto encoder, sextant::lake::make_row_encoder(request.format, (*rows)->schema()));
  auto encoded =
      std::make_shared<EncodedRows>(std::move(*rows), std::move(encoder), std::move(slot));
  SX_TRY(encoded->compute());
  return encoded;
}

Result<QueryRequest> request_of(const boost::json::object& parameters) {
  constexpr std::uint64_t kTimeMaxS = 600;
  QueryRequest request;
  request.sql = json::text_or(parameters, "Sql");
  const auto format = sextant::lake::find_row_format(json::text_or(parameters, "Format", "json"));
  if (request.sql.empty())
    return fail(Code::Invalid, "the request needs \"sql\"", "InvalidRequestException");
  if (!format)
    return fail(Code::Invalid, "\"format\" is json, ndjson, csv, parquet or arrow",
                "InvalidRequestException");
  request.format = *format;
  auto& limits = request.limits;
  limits.rows_max = number_or(parameters, "RowsMax", limits.rows_max);
  limits.time_max =
      std::chrono::seconds(std::min(kTimeMaxS, number_or(parameters, "TimeMaxS", 60)));
  return request;
}

}  // namespace

Result<sdk::Output> query(const LakeContext& lake, guard::Permit& permit, const sdk::Input& input) {
  SX_TRY_AS(const auto request, request_of(input.parameters));
  auto slot = lake.slots.take();
  if (!slot) {
    return fail(Code::Exhausted, "as many queries are running as may at the same time; try again",
                "TooManyRequestsException");
  }
  auto rows = start(lake, permit, request, std::move(slot));
  if (!rows) return std::unexpected(told(std::move(rows).error()));
  sdk::Output output;
  output.result["ContentType"] = sextant::lake::content_type(request.format);
  output.body = std::make_unique<RowsBody>(std::move(*rows), lake.parts.long_calls);
  return output;
}

}  // namespace sextant::services::lake
