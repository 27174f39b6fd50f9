#include "guard/signature_text.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/encoding.h"
#include "core/strings.h"

namespace sextant::guard {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kAsymmetric = "AWS4-ECDSA-P256-SHA256";
constexpr std::size_t kSignedHeadersMax = 100;
constexpr std::uint64_t kExpiresMax = 604'800;  // seven days

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::Invalid, std::move(message));
}

std::unexpected<Error> unsupported(std::string_view algorithm) {
  const bool asymmetric = algorithm.starts_with(kAsymmetric);
  return fail(Code::Invalid,
              asymmetric ? "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not supported: sign "
                           "with AWS4-HMAC-SHA256."
                         : "The authorization mechanism you have provided is not supported. Please "
                           "use AWS4-HMAC-SHA256.",
              "InvalidRequest");
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<> read_credential(std::string_view text, ClaimedSignature& claim) {
  const auto parts = split(text, '/');
  const bool complete = parts.size() == 5 && std::ranges::none_of(parts, [](auto part) {
                          return part.empty() || part.size() > 128;
                        });
  if (!complete) {
    return malformed(
        "the Credential is mal-formed; expecting "
        "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
  }
  if (parts[4] != "aws4_request") {
    return malformed("Credential should be scoped with a valid terminator: 'aws4_request'.");
  }
  if (parts[1].size() != 8 || !parse_u64(parts[1])) {
    return malformed("Credential should have a date of the form yyyymmdd.");
  }
  claim.access_key_id = std::string(parts[0]);
  claim.scope = {.date = std::string(parts[1]),
                 .region = std::string(parts[2]),
                 .service = std::string(parts[3])};
  return {};
}

Result<> read_signed_headers(std::string_view text, ClaimedSignature& claim) {
  for (const auto name : split(text, ';')) {
    const bool plain = !name.empty() && std::ranges::none_of(name, [](char c) {
      return c <= ' ' || c == ':' || c == 127 || (c >= 'A' && c <= 'Z');
    });
    if (!plain) return malformed("SignedHeaders must be lower-case header names between ';'.");
    claim.signed_headers.emplace_back(name);
  }
  auto sorted = claim.signed_headers;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) {
    return malformed("SignedHeaders names a header twice.");
  }
  if (sorted.size() > kSignedHeadersMax) return malformed("SignedHeaders names too many headers.");
  return {};
}

Result<> read_signature(std::string_view text, ClaimedSignature& claim) {
  if (text.size() != 64 || !is_hex(text)) {
    return malformed("the Signature must be 64 lower-case hexadecimal digits.");
  }
  claim.signature = std::string(text);
  return {};
}

// Each of the three at most once, nothing else.
Result<> read_component(std::string_view name, std::string_view value, ClaimedSignature& claim) {
  if (name == "Credential" && claim.access_key_id.empty()) return read_credential(value, claim);
  if (name == "SignedHeaders" && claim.signed_headers.empty()) {
    return read_signed_headers(value, claim);
  }
  if (name == "Signature" && claim.signature.empty()) return read_signature(value, claim);
  return malformed("'" + std::string(name.substr(0, 40)) +
                   "' stands twice or does not belong in an Authorization header.");
}

Result<> check_complete(const ClaimedSignature& claim) {
  if (claim.access_key_id.empty()) return malformed("Authorization requires 'Credential'.");
  if (claim.signed_headers.empty()) return malformed("Authorization requires 'SignedHeaders'.");
  if (claim.signature.empty()) return malformed("Authorization requires 'Signature'.");
  return {};
}

// The parameters of a presigned URL by lower-case name; Invalid when one stands twice.
// A flat list of cases, read one by one.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
Result<std::map<std::string, std::string>> signing_parameters(std::string_view query,
                                                              std::string& rest) {
  std::map<std::string, std::string> found;
  for (const auto piece : split(query, '&')) {
    const auto equals = piece.find('=');
    const auto name = uri_decode(piece.substr(0, equals));
    const bool is_signature = name && iequals(*name, "X-Amz-Signature");
    if (!is_signature) rest.append(rest.empty() ? "" : "&").append(piece);
    if (!name || !to_lower(*name).starts_with("x-amz-")) continue;
    auto value = uri_decode(equals == std::string_view::npos ? "" : piece.substr(equals + 1));
    if (!value) return malformed("the query parameter " + *name + " is not well encoded.");
    if (!found.emplace(to_lower(*name), std::move(*value)).second) {
      return malformed("the query parameter " + *name + " stands twice.");
    }
  }
  return found;
}

bool has_parameter(std::string_view query, std::string_view wanted) {
  return std::ranges::any_of(split(query, '&'), [&](std::string_view piece) {
    const auto name = uri_decode(piece.substr(0, piece.find('=')));
    return name && iequals(*name, wanted);
  });
}

}  // namespace

Result<ClaimedSignature> parse_authorization(std::string_view header) {
  const auto space = header.find(' ');
  const auto algorithm = header.substr(0, space);
  if (algorithm != kAlgorithm) return unsupported(algorithm);
  ClaimedSignature claim;
  const auto rest = space == std::string_view::npos ? std::string_view() : header.substr(space);
  for (const auto piece : split(rest, ',')) {
    const auto component = trim(piece);
    const auto equals = component.find('=');
    if (equals == std::string_view::npos) {
      return malformed("Authorization must be Credential=…, SignedHeaders=…, Signature=….");
    }
    SX_TRY(read_component(component.substr(0, equals), component.substr(equals + 1), claim));
  }
  SX_TRY(check_complete(claim));
  return claim;
}

bool is_presigned(std::string_view query) {
  return has_parameter(query, "X-Amz-Algorithm") || has_parameter(query, "AWSAccessKeyId");
}

Result<ClaimedSignature> parse_presigned(std::string_view query) {
  ClaimedSignature claim;
  SX_TRY_AS(auto parameters, signing_parameters(query, claim.query));
  // Without an algorithm it is a URL of Signature Version 2.
  if (parameters["x-amz-algorithm"] != kAlgorithm) {
    return unsupported(parameters["x-amz-algorithm"]);
  }
  for (const auto* needed : {"x-amz-credential", "x-amz-date", "x-amz-expires",
                             "x-amz-signedheaders", "x-amz-signature"}) {
    if (parameters[needed].empty()) {
      return malformed(
          "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
          "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
    }
  }
  SX_TRY(read_credential(parameters["x-amz-credential"], claim));
  SX_TRY(read_signed_headers(parameters["x-amz-signedheaders"], claim));
  SX_TRY(read_signature(parameters["x-amz-signature"], claim));
  const auto expires = parse_u64(parameters["x-amz-expires"]);
  if (!expires || *expires == 0 || *expires > kExpiresMax) {
    return malformed("X-Amz-Expires must be a number of seconds from 1 to 604800.");
  }
  claim.expires = std::chrono::seconds(*expires);
  claim.amz_date = parameters["x-amz-date"];
  claim.session_token = parameters["x-amz-security-token"];
  return claim;
}

}  // namespace sextant::guard
