#include "intel/enrichers/added_columns.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sextant::intel {

namespace {

template <typename Array>
TextsPtr encoded(const arrow::Array& values) {
  const auto& cells = static_cast<const Array&>(values);
  sdk::DictionaryColumn texts;
  for (std::int64_t i = 0; i < cells.length(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    if (cells.IsNull(i)) {
      texts.set(row, {});
    } else if constexpr (std::is_same_v<Array, arrow::StringArray>) {
      texts.set(row, cells.GetView(i));
    } else {
      texts.set(row, std::to_string(cells.Value(i)));
    }
  }
  return std::static_pointer_cast<const arrow::DictionaryArray>(
      texts.finish(static_cast<std::size_t>(cells.length())));
}

std::shared_ptr<const arrow::Int32Array> narrowed(const arrow::Int64Array& values) {
  sdk::NumberColumn<std::int32_t> numbers;
  for (std::int64_t i = 0; i < values.length(); ++i) {
    const bool fits = values.IsValid(i) && std::in_range<std::int32_t>(values.Value(i));
    numbers.set(static_cast<std::size_t>(i), fits ? static_cast<std::int32_t>(values.Value(i))
                                                  : sdk::NumberColumn<std::int32_t>::kNull);
  }
  return std::static_pointer_cast<const arrow::Int32Array>(
      numbers.finish(static_cast<std::size_t>(values.length()), arrow::int32()));
}

// Whether rows can have both: "a.b" is there once, and no struct where "a" is a column.
bool go_together(std::string_view one, std::string_view other) {
  const auto shorter = one.size() < other.size() ? one : other;
  const auto longer = one.size() < other.size() ? other : one;
  return !longer.starts_with(shorter) ||
         (longer.size() > shorter.size() && longer[shorter.size()] != '.');
}

}  // namespace

TextsPtr find_texts(const BatchPtr& batch, const char* name) {
  static const auto kTexts = arrow::dictionary(arrow::int32(), arrow::utf8());
  const auto values = batch->GetColumnByName(name);
  if (!values) return nullptr;
  switch (values->type_id()) {
    case arrow::Type::STRING: return encoded<arrow::StringArray>(*values);
    case arrow::Type::INT32: return encoded<arrow::Int32Array>(*values);
    case arrow::Type::INT64: return encoded<arrow::Int64Array>(*values);
    default: break;
  }
  if (!values->type()->Equals(kTexts)) return nullptr;
  return std::static_pointer_cast<const arrow::DictionaryArray>(values);
}

std::shared_ptr<const arrow::Int32Array> find_numbers(const BatchPtr& batch, const char* name) {
  const auto values = batch->GetColumnByName(name);
  if (!values) return nullptr;
  if (values->type_id() == arrow::Type::INT32)
    return std::static_pointer_cast<const arrow::Int32Array>(values);
  if (values->type_id() != arrow::Type::INT64) return nullptr;
  return narrowed(static_cast<const arrow::Int64Array&>(*values));
}

std::vector<std::int32_t> rows_to_distinct(const arrow::DictionaryArray& column) {
  const auto& indices = static_cast<const arrow::Int32Array&>(*column.indices());
  std::vector<std::int32_t> distinct(indices.raw_values(), indices.raw_values() + indices.length());
  if (indices.null_count() > 0) {
    for (std::int64_t row = 0; row < indices.length(); ++row) {
      if (indices.IsNull(row)) distinct[static_cast<std::size_t>(row)] = -1;
    }
  }
  return distinct;
}

void AddedColumns::add(const char* name, ArrayPtr array) {
  fields.push_back(arrow::field(name, array->type()));
  arrays.push_back(std::move(array));
}

BatchPtr WiderSchema::with(const BatchPtr& batch, const AddedColumns& added) const {
  const auto schemas = last_.with([&](Schemas& last) {
    if (last.before == batch->schema()) return last;
    last = {batch->schema(), nullptr, {}};
    auto fields = last.before->fields();
    for (const auto& field : added.fields) {
      last.is_new.push_back(std::ranges::all_of(last.before->fields(), [&](const auto& own) {
        return go_together(own->name(), field->name());
      }));
      if (last.is_new.back()) fields.push_back(field);
    }
    last.behind = arrow::schema(std::move(fields), last.before->metadata());
    return last;
  });
  auto arrays = batch->columns();
  for (std::size_t i = 0; i < added.arrays.size(); ++i) {
    if (schemas.is_new[i]) arrays.push_back(added.arrays[i]);
  }
  return arrow::RecordBatch::Make(schemas.behind, batch->num_rows(), std::move(arrays));
}

}  // namespace sextant::intel
