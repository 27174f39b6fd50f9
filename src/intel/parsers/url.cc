#include "intel/parsers/url.h"

#include <algorithm>

#include "intel/parsers/numbers.h"

namespace sextant::intel {
namespace {

constexpr auto kNowhere = std::string_view::npos;

std::string_view without_dash(std::string_view text) { return text == "-" ? "" : text; }

bool is_scheme(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
  });
}

// "host:80", "[2001:db8::1]:443", "user@host"; and "host:80-" of a request without a path.
void cut_authority(std::string_view authority, UrlParts& parts) {
  if (const auto at = authority.rfind('@'); at != kNowhere) authority.remove_prefix(at + 1);
  const auto bracket = authority.starts_with('[') ? authority.find(']') : kNowhere;
  auto colon = authority.rfind(':');
  if (bracket != kNowhere && colon != kNowhere && colon < bracket) colon = kNowhere;
  parts.domain = authority.substr(0, colon);
  if (colon == kNowhere) return;
  auto port = authority.substr(colon + 1);
  if (port.ends_with('-')) port.remove_suffix(1);
  const auto number = port.starts_with('-') ? std::nullopt : read_integer(port);
  if (number && *number <= 65535) parts.port = port;
}

void cut_target(std::string_view target, UrlParts& parts) {
  target = target.substr(0, target.find('#'));
  const auto question = target.find('?');
  parts.path = target.substr(0, question);
  if (question != kNowhere) parts.query = target.substr(question + 1);
}

}  // namespace

UrlParts cut_url(std::string_view url) {
  UrlParts parts;
  const auto colon = url.find("://");
  if (colon == kNowhere || !is_scheme(url.substr(0, colon))) {
    if (url.starts_with('/')) cut_target(url, parts);
    return parts;
  }
  parts.scheme = url.substr(0, colon);
  url.remove_prefix(colon + 3);
  const auto end = std::min(url.find_first_of("/?#"), url.size());
  cut_authority(url.substr(0, end), parts);
  cut_target(url.substr(end), parts);
  return parts;
}

RequestParts cut_request(std::string_view request) {
  const auto first = request.find(' ');
  if (first == kNowhere) return {.method = {}, .url = without_dash(request), .version = {}};
  RequestParts parts{.method = without_dash(request.substr(0, first)),
                     .url = request.substr(first + 1),
                     .version = {}};
  const auto last = parts.url.rfind(' ');
  if (last != kNowhere) {
    constexpr std::string_view kProtocol = "HTTP/";
    const auto version = parts.url.substr(last + 1);
    const bool named = version.starts_with(kProtocol);
    if (named || without_dash(version).empty()) {
      if (named) parts.version = version.substr(kProtocol.size());
      parts.url = parts.url.substr(0, last);
    }
  }
  parts.url = without_dash(parts.url);
  return parts;
}

}  // namespace sextant::intel
