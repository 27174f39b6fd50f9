#include "intel/parsers/delimited_reader.h"

#include <arrow/array/array_base.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/guarded.h"

namespace sextant::intel {
namespace {

// Few different sentences, so that they can be counted by; the line itself is kept beside them.
std::string wrong_field(std::size_t index, const FieldSpec& spec, const char* expected) {
  return "field " + std::to_string(index + 1) + " (" + std::string(spec.name) + ") is not " +
         expected;
}

}  // namespace

DelimitedReader::DelimitedReader(const Format& format, const ObjectFacts& facts,
                                 const ReaderOptions& options)
    : format_(format), facts_(facts), options_(options), cut_(format.fields.size() * kGroupLines) {
  for (const auto& field : format_.fields) readers_.push_back(make_field_reader(field, facts_));
  for (const auto& [column, text] : format_.constants) {
    constants_.push_back({std::string(column), sdk::make_single_value(text)});
  }
  constants_.push_back({"log.file.path", sdk::make_single_value(facts_.path)});
}

bool DelimitedReader::known_count(std::size_t count) const {
  return count == format_.fields.size() || std::ranges::count(format_.older_counts, count) > 0;
}

std::optional<std::string> DelimitedReader::cut(const Line& line, std::size_t place) {
  const auto fields = std::span(cut_).subspan(place * format_.fields.size(), format_.fields.size());
  const bool closed = tokens_.cut(line.text, fields);
  const auto count = tokens_.count();
  if (format_.other_kind != nullptr) {
    if (const char* kind = format_.other_kind(fields.first(count))) return kind;
  }
  if (!closed) return "the quote of field " + std::to_string(count + 1) + " is not closed";
  if (!known_count(count)) {
    return std::to_string(count) + " fields, where a whole line has " +
           std::to_string(format_.fields.size());
  }
  std::ranges::fill(fields.subspan(count), std::string_view());
  rest_[place] = tokens_.rest();
  return std::nullopt;
}

void DelimitedReader::read(std::span<const Line> lines, const Refuse& refuse) {
  SX_CHECK(lines.size() <= kGroupLines);
  refused_.clear();
  std::array<std::size_t, kGroupLines> whole = {};
  std::size_t count = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (auto reason = cut(lines[i], count)) {
      refused_.emplace_back(i, std::move(*reason));
    } else {
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
std::optional<std::string> DelimitedReader::set_fields(std::size_t first, std::size_t count) {
  const auto stride = format_.fields.size();
  for (std::size_t field = 0; field < stride; ++field) {
    const FieldTexts texts(&cut_[first * stride + field], stride, count);
    const auto wrong = readers_[field]->set(rows_, texts);
    if (wrong.expected == nullptr) continue;
    return wrong_field(field, format_.fields[field], wrong.expected);
  }
  return std::nullopt;
}

void DelimitedReader::finish_row(const Line& line, std::size_t place) {
  trailing_.set(rows_, rest_[place]);
  offset_.set(rows_, static_cast<std::int64_t>(line.offset));
  if (options_.keep_original) original_.set(rows_, line.text);
  ++rows_;
}

std::size_t DelimitedReader::bytes() const {
  auto sum = trailing_.bytes() + original_.bytes(options_.keep_original ? rows_ : 0);
  for (const auto& reader : readers_) sum += reader->bytes(rows_);
  return sum;
}

BatchPtr DelimitedReader::finish() {
  const auto rows = std::exchange(rows_, 0);
  std::vector<NamedColumn> columns;
  for (const auto& reader : readers_) reader->finish(rows, columns);
  columns.push_back({std::string(format_.trailing), trailing_.finish(rows)});
  for (const auto& [name, value] : constants_) {
    columns.push_back({name, sdk::make_constant_array(value, rows)});
  }
  columns.push_back({"log.offset", offset_.finish(rows, arrow::int64())});
  if (options_.keep_original) columns.push_back({"event.original", original_.finish_text(rows)});
  const auto time = std::ranges::find(columns, "ts", &NamedColumn::name);
  std::rotate(columns.begin(), time, time + 1);  // the time comes first
  if (!schema_) schema_ = shared_schema(columns);
  std::vector<sdk::ArrayPtr> arrays;
  arrays.reserve(columns.size());
  for (auto& column : columns) arrays.push_back(std::move(column.values));
  return arrow::RecordBatch::Make(schema_, static_cast<std::int64_t>(rows), std::move(arrays));
}

// One for all readers of a format, so that whoever takes their rows need only compare pointers.
SchemaPtr DelimitedReader::shared_schema(const std::vector<NamedColumn>& columns) const {
  static Guarded<std::map<std::pair<const Format*, bool>, SchemaPtr>> known;
  return known.with([&](auto& schemas) {
    auto& schema = schemas[{&format_, options_.keep_original}];
    if (!schema) schema = schema_of(columns);
    return schema;
  });
}

SchemaPtr DelimitedReader::schema_of(const std::vector<NamedColumn>& columns) const {
  arrow::FieldVector fields;
  for (const auto& column : columns) {
    fields.push_back(arrow::field(column.name, column.values->type()));
  }
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  for (const auto& [column, other] : format_.aliases) {
    metadata->Append("alias:" + std::string(column), std::string(other));
  }
  return arrow::schema(std::move(fields), std::move(metadata));
}

}  // namespace sextant::intel
