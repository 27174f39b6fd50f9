#pragma once
// How the embedded store writes keys and values into RocksDB; docs/formats/embedded-store.md. All
// pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/hash.h"
#include "core/result.h"

namespace sextant::adapters {

// A value of the column family "state".
struct StoredValue {
  std::uint64_t version = 0;
  std::optional<Time> expires_at = std::nullopt;
  std::string_view payload;

  bool expired(Time now) const { return expires_at && *expires_at <= now; }
};
std::string encode_value(const StoredValue& value);
Result<StoredValue> decode_value(std::string_view bytes);  // payload views into bytes

// A record of the column family "streams".
struct StoredRecord {
  std::optional<Sha256Digest> chain = std::nullopt;
  std::string_view payload;
};
std::string encode_record(const StoredRecord& record);
Result<StoredRecord> decode_record(std::string_view bytes);

// Keys of one stream sort by sequence and lie together.
std::string record_key(std::string_view stream, std::uint64_t sequence);
std::uint64_t sequence_of(std::string_view record_key);

// What is known of one stream beside its records; in the column family "meta".
struct StreamHead {
  std::uint64_t first = 1;  // the oldest record that trim kept
  std::uint64_t next = 1;
  Sha256Digest chain = {};  // of its last chained record
};
std::string head_key(std::string_view stream);
std::string encode_head(const StreamHead& head);
Result<StreamHead> decode_head(std::string_view bytes);

// The number of the last commit; in the column family "meta".
inline constexpr std::string_view kLastCommitKey = "v";
std::string encode_number(std::uint64_t number);  // eight bytes, big-endian
Result<std::uint64_t> decode_number(std::string_view bytes);

}  // namespace sextant::adapters
