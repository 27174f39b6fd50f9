#include "net/url.h"

#include <gtest/gtest.h>

#include <vector>

namespace sextant::net {
namespace {

TEST(Url, SplitsIntoWhatAClientNeeds) {
  struct Case {
    std::string text;
    std::string scheme;
    std::string host;
    int port;
    std::string target;
    std::string authority;
  };
  const std::vector<Case> cases = {
      {"http://127.0.0.1:4566", "http", "127.0.0.1", 4566, "/", "127.0.0.1:4566"},
      {"http://Example.COM", "http", "example.com", 80, "/", "example.com"},
      {"HTTPS://a/b%20c?d=e&f", "https", "a", 443, "/b%20c?d=e&f", "a"},
      {"https://a:443/x#y", "https", "a", 443, "/x", "a"},
      {"http://a:/", "http", "a", 80, "/", "a"},
      {"http://a:443", "http", "a", 443, "/", "a:443"},
      {"http://a?x=/", "http", "a", 80, "/?x=/", "a"},
      {"http://[::1]:8080/x", "http", "::1", 8080, "/x", "[::1]:8080"},
      {"http://[2001:DB8::1]", "http", "2001:db8::1", 80, "/", "[2001:db8::1]"},
  };
  for (const auto& expected : cases) {
    const auto url = parse_url(expected.text);
    ASSERT_TRUE(url) << expected.text;
    EXPECT_EQ(url->scheme, expected.scheme);
    EXPECT_EQ(url->host, expected.host);
    EXPECT_EQ(url->port, expected.port);
    EXPECT_EQ(url->target, expected.target);
    EXPECT_EQ(url->authority(), expected.authority);
    EXPECT_EQ(url->is_tls(), expected.scheme == "https");
  }
}

TEST(Url, RefusesTheRest) {
  for (const std::string_view text : {"",
                                      "a",
                                      "127.0.0.1:4566",
                                      "ftp://a",
                                      "http:/a",
                                      "http://",
                                      "http:///x",
                                      "http://:80",
                                      "http://user@a",
                                      "http://user:secret@a/",
                                      "http://a:x",
                                      "http://a:0x50",
                                      "http://a:65536",
                                      "http://a:0",
                                      "http://a:-1",
                                      "http://[::1",
                                      "http://[::1]x",
                                      "http://[]",
                                      "http://a b",
                                      "http://a/\r\nHost: b",
                                      "http://a/\x01"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, Code::Invalid);
  }
}

}  // namespace
}  // namespace sextant::net
