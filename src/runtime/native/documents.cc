#include "runtime/native/documents.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

#include "core/encoding.h"
#include "core/json.h"
#include "core/strings.h"
#include "core/time_text.h"

namespace sextant::runtime::native {
namespace {

template <typename ArrayType>
auto value_of(const arrow::Array& values, std::int64_t row) {
  return static_cast<const ArrayType&>(values).GetView(row);
}

template <typename Number>
void append_number(std::string& json, Number number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  json.append(text, end);
}

void append_list(std::string& json, const arrow::ListArray& lists, std::int64_t row);

// A cell that is not null.
void append_cell(std::string& json, const arrow::Array& values, std::int64_t row) {
  switch (values.type_id()) {
    case arrow::Type::STRING:
      return json::append_text(json, value_of<arrow::StringArray>(values, row));
    case arrow::Type::BINARY:
      return json::append_text(json, base64(value_of<arrow::BinaryArray>(values, row)));
    case arrow::Type::BOOL:
      json += value_of<arrow::BooleanArray>(values, row) ? "true" : "false";
      return;
    case arrow::Type::INT32: return append_number(json, value_of<arrow::Int32Array>(values, row));
    case arrow::Type::INT64: return append_number(json, value_of<arrow::Int64Array>(values, row));
    case arrow::Type::DOUBLE: {
      const auto number = value_of<arrow::DoubleArray>(values, row);
      if (!std::isfinite(number)) return void(json += "null");
      return append_number(json, number);
    }
    case arrow::Type::TIMESTAMP:
      return json::append_text(
          json, iso8601(Time(Duration(value_of<arrow::TimestampArray>(values, row)))));
    case arrow::Type::LIST:
      return append_list(json, static_cast<const arrow::ListArray&>(values), row);
    case arrow::Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(values);
      return append_cell(json, *coded.dictionary(), coded.GetValueIndex(row));
    }
    default: json += "null"; return;
  }
}

void append_list(std::string& json, const arrow::ListArray& lists, std::int64_t row) {
  json += '[';
  for (auto i = lists.value_offset(row); i < lists.value_offset(row + 1); ++i) {
    if (i > lists.value_offset(row)) json += ',';
    if (lists.values()->IsNull(i)) {
      json += "null";
    } else {
      append_cell(json, *lists.values(), i);
    }
  }
  json += ']';
}

bool has_json(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
    case arrow::Type::BOOL:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::DOUBLE: return true;
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).unit() == arrow::TimeUnit::MICRO;
    case arrow::Type::LIST:
      return has_json(*static_cast<const arrow::ListType&>(type).value_type());
    case arrow::Type::DICTIONARY:
      return has_json(*static_cast<const arrow::DictionaryType&>(type).value_type());
    default: return false;
  }
}

// A field of the document: a column, or an object of fields.
struct Field {
  std::string key;  // as JSON, with its colon
  ArrayPtr column = nullptr;
  const arrow::DictionaryArray* coded = nullptr;  // the column, when it is one of repeated values
  std::vector<std::string> texts = {};            // of its distinct values
  std::vector<Field> fields = {};                 // of an object

  bool append(std::string& json, std::int64_t row) const {  // false: nothing, it is null
    if (column == nullptr) return append_object(json, row);
    if (column->IsNull(row)) return false;
    if (coded == nullptr) {
      append_cell(json, *column, row);
      return true;
    }
    const auto& text = texts[static_cast<std::size_t>(coded->GetValueIndex(row))];
    json += text;
    return !text.empty();
  }

  bool append_object(std::string& json, std::int64_t row) const {
    const auto begin = json.size();
    json += '{';
    bool any = false;
    for (const auto& field : fields) {
      const auto before = json.size();
      if (any) json += ',';
      json += field.key;
      if (field.append(json, row)) {
        any = true;
      } else {
        json.resize(before);
      }
    }
    if (any || begin == 0) {
      json += '}';
      return true;
    }
    json.resize(begin);
    return false;
  }
};

std::string key_of(std::string_view name) {
  std::string key;
  json::append_text(key, name);
  return key + ":";
}

Field& member(Field& object, std::string_view name) {
  const auto key = key_of(name);
  for (auto& field : object.fields) {
    if (field.key == key) return field;
  }
  object.fields.push_back({.key = key});
  return object.fields.back();
}

void set_column(Field& field, const ArrayPtr& column) {
  field.column = column;
  if (column->type_id() != arrow::Type::DICTIONARY) return;
  field.coded = static_cast<const arrow::DictionaryArray*>(column.get());
  const auto& values = *field.coded->dictionary();
  field.texts.resize(static_cast<std::size_t>(values.length()));
  for (std::int64_t i = 0; i < values.length(); ++i) {
    if (!values.IsNull(i)) append_cell(field.texts[static_cast<std::size_t>(i)], values, i);
  }
}

Result<> place(Field& document, std::string_view name, const ArrayPtr& column) {
  if (name == "ts") name = "@timestamp";
  if (!has_json(*column->type())) {
    return fail(Code::Invalid, "column '" + std::string(name) + "' is of type " +
                                   column->type()->ToString() + ", which no document can hold");
  }
  auto* field = &document;
  for (const auto part : split(name, '.')) {
    if (field->column != nullptr) break;
    field = &member(*field, part);
  }
  if (field->column != nullptr || !field->fields.empty())
    return fail(Code::Invalid, "'" + std::string(name) + "' is a field and an object");
  set_column(*field, column);
  return {};
}

}  // namespace

struct Documents::State {
  BatchPtr batch;
  Field document;
  ArrayPtr time;
  ArrayPtr offset;
};

Documents::Documents(std::unique_ptr<State> state) : state_(std::move(state)) {}
Documents::~Documents() = default;
Documents::Documents(Documents&&) noexcept = default;
Documents& Documents::operator=(Documents&&) noexcept = default;

Result<Documents> Documents::of(const BatchPtr& batch) {
  auto state = std::make_unique<State>();
  state->batch = batch;
  for (int i = 0; i < batch->num_columns(); ++i)
    SX_TRY(place(state->document, batch->column_name(i), batch->column(i)));
  if (const auto& metadata = batch->schema()->metadata()) {
    for (std::int64_t i = 0; i < metadata->size(); ++i) {
      const auto& key = metadata->key(i);
      const auto column = batch->GetColumnByName(metadata->value(i));
      if (!key.starts_with(kAliasPrefix) || !column) continue;
      SX_TRY(place(state->document, std::string_view(key).substr(kAliasPrefix.size()), column));
    }
  }
  state->time = batch->GetColumnByName("ts");
  if (state->time && state->time->type_id() != arrow::Type::TIMESTAMP) state->time = nullptr;
  state->offset = batch->GetColumnByName("log.offset");
  if (state->offset && state->offset->type_id() != arrow::Type::INT64) state->offset = nullptr;
  return Documents(std::move(state));
}

std::string Documents::json(std::int64_t row) const {
  std::string document;
  state_->document.append_object(document, row);
  return document;
}

std::optional<Time> Documents::time(std::int64_t row) const {
  if (!state_->time || state_->time->IsNull(row)) return std::nullopt;
  return Time(Duration(value_of<arrow::TimestampArray>(*state_->time, row)));
}

std::optional<std::int64_t> Documents::offset(std::int64_t row) const {
  if (!state_->offset || state_->offset->IsNull(row)) return std::nullopt;
  return value_of<arrow::Int64Array>(*state_->offset, row);
}

}  // namespace sextant::runtime::native
