#include "intel/parsers/tokens.h"

#include <gtest/gtest.h>

#include <string>

namespace sextant::intel {
namespace {

struct Cut {
  bool closed = false;
  std::vector<std::string> fields;
  std::string rest;
};

Cut cut(std::string_view line, std::size_t fields_max = 4) {
  Tokens tokens;
  std::vector<std::string_view> fields(fields_max);
  Cut result;
  result.closed = tokens.cut(line, fields);
  for (std::size_t i = 0; i < tokens.count(); ++i) result.fields.emplace_back(fields[i]);
  result.rest = tokens.rest();
  return result;
}

using Fields = std::vector<std::string>;

TEST(Tokens, CutsAtBlanksAndKeepsQuotedFieldsWhole) {
  EXPECT_EQ(cut("a bc d").fields, (Fields{"a", "bc", "d"}));
  EXPECT_EQ(cut("a \"b c\" d").fields, (Fields{"a", "b c", "d"}));
  EXPECT_EQ(cut("\"\" \"-\"").fields, (Fields{"", "-"}));
  EXPECT_EQ(cut("a  b").fields, (Fields{"a", "", "b"}));
  EXPECT_EQ(cut("a \"b\"").fields, (Fields{"a", "b"}));
  EXPECT_EQ(cut("a ").fields, (Fields{"a"}));
}

TEST(Tokens, AQuoteInsideAFieldEndsItOnlyBeforeABlank) {
  EXPECT_EQ(cut("\"a\"b\" c").fields, (Fields{"a\"b", "c"}));
  EXPECT_EQ(cut("a\"b c").fields, (Fields{"a\"b", "c"}));
  EXPECT_EQ(cut("\"a\"\"\" b").fields, (Fields{"a\"\"", "b"}));
}

TEST(Tokens, WhatIsBehindTheLastFieldIsRest) {
  EXPECT_EQ(cut("a b c d").rest, "");
  EXPECT_EQ(cut("a b c d e \"f g\"").rest, "e \"f g\"");
}

TEST(Tokens, AQuoteThatIsNotClosedIsSaid) {
  EXPECT_FALSE(cut("a \"b c").closed);
  EXPECT_FALSE(cut("a \"").closed);
  EXPECT_FALSE(cut("a \"b\"c").closed);
  EXPECT_EQ(cut("a \"b c").fields, (Fields{"a"}));
}

// The vector instructions go 64 bytes at a time: every place of a mark relative to that.
TEST(Tokens, FieldsOfEveryLengthAreCutAlike) {
  for (std::size_t before = 0; before < 140; ++before) {
    const std::string first(before, 'x');
    const auto quoted = cut("\"" + first + "\" b");
    EXPECT_EQ(quoted.fields, (Fields{first, "b"})) << before;
    const auto bare = cut("a" + first + " b c");
    EXPECT_EQ(bare.fields, (Fields{"a" + first, "b", "c"})) << before;
    EXPECT_FALSE(cut("\"" + first).closed) << before;
  }
}

}  // namespace
}  // namespace sextant::intel
