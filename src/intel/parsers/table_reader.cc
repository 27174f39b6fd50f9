#include "intel/parsers/table_reader.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "intel/parsers/space_cutter.h"

namespace sextant::intel {
namespace {

// Few different sentences, so that they can be counted by; the line itself is kept beside them.
std::string wrong_field(std::size_t index, const FieldSpec& spec, const char* expected) {
  return "field " + std::to_string(index + 1) + " (" + std::string(spec.name) + ") is not " +
         expected;
}

std::unique_ptr<Cutter> make_cutter(const Format& format) {
  if (format.make_cutter != nullptr) return format.make_cutter(format);
  return std::make_unique<SpaceCutter>(format);
}

KnownSchemas& schemas_for_good() {
  static KnownSchemas schemas;
  return schemas;
}

// `rows` rows that all hold what the one of `value` does.
ArrayPtr repeat(const ArrayPtr& value, std::size_t rows) {
  auto scalar = value->GetScalar(0);
  SX_CHECK(scalar.ok());
  const auto length = static_cast<std::int64_t>(rows);
  auto made = (*scalar)->is_valid ? arrow::MakeArrayFromScalar(**scalar, length)
                                  : arrow::MakeArrayOfNull(value->type(), length);
  SX_CHECK(made.ok());
  return std::move(*made);
}

}  // namespace

TableReader::TableReader(const Format& format, const ObjectFacts& facts,
                         const ReaderOptions& options)
    : TableReader(format, facts, options, {make_cutter(format), schemas_for_good()}) {}

TableReader::TableReader(const Format& format, const ObjectFacts& facts,
                         const ReaderOptions& options, OwnParts parts)
    : format_(format),
      facts_(facts),
      options_(options),
      cutter_(std::move(parts.cutter)),
      schemas_(parts.schemas),
      cut_(format.fields.size() * kGroupLines),
      absent_(format.fields.size()) {
  for (const auto& field : format_.fields) readers_.push_back(make_field_reader(field, facts_));
  for (const auto& [column, text] : format_.constants) {
    constants_.push_back({std::string(column), sdk::make_single_value(text)});
  }
  constants_.push_back({"log.file.path", sdk::make_single_value(facts_.path)});
  choose_fields();
}

void TableReader::choose_fields() {
  const auto used = cutter_->used();
  used_.assign(used.begin(), used.end());
  if (!used_.empty()) return;
  used_.resize(format_.fields.size());
  std::iota(used_.begin(), used_.end(), std::size_t{0});
}

bool TableReader::heading(std::string_view line) {
  if (cutter_->is_current(line)) return true;
  if (rows_ > 0) return false;
  cutter_->heading(line);
  choose_fields();
  return true;
}

void TableReader::read(std::span<const Line> lines, const Refuse& refuse) {
  SX_CHECK(lines.size() <= kGroupLines);
  refused_.clear();
  cutter_->group(lines);
  const auto stride = format_.fields.size();
  std::array<std::size_t, kGroupLines> whole = {};
  std::size_t count = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CutLine cut{std::span(cut_).subspan(count * stride, stride), {}};
    if (auto reason = cutter_->cut(lines[i].text, cut)) {
      refused_.emplace_back(i, std::move(*reason));
    } else {
      rest_[count] = cut.rest;
      whole[count++] = i;
    }
  }
  const bool all_right = !set_fields(0, count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!all_right) {  // some field of some line is wrong: one by one
      if (auto reason = set_fields(i, 1)) {
        refused_.emplace_back(whole[i], std::move(*reason));
        continue;
      }
    }
    finish_row(lines[whole[i]], i);
  }
  std::ranges::sort(refused_);
  for (auto& [line, reason] : refused_) refuse(line, std::move(reason));
}

// Sets the cells of the group's lines from `first` on, column by column, in the rows to come.
std::optional<std::string> TableReader::set_fields(std::size_t first, std::size_t count) {
  const auto stride = format_.fields.size();
  for (const auto field : used_) {
    const FieldTexts texts(&cut_[first * stride + field], stride, count);
    const auto wrong = readers_[field]->set(rows_, texts);
    if (wrong.expected == nullptr) continue;
    return wrong_field(field, format_.fields[field], wrong.expected);
  }
  return std::nullopt;
}

void TableReader::finish_row(const Line& line, std::size_t place) {
  trailing_.set(rows_, rest_[place]);
  offset_.set(rows_, static_cast<std::int64_t>(line.offset));
  if (options_.keep_original) original_.set(rows_, line.text);
  ++rows_;
}

std::size_t TableReader::bytes() const {
  auto sum = trailing_.bytes() + original_.bytes(options_.keep_original ? rows_ : 0);
  for (const auto field : used_) sum += readers_[field]->bytes(rows_);
  return sum;
}

// The columns of all fields in the format's order, whichever of them lines have.
void TableReader::finish_fields(std::size_t rows, std::vector<NamedColumn>& columns) {
  std::vector<bool> used(readers_.size());
  for (const auto field : used_) used[field] = true;
  for (std::size_t field = 0; field < readers_.size(); ++field) {
    if (used[field]) {
      readers_[field]->finish(rows, columns);
    } else {
      absent_columns(field, rows, columns);
    }
  }
}

// As if each line had an empty text there.
void TableReader::absent_columns(std::size_t field, std::size_t rows,
                                 std::vector<NamedColumn>& columns) {
  auto& known = absent_[field];
  if (known.empty()) {
    const std::string_view nothing;
    const bool may_be_empty = readers_[field]->set(0, {&nothing, 1, 1}).expected == nullptr;
    readers_[field]->finish(may_be_empty ? 1 : 0, known);
    for (auto& column : known) {
      if (!may_be_empty) column.values = *arrow::MakeArrayOfNull(column.values->type(), 1);
    }
  }
  for (auto& column : known) {
    const auto length = static_cast<std::int64_t>(rows);
    if (column.values->length() < length) column.values = repeat(column.values, rows);
    columns.push_back({column.name, column.values->Slice(0, length)});
  }
}

// Lines that tell no time have that of the second time column, or of the object's arrival.
void TableReader::fill_time(std::size_t rows, std::vector<NamedColumn>& columns) const {
  const auto time = std::ranges::find(columns, "ts", &NamedColumn::name);
  if (time->values->null_count() == 0) return;
  const auto second = std::ranges::find(columns, format_.second_time, &NamedColumn::name);
  sdk::NumberColumn<std::int64_t> times;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto at = static_cast<std::int64_t>(row);
    const bool known = second != columns.end() && second->values->IsValid(at);
    const auto& source = !time->values->IsValid(at) && known ? *second->values : *time->values;
    times.set(row, source.IsValid(at) ? static_cast<const arrow::TimestampArray&>(source).Value(at)
                                      : facts_.received.time_since_epoch().count());
  }
  time->values = times.finish(rows, time->values->type());
}

BatchPtr TableReader::finish() {
  const auto rows = std::exchange(rows_, 0);
  std::vector<NamedColumn> columns;
  finish_fields(rows, columns);
  fill_time(rows, columns);
  if (!format_.trailing.empty())
    columns.push_back({std::string(format_.trailing), trailing_.finish(rows)});
  for (const auto& [name, value] : constants_) {
    columns.push_back({name, sdk::make_constant_array(value, rows)});
  }
  columns.push_back({"log.offset", offset_.finish(rows, arrow::int64())});
  if (options_.keep_original) columns.push_back({"event.original", original_.finish_text(rows)});
  const auto time = std::ranges::find(columns, "ts", &NamedColumn::name);
  std::rotate(columns.begin(), time, time + 1);  // the time comes first
  if (!schema_) schema_ = shared_schema(columns);
  std::vector<ArrayPtr> arrays;
  arrays.reserve(columns.size());
  for (auto& column : columns) arrays.push_back(std::move(column.values));
  return arrow::RecordBatch::Make(schema_, static_cast<std::int64_t>(rows), std::move(arrays));
}

SchemaPtr TableReader::shared_schema(const std::vector<NamedColumn>& columns) const {
  return schemas_.with([&](auto& schemas) {
    auto& schema = schemas[{&format_, options_.keep_original}];
    if (!schema) schema = schema_of(columns);
    return schema;
  });
}

SchemaPtr TableReader::schema_of(const std::vector<NamedColumn>& columns) const {
  arrow::FieldVector fields;
  for (const auto& column : columns) {
    fields.push_back(arrow::field(column.name, column.values->type()));
  }
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  for (const auto& [column, other] : format_.aliases) {
    metadata->Append(std::string(kAliasPrefix) + std::string(column), std::string(other));
  }
  return arrow::schema(std::move(fields), std::move(metadata));
}

std::unique_ptr<LineReader> make_table_reader(const Format& format, const ObjectFacts& facts,
                                              const ReaderOptions& options) {
  return std::make_unique<TableReader>(format, facts, options);
}

}  // namespace sextant::intel
