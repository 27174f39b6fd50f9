#pragma once
// One in-memory DuckDB for one query, shut in: it sees the views it is given and the files behind
// them, and nothing else of the machine. DuckDB's header stays in .cc files.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/columns.h"
#include "core/result.h"
#include "ports/lake_files.h"

namespace sextant::adapters {

// In this order: check_single() and check_functions() (query_guard.h) on the text, tables_of(),
// run() for the views, shut(), start(), next() until nullptr. One thread at a time; only the
// watchdog, which interrupts at the deadline, has its own. Errors of all: Invalid (DuckDB's message
// on the SQL), Denied (not allowed here), Exhausted (memory, or out_of_time()), Corrupt (names the
// file).
class QuerySession {
 public:
  // Errors: Exhausted (no memory for it).
  static Result<std::unique_ptr<QuerySession>> open(const ports::QueryLimits& limits);
  QuerySession(const QuerySession&) = delete;
  QuerySession& operator=(const QuerySession&) = delete;
  ~QuerySession();

  // Invalid: not one statement, or too long. Only parses.
  Result<> check_single(const std::string& sql);
  // The tables that `sql` names; nullopt when DuckDB cannot tell. Binds the statement, and binding
  // some functions is enough to make them act: after check_functions().
  Result<std::optional<std::vector<std::string>>> tables_of(const std::string& sql);
  // Runs a statement of ours.
  Result<> run(const std::string& sql);
  // Runs a query of ours that has few rows, and gives them as texts; "" for null.
  Result<std::vector<std::vector<std::string>>> texts(const std::string& sql);
  // From here on: no file but `paths`, no network, no extensions, no settings.
  Result<> shut(const std::vector<std::string>& paths);
  // Starts the one query; then schema() and next() give its rows. Denied: not a query.
  Result<> start(const std::string& sql);
  const SchemaPtr& schema() const { return schema_; }
  Result<BatchPtr> next();  // nullptr: no more rows

  bool out_of_time() const { return out_of_time_.load(); }

 private:
  struct Handles;
  explicit QuerySession(std::chrono::steady_clock::time_point deadline);
  Error error_of(int type, std::string text) const;
  Result<> read_schema();
  void watch(std::stop_token stop);

  std::unique_ptr<Handles> handles_;
  SchemaPtr schema_;
  const std::chrono::steady_clock::time_point deadline_;
  std::atomic<bool> out_of_time_ = false;
  std::jthread watchdog_;  // interrupts the query at its deadline; last, so that it ends first
};

// 'it''s'
std::string sql_text(std::string_view text);
// "a ""name"""
std::string sql_name(std::string_view name);

// Denied: what is said to a statement of another kind.
std::unexpected<Error> only_queries();

}  // namespace sextant::adapters
