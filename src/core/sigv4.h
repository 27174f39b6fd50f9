#pragma once
// AWS Signature Version 4, as pure mathematics over strings: used by the gate to check and by the
// command line to sign. Source:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"

namespace sextant::sigv4 {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};
};

struct CredentialScope {
  std::string date;  // yyyymmdd
  std::string region;
  std::string service;
  std::string text() const { return date + "/" + region + "/" + service + "/aws4_request"; }
};

struct SignedRequest {
  std::string method;
  std::string path;          // as sent, percent-encoded
  std::string query;         // as sent, without '?'
  Headers headers;           // only those that are signed
  std::string payload_hash;  // hex, or UNSIGNED-PAYLOAD, STREAMING-…
};

// S3 signs the path as it is; every other service encodes it once more.
std::string canonical_request(const SignedRequest& request, bool is_s3);
std::string string_to_sign(std::string_view amz_date, const CredentialScope& scope,
                           std::string_view canonical);
std::string signing_key(std::string_view secret, const CredentialScope& scope);  // 32 raw bytes
std::string signature(std::string_view signing_key, std::string_view string_to_sign);  // hex

// Adds x-amz-date, x-amz-content-sha256 (and x-amz-security-token) and Authorization to the
// request's headers, which must hold Host already and are all signed.
void sign(const Credentials& credentials, std::string_view region, std::string_view service,
          Time now, SignedRequest& request);

}  // namespace sextant::sigv4
