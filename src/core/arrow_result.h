#pragma once
// Arrow's Status and Result as ours. For .cc files only: it brings arrow/result.h.
#include <arrow/result.h>
#include <arrow/status.h>

#include <utility>

#include "core/result.h"

namespace sextant {

inline Error arrow_error(const arrow::Status& status) {
  if (status.IsOutOfMemory() || status.IsCapacityError()) {
    return {Code::Exhausted, status.ToStringWithoutContextLines()};
  }
  if (status.IsIOError()) return {Code::Unavailable, status.ToStringWithoutContextLines()};
  return {Code::Invalid, status.ToStringWithoutContextLines()};
}

inline Result<> from_arrow(const arrow::Status& status) {
  if (!status.ok()) return std::unexpected(arrow_error(status));
  return {};
}

template <typename T>
Result<T> from_arrow(arrow::Result<T> result) {
  if (!result.ok()) return std::unexpected(arrow_error(result.status()));
  return std::move(result).ValueUnsafe();
}

}  // namespace sextant
