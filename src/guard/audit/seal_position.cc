#include "guard/audit/seal_position.h"

#include <algorithm>

#include "core/wire.h"

namespace sextant::guard {
namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : int { kNumber = 1, kLast, kChain, kEnded, kDigestHash, kDigestSignature };

}  // namespace

std::string encode(const SealPosition& position) {
  return wire::Writer(kVersion)
      .number(kNumber, position.number)
      .number(kLast, position.last)
      .text(kChain, {reinterpret_cast<const char*>(position.chain.data()), position.chain.size()})
      .time(kEnded, position.ended)
      .text(kDigestHash, position.digest_hash)
      .text(kDigestSignature, position.digest_signature)
      .finish();
}

Result<SealPosition> decode_seal_position(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  SealPosition position;
  std::string_view chain;
  while (reader.next()) {
    switch (reader.field()) {
      case kNumber: position.number = reader.number(); break;
      case kLast: position.last = reader.number(); break;
      case kChain: chain = reader.text(); break;
      case kEnded: position.ended = reader.time(); break;
      case kDigestHash: position.digest_hash = std::string(reader.text()); break;
      case kDigestSignature: position.digest_signature = std::string(reader.text()); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  if (chain.size() != position.chain.size())
    return fail(Code::Corrupt, "a seal position without a hash");
  std::copy(chain.begin(), chain.end(), position.chain.begin());
  return position;
}

}  // namespace sextant::guard
