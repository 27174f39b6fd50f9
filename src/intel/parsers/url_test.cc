#include "intel/parsers/url.h"

#include <gtest/gtest.h>

namespace sextant::intel {
namespace {

struct UrlCase {
  std::string_view url, scheme, domain, port, path, query;
};

TEST(Url, IsCutIntoItsParts) {
  const UrlCase cases[] = {
      {"http://h:80/", "http", "h", "80", "/", ""},
      {"https://h/p?q=1?2#f", "https", "h", "", "/p", "q=1?2"},
      {"http://h:80", "http", "h", "80", "", ""},
      {"http://h:80-", "http", "h", "80", "", ""},
      {"http://h:80-/", "http", "h", "80", "/", ""},
      {"http://h?q", "http", "h", "", "", "q"},
      {"http://[::1]:8080/x", "http", "[::1]", "8080", "/x", ""},
      {"http://[::1]/x", "http", "[::1]", "", "/x", ""},
      {"http://u:p@h:1/x", "http", "h", "1", "/x", ""},
      {"http://h:/x", "http", "h", "", "/x", ""},
      {"http://h:65536/x", "http", "h", "", "/x", ""},
      {"http://h:-1/x", "http", "h", "", "/x", ""},
      {"http://:80/x", "http", "", "80", "/x", ""},
      {"http://", "http", "", "", "", ""},
      {"ws+tls://h/", "ws+tls", "h", "", "/", ""},
      {"/p?q", "", "", "", "/p", "q"},
      {"h:443", "", "", "", "", ""},
      {"*", "", "", "", "", ""},
      {"ht tp://h/", "", "", "", "", ""},
      {"", "", "", "", "", ""},
  };
  for (const auto& each : cases) {
    const auto parts = cut_url(each.url);
    EXPECT_EQ(parts.scheme, each.scheme) << each.url;
    EXPECT_EQ(parts.domain, each.domain) << each.url;
    EXPECT_EQ(parts.port, each.port) << each.url;
    EXPECT_EQ(parts.path, each.path) << each.url;
    EXPECT_EQ(parts.query, each.query) << each.url;
  }
}

struct RequestCase {
  std::string_view request, method, url, version;
};

TEST(Request, IsCutAlsoWhenItIsBroken) {
  const RequestCase cases[] = {
      {"GET http://h/ HTTP/1.1", "GET", "http://h/", "1.1"},
      {"GET /a b c HTTP/2.0", "GET", "/a b c", "2.0"},
      {"GET /a b", "GET", "/a b", ""},
      {"- http://h:80- -", "", "http://h:80-", ""},
      {"- http://h:80-/ ", "", "http://h:80-/", ""},
      {" http://h/ HTTP/1.1", "", "http://h/", "1.1"},
      {"- - -", "", "", ""},
      {"-", "", "", ""},
      {"", "", "", ""},
      {"GET", "", "GET", ""},
      {"GET ", "GET", "", ""},
      {"GET HTTP/1.1", "GET", "HTTP/1.1", ""},
  };
  for (const auto& each : cases) {
    const auto parts = cut_request(each.request);
    EXPECT_EQ(parts.method, each.method) << each.request;
    EXPECT_EQ(parts.url, each.url) << each.request;
    EXPECT_EQ(parts.version, each.version) << each.request;
  }
}

}  // namespace
}  // namespace sextant::intel
