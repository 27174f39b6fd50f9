#include "core/wire.h"

namespace sextant::wire {
namespace {
constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kLengthDelimited = 2;
constexpr std::uint64_t kFieldMax = (1 << 29) - 1;
constexpr int kLastShift = 63;  // of the tenth byte, which has room for one bit
}  // namespace

void Writer::varint(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

Writer& Writer::number(int field, std::uint64_t value) {
  if (value == 0) return *this;
  varint(static_cast<std::uint64_t>(field) << 3 | kVarint);
  varint(value);
  return *this;
}

Writer& Writer::time(int field, Time value) {
  return number(field, static_cast<std::uint64_t>(value.time_since_epoch().count()));
}

Writer& Writer::text(int field, std::string_view value) {
  return value.empty() ? *this : element(field, value);
}

Writer& Writer::element(int field, std::string_view value) {
  varint(static_cast<std::uint64_t>(field) << 3 | kLengthDelimited);
  varint(value.size());
  bytes_.append(value);
  return *this;
}

Result<Reader> Reader::open(std::string_view bytes, std::uint8_t version) {
  if (bytes.empty()) return fail(Code::Corrupt, "stored record is empty");
  const auto found = static_cast<std::uint8_t>(bytes.front());
  if (found != version) {
    return fail(Code::Corrupt, "stored record has version " + std::to_string(found) +
                                   ", this program reads " + std::to_string(version));
  }
  return Reader(bytes.substr(1));
}

bool Reader::varint(std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == kLastShift && byte > 1) return false;
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool Reader::broken() {
  broken_ = true;
  return false;
}

bool Reader::next() {
  if (rest_.empty() || broken_) return false;
  std::uint64_t tag = 0;
  if (!varint(tag) || tag >> 3 == 0 || tag >> 3 > kFieldMax) return broken();
  field_ = static_cast<int>(tag >> 3);
  number_ = 0;
  text_ = {};
  if ((tag & 7) == kVarint) return varint(number_) || broken();
  std::uint64_t length = 0;
  if ((tag & 7) != kLengthDelimited || !varint(length) || length > rest_.size()) return broken();
  text_ = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return true;
}

Result<> Reader::finish() const {
  if (broken_ || !rest_.empty())
    return fail(Code::Corrupt, "stored record ends in the middle of a field");
  return {};
}

}  // namespace sextant::wire
