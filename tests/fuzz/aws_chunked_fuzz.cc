// A body in aws-chunked encoding: however it is cut into pieces, the same comes out; and never more
// than was announced. Input: a byte of rules, one of announced length, one of piece length, the
// body.
// links: guard
#include "guard/chunk_decoder.h"

#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::guard;

namespace {

struct Outcome {
  std::string decoded;
  std::string error;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome decode(const ChunkRules& rules, std::string_view body, std::size_t piece) {
  ChunkDecoder decoder(rules);
  Outcome outcome;
  while (!body.empty()) {
    const auto part = body.substr(0, piece);
    body.remove_prefix(part.size());
    if (const auto fed = decoder.feed(part, outcome.decoded); !fed) {
      return {.decoded = {}, .error = fed.error().message};
    }
  }
  SX_CHECK(outcome.decoded.size() <= rules.decoded_bytes);
  if (const auto done = decoder.finish(); !done)
    return {.decoded = {}, .error = done.error().message};
  SX_CHECK(outcome.decoded.size() == rules.decoded_bytes);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::as_text(data, size);
  const auto choice = fuzz::take_byte(rest);
  ChunkRules rules;
  rules.is_signed = (choice & 1) != 0;
  rules.has_trailer = (choice & 2) != 0;
  if ((choice & 4) != 0) rules.trailer_names = {"x-amz-checksum-crc32"};
  rules.decoded_bytes = fuzz::take_byte(rest);
  const std::size_t piece = 1 + fuzz::take_byte(rest) % 16;
  const auto whole = decode(rules, rest, rest.size() + 1);
  SX_CHECK(decode(rules, rest, 1) == whole);
  SX_CHECK(decode(rules, rest, piece) == whole);
  return 0;
}
