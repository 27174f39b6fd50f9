#include "guard/iam/pattern.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/strings.h"

namespace sextant::guard::iam {
namespace {

struct Row {
  const char* pattern;
  const char* text;
  bool matches;
};

class PatternTable : public testing::TestWithParam<Row> {};

TEST_P(PatternTable, Matches) {
  const auto& row = GetParam();
  EXPECT_EQ(make_pattern(row.pattern).matches(row.text), row.matches)
      << row.pattern << " on " << row.text;
}

INSTANTIATE_TEST_SUITE_P(
    Wildcards, PatternTable,
    testing::Values(Row{"", "", true}, Row{"", "a", false}, Row{"*", "", true},
                    Row{"*", "anything:at/all", true}, Row{"?", "", false}, Row{"?", "a", true},
                    Row{"?", "ab", false}, Row{"a*", "a", true}, Row{"a*", "ba", false},
                    Row{"*a", "ba", true}, Row{"*a", "ab", false}, Row{"a*b", "ab", true},
                    Row{"a*b", "a-b-b", true}, Row{"a*b", "a", false}, Row{"a*a", "a", false},
                    Row{"*ab*ab*", "ab", false}, Row{"*ab*ab*", "xabyabz", true},
                    Row{"a?c", "abc", true}, Row{"a?c", "ac", false}, Row{"*?", "", false},
                    Row{"*?", "x", true}, Row{"?*?", "x", false}, Row{"?*?", "xy", true},
                    Row{"a*?b*c", "a1bc", true}, Row{"a*?b*c", "abc", false}, Row{"**", "x", true},
                    Row{"a**b", "axb", true}, Row{"*b?", "abab", false}, Row{"*a?", "abab", true},
                    Row{"*a?*", "a", false}, Row{"a.c", "abc", false}, Row{"?", "é", true},
                    Row{"??", "é", false}, Row{"*?x", "日x", true}));

// The plainest possible definition, exponential but obviously right.
bool matches_by_definition(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return matches_by_definition(pattern.substr(1), text) ||
           (!text.empty() && matches_by_definition(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         matches_by_definition(pattern.substr(1), text.substr(1));
}

TEST(Pattern, AgreesWithTheDefinition) {
  std::mt19937 random(7);
  const auto text_of = [&](std::string_view letters, std::size_t length_max) {
    std::string text(random() % (length_max + 1), ' ');
    for (char& c : text) c = letters[random() % letters.size()];
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto pattern = text_of("ab*?", 7);
    const auto text = text_of("ab", 9);
    ASSERT_EQ(make_pattern(pattern).matches(text), matches_by_definition(pattern, text))
        << pattern << " on " << text;
  }
}

std::vector<PatternPiece> pieces_of(const std::string& pattern) {
  using Kind = PatternPiece::Kind;
  std::vector<PatternPiece> pieces;
  for (const char& c : pattern) {
    const auto kind = c == '*' ? Kind::AnyRun : c == '?' ? Kind::AnyCharacter : Kind::Text;
    pieces.push_back({kind, kind == Kind::Text ? std::string_view(&c, 1) : std::string_view()});
  }
  return pieces;
}

TEST(Pattern, PutTogetherForOneMatchItIsTheSame) {
  std::mt19937 random(8);
  const auto text_of = [&](std::initializer_list<const char*> letters, std::size_t count_max) {
    std::string text;
    for (auto count = random() % (count_max + 1); count > 0; --count) {
      text += *(letters.begin() + random() % letters.size());
    }
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto pattern = text_of({"a", "B", "*", "?", "é"}, 7);
    const auto text = text_of({"a", "B", "é"}, 9);
    const auto pieces = pieces_of(pattern);
    ASSERT_EQ(matches(pieces, text, false), make_pattern(pattern).matches(text))
        << pattern << " on " << text;
    ASSERT_EQ(matches(pieces, to_lower(text), true),
              make_pattern(to_lower(pattern)).matches(to_lower(text)))
        << pattern << " on " << text;
  }
}

TEST(Pattern, ManyRunsEndInBoundedTime) {
  std::string pattern;
  for (int i = 0; i < 5'000; ++i) pattern += "*a";
  const std::string text(8'000, 'a');
  EXPECT_TRUE(make_pattern(pattern).matches(text));
  EXPECT_FALSE(make_pattern(pattern + "b").matches(text));
  std::string doubtful;
  for (int i = 0; i < 1'000; ++i) doubtful += "*?a?";
  EXPECT_FALSE(make_pattern(doubtful + "b").matches(text));
  EXPECT_TRUE(matches(pieces_of(pattern), text, true));
  EXPECT_FALSE(matches(pieces_of(pattern + "b"), text, true));
  EXPECT_FALSE(matches(pieces_of(doubtful + "b"), text, false));
}

TEST(Pattern, TellsWhatItBeginsWith) {
  EXPECT_EQ(make_pattern("s3:get*").literal_start(), "s3:get");
  EXPECT_EQ(make_pattern("s3:?et").literal_start(), "s3:");
  EXPECT_EQ(make_pattern("s3:put").literal_start(), "s3:put");
  EXPECT_FALSE(make_pattern("s3:put").has_wildcard());
  EXPECT_TRUE(make_pattern("s3:pu?").has_wildcard());
  EXPECT_TRUE(make_pattern("*").matches_everything());
  EXPECT_FALSE(make_pattern("a*").matches_everything());
}

}  // namespace
}  // namespace sextant::guard::iam
