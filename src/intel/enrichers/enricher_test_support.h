#pragma once
// One batch through one enricher, for tests.
#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "sdk/batch_text.h"
#include "sdk/column_builders.h"
#include "sdk/function.h"

namespace sextant::test {

// The empty text is null.
inline ArrayPtr texts(const std::vector<std::string_view>& values) {
  sdk::DictionaryColumn column;
  for (std::size_t row = 0; row < values.size(); ++row) column.set(row, values[row]);
  return column.finish(values.size());
}

inline ArrayPtr ports(const std::vector<std::int32_t>& values) {
  sdk::NumberColumn<std::int32_t> column;
  for (std::size_t row = 0; row < values.size(); ++row) column.set(row, values[row]);
  return column.finish(values.size(), arrow::int32());
}

inline BatchPtr enriched(const sdk::Function& enricher,
                         const std::vector<std::pair<std::string, ArrayPtr>>& columns,
                         const sdk::Source& source = {}) {
  arrow::FieldVector fields;
  std::vector<ArrayPtr> arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  const auto count = arrays.front()->length();
  const auto prepared = enricher.prepare({});
  EXPECT_TRUE(prepared);
  BatchPtr out;
  const auto done = (*prepared)->start(source)->rows(
      {"alb", arrow::RecordBatch::Make(arrow::schema(fields), count, arrays)}, [&](sdk::Rows rows) {
        out = rows.batch;
        return Result<>();
      });
  EXPECT_TRUE(done) << done.error().message;
  return out;
}

}  // namespace sextant::test
