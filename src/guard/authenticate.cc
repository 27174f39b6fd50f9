#include "guard/authenticate.h"

#include <algorithm>
#include <utility>

#include "core/encoding.h"
#include "core/hash.h"
#include "core/strings.h"
#include "core/time_text.h"
#include "guard/intake_role.h"
#include "guard/signature_text.h"

namespace sextant::guard {
namespace {

constexpr std::string_view kContentSha256 = "x-amz-content-sha256";

// The value of a header that may stand once; "" when it is not there.
struct HeaderReader {
  const Headers& headers;

  std::size_t count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        headers, [&](const auto& header) { return iequals(header.first, name); }));
  }
  std::string_view value(std::string_view name) const {
    const auto found = std::ranges::find_if(
        headers, [&](const auto& header) { return iequals(header.first, name); });
    return found == headers.end() ? std::string_view() : trim(found->second);
  }
};

// One check of one request against one service's rules.
class Check {
 public:
  Check(const SignedRequest& request, std::string_view service, const Region& region, Time now)
      : request_(request),
        reader_{request.headers},
        service_(service),
        is_s3_(service == "s3"),
        region_(region),
        now_(now) {}

  Result<Authenticated> run(const CredentialStore& credentials) {
    SX_TRY_AS(const bool is_claimed, read_claim());
    if (!is_claimed) return anonymous();
    SX_TRY_AS(const auto credential, check_claim(credentials));
    return verify(*credential);
  }

  std::optional<SignatureDetails> describe() {
    const auto claimed = read_claim();
    Authenticated read;
    if (!claimed || !*claimed || !read_payload(read)) return std::nullopt;
    const auto canonical = canonical_request(read);
    return SignatureDetails{
        .access_key_id = claim_.access_key_id,
        .signature = claim_.signature,
        .string_to_sign = sigv4::string_to_sign(claim_.amz_date, claim_.scope, canonical),
        .canonical_request = canonical};
  }

  Result<> run_head(const CredentialStore& credentials) {
    SX_TRY_AS(const bool is_claimed, read_claim());
    if (is_claimed) {
      SX_TRY(check_claim(credentials));
    } else {
      SX_TRY(anonymous());
    }
    return {};
  }

 private:
  // False when there is none.
  Result<bool> read_claim() {
    SX_TRY(refuse_repeated());
    if (reader_.count("authorization") > 0 && is_presigned(request_.query)) {
      return fail(
          Code::Invalid,
          "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the "
          "Authorization header should be specified",
          "InvalidArgument");
    }
    if (reader_.count("authorization") > 0) {
      auto claim = parse_authorization(reader_.value("authorization"));
      if (!claim) return std::unexpected(malformed(claim.error()));
      claim_ = std::move(*claim);
      claim_.amz_date = std::string(reader_.value("x-amz-date"));
      claim_.session_token = std::string(reader_.value("x-amz-security-token"));
      claim_.query = std::string(request_.query);
    } else if (is_presigned(request_.query)) {
      auto claim = parse_presigned(request_.query);
      if (!claim) return std::unexpected(malformed_query(claim.error()));
      claim_ = std::move(*claim);
    } else {
      return false;
    }
    return true;
  }

  Result<CredentialPtr> check_claim(const CredentialStore& credentials) const {
    SX_TRY(check_scope());
    SX_TRY(check_time());
    SX_TRY(check_signed_headers());
    return find_credential(credentials);
  }

  std::unexpected<Error> denied(std::string s3_name, std::string other_name,
                                std::string message) const {
    return fail(Code::Denied, std::move(message),
                is_s3_ ? std::move(s3_name) : std::move(other_name));
  }
  Error malformed(const Error& what) const {
    if (!what.name.empty()) return what;
    const auto* prefix = is_s3_ ? "The authorization header is malformed; " : "";
    return {.code = Code::Invalid,
            .message = prefix + what.message,
            .name = is_s3_ ? "AuthorizationHeaderMalformed" : "IncompleteSignature"};
  }
  Error malformed_query(const Error& what) const {
    if (!what.name.empty()) return what;
    return {.code = Code::Invalid,
            .message = what.message,
            .name = is_s3_ ? "AuthorizationQueryParametersError" : "IncompleteSignature"};
  }

  // A header that two readers could understand differently.
  Result<> refuse_repeated() const {
    for (const auto* name : {"authorization", "host", "x-amz-date", "x-amz-content-sha256",
                             "x-amz-security-token", "x-amz-decoded-content-length"}) {
      if (reader_.count(name) > 1) {
        return fail(Code::Invalid, "the header " + std::string(name) + " may stand only once",
                    "InvalidRequest");
      }
    }
    return {};
  }

  Result<Authenticated> anonymous() const {
    if (!is_s3_) {
      return fail(Code::Denied, "Request is missing Authentication Token",
                  "MissingAuthenticationToken");
    }
    Authenticated result;
    SX_TRY(read_payload(result));
    const bool needs_key = result.payload == PayloadKind::SignedChunks ||
                           result.payload == PayloadKind::SignedChunksTrailer;
    if (!needs_key) return result;
    return fail(Code::Denied, "signed chunks need a signed request", "AccessDenied");
  }

  Result<> check_scope() const {
    const auto& scope = claim_.scope;
    if (scope.service != service_) {
      return wrong_scope(
          "service", scope.service, std::string(service_),
          "Credential should be scoped to correct service: '" + std::string(service_) + "'.");
    }
    // IAM is one for all regions: its clients sign for the first of them, or for where they are.
    const bool global = service_ == "iam" && scope.region == "us-east-1";
    if (scope.region != region_.text() && !global) {
      return wrong_scope("region", scope.region, region_.text(),
                         "Credential should be scoped to a valid region.");
    }
    return {};
  }
  Result<> wrong_scope(std::string_view what, std::string_view given, const std::string& expected,
                       std::string other_message) const {
    if (!is_s3_) return fail(Code::Denied, std::move(other_message), "SignatureDoesNotMatch");
    return std::unexpected(
        malformed({.code = Code::Invalid,
                   .message = "the " + std::string(what) + " '" + std::string(given) +
                              "' is wrong; expecting '" + expected + "'"}));
  }

  Result<> check_time() const {
    const auto signed_at = parse_iso8601_basic(claim_.amz_date);
    if (!signed_at) {
      return denied("AccessDenied", "IncompleteSignature",
                    "AWS authentication requires a valid x-amz-date header of the form "
                    "yyyymmddThhmmssZ");
    }
    if (!claim_.amz_date.starts_with(claim_.scope.date)) {
      return denied("SignatureDoesNotMatch", "SignatureDoesNotMatch",
                    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                    "date from HTTP");
    }
    const auto skew_max = is_s3_ ? Authenticator::kSkewMaxS3 : Authenticator::kSkewMax;
    const bool early = *signed_at > now_ + skew_max;
    if (claim_.expires) return check_expiry(*signed_at, early);
    if (!early && *signed_at >= now_ - skew_max) return {};
    if (is_s3_) {
      return fail(Code::Denied,
                  "The difference between the request time and the current time is too large.",
                  "RequestTimeTooSkewed");
    }
    return fail(Code::Denied,
                (early ? "Signature not yet current: " : "Signature expired: ") + claim_.amz_date +
                    (early ? " is still later than " : " is now earlier than ") +
                    iso8601_basic(early ? now_ + skew_max : now_ - skew_max) + " (" +
                    iso8601_basic(now_) + (early ? " + " : " - ") +
                    std::to_string(skew_max.count()) + " min.)",
                "SignatureDoesNotMatch");
  }

  Result<> check_expiry(Time signed_at, bool early) const {
    if (early) return fail(Code::Denied, "Request is not yet valid", "AccessDenied");
    if (now_ < signed_at + *claim_.expires) return {};
    return fail(Code::Denied, "Request has expired", "AccessDenied");
  }

  bool is_signed(std::string_view name) const {
    return std::ranges::any_of(claim_.signed_headers,
                               [&](const std::string& one) { return iequals(one, name); });
  }

  // Host and every x-amz-… header steer what the request does, so each must be under the signature.
  Result<> check_signed_headers() const {
    if (!is_signed("host")) return unsigned_header("host");
    for (const auto& [name, value] : request_.headers) {
      if (to_lower(name).starts_with("x-amz-") && !is_signed(name)) return unsigned_header(name);
    }
    if (is_s3_ && !claim_.expires && reader_.count(kContentSha256) == 0) {
      return fail(Code::Invalid, "Missing required header for this request: x-amz-content-sha256",
                  "InvalidRequest");
    }
    for (const auto& name : claim_.signed_headers) {
      if (reader_.count(name) == 0) {
        return denied("SignatureDoesNotMatch", "SignatureDoesNotMatch",
                      "the signed header " + name + " is not in the request");
      }
    }
    return {};
  }
  Result<> unsigned_header(const std::string& name) const {
    return denied("AccessDenied", "SignatureDoesNotMatch",
                  "There were headers present in the request which were not signed: " + name);
  }

  Result<CredentialPtr> find_credential(const CredentialStore& credentials) const {
    const auto& id = claim_.access_key_id;
    if (!claim_.session_token.empty()) {
      auto session = credentials.open_session(id, claim_.session_token, now_);
      if (session || is_s3_ || session.error().name == "ExpiredToken") return session;
      return unknown_key();
    }
    auto found = credentials.find(id);
    if (found == nullptr) return unknown_key();
    return found;
  }
  std::unexpected<Error> unknown_key() const {
    return denied("InvalidAccessKeyId", "InvalidClientTokenId",
                  is_s3_ ? "The AWS Access Key Id you provided does not exist in our records."
                         : "The security token included in the request is invalid.");
  }

  Result<Authenticated> verify(const Credential& credential) const {
    Authenticated result;
    result.principal = credential.principal;
    result.scope = claim_.scope;
    result.amz_date = claim_.amz_date;
    SX_TRY(read_payload(result));
    const auto canonical = canonical_request(result);
    const auto text = sigv4::string_to_sign(claim_.amz_date, claim_.scope, canonical);
    result.signing_key = sigv4::signing_key(credential.secret_access_key, claim_.scope);
    result.signature = sigv4::signature(result.signing_key, text);
    if (equal_constant_time(result.signature, claim_.signature)) return result;
    if (is_s3_) return fail(Code::Denied, std::string(kWrongSignatureS3), "SignatureDoesNotMatch");
    return fail(Code::Denied,
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method.\n\nThe Canonical String for "
                "this request should have been\n'" +
                    canonical + "'\n\nThe String-to-Sign should have been\n'" + text + "'\n",
                "SignatureDoesNotMatch");
  }

  std::string canonical_request(const Authenticated& result) const {
    return sigv4::canonical_request({.method = std::string(request_.method),
                                     .path = std::string(request_.path),
                                     .query = claim_.query,
                                     .headers = signed_headers(),
                                     .payload_hash = signed_payload_hash(result)},
                                    is_s3_);
  }

  sigv4::Headers signed_headers() const {
    sigv4::Headers chosen;
    for (const auto& header : request_.headers) {
      if (is_signed(header.first)) chosen.push_back(header);
    }
    return chosen;
  }

  std::string signed_payload_hash(const Authenticated& result) const {
    const auto given = reader_.value(kContentSha256);
    if (!given.empty()) return std::string(given);
    if (claim_.expires && is_s3_) return "UNSIGNED-PAYLOAD";
    return result.payload_sha256;
  }

  // What the request says of its body: the header (all forms for S3, a hash elsewhere), or for
  // services without it the body itself.
  Result<> read_payload(Authenticated& result) const {
    const auto text = reader_.value(kContentSha256);
    if (text.empty()) return read_body_hash(result);
    if (text.size() == 64 && from_hex(text)) {
      result.payload = PayloadKind::Hash;
      result.payload_sha256 = to_lower(text);
      if (!request_.body_sha256 || *request_.body_sha256 == result.payload_sha256) return {};
      return fail(Code::Invalid,
                  "The provided 'x-amz-content-sha256' header does not match what was computed.",
                  "XAmzContentSHA256Mismatch");
    }
    constexpr std::pair<std::string_view, PayloadKind> kForms[] = {
        {"UNSIGNED-PAYLOAD", PayloadKind::Unsigned},
        {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", PayloadKind::SignedChunks},
        {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", PayloadKind::SignedChunksTrailer},
        {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", PayloadKind::UnsignedChunksTrailer},
    };
    const auto* form =
        std::ranges::find(kForms, text, &std::pair<std::string_view, PayloadKind>::first);
    if (!is_s3_ || form == std::end(kForms)) {
      return fail(Code::Invalid,
                  "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                  "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
                  "InvalidArgument");
    }
    result.payload = form->second;
    return {};
  }
  Result<> read_body_hash(Authenticated& result) const {
    if (is_s3_) return {};  // anonymous or presigned
    if (!request_.body_sha256) {
      return fail(Code::Invalid, "Missing required header for this request: x-amz-content-sha256",
                  "InvalidRequest");
    }
    result.payload = PayloadKind::Hash;
    result.payload_sha256 = *request_.body_sha256;
    return {};
  }

  const SignedRequest& request_;
  const HeaderReader reader_;
  const std::string_view service_;
  const bool is_s3_;
  const Region& region_;
  const Time now_;
  ClaimedSignature claim_;
};

// The token of "Bearer TOKEN"; nullopt when it is signed or has no such header.
std::optional<std::string_view> token_of(const Headers& headers) {
  constexpr std::string_view kScheme = "bearer ";
  const auto value = HeaderReader{headers}.value("authorization");
  if (value.size() < kScheme.size() || !iequals(value.substr(0, kScheme.size()), kScheme))
    return std::nullopt;
  return trim(value.substr(kScheme.size()));
}

std::optional<ClaimedSignature> claim_of(const SignedRequest& request) {
  const HeaderReader reader{request.headers};
  auto claim = reader.count("authorization") > 0
                   ? parse_authorization(reader.value("authorization"))
                   : parse_presigned(request.query);
  if (!claim) return std::nullopt;
  return std::move(*claim);
}

}  // namespace

Result<Authenticated> Authenticator::authenticate(const SignedRequest& request,
                                                  std::string_view service, Time now) const {
  if (service == "sextant" && tokens_ != nullptr && has_token(request.headers))
    return authenticate_token(request);
  return Check(request, service, region_, now).run(credentials_);
}

Result<Authenticated> Authenticator::authenticate_token(const SignedRequest& request) const {
  if (HeaderReader{request.headers}.count("authorization") > 1) {
    return fail(Code::Invalid, "the header authorization may stand only once", "InvalidRequest");
  }
  const auto source = tokens_->find(*token_of(request.headers));
  if (source == nullptr) {
    return fail(Code::Denied, "The security token included in the request is invalid.",
                "InvalidClientTokenId");
  }
  Authenticated result;
  result.principal = intake_principal(tokens_->scope(), *source);
  return result;
}

Result<> Authenticator::check_head(const SignedRequest& request, std::string_view service,
                                   Time now) const {
  return Check(request, service, region_, now).run_head(credentials_);
}

std::optional<SignatureDetails> signature_details(const SignedRequest& request) {
  const Region any;
  return Check(request, "s3", any, Time{}).describe();
}

bool says_body_hash(const Headers& headers) {
  return HeaderReader{headers}.count(kContentSha256) > 0;
}

bool has_token(const Headers& headers) { return token_of(headers).has_value(); }

std::optional<std::string> claimed_service(const SignedRequest& request) {
  const auto claim = claim_of(request);
  if (!claim) return std::nullopt;
  return claim->scope.service;
}

std::string claimed_access_key(const SignedRequest& request) {
  if (const auto token = token_of(request.headers)) return std::string(intake_token_id(*token));
  const auto claim = claim_of(request);
  return claim ? claim->access_key_id : std::string();
}

}  // namespace sextant::guard
