#include "lake/flat_rows.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include <utility>

#include "core/arrow_result.h"

namespace sextant::lake {
namespace {

bool is_text(const arrow::DataType& type) { return type.id() == arrow::Type::STRING; }

TypePtr written_type(const TypePtr& type) {
  return is_text(*type) ? arrow::dictionary(arrow::int32(), arrow::utf8()) : type;
}

// nullptr when the batch has no such column.
Result<ArrayPtr> column_at(const arrow::RecordBatch& batch, const std::vector<std::string>& path) {
  auto column = batch.GetColumnByName(path.front());
  for (std::size_t i = 1; column && i < path.size(); ++i) {
    if (column->type_id() != arrow::Type::STRUCT) return ArrayPtr{};
    const auto& parent = static_cast<const arrow::StructArray&>(*column);
    const int child = parent.struct_type()->GetFieldIndex(path[i]);
    if (child < 0) return ArrayPtr{};
    // Where the struct is null its members are.
    SX_TRY_AS(column, from_arrow(parent.GetFlattenedField(child)));
  }
  return column;
}

Result<ArrayPtr> with_type(ArrayPtr column, const TypePtr& type, std::int64_t rows) {
  if (!column) return from_arrow(arrow::MakeArrayOfNull(type, rows));
  if (!column->type()->Equals(*type)) {
    SX_TRY_AS(column, from_arrow(arrow::compute::Cast(*column, type)));
  }
  return column;
}

Result<ArrayPtr> as_written(ArrayPtr column) {
  if (!is_text(*column->type())) return column;
  SX_TRY_AS(const auto encoded, from_arrow(arrow::compute::DictionaryEncode(column)));
  return encoded.make_array();
}

}  // namespace

Result<FlatRows> FlatRows::of(const SchemaPtr& nested) {
  FlatRows rows;
  arrow::FieldVector flat;
  const auto add = [&](const auto& self, const arrow::FieldVector& fields,
                       const std::vector<std::string>& above, const std::string& prefix) -> void {
    for (const auto& field : fields) {
      auto path = above;
      path.push_back(field->name());
      if (field->type()->id() == arrow::Type::STRUCT) {
        self(self, field->type()->fields(), path, prefix + field->name() + ".");
        continue;
      }
      flat.push_back(arrow::field(prefix + field->name(), written_type(field->type())));
      rows.leaves_.push_back({.path = std::move(path), .type = field->type()});
    }
  };
  add(add, nested->fields(), {}, "");
  rows.flat_ = arrow::schema(std::move(flat));
  return rows;
}

Result<BatchPtr> FlatRows::take(const BatchPtr& nested) const {
  arrow::ArrayVector columns;
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    const auto& leaf = leaves_[i];
    const auto make = [&]() -> Result<ArrayPtr> {
      SX_TRY_AS(auto column, column_at(*nested, leaf.path));
      SX_TRY_AS(column, with_type(std::move(column), leaf.type, nested->num_rows()));
      return as_written(std::move(column));
    };
    SX_TRY_AS(auto column,
              within("column '" + flat_->field(static_cast<int>(i))->name() + "'", make()));
    columns.push_back(std::move(column));
  }
  return arrow::RecordBatch::Make(flat_, nested->num_rows(), std::move(columns));
}

}  // namespace sextant::lake
