#include "intel/enrichers/added_columns.h"

#include <string>

namespace sextant::intel {

Result<const arrow::DictionaryArray*> find_texts(const BatchPtr& batch, const char* name) {
  const auto column = batch->schema()->GetFieldIndex(name);
  if (column < 0) return nullptr;
  const auto& values = *batch->column(column);
  if (values.type()->Equals(arrow::dictionary(arrow::int32(), arrow::utf8())))
    return static_cast<const arrow::DictionaryArray*>(&values);
  return fail(Code::Invalid, std::string("column ") + name + " is " + values.type()->ToString() +
                                 ", where a dictionary of texts is expected");
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

SchemaPtr WiderSchema::behind(const SchemaPtr& schema, const arrow::FieldVector& added) const {
  return last_.with([&](Schemas& last) {
    if (last.before == schema) return last.behind;
    auto fields = schema->fields();
    fields.insert(fields.end(), added.begin(), added.end());
    last = {schema, arrow::schema(std::move(fields), schema->metadata())};
    return last.behind;
  });
}

}  // namespace sextant::intel
