#include "adapters/embedded/query_session.h"

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <duckdb.h>

#include <array>
#include <utility>

#include "core/arrow_result.h"

namespace sextant::adapters {

// Declared in the order they are made; destroyed in the other one.
struct QuerySession::Handles {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  duckdb_prepared_statement statement = nullptr;
  duckdb_result result = {};
  bool has_result = false;
  duckdb_arrow_options arrow_options = nullptr;

  Handles() = default;
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    if (arrow_options != nullptr) duckdb_destroy_arrow_options(&arrow_options);
    if (has_result) duckdb_destroy_result(&result);
    duckdb_destroy_prepare(&statement);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
  }
};

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSqlBytesMax = 1 << 20;

// Statements and their count, freed at the end of the block.
class Statements {
 public:
  Statements(duckdb_connection connection, const std::string& sql)
      : count_(duckdb_extract_statements(connection, sql.c_str(), &statements_)) {}
  Statements(const Statements&) = delete;
  Statements& operator=(const Statements&) = delete;
  ~Statements() { duckdb_destroy_extracted(&statements_); }
  idx_t count() const { return count_; }
  duckdb_extracted_statements get() const { return statements_; }
  std::string error() const {
    const char* text = duckdb_extract_statements_error(statements_);
    return text == nullptr ? "" : text;
  }

 private:
  duckdb_extracted_statements statements_ = nullptr;
  idx_t count_;
};

std::string take_text(char* text) {
  std::string copy = text == nullptr ? "" : text;
  duckdb_free(text);
  return copy;
}

// A failed prepare tells its kind only in its text ("Permission Error: …").
int type_of(std::string_view text) {
  if (text.starts_with("Permission Error")) return DUCKDB_ERROR_PERMISSION;
  if (text.starts_with("Out of Memory Error")) return DUCKDB_ERROR_OUT_OF_MEMORY;
  if (text.starts_with("IO Error")) return DUCKDB_ERROR_IO;
  if (text.starts_with("INTERRUPT Error")) return DUCKDB_ERROR_INTERRUPT;
  return DUCKDB_ERROR_INVALID;
}

Result<> take_error(duckdb_error_data error) {
  if (error == nullptr) return {};
  const bool failed = duckdb_error_data_has_error(error);
  std::string text = failed ? duckdb_error_data_message(error) : "";
  duckdb_destroy_error_data(&error);
  if (failed) return fail(Code::Invalid, std::move(text));
  return {};
}

Result<> set_options(duckdb_config config, const ports::QueryLimits& limits) {
  const std::string memory = std::to_string(limits.memory_bytes_max) + "B";
  const std::array<std::pair<const char*, const char*>, 7> options{{
      {"threads", "2"},
      {"memory_limit", memory.c_str()},
      {"temp_directory", ""},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"allow_unsigned_extensions", "false"},
  }};
  for (const auto& [name, value] : options) {
    if (duckdb_set_config(config, name, value) != DuckDBSuccess) {
      return fail(Code::Invalid, std::string("DuckDB does not know the option ") + name);
    }
  }
  return {};
}

}  // namespace

std::string sql_text(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

std::string sql_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

QuerySession::QuerySession(std::chrono::steady_clock::time_point deadline)
    : handles_(std::make_unique<Handles>()), deadline_(deadline) {}

QuerySession::~QuerySession() = default;

Result<std::unique_ptr<QuerySession>> QuerySession::open(const ports::QueryLimits& limits) {
  std::unique_ptr<QuerySession> session(
      new QuerySession(std::chrono::steady_clock::now() + limits.time_max));
  auto& handles = *session->handles_;
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) != DuckDBSuccess) {
    return fail(Code::Exhausted, "DuckDB: no memory for its configuration");
  }
  auto opened = set_options(config, limits);
  char* text = nullptr;
  if (opened && duckdb_open_ext(nullptr, &handles.database, config, &text) != DuckDBSuccess) {
    opened = fail(Code::Exhausted, "open DuckDB: " + take_text(text));
  }
  duckdb_destroy_config(&config);
  SX_TRY(std::move(opened));
  if (duckdb_connect(handles.database, &handles.connection) != DuckDBSuccess) {
    return fail(Code::Exhausted, "connect to DuckDB failed");
  }
  SX_TRY(session->run("SET TimeZone='UTC'"));
  session->watchdog_ =
      std::jthread([&session = *session](std::stop_token stop) { session.watch(std::move(stop)); });
  return session;
}

// An interrupt that comes between two steps is lost, so it is repeated until the session ends.
void QuerySession::watch(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any ended;
  std::unique_lock lock(mutex);
  auto wake = deadline_;
  while (!ended.wait_until(lock, stop, wake, [&] { return stop.stop_requested(); }) &&
         !stop.stop_requested()) {
    out_of_time_.store(true);
    duckdb_interrupt(handles_->connection);
    wake = std::chrono::steady_clock::now() + 50ms;
  }
}

Error QuerySession::error_of(int type, std::string text) const {
  if (out_of_time()) return {Code::Exhausted, "the query was stopped at its time limit"};
  switch (type) {
    case DUCKDB_ERROR_PERMISSION: return {Code::Denied, std::move(text)};
    case DUCKDB_ERROR_OUT_OF_MEMORY:
    case DUCKDB_ERROR_INTERRUPT: return {Code::Exhausted, std::move(text)};
    case DUCKDB_ERROR_IO: return {Code::Corrupt, std::move(text)};
    default: break;
  }
  // What was hashed and found right can still not be Parquet, when it was written so.
  if (text.find(".parquet") != std::string::npos) return {Code::Corrupt, std::move(text)};
  return {Code::Invalid, std::move(text)};
}

std::unexpected<Error> only_queries() {
  return fail(Code::Denied,
              "only queries are answered, which begin with SELECT, FROM, WITH, VALUES, DESCRIBE, "
              "SHOW or SUMMARIZE: SQL changes nothing here. Rows come from objects in buckets, "
              "tables from templates (sextant deploy)");
}

Result<> QuerySession::check_single(const std::string& sql) {
  if (sql.size() > kSqlBytesMax) return fail(Code::Invalid, "the SQL is longer than 1 MiB");
  if (sql.find('\0') != std::string::npos) return fail(Code::Invalid, "the SQL holds a NUL byte");
  const Statements statements(handles_->connection, sql);
  if (statements.count() == 0) {
    const auto error = statements.error();
    return fail(Code::Invalid, error.empty() ? "there is no SQL statement" : error);
  }
  if (statements.count() > 1) return fail(Code::Invalid, "one SQL statement at a time");
  return {};
}

Result<std::optional<std::vector<std::string>>> QuerySession::tables_of(const std::string& sql) {
  duckdb_value list = duckdb_get_table_names(handles_->connection, sql.c_str(), false);
  if (list == nullptr) return std::optional<std::vector<std::string>>{};
  std::vector<std::string> names;
  for (idx_t i = 0; i < duckdb_get_list_size(list); ++i) {
    duckdb_value value = duckdb_get_list_child(list, i);
    names.push_back(take_text(duckdb_get_varchar(value)));
    duckdb_destroy_value(&value);
  }
  duckdb_destroy_value(&list);
  return std::optional(std::move(names));
}

Result<> QuerySession::run(const std::string& sql) {
  auto rows = texts(sql);
  if (!rows) return std::unexpected(std::move(rows.error()));
  return {};
}

Result<std::vector<std::vector<std::string>>> QuerySession::texts(const std::string& sql) {
  duckdb_result result = {};
  const auto state = duckdb_query(handles_->connection, sql.c_str(), &result);
  std::vector<std::vector<std::string>> rows;
  std::optional<Error> error;
  if (state != DuckDBSuccess) {
    const char* text = duckdb_result_error(&result);
    error = error_of(duckdb_result_error_type(&result), text == nullptr ? "DuckDB failed" : text);
  } else {
    for (idx_t row = 0; row < duckdb_row_count(&result); ++row) {
      auto& values = rows.emplace_back();
      for (idx_t column = 0; column < duckdb_column_count(&result); ++column) {
        values.push_back(take_text(duckdb_value_varchar(&result, column, row)));
      }
    }
  }
  duckdb_destroy_result(&result);
  if (error) return std::unexpected(std::move(*error));
  return rows;
}

Result<> QuerySession::shut(const std::vector<std::string>& paths) {
  std::string list;
  for (const auto& path : paths) list.append(list.empty() ? "" : ",").append(sql_text(path));
  SX_TRY(run("SET allowed_paths=[" + list + "]"));
  SX_TRY(run("SET enable_external_access=false"));
  return run("SET lock_configuration=true");
}

Result<> QuerySession::start(const std::string& sql) {
  auto& handles = *handles_;
  {
    const Statements statements(handles.connection, sql);
    if (statements.count() != 1) return fail(Code::Invalid, "one SQL statement at a time");
    if (duckdb_prepare_extracted_statement(handles.connection, statements.get(), 0,
                                           &handles.statement) != DuckDBSuccess) {
      const char* text = duckdb_prepare_error(handles.statement);
      std::string error = text == nullptr ? "DuckDB cannot prepare it" : text;
      const int type = type_of(error);
      return std::unexpected(error_of(type, std::move(error)));
    }
  }
  // No other kind: EXPLAIN ANALYZE runs what it explains, COPY writes, SET and CALL change things.
  if (duckdb_prepared_statement_type(handles.statement) != DUCKDB_STATEMENT_TYPE_SELECT) {
    return only_queries();
  }
  if (duckdb_nparams(handles.statement) != 0) {
    return fail(Code::Invalid, "the SQL has parameters without values");
  }
  handles.has_result = true;
  if (duckdb_execute_prepared_streaming(handles.statement, &handles.result) != DuckDBSuccess) {
    const char* text = duckdb_result_error(&handles.result);
    return std::unexpected(error_of(duckdb_result_error_type(&handles.result),
                                    text == nullptr ? "DuckDB failed" : text));
  }
  return read_schema();
}

Result<> QuerySession::read_schema() {
  auto& handles = *handles_;
  handles.arrow_options = duckdb_result_get_arrow_options(&handles.result);
  std::vector<duckdb_logical_type> types;
  std::vector<const char*> names;
  for (idx_t i = 0; i < duckdb_column_count(&handles.result); ++i) {
    types.push_back(duckdb_column_logical_type(&handles.result, i));
    names.push_back(duckdb_column_name(&handles.result, i));
  }
  ArrowSchema exported = {};
  auto converted = take_error(duckdb_to_arrow_schema(handles.arrow_options, types.data(),
                                                     names.data(), types.size(), &exported));
  for (auto& type : types) duckdb_destroy_logical_type(&type);
  SX_TRY(std::move(converted));
  SX_TRY_AS(schema_, from_arrow(arrow::ImportSchema(&exported)));
  return {};
}

Result<BatchPtr> QuerySession::next() {
  auto& handles = *handles_;
  duckdb_data_chunk chunk = duckdb_fetch_chunk(handles.result);
  if (chunk == nullptr) {
    const char* text = duckdb_result_error(&handles.result);
    if (text == nullptr || *text == '\0') {
      if (out_of_time()) return std::unexpected(error_of(DUCKDB_ERROR_INTERRUPT, ""));
      return BatchPtr{};
    }
    return std::unexpected(error_of(duckdb_result_error_type(&handles.result), text));
  }
  ArrowArray exported = {};
  auto converted = take_error(duckdb_data_chunk_to_arrow(handles.arrow_options, chunk, &exported));
  duckdb_destroy_data_chunk(&chunk);
  SX_TRY(std::move(converted));
  return from_arrow(arrow::ImportRecordBatch(&exported, schema_));
}

}  // namespace sextant::adapters
