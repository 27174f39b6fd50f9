#include "adapters/embedded/parquet_validity.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/bitmap_ops.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/arrow_result.h"

namespace sextant::adapters {

ValidityGatherer::ValidityGatherer() = default;
ValidityGatherer::~ValidityGatherer() = default;

Result<> ValidityGatherer::make_room(std::int64_t rows) {
  const auto needed = arrow::bit_util::BytesForBits(rows_ + rows);
  if (!bitmap_) {
    SX_TRY_AS(auto made, from_arrow(arrow::AllocateResizableBuffer(needed)));
    bitmap_ = std::move(made);
    std::memset(bitmap_->mutable_data(), 0xFF, static_cast<std::size_t>(needed));
    return {};
  }
  const auto before = bitmap_->size();
  if (needed <= before) return {};
  const auto grown = std::max(needed, std::min(2 * before, before + (std::int64_t{1} << 20)));
  SX_TRY(from_arrow(bitmap_->Resize(grown, false)));
  std::memset(bitmap_->mutable_data() + before, 0xFF, static_cast<std::size_t>(grown - before));
  return {};
}

Result<> ValidityGatherer::append_valid(std::int64_t rows) {
  if (bitmap_) SX_TRY(make_room(rows));
  rows_ += rows;
  return {};
}

Result<> ValidityGatherer::append_bit(bool valid) {
  if (valid && !bitmap_) {
    ++rows_;
    return {};
  }
  SX_TRY(make_room(1));
  if (!valid) {
    arrow::bit_util::ClearBit(bitmap_->mutable_data(), rows_);
    ++nulls_;
  }
  ++rows_;
  return {};
}

Result<> ValidityGatherer::append(const arrow::Array& array, const RowChoice& choice) {
  const auto rows = choice.all ? array.length() : static_cast<std::int64_t>(choice.rows.size());
  if (array.null_count() == 0) return append_valid(rows);
  SX_TRY(make_room(rows));
  if (choice.all) {
    if (array.type_id() == arrow::Type::NA) {
      arrow::bit_util::SetBitsTo(bitmap_->mutable_data(), rows_, rows, false);
    } else {
      arrow::internal::CopyBitmap(array.null_bitmap_data(), array.offset(), rows,
                                  bitmap_->mutable_data(), rows_);
    }
    nulls_ += array.null_count();
    rows_ += rows;
    return {};
  }
  for (const auto row : choice.rows) {
    if (array.IsNull(row)) {
      arrow::bit_util::ClearBit(bitmap_->mutable_data(), rows_);
      ++nulls_;
    }
    ++rows_;
  }
  return {};
}

std::uint64_t ValidityGatherer::bytes() const {
  return bitmap_ ? static_cast<std::uint64_t>(bitmap_->size()) : 0;
}

Result<ValidityGatherer::Validity> ValidityGatherer::finish() {
  Validity validity{.bitmap = nulls_ == 0 ? nullptr : std::move(bitmap_), .nulls = nulls_};
  bitmap_.reset();
  rows_ = 0;
  nulls_ = 0;
  return validity;
}

}  // namespace sextant::adapters
