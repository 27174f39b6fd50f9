#pragma once
// Reads logs by a table that says what each field of a line becomes. How a line is cut into fields
// is the cutter's business.
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/guarded.h"
#include "intel/parsers/cutter.h"
#include "intel/parsers/field_readers.h"

namespace sextant::intel {

// A kind of log. Everything here is constant.
struct Format {
  std::span<const FieldSpec> fields;
  // Counts below the table's own that generations of the format had; any other is malformed.
  std::span<const std::size_t> older_counts = {};
  std::string_view trailing;  // column that keeps what no field takes, raw; "": nothing is left
  // Columns that are the same in every row, and their text.
  std::span<const std::pair<std::string_view, std::string_view>> constants;
  // Columns that would say the same as another one, and which: kept as metadata "alias:<column>".
  std::span<const std::pair<std::string_view, std::string_view>> aliases;
  // Recognises lines of other kinds that lie beside this one, before anything else is judged:
  // nullptr, or what such a line is.
  const char* (*other_kind)(std::span<const std::string_view> fields) = nullptr;
  std::unique_ptr<Cutter> (*make_cutter)(const Format&) = nullptr;  // nullptr: a SpaceCutter
  // The time column that stands in for "ts" where lines lack the field of that; where they lack
  // both, rows have the time of the object's arrival.
  std::string_view second_time = {};
};

// The schemas of formats, with and without the original line: one for all readers of a format, so
// that whoever takes their rows need only compare pointers.
using KnownSchemas = Guarded<std::map<std::pair<const Format*, bool>, SchemaPtr>>;

// What a reader gets whose format does not stay for good.
struct OwnParts {
  std::unique_ptr<Cutter> cutter;
  KnownSchemas& schemas;
};

class TableReader final : public LineReader {
 public:
  TableReader(const Format& format, const ObjectFacts& facts, const ReaderOptions& options);
  TableReader(const Format& format, const ObjectFacts& facts, const ReaderOptions& options,
              OwnParts parts);
  void read(std::span<const Line> lines, const Refuse& refuse) override;
  bool heading(std::string_view line) override;
  std::size_t rows() const override { return rows_; }
  std::size_t bytes() const override;
  BatchPtr finish() override;

 private:
  std::optional<std::string> set_fields(std::size_t first, std::size_t count);
  void finish_row(const Line& line, std::size_t place);
  void choose_fields();
  void finish_fields(std::size_t rows, std::vector<NamedColumn>& columns);
  void absent_columns(std::size_t field, std::size_t rows, std::vector<NamedColumn>& columns);
  void fill_time(std::size_t rows, std::vector<NamedColumn>& columns) const;
  SchemaPtr shared_schema(const std::vector<NamedColumn>& columns) const;
  SchemaPtr schema_of(const std::vector<NamedColumn>& columns) const;

  const Format& format_;
  ObjectFacts facts_;
  ReaderOptions options_;
  std::unique_ptr<Cutter> cutter_;
  KnownSchemas& schemas_;
  std::vector<std::size_t> used_;      // fields that lines have, by number
  std::vector<std::string_view> cut_;  // of a group: all fields of its first line, its second …
  std::array<std::string_view, kGroupLines> rest_;
  std::vector<std::pair<std::size_t, std::string>> refused_;
  std::vector<std::unique_ptr<FieldReader>> readers_;
  std::vector<std::vector<NamedColumn>> absent_;  // columns of fields that lines do not have
  std::size_t rows_ = 0;
  sdk::DictionaryColumn trailing_;
  std::vector<NamedColumn> constants_;  // their dictionaries, of one value each; the path too
  sdk::NumberColumn<std::int64_t> offset_;
  sdk::StringColumn original_;
  SchemaPtr schema_;
};

// The reader of a format: what Parser::make_reader returns.
std::unique_ptr<LineReader> make_table_reader(const Format& format, const ObjectFacts& facts,
                                              const ReaderOptions& options);

}  // namespace sextant::intel
