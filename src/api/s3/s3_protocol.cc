#include "api/s3/s3_protocol.h"

#include <chrono>
#include <string>
#include <utility>

#include "api/s3/s3_request.h"
#include "api/s3/s3_response.h"
#include "core/clock.h"
#include "core/time_text.h"
#include "guard/authenticate.h"

namespace sextant::api::s3 {

namespace {

std::string spaced_hex(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 3);
  for (const char c : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (!text.empty()) text += ' ';
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string request_time(const net::Request& request) {
  return std::string(net::find_header(request.headers, "x-amz-date").value_or(""));
}

// What S3 adds to the errors that clients look into.
ErrorDetails details_of(const net::Request& request, const Error& error) {
  if (error.name == "RequestTimeTooSkewed") {
    const std::chrono::milliseconds most = guard::Authenticator::kSkewMaxS3;
    return {{"RequestTime", request_time(request)},
            {"ServerTime", iso8601(std::chrono::floor<std::chrono::seconds>(SystemClock().now()))},
            {"MaxAllowedSkewMilliseconds", std::to_string(most.count())}};
  }
  if (error.name != "SignatureDoesNotMatch" || error.message != guard::kWrongSignatureS3) return {};
  const auto wrong = guard::signature_details({.method = request.method,
                                               .path = request.path(),
                                               .query = request.query(),
                                               .headers = request.headers});
  if (!wrong) return {};
  return {{"AWSAccessKeyId", wrong->access_key_id},
          {"StringToSign", wrong->string_to_sign},
          {"SignatureProvided", wrong->signature},
          {"StringToSignBytes", spaced_hex(wrong->string_to_sign)},
          {"CanonicalRequest", wrong->canonical_request},
          {"CanonicalRequestBytes", spaced_hex(wrong->canonical_request)}};
}

}  // namespace

Result<WireCall> S3Protocol::parse(const net::Request& request) const {
  return parse_request(request);
}

Result<> S3Protocol::add_document(std::string_view document, WireCall& call) const {
  return s3::add_document(document, call);
}

net::Response S3Protocol::to_response(const WireCall& call, sdk::Output output,
                                      const std::string&) const {
  return s3::to_response(call.operation, std::move(output));
}

net::Response S3Protocol::to_error(const net::Request& request, const Error& error,
                                   const std::string& request_id) const {
  return to_error_response(error, request.path(), request_id, request.method == "HEAD",
                           details_of(request, error));
}

}  // namespace sextant::api::s3
