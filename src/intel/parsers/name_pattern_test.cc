#include "intel/parsers/name_pattern.h"

#include <gtest/gtest.h>

namespace sextant::intel {
namespace {

struct NameCase {
  std::string_view pattern;
  std::string_view name;
  bool matches;
};

TEST(NamePattern, StarsQuestionMarksAndDigits) {
  constexpr NameCase kCases[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "anything/at all", true},
      {"a", "a", true},
      {"a", "ab", false},
      {"ab", "a", false},
      {"?", "", false},
      {"?b", "ab", true},
      {"#-#", "1-2", true},
      {"#-#", "1-x", false},
      {"#", "/", false},
      {"#", ":", false},
      {"*a*b*", "xxaxxbxx", true},
      {"*a*b*", "xxbxxaxx", false},
      {"*ab", "aab", true},
      {"*ab", "abab", true},
      {"*ab", "aba", false},
      {"a**", "a", true},
      {"*/x/*_y*", "s3://b/x/1/2_y3", true},
      {"*/x/*_y*", "s3://b/x_y3", false},
  };
  for (const auto& each : kCases) {
    EXPECT_EQ(matches_name(each.pattern, each.name), each.matches)
        << each.pattern << " against " << each.name;
  }
}

TEST(NamePattern, ManyStarsEnd) {
  const std::string name(4'000, 'a');
  EXPECT_FALSE(matches_name("*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
}

}  // namespace
}  // namespace sextant::intel
