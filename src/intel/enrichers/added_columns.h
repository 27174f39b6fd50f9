#pragma once
// What enrichers have in common: they read columns of texts, work once per distinct value, and hand
// the rows on with columns added.
#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "core/columns.h"
#include "core/guarded.h"
#include "core/result.h"
#include "sdk/column_builders.h"

namespace sextant::intel {

// The column of that name; nullptr when the batch has none. Invalid: it is no dictionary of texts.
Result<const arrow::DictionaryArray*> find_texts(const BatchPtr& batch, const char* name);

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

// A schema with fields behind it. The same pointer for the same schema as last time: whoever takes
// the rows need only compare it. Any thread.
class WiderSchema {
 public:
  SchemaPtr behind(const SchemaPtr& schema, const arrow::FieldVector& added) const;

 private:
  struct Schemas {
    SchemaPtr before;
    SchemaPtr behind;
  };
  mutable Guarded<Schemas> last_;
};

}  // namespace sextant::intel
