// A batch that is pushed: how its bytes come makes no difference to what is found inside, and
// limits hold. Also the token that came with it. Input: what the request says of the encoding and
// how large the pieces are, then the bytes.

// links: services guard
#include <algorithm>
#include <array>

#include "guard/keys/intake_tokens.h"
#include "services/intake/batch_reader.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::services::intake;

namespace {

constexpr BatchLimits kFuzzLimits{.sent_bytes_max = 1 << 16, .inflate = {.bytes_max = 1 << 17}};
constexpr std::array<std::string_view, 5> kEncodings{"", "gzip", "zstd", "identity", "br"};

Result<BatchSummary> read(std::string_view bytes, std::string_view encoding, std::size_t piece) {
  SX_TRY_AS(auto reader, BatchReader::make(encoding, kFuzzLimits));
  while (!bytes.empty()) {
    SX_TRY(reader.take(bytes.substr(0, piece)));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return reader.finish();
}

void check(const BatchSummary& summary, std::string_view bytes) {
  SX_CHECK(summary.bytes > 0 && summary.lines > 0 && summary.lines <= summary.bytes);
  SX_CHECK(summary.bytes <= kFuzzLimits.inflate.bytes_max && summary.sha256.size() == 32);
  if (summary.compression != Compression::None) return;
  SX_CHECK(summary.bytes == bytes.size());
  const auto ended = static_cast<std::uint64_t>(std::ranges::count(bytes, '\n'));
  SX_CHECK(summary.lines == ended + (bytes.back() == '\n' ? 0 : 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::as_text(data, size);
  const auto encoding = kEncodings[fuzz::take_byte(rest) % kEncodings.size()];
  const std::size_t piece = 1 + fuzz::take_byte(rest);
  const auto slow = read(rest, encoding, piece);
  const auto fast = read(rest, encoding, size + 1);
  SX_CHECK(slow.has_value() == fast.has_value());
  if (slow) {
    SX_CHECK(slow->sha256 == fast->sha256 && slow->lines == fast->lines);
    check(*slow, rest);
  } else {
    SX_CHECK(!slow.error().name.empty() && slow.error().code == Code::Invalid);
  }
  const auto id = guard::intake_token_id(rest);
  SX_CHECK(id.empty() || rest.starts_with(id));
  return 0;
}
