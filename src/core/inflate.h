#pragma once
// Decompression of untrusted bytes, a piece at a time, with limits on ratio and size: a bomb ends
// in an error, not in memory.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant {

enum class Compression { None, Gzip, Zstd };
Compression sniff_compression(std::string_view first_bytes);  // by magic number: 1f 8b, 28 b5 2f fd

struct InflateLimits {
  std::uint64_t bytes_max = 64ull << 30;  // of output
  // Output : input, judged once output passes ratio_free_bytes. Logs reach 50; gzip can reach 1,032
  // and zstd far more, with nothing but repetition.
  std::uint64_t ratio_max = 300;
  std::uint64_t ratio_free_bytes = 16 << 20;
};

// Pull-style: hand in compressed pieces, take out decompressed bytes. Several gzip members (RFC
// 1952 §2.2) or zstd frames in a row are one stream.
class Inflater {
 public:
  static std::unique_ptr<Inflater> make(Compression compression, InflateLimits limits = {});
  virtual ~Inflater() = default;
  // Appends to `out` at most about out_bytes_max bytes decompressed from the front of `in`, and
  // removes from `in` what was used; when `in` comes back empty, nothing is left inside. Call again
  // with the rest. Invalid: not this format, or damaged; Exhausted: a limit, or a zstd window above
  // 32 MiB; what came out before the error is in `out`. After an error only destruction.
  virtual Result<> inflate(std::string_view& in, std::string& out, std::size_t out_bytes_max) = 0;
  // At the end of input: Invalid if the stream was cut short.
  virtual Result<> finish() = 0;
};

}  // namespace sextant
