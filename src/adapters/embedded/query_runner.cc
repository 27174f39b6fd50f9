#include "adapters/embedded/query_runner.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

#include "adapters/embedded/query_guard.h"
#include "adapters/embedded/query_session.h"
#include "adapters/embedded/query_types.h"
#include "core/strings.h"

namespace sextant::adapters {
namespace {

using ports::LakeTable;

class SessionReader final : public ports::RowReader {
 public:
  SessionReader(std::vector<ports::LakeFilePtr> files, std::unique_ptr<QuerySession> session,
                std::string root, std::uint64_t rows_max)
      : files_(std::move(files)),
        session_(std::move(session)),
        root_(std::move(root)),
        rows_max_(rows_max) {}

  SchemaPtr schema() const override { return session_->schema(); }

  Result<BatchPtr> next() override {
    auto batch = session_->next();
    if (!batch) return std::unexpected(relative(std::move(batch.error())));
    if (!*batch) return BatchPtr{};
    rows_ += static_cast<std::uint64_t>((*batch)->num_rows());
    if (rows_ > rows_max_) {
      return fail(Code::Exhausted, "the result has more than " + std::to_string(rows_max_) +
                                       " rows: add a LIMIT, or aggregate");
    }
    return batch;
  }

  // Where the lake lies on this machine is nobody's business.
  Error relative(Error error) const {
    for (std::size_t at = 0; (at = error.message.find(root_, at)) != std::string::npos;) {
      error.message.erase(at, root_.size());
    }
    return error;
  }

 private:
  const std::vector<ports::LakeFilePtr> files_;  // held until the session is gone
  std::unique_ptr<QuerySession> session_;
  const std::string root_;
  const std::uint64_t rows_max_;
  std::uint64_t rows_ = 0;
};

bool one_schema(const LakeTable& table) {
  const auto& first = table.files.front()->schema;
  return std::ranges::all_of(table.files, [&](const ports::LakeFilePtr& file) {
    return file->schema == first || (first && file->schema && file->schema->Equals(*first, false));
  });
}

// The partition's date and hour are columns too, as Delta readers see them.
std::string rows_of(const LakeTable& table, const std::filesystem::path& root,
                    std::string_view more = "") {
  std::string files;
  for (const auto& file : table.files) {
    files.append(files.empty() ? "" : ",").append(sql_text((root / file->path).string()));
  }
  return "read_parquet([" + files + "], union_by_name=" + (one_schema(table) ? "false" : "true") +
         ", hive_partitioning=true, hive_types={'date': 'DATE', 'hour': 'INTEGER'}" +
         std::string(more) + ")";
}

// Names of files, not where the lake lies.
Result<std::string> numbered_rows_of(const LakeTable& table, const std::filesystem::path& root) {
  const auto is_number = [](const auto& field) {
    return iequals(field->name(), "file_row_number");
  };
  if (table.schema && std::ranges::any_of(table.schema->fields(), is_number)) {
    return fail(Code::Invalid, "table " + table.name +
                                   " has a column 'file_row_number', which is kept for the numbers "
                                   "of its rows: land it under another name");
  }
  return "(SELECT * REPLACE (parse_filename(__sextant_file) AS __sextant_file) FROM " +
         rows_of(table, root, ", filename='__sextant_file', file_row_number=true") + ")";
}

Result<> add_table(QuerySession& session, const QueryRequest& request, const LakeTable& table) {
  if (table.files.empty()) {
    SX_TRY_AS(const auto columns, sql_columns(table.schema));
    return session.run("CREATE TABLE " + sql_name(table.name) + " (" + columns +
                       "date DATE, hour INTEGER)");
  }
  for (const auto& file : table.files) {
    SX_TRY(request.trust.verify_once(*file));
    if (session.out_of_time()) {
      return fail(Code::Exhausted, "the query's time ended while the lake's files were checked");
    }
  }
  return within("table " + table.name,
                session.run("CREATE VIEW " + sql_name(table.name) + " AS SELECT * FROM " +
                            rows_of(table, request.root)));
}

// Of a table that nothing has landed in, a view has no rows. One that does not fit the rows that
// are there fails: an empty answer would say that nothing happened.
Result<> add_view(QuerySession& session, const QueryRequest& request, const LakeTable& table,
                  const ports::LakeView& view) {
  constexpr std::string_view kRows = "{rows}";
  auto sql = view.sql;
  std::string rows;
  for (auto at = sql.find(kRows); at != std::string::npos; at = sql.find(kRows, at + rows.size())) {
    if (rows.empty()) {
      SX_TRY_AS(rows, within("view " + view.name, numbered_rows_of(table, request.root)));
    }
    sql.replace(at, kRows.size(), rows);
  }
  auto made = session.run("CREATE VIEW " + sql_name(view.name) + " AS " + sql);
  const bool unfit = !made && made.error().code == Code::Invalid;
  if (unfit && table.files.empty() && !view.columns.empty())
    made = session.run("CREATE TABLE " + sql_name(view.name) + " (" + view.columns + ")");
  return within(unfit && !table.files.empty()
                    ? "view " + view.name + " does not fit the rows of table " + table.name
                    : "view " + view.name,
                std::move(made));
}

// What a statement names, and what the views that it names read.
class Names {
 public:
  // nullopt: nobody knows, so perhaps everything.
  explicit Names(std::optional<std::vector<std::string>> names) : names_(std::move(names)) {}

  bool are_known() const { return names_.has_value(); }
  bool has(const std::string& name) const {
    return !names_ || std::ranges::any_of(
                          *names_, [&](const std::string& other) { return iequals(other, name); });
  }
  void add(const std::string& name) {
    if (names_) names_->push_back(name);
  }

 private:
  std::optional<std::vector<std::string>> names_;
};

// The table and those of its views that are needed; false when none of them is.
Result<bool> add_needed(QuerySession& session, const QueryRequest& request, const LakeTable& table,
                        Names& names) {
  for (const auto& view : table.views | std::views::reverse) {
    if (names.has(view.name)) names.add(view.from);
  }
  if (!names.has(table.name)) return false;
  SX_TRY(add_table(session, request, table));
  for (const auto& view : table.views) {
    if (!names.has(view.name)) continue;
    auto made = add_view(session, request, table, view);
    const bool is_perhaps_named = !names.are_known() && !made && made.error().code == Code::Invalid;
    if (!is_perhaps_named) SX_TRY(std::move(made));  // else the statement has its own mistake
  }
  return true;
}

// DuckDB would suggest tables of its own catalogue, which nobody means.
Error with_our_tables(Error error, const std::vector<LakeTable>& tables) {
  constexpr std::string_view kBefore = "Catalog Error: Table with name ";
  const auto end = error.message.find(" does not exist!");
  if (!error.message.starts_with(kBefore) || end == std::string::npos) return error;
  std::string there;
  std::string views;
  for (const auto& table : tables) {
    there += (there.empty() ? "" : ", ") + table.name;
    for (const auto& view : table.views) views += (views.empty() ? "; views: " : ", ") + view.name;
  }
  there += views;
  const auto name = error.message.substr(kBefore.size(), end - kBefore.size());
  error.message = "there is no table '" + name + "'; " +
                  (there.empty() ? "there are none that you may read" : "there are: " + there);
  return error;
}

}  // namespace

Result<std::unique_ptr<ports::RowReader>> run_query(const QueryRequest& request) {
  const std::string sql(request.sql);
  SX_TRY_AS(auto session, QuerySession::open(request.limits));
  SX_TRY(session->check_single(sql));
  SX_TRY(check_functions(*session, sql));
  SX_TRY_AS(auto named, session->tables_of(sql));
  Names names(std::move(named));
  std::vector<std::string> paths;
  std::vector<ports::LakeFilePtr> files;
  for (const auto& table : request.tables) {
    SX_TRY_AS(const bool is_needed, add_needed(*session, request, table, names));
    if (!is_needed) continue;
    for (const auto& file : table.files) paths.push_back((request.root / file->path).string());
    files.insert(files.end(), table.files.begin(), table.files.end());
  }
  SX_TRY(session->shut(paths));
  auto* const started = session.get();
  auto reader = std::make_unique<SessionReader>(
      std::move(files), std::move(session), request.root.string() + "/", request.limits.rows_max);
  auto start = started->start(sql);
  if (!start) {
    return std::unexpected(
        with_our_tables(reader->relative(std::move(start.error())), request.tables));
  }
  return reader;
}

}  // namespace sextant::adapters
