#pragma once
// The body of an authenticated request as its operation may read it: decoded, and checked against
// what the signature says of it. An error at any point means that nothing that came before counts.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/body.h"
#include "core/result.h"
#include "guard/authenticate.h"
#include "guard/chunk_decoder.h"

namespace sextant::guard {

class PayloadBody : public Body {
 public:
  // Trailer headers (x-amz-checksum-crc32 …), names in lower case; complete once read() has given
  // the end. Checking them is the operation's business.
  virtual ChunkDecoder::Trailers trailers() const = 0;
};

// Wraps the body that came with the request. Errors at once: Invalid ("MissingContentLength",
// "InvalidRequest") when headers that the payload's form needs are missing or malformed. While
// reading, besides the body's own: Invalid ("XAmzContentSHA256Mismatch", and ChunkDecoder's),
// Denied
// ("SignatureDoesNotMatch").
Result<std::unique_ptr<PayloadBody>> check_payload(std::unique_ptr<Body> body,
                                                   const Authenticated& authenticated,
                                                   const Headers& headers);

}  // namespace sextant::guard
