#pragma once
// The request line and the URL in it, as load balancers log them: also the broken ones.
#include <string_view>

namespace sextant::intel {

// Empty where there is none. The views point into the text that was cut.
struct UrlParts {
  std::string_view scheme;
  std::string_view domain;  // an IPv6 address keeps its brackets
  std::string_view port;    // decimal, at most 65535
  std::string_view path;
  std::string_view query;  // without '?'
};
UrlParts cut_url(std::string_view url);

struct RequestParts {
  std::string_view method;
  std::string_view url;      // may hold spaces
  std::string_view version;  // "1.1"
};
// "GET http://host:80/ HTTP/1.1", and what balancers write for requests that they could not read:
// "- http://host:80- -", "- http://host:80-/ ", "-".
RequestParts cut_request(std::string_view request);

}  // namespace sextant::intel
