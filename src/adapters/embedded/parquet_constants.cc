#include "adapters/embedded/parquet_constants.h"

#include <arrow/api.h>
#include <arrow/util/key_value_metadata.h>

#include <string>
#include <string_view>

#include "core/arrow_result.h"

namespace sextant::adapters {
namespace {

constexpr std::string_view kConstant = "constant:";
constexpr std::string_view kAlias = "alias:";

Result<std::shared_ptr<arrow::Array>> constant_text(const std::string& text, std::int64_t rows) {
  arrow::StringBuilder value;
  SX_TRY(from_arrow(value.Append(text)));
  SX_TRY_AS(auto dictionary, from_arrow(value.Finish()));
  SX_TRY_AS(auto indices, from_arrow(arrow::MakeArrayFromScalar(arrow::Int32Scalar(0), rows)));
  return std::make_shared<arrow::DictionaryArray>(arrow::dictionary(arrow::int32(), arrow::utf8()),
                                                  std::move(indices), std::move(dictionary));
}

}  // namespace

Result<BatchPtr> with_constants(const BatchPtr& batch) {
  const auto metadata = batch->schema()->metadata();
  if (!metadata) return batch;
  auto fields = batch->schema()->fields();
  auto columns = batch->columns();
  const auto add = [&](std::string_view name, std::shared_ptr<arrow::Array> column) {
    fields.push_back(arrow::field(std::string(name), column->type()));
    columns.push_back(std::move(column));
  };
  for (std::int64_t i = 0; i < metadata->size(); ++i) {
    const std::string_view key = metadata->key(i);
    const bool constant = key.starts_with(kConstant);
    if (!constant && !key.starts_with(kAlias)) continue;
    const auto name = key.substr((constant ? kConstant : kAlias).size());
    if (batch->schema()->GetFieldIndex(std::string(name)) >= 0) continue;
    if (constant) {
      SX_TRY_AS(auto column, constant_text(metadata->value(i), batch->num_rows()));
      add(name, std::move(column));
    } else if (auto column = batch->GetColumnByName(metadata->value(i))) {
      add(name, std::move(column));
    }
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch->num_rows(),
                                  std::move(columns));
}

}  // namespace sextant::adapters
