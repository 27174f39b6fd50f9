#pragma once
// What enrichers have in common: they read columns of texts, work once per distinct value, and hand
// the rows on with columns added.
#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "core/columns.h"
#include "core/guarded.h"
#include "core/result.h"
#include "sdk/column_builders.h"

namespace sextant::intel {

// The column of that name: a dictionary of texts as it is, plain texts and whole numbers as one
// made of them. nullptr when the batch has none, or one of another type.
using TextsPtr = std::shared_ptr<const arrow::DictionaryArray>;
TextsPtr find_texts(const BatchPtr& batch, const char* name);

// int32 whatever the width of the column's whole numbers; what does not fit is null. nullptr as
// above.
std::shared_ptr<const arrow::Int32Array> find_numbers(const BatchPtr& batch, const char* name);

// Which row has which distinct value; negative where it is null.
std::vector<std::int32_t> rows_to_distinct(const arrow::DictionaryArray& column);

// A value for each distinct value -> a cell for each row.
template <typename T>
sdk::NumberColumn<T> spread(const std::vector<std::int32_t>& rows, const std::vector<T>& values) {
  constexpr auto kNull = sdk::NumberColumn<T>::kNull;
  sdk::NumberColumn<T> cells;
  if (!rows.empty()) cells.set(rows.size() - 1, kNull);  // room for all at once
  for (std::size_t row = 0; row < rows.size(); ++row) {
    cells.set(row, rows[row] < 0 ? kNull : values[static_cast<std::size_t>(rows[row])]);
  }
  return cells;
}

// What an enricher adds to a batch.
struct AddedColumns {
  arrow::FieldVector fields;
  std::vector<ArrayPtr> arrays;
  void add(const char* name, ArrayPtr array);
};

// Batches with columns behind their own. What the log itself said stays: a column that the batch
// has already, or that would lie below or above one of its own, is left out. The same schema
// pointer for the same schema as last time: whoever takes the rows need only compare it. Any
// thread; the same fields for the same schema.
class WiderSchema {
 public:
  BatchPtr with(const BatchPtr& batch, const AddedColumns& added) const;

 private:
  struct Schemas {
    SchemaPtr before;
    SchemaPtr behind;
    std::vector<bool> is_new;  // of the added fields
  };
  mutable Guarded<Schemas> last_;
};

}  // namespace sextant::intel
