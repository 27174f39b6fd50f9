#pragma once
// The validity bitmap of gathered rows: made only when the first null comes.
#include <cstdint>
#include <memory>

#include "adapters/embedded/parquet_columns.h"

namespace arrow {
class Buffer;
class ResizableBuffer;
}  // namespace arrow

namespace sextant::adapters {

class ValidityGatherer {
 public:
  ValidityGatherer();
  ValidityGatherer(const ValidityGatherer&) = delete;
  ValidityGatherer& operator=(const ValidityGatherer&) = delete;
  ~ValidityGatherer();

  Result<> append(const arrow::Array& array, const RowChoice& choice);
  Result<> append_valid(std::int64_t rows);
  Result<> append_bit(bool valid);
  std::uint64_t bytes() const;

  struct Validity {
    std::shared_ptr<arrow::Buffer> bitmap;  // null when no row is
    std::int64_t nulls = 0;
  };
  Result<Validity> finish();

 private:
  Result<> make_room(std::int64_t rows);  // for so many more rows, all marked valid
  std::shared_ptr<arrow::ResizableBuffer> bitmap_;
  std::int64_t rows_ = 0;
  std::int64_t nulls_ = 0;
};

}  // namespace sextant::adapters
