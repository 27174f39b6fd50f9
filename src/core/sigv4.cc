#include "core/sigv4.h"

#include <algorithm>

#include "core/encoding.h"
#include "core/hash.h"
#include "core/strings.h"
#include "core/time_text.h"

namespace sextant::sigv4 {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// Decoded and encoded again, so that both sides sign one spelling; a broken escape stays literal.
std::string recode(std::string_view text, Slash slash) {
  const auto decoded = uri_decode(text);
  return uri_encode(decoded ? std::string_view(*decoded) : text, slash);
}

// RFC 3986 §5.2.4 without empty segments.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const auto segment : split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string clean;
  for (const auto segment : kept) clean.append("/").append(segment);
  const bool is_folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  if (clean.empty() || is_folder) clean.push_back('/');
  return clean;
}

std::string canonical_path(std::string_view path, bool is_s3) {
  if (path.empty()) return "/";
  if (is_s3) return recode(path, Slash::Keep);
  return uri_encode(without_dot_segments(path), Slash::Keep);
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto piece : split(query, '&')) {
    if (piece.empty()) continue;
    const auto equals = std::min(piece.find('='), piece.size());
    const auto value = piece.substr(std::min(equals + 1, piece.size()));
    parameters.emplace_back(recode(piece.substr(0, equals), Slash::Encode),
                            recode(value, Slash::Encode));
  }
  std::ranges::sort(parameters);
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text.push_back('&');
    text.append(name).append("=").append(value);
  }
  return text;
}

// Without blanks at the ends, and runs of blanks inside as one space.
std::string squeezed(std::string_view value) {
  std::string text;
  for (const char c : trim(value)) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank || text.empty() || text.back() != ' ') text.push_back(blank ? ' ' : c);
  }
  return text;
}

struct CanonicalHeaders {
  std::string lines;  // "name:value\n" each, by name; values of one name joined by commas
  std::string names;  // "host;x-amz-date"
};

CanonicalHeaders canonical_headers(const Headers& headers) {
  Headers sorted;
  for (const auto& [name, value] : headers) sorted.emplace_back(to_lower(name), squeezed(value));
  std::ranges::stable_sort(sorted, {}, &Headers::value_type::first);

  CanonicalHeaders canonical;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [name, value] = sorted[i];
    if (i > 0 && sorted[i - 1].first == name) {
      canonical.lines.back() = ',';
    } else {
      if (i > 0) canonical.names.push_back(';');
      canonical.names.append(name);
      canonical.lines.append(name).push_back(':');
    }
    canonical.lines.append(value).push_back('\n');
  }
  return canonical;
}

}  // namespace

std::string canonical_request(const SignedRequest& request, bool is_s3) {
  const auto headers = canonical_headers(request.headers);
  std::string text = request.method;
  text.append("\n").append(canonical_path(request.path, is_s3));
  text.append("\n").append(canonical_query(request.query));
  text.append("\n").append(headers.lines);
  text.append("\n").append(headers.names);
  text.append("\n").append(request.payload_hash);
  return text;
}

std::string string_to_sign(std::string_view amz_date, const CredentialScope& scope,
                           std::string_view canonical) {
  std::string text(kAlgorithm);
  text.append("\n").append(amz_date);
  text.append("\n").append(scope.text());
  text.append("\n").append(sha256_hex(canonical));
  return text;
}

std::string signing_key(std::string_view secret, const CredentialScope& scope) {
  std::string key = hmac_sha256("AWS4" + std::string(secret), scope.date);
  for (const std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service),
        std::string_view("aws4_request")}) {
    key = hmac_sha256(key, part);
  }
  return key;
}

std::string signature(std::string_view key, std::string_view text) {
  return hex(hmac_sha256(key, text));
}

void sign(const Credentials& credentials, std::string_view region, std::string_view service,
          Time now, SignedRequest& request) {
  const std::string amz_date = iso8601_basic(now);
  request.headers.emplace_back("x-amz-date", amz_date);
  request.headers.emplace_back("x-amz-content-sha256", request.payload_hash);
  if (!credentials.session_token.empty()) {
    request.headers.emplace_back("x-amz-security-token", credentials.session_token);
  }
  const CredentialScope scope{.date = amz_date.substr(0, 8),
                              .region = std::string(region),
                              .service = std::string(service)};
  const std::string canonical = canonical_request(request, service == "s3");
  const std::string text = string_to_sign(amz_date, scope, canonical);
  std::string authorization(kAlgorithm);
  authorization.append(" Credential=").append(credentials.access_key_id);
  authorization.append("/").append(scope.text());
  authorization.append(", SignedHeaders=").append(canonical_headers(request.headers).names);
  authorization.append(", Signature=")
      .append(signature(signing_key(credentials.secret_access_key, scope), text));
  request.headers.emplace_back("Authorization", std::move(authorization));
}

}  // namespace sextant::sigv4
