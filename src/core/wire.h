#pragma once
// Stored records: a version byte, then fields in protobuf's wire format (tag = number << 3 | type).
// A number is never used again for something else; readers skip numbers they do not know.
// docs/formats lists them. Source: protobuf.dev/programming-guides/encoding.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace sextant::wire {

class Writer {
 public:
  explicit Writer(std::uint8_t version) { bytes_.push_back(static_cast<char>(version)); }
  Writer& number(int field, std::uint64_t value);   // zero is left out
  Writer& time(int field, Time value);              // as microseconds since 1970
  Writer& text(int field, std::string_view value);  // empty is left out
  Writer& element(int field,
                  std::string_view value);  // one entry of a repeated field; empty is kept
  std::string finish() { return std::move(bytes_); }

 private:
  void varint(std::uint64_t value);
  std::string bytes_;
};

// Visits fields in order: while (reader.next()) switch (reader.field()) ...
class Reader {
 public:
  // Corrupt if bytes are empty or of another version than asked for.
  static Result<Reader> open(std::string_view bytes, std::uint8_t version);
  bool next();  // false at the end, or at the first malformed field (then finish() fails)
  int field() const { return field_; }
  std::uint64_t number() const { return number_; }
  Time time() const { return Time(Duration(static_cast<std::int64_t>(number_))); }
  std::string_view text() const { return text_; }
  // Corrupt if the record ended in the middle of a field.
  Result<> finish() const;

 private:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool varint(std::uint64_t& value);
  bool broken();
  std::string_view rest_;
  int field_ = 0;
  std::uint64_t number_ = 0;
  std::string_view text_;
  bool broken_ = false;
};

}  // namespace sextant::wire
