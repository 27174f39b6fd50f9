#pragma once
// Reads logs whose lines are fields between spaces, by a table that says what each field becomes.
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "intel/parsers/field_readers.h"
#include "intel/parsers/tokens.h"

namespace sextant::intel {

// A kind of delimited log. Everything here is constant.
struct Format {
  std::span<const FieldSpec> fields;
  // Counts below the table's own that generations of the format had; any other is malformed.
  std::span<const std::size_t> older_counts;
  std::string_view trailing;  // column that keeps what stands behind the last known field, raw
  // Columns that are the same in every row, and their text.
  std::span<const std::pair<std::string_view, std::string_view>> constants;
  // Columns that would say the same as another one, and which: kept as metadata "alias:<column>".
  std::span<const std::pair<std::string_view, std::string_view>> aliases;
  // Recognises lines of other kinds that lie beside this one, before anything else is judged:
  // nullptr, or what such a line is.
  const char* (*other_kind)(std::span<const std::string_view> fields) = nullptr;
};

class DelimitedReader final : public LineReader {
 public:
  DelimitedReader(const Format& format, const ObjectFacts& facts, const ReaderOptions& options);
  void read(std::span<const Line> lines, const Refuse& refuse) override;
  std::size_t rows() const override { return rows_; }
  std::size_t bytes() const override;
  BatchPtr finish() override;

 private:
  // Cuts a line into the place of a group's line; the reason when it has not the right fields.
  std::optional<std::string> cut(const Line& line, std::size_t place);
  std::optional<std::string> set_fields(std::size_t first, std::size_t count);
  void finish_row(const Line& line, std::size_t place);
  bool known_count(std::size_t count) const;
  SchemaPtr shared_schema(const std::vector<NamedColumn>& columns) const;
  SchemaPtr schema_of(const std::vector<NamedColumn>& columns) const;

  const Format& format_;
  ObjectFacts facts_;
  ReaderOptions options_;
  Tokens tokens_;
  std::vector<std::string_view> cut_;  // of a group: all fields of its first line, its second …
  std::array<std::string_view, kGroupLines> rest_;
  std::vector<std::pair<std::size_t, std::string>> refused_;
  std::vector<std::unique_ptr<FieldReader>> readers_;
  std::size_t rows_ = 0;
  sdk::DictionaryColumn trailing_;
  std::vector<NamedColumn> constants_;  // their dictionaries, of one value each; the path too
  sdk::NumberColumn<std::int64_t> offset_;
  sdk::StringColumn original_;
  SchemaPtr schema_;
};

}  // namespace sextant::intel
