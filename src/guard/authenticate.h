#pragma once
// Who sent this request? Checks AWS Signature Version 4 in the Authorization header or in the query
// (presigned), against the access keys of the node; or, for the HTTP intake, whose token it carries
// (RFC 6750). Source:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html; errors as AWS names them, those of
// S3 where the service is S3.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "core/result.h"
#include "core/sigv4.h"
#include "guard/keys/credential_store.h"
#include "guard/keys/intake_tokens.h"
#include "sdk/call.h"

namespace sextant::guard {

using Headers = std::vector<std::pair<std::string, std::string>>;

// A request as it was received. Views into what the caller keeps.
struct SignedRequest {
  std::string_view method;
  std::string_view path;   // as sent, percent-encoded
  std::string_view query;  // as sent, without '?'
  const Headers& headers;
  // Hex SHA-256 of the whole body, for services whose clients do not say it in
  // x-amz-content-sha256 (all but S3); not needed for S3.
  std::optional<std::string> body_sha256 = std::nullopt;
};

// What the signature says of the body.
enum class PayloadKind {
  Unsigned,               // nothing
  Hash,                   // its SHA-256
  SignedChunks,           // aws-chunked, each chunk signed
  SignedChunksTrailer,    // … and signed trailer headers
  UnsignedChunksTrailer,  // aws-chunked, trailer headers, nothing signed
};

struct Authenticated {
  sdk::Principal principal;
  PayloadKind payload = PayloadKind::Unsigned;
  std::string payload_sha256;  // of Hash: lower-case hex
  // For the signatures of chunks; empty when anonymous.
  sigv4::CredentialScope scope;
  std::string amz_date;
  std::string signing_key;
  std::string signature;
};

class Authenticator {
 public:
  static constexpr std::chrono::minutes kSkewMaxS3{15};
  static constexpr std::chrono::minutes kSkewMax{5};

  // All outlive it. Without `tokens` nobody has one.
  Authenticator(const CredentialStore& credentials, Region region,
                const IntakeTokens* tokens = nullptr)
      : credentials_(credentials), region_(std::move(region)), tokens_(tokens) {}

  // `service` is the one the request was routed to ("s3"). Without a signature: anonymous for S3,
  // whose bucket policies may admit everyone; for others MissingAuthenticationToken. Denied or
  // Invalid with AWS's error code as name. Pure but for the look-up in memory; any thread.
  Result<Authenticated> authenticate(const SignedRequest& request, std::string_view service,
                                     Time now) const;

  // As much of it as the head can say, and its errors in the same order: all but those of the
  // signature. For services whose signature hangs on a body that is still to come, so that nothing
  // is read of who can be refused without.
  Result<> check_head(const SignedRequest& request, std::string_view service, Time now) const;

 private:
  Result<Authenticated> authenticate_token(const SignedRequest& request) const;

  const CredentialStore& credentials_;
  const Region region_;
  const IntakeTokens* const tokens_;
};

// What the signature of a request should have been made of, for whoever made another.
struct SignatureDetails {
  std::string access_key_id;
  std::string signature;  // as the request has it
  std::string string_to_sign;
  std::string canonical_request;
};
// What S3 says of a signature that does not fit.
inline constexpr std::string_view kWrongSignatureS3 =
    "The request signature we calculated does not match the signature you provided. Check your key "
    "and signing method.";

// Of a request to S3; nullopt when it has no signature that can be read. Nothing of it is secret:
// it is made from the request alone.
std::optional<SignatureDetails> signature_details(const SignedRequest& request);

// Whether the head says the body's hash, so that the signature can be checked before the body.
bool says_body_hash(const Headers& headers);
// Whether it carries a token, which says nothing of the body.
bool has_token(const Headers& headers);
// The service that a request claims to be signed for: one endpoint serves many. Nothing is checked.
std::optional<std::string> claimed_service(const SignedRequest& request);
// The access key that it claims, for the audit record of a refused request.
std::string claimed_access_key(const SignedRequest& request);

}  // namespace sextant::guard
