#include "adapters/embedded/stored_value.h"

#include <algorithm>

namespace sextant::adapters {
namespace {

// The first byte of every value: the format's version in the high half, flags in the low one.
constexpr std::uint8_t kFormat = 0x10;
constexpr std::uint8_t kFormatMask = 0xF0;
constexpr std::uint8_t kHasExpiry = 0x01;  // of a value
constexpr std::uint8_t kHasChain = 0x01;   // of a record
constexpr std::size_t kNumberBytes = 8;

void put_number(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

std::uint64_t get_number(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes.substr(0, kNumberBytes))
    number = number << 8 | static_cast<std::uint8_t>(byte);
  return number;
}

// Takes fields off the front; after a field that is not there, ok() is false for good.
class StoredFields {
 public:
  explicit StoredFields(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t flags(std::uint8_t known) {
    const auto first = static_cast<std::uint8_t>(take(1).front());
    ok_ = ok_ && (first & kFormatMask) == kFormat && (first & ~kFormatMask & ~known) == 0;
    return first & known;
  }
  std::uint64_t number() { return get_number(take(kNumberBytes)); }
  Sha256Digest digest() {
    Sha256Digest digest = {};
    std::ranges::copy(take(digest.size()), digest.begin());
    return digest;
  }
  std::string_view rest() const { return rest_; }
  bool ok() const { return ok_; }

 private:
  std::string_view take(std::size_t count) {
    static constexpr char kZeros[sizeof(Sha256Digest)] = {};
    if (rest_.size() < count) {
      ok_ = false;
      return {kZeros, count};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

std::unexpected<Error> unreadable(std::string_view what) {
  return fail(Code::Corrupt,
              "a stored " + std::string(what) + " is of another format than this program reads");
}

}  // namespace

std::string encode_value(const StoredValue& value) {
  std::string out;
  out.reserve(1 + 2 * kNumberBytes + value.payload.size());
  out.push_back(static_cast<char>(kFormat | (value.expires_at ? kHasExpiry : 0)));
  put_number(out, value.version);
  if (value.expires_at)
    put_number(out, static_cast<std::uint64_t>(value.expires_at->time_since_epoch().count()));
  out.append(value.payload);
  return out;
}

Result<StoredValue> decode_value(std::string_view bytes) {
  StoredFields fields(bytes);
  StoredValue value;
  const auto flags = fields.flags(kHasExpiry);
  value.version = fields.number();
  if (flags & kHasExpiry)
    value.expires_at = Time(Duration(static_cast<std::int64_t>(fields.number())));
  value.payload = fields.rest();
  if (!fields.ok()) return unreadable("value");
  return value;
}

std::string encode_record(const StoredRecord& record) {
  std::string out;
  out.reserve(1 + sizeof(Sha256Digest) + record.payload.size());
  out.push_back(static_cast<char>(kFormat | (record.chain ? kHasChain : 0)));
  if (record.chain) out.append(record.chain->begin(), record.chain->end());
  out.append(record.payload);
  return out;
}

Result<StoredRecord> decode_record(std::string_view bytes) {
  StoredFields fields(bytes);
  StoredRecord record;
  if (fields.flags(kHasChain) & kHasChain) record.chain = fields.digest();
  record.payload = fields.rest();
  if (!fields.ok()) return unreadable("stream record");
  return record;
}

std::string record_key(std::string_view stream, std::uint64_t sequence) {
  std::string key;
  key.reserve(2 + stream.size() + kNumberBytes);
  key.push_back(static_cast<char>(stream.size() >> 8));
  key.push_back(static_cast<char>(stream.size()));
  key.append(stream);
  put_number(key, sequence);
  return key;
}

std::uint64_t sequence_of(std::string_view record_key) {
  return get_number(
      record_key.substr(record_key.size() - std::min(record_key.size(), kNumberBytes)));
}

std::string head_key(std::string_view stream) { return "s" + std::string(stream); }

std::string encode_head(const StreamHead& head) {
  std::string out(1, static_cast<char>(kFormat));
  put_number(out, head.first);
  put_number(out, head.next);
  out.append(head.chain.begin(), head.chain.end());
  return out;
}

Result<StreamHead> decode_head(std::string_view bytes) {
  StoredFields fields(bytes);
  StreamHead head;
  fields.flags(0);
  head.first = fields.number();
  head.next = fields.number();
  head.chain = fields.digest();
  if (!fields.ok() || !fields.rest().empty()) return unreadable("stream head");
  return head;
}

std::string encode_number(std::uint64_t number) {
  std::string out;
  put_number(out, number);
  return out;
}

Result<std::uint64_t> decode_number(std::string_view bytes) {
  if (bytes.size() != kNumberBytes) return unreadable("number");
  return get_number(bytes);
}

}  // namespace sextant::adapters
