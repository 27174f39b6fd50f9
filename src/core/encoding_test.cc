#include "core/encoding.h"

#include <gtest/gtest.h>

namespace sextant {
namespace {

using namespace std::string_view_literals;

TEST(Encoding, Base64OfRfc4648) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"},
                                                                      {"\xff\xfe", "//4="}};
  for (const auto& [bytes, text] : kCases) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes) << text;
  }
}

TEST(Encoding, Base64IsStrict) {
  for (const auto text : {"Z", "Zg", "Zg=", "Zm9", "Zg==Zg==", "Zm9v\n", "=",
                          "====", "Z===", "Zh==", "Zm9=", "Zm-_", "Zm 9"}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

TEST(Encoding, HexBothWays) {
  EXPECT_EQ(hex("\x00\xff\x10"sv), "00ff10");
  EXPECT_EQ(from_hex("00FFa0"), "\x00\xff\xa0"sv);
  for (const auto text : {"0", "0g", "g0", "0x", " 0"}) EXPECT_EQ(from_hex(text), std::nullopt);
}

TEST(Encoding, UriEncodesAllButUnreserved) {
  EXPECT_EQ(uri_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(uri_encode("a b/c+\xC3\xA9*"), "a%20b%2Fc%2B%C3%A9%2A");
  EXPECT_EQ(uri_encode("/a b/", Slash::Keep), "/a%20b/");
}

TEST(Encoding, UriDecode) {
  EXPECT_EQ(uri_decode("a%20b%2fc%2B+"), "a b/c++");
  EXPECT_EQ(uri_decode("%41"), "A");
  for (const auto text : {"%", "%4", "%4g", "%g4", "abc%"}) {
    EXPECT_EQ(uri_decode(text), std::nullopt) << text;
  }
}

TEST(Encoding, Utf8) {
  EXPECT_TRUE(valid_utf8("plain"));
  EXPECT_TRUE(valid_utf8("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
  EXPECT_TRUE(valid_utf8(""));
  for (const auto text :
       {"\xff"sv, "\xC3"sv, "\xC0\x80"sv, "\xED\xA0\x80"sv, "\xF5\x80\x80\x80"sv}) {
    EXPECT_FALSE(valid_utf8(text));
  }
}

}  // namespace
}  // namespace sextant
