// Decompression in pieces: limits hold, and how the bytes come makes no difference to what comes
// out. Input: kind, bytes a piece, room a call, then the compressed bytes.
// links: core
#include "core/inflate.h"

#include "tests/fuzz/fuzz_input.h"

using namespace sextant;

namespace {

constexpr InflateLimits kFuzzLimits{.bytes_max = 1 << 17};
constexpr std::size_t kBlockBytes = 128 * 1024;  // what one swallowed zstd block may add
constexpr std::size_t kPieceBytes = 256 * 1024;

Result<std::string> inflate_all(Inflater& inflater, std::string_view in, std::size_t piece_bytes,
                                std::size_t room) {
  std::string out;
  while (!in.empty()) {
    std::string_view piece = in.substr(0, piece_bytes);
    in.remove_prefix(piece.size());
    while (!piece.empty()) {
      const auto before = out.size();
      SX_TRY(inflater.inflate(piece, out, room));
      SX_CHECK(out.size() - before <= room + kBlockBytes + kPieceBytes);
    }
  }
  SX_TRY(inflater.finish());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::as_text(data, size);
  const auto kind = static_cast<Compression>(fuzz::take_byte(rest) % 3);
  const std::size_t piece_bytes = 1 + fuzz::take_byte(rest) * std::size_t{16};
  const std::size_t room = 1 + fuzz::take_byte(rest) * std::size_t{64};
  const auto slow = inflate_all(*Inflater::make(kind, kFuzzLimits), rest, piece_bytes, room);
  SX_CHECK(!slow || slow->size() <= kFuzzLimits.bytes_max);
  const auto fast = inflate_all(*Inflater::make(kind, kFuzzLimits), rest, kPieceBytes, kPieceBytes);
  SX_CHECK(!slow || !fast || *slow == *fast);
  return 0;
}
