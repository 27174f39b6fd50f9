#pragma once
// Reads what a client says about its signature: the Authorization header, or the query parameters
// of a presigned URL. Pure; every byte may be hostile.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/sigv4.h"

namespace sextant::guard {

struct ClaimedSignature {
  std::string access_key_id;
  sigv4::CredentialScope scope;
  std::vector<std::string> signed_headers;  // lower case
  std::string signature;                    // 64 hex digits
  // Of a presigned URL only.
  std::string amz_date = {};
  std::optional<std::chrono::seconds> expires = std::nullopt;
  std::string session_token = {};
  std::string query = {};  // without the signature: what is signed
};

// Invalid: the message says what is malformed, and the service has its own error code for that;
// "InvalidRequest" when the signature is of another kind.
Result<ClaimedSignature> parse_authorization(std::string_view header);

// Whether the query carries a signature, of whatever version.
bool is_presigned(std::string_view query);
Result<ClaimedSignature> parse_presigned(std::string_view query);

}  // namespace sextant::guard
