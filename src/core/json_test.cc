#include "core/json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

#include "core/json_defect.h"

namespace sextant::json {
namespace {

TEST(Json, ReadsAndWrites) {
  const std::string text =
      R"({"a":[1,-2,2.5E0,true,null,"x\u00e9\n"],"b":{},"c":18446744073709551615})";
  const auto value = parse(text);
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(to_text(*value),
            "{\"a\":[1,-2,2.5,true,null,\"x\xC3\xA9\\n\"],\"b\":{},"
            "\"c\":18446744073709551615}");
  EXPECT_EQ(parse(to_pretty_text(*value)).value(), *value);
  EXPECT_EQ(to_pretty_text(parse(R"({"a":[1,{}],"b":[]})").value()),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST(Json, NumbersAreAsPeopleWriteThem) {
  for (const auto& [value, text] :
       std::initializer_list<std::pair<double, std::string>>{{0.00818, "0.00818"},
                                                             {5, "5.0"},
                                                             {-0.1, "-0.1"},
                                                             {0, "0.0"},
                                                             {1234567.25, "1234567.25"},
                                                             {1e-7, "1e-07"},
                                                             {1e300, "1e+300"}}) {
    EXPECT_EQ(to_text(value), text);
    EXPECT_EQ(to_pretty_text(value), text);
    EXPECT_EQ(parse(text).value(), Value(value)) << text;
  }
  EXPECT_EQ(to_text(Object{{"a", Array{1.5, Array{}, "x"}}, {"b", Object{}}, {"c\n", nullptr}}),
            R"({"a":[1.5,[],"x"],"b":{},"c\n":null})");
  EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "null");
}

struct Refusal {
  std::string text;
  std::string_view in_message;
};

TEST(Json, RefusesWithPosition) {
  const Refusal refusals[] = {
      {"", "line 1, column 1: the text ends too early"},
      {"{\"a\":1,\n  \"b\": oops}", "line 2, column 8"},
      {"{} x", "line 1, column 4"},
      {"{\"a\":1", "the text ends too early"},
      {"{\"a\":1,}", "line 1, column 8"},
      {"[1] // c", "line 1, column 5"},
      {"\"\xff\"", "line 1"},
      {"01", "line 1, column 2"},
      {"[1e400]", "line 1"},
  };
  for (const auto& [text, in_message] : refusals) {
    const auto value = parse(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, Code::Invalid);
    EXPECT_NE(value.error().message.find(in_message), std::string::npos)
        << text << " gave: " << value.error().message;
  }
}

TEST(Json, ADefectCarriesItsPlace) {
  const auto value = read("{\"a\":1,\n  \"b\": oops}");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().at, (TextPosition{2, 8}));
  EXPECT_EQ(value.error().error().message,
            "not valid JSON at line 2, column 8: " + value.error().why);
  EXPECT_EQ(read("[1").error().at, (TextPosition{1, 3}));
  EXPECT_TRUE(read("[1]"));
}

TEST(Json, RefusesDuplicateKeysHoweverWritten) {
  for (const auto text : {R"({"Effect":"Deny","Effect":"Allow"})",
                          R"({"x":[{"Effect":1,"Ef\u0066ect":2}]})", R"({"":1,"":1})"}) {
    const auto value = parse(text);
    ASSERT_FALSE(value) << text;
    EXPECT_NE(value.error().message.find("is there twice"), std::string::npos)
        << value.error().message;
  }
  EXPECT_TRUE(parse(R"({"a":{"a":1},"b":{"a":1}})"));
}

TEST(Json, DepthHasALimit) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse(nested(kDepthMax)));
  const auto deeper = parse(nested(kDepthMax + 1));
  ASSERT_FALSE(deeper);
  EXPECT_NE(deeper.error().message.find("nested deeper"), std::string::npos);
}

TEST(Json, MembersByNameAndType) {
  const auto value = parse(R"({"name":"x","count":3})").value();
  const Object& object = value.as_object();
  EXPECT_EQ(text_or(object, "name"), "x");
  EXPECT_EQ(text_or(object, "count", "none"), "none");
  EXPECT_EQ(text_or(object, "absent"), "");
  ASSERT_NE(find(object, "count"), nullptr);
  EXPECT_EQ(find(object, "absent"), nullptr);
}

TEST(Json, ALongStringArrivesWhole) {
  const std::string big(300'000, 'k');
  const auto value = parse("{\"" + big + "\":\"" + big + "\"}");
  ASSERT_TRUE(value);
  EXPECT_EQ(text_or(value->as_object(), big), big);
}

}  // namespace
}  // namespace sextant::json
