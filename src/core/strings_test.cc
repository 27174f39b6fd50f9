#include "core/strings.h"

#include <gtest/gtest.h>

namespace sextant {
namespace {

TEST(Strings, CaseOfAscii) {
  EXPECT_EQ(to_lower("AZaz[@\xC3\x89"), "azaz[@\xC3\x89");
  EXPECT_TRUE(iequals("Content-Type", "content-tYPE"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_FALSE(iequals("[", "{"));
}

TEST(Strings, TrimAndSplit) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
}

TEST(Strings, ParseU64IsStrict) {
  EXPECT_EQ(parse_u64("0"), 0u);
  EXPECT_EQ(parse_u64("18446744073709551615"), 18446744073709551615u);
  for (const auto text : {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"}) {
    EXPECT_EQ(parse_u64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sextant
