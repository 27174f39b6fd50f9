#pragma once
// Lines that are no entries of their kind: kept in table "malformed" with the reason and where they
// stand, so that no line is ever dropped.
#include <cstdint>
#include <string_view>

#include "core/clock.h"
#include "sdk/column_builders.h"

namespace sextant::intel {

// More of a malformed line is not kept; log.length tells how long it was.
inline constexpr std::size_t kRawBytesMax = 64 * 1024;

struct MalformedLine {
  Time time;  // of the line where it tells one, else of the object's arrival
  std::string_view reason;
  std::string_view path;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // bytes, without line end
  std::string_view kind;     // as what it was read
  std::string_view raw;      // as it is; cut to kRawBytesMax here
};

const SchemaPtr& malformed_schema();

class MalformedRows {
 public:
  void add(const MalformedLine& line);
  std::size_t rows() const { return rows_; }
  std::size_t bytes() const { return raw_.bytes(rows_); }
  BatchPtr finish();  // empty after

 private:
  std::size_t rows_ = 0;
  sdk::NumberColumn<std::int64_t> time_;
  sdk::DictionaryColumn reason_;
  sdk::DictionaryColumn path_;
  sdk::NumberColumn<std::int64_t> offset_;
  sdk::NumberColumn<std::int64_t> length_;
  sdk::DictionaryColumn kind_;
  sdk::StringColumn raw_;
};

}  // namespace sextant::intel
