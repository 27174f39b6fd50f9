#pragma once
// Which bytes of an object a Range header asks for. Pure; every byte may be hostile.
#include <cstdint>
#include <string_view>

#include "core/result.h"

namespace sextant::services::s3 {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool partial = false;
};

// RFC 9110 §14.1.2: "bytes=0-99", "bytes=100-", "bytes=-50". Anything else, several ranges too, is
// ignored and the whole object is sent, as S3 does. What is partial lies within `size` and has at
// least one byte. Errors: Invalid ("InvalidRange").
Result<ByteRange> parse_range(std::string_view text, std::uint64_t size);

}  // namespace sextant::services::s3
