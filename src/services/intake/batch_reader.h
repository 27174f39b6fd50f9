#pragma once
// Reads a batch as it arrives and says what it holds: lines, bytes and a fingerprint of what is
// inside, compressed or not; a bomb, a damaged or cut stream ends in an error before anything is
// acknowledged. Keeps a bounded piece of it in memory.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/hash.h"
#include "core/inflate.h"
#include "core/result.h"

namespace sextant::services::intake {

struct BatchLimits {
  std::uint64_t sent_bytes_max = 32ull << 20;
  InflateLimits inflate{.bytes_max = 512ull << 20};
};

struct BatchSummary {
  Compression compression = Compression::None;
  std::uint64_t lines = 0;  // ended by a line feed, or by the end
  std::uint64_t bytes = 0;  // before compression
  std::string sha256;       // raw, of the same
};

class BatchReader {
 public:
  // `content_encoding` as the request says it; "" and "identity" when it says nothing: then the
  // first bytes tell. Errors: Invalid ("UnsupportedMediaType").
  static Result<BatchReader> make(std::string_view content_encoding, const BatchLimits& limits);

  // The next bytes as sent. Errors: Invalid ("RequestEntityTooLarge": too many sent or inside;
  // "MalformedBody": not what content_encoding says, or damaged).
  Result<> take(std::string_view bytes);
  // What came out so far, before compression; also when take() failed.
  std::uint64_t inside_bytes() const { return summary_.bytes; }
  // At the end. Errors: Invalid ("MalformedBody": cut short, or empty).
  Result<BatchSummary> finish();

 private:
  BatchReader(Compression declared, const BatchLimits& limits)
      : limits_(limits), declared_(declared) {}
  Result<> begin();
  Result<> look_inside(std::string_view bytes);
  void note(std::string_view inside);

  BatchLimits limits_;
  Compression declared_;
  std::string head_;  // until there is enough to tell the compression
  bool begun_ = false;
  std::unique_ptr<Inflater> inflater_;
  std::uint64_t sent_bytes_ = 0;
  bool in_line_ = false;
  Hasher hasher_{HashKind::Sha256};
  BatchSummary summary_;
};

}  // namespace sextant::services::intake
