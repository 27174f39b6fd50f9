#include "api/query/form.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sextant::api::query {
namespace {

std::string read(std::string_view form) {
  const auto parsed = parse_form(form);
  return parsed ? boost::json::serialize(*parsed) : parsed.error().name;
}

TEST(QueryForm, NestsWhatItsNamesSay) {
  const std::pair<const char*, const char*> table[] = {
      {"", "{}"},
      {"Action=X", R"({"Action":"X"})"},
      {"&&Action=X&", R"({"Action":"X"})"},
      {"Name", R"({"Name":""})"},
      {"Name=", R"({"Name":""})"},
      {"Name=a=b", R"({"Name":"a=b"})"},
      {"Name=a+b%2Bc%20d", R"({"Name":"a b+c d"})"},
      {"N%61me=%C3%BC", R"({"Name":"ü"})"},
      {"A.B=1&A.C=2", R"({"A":{"B":"1","C":"2"}})"},
      {"T.member.2=b&T.member.1=a", R"({"T":["a","b"]})"},
      {"T.member.1.Key=k&T.member.1.Value=v", R"({"T":[{"Key":"k","Value":"v"}]})"},
      {"T=&T.member.1=a", R"({"T":["a"]})"},
      // Beside another name "member" is a name like any other.
      {"T.member.1=a&T.x=b", R"({"T":{"member":{"1":"a"},"x":"b"}})"},
  };
  for (const auto& [form, expected] : table) EXPECT_EQ(read(form), expected) << form;
}

TEST(QueryForm, OrdersTenItemsByNumberNotByText) {
  std::string form;
  for (int i = 11; i >= 1; --i)
    form += "T.member." + std::to_string(i) + "=" + std::to_string(i) + "&";
  EXPECT_EQ(read(form), R"({"T":["1","2","3","4","5","6","7","8","9","10","11"]})");
}

TEST(QueryForm, WhatCannotBeMeantIsRefused) {
  std::string many;
  for (std::size_t i = 0; i <= kFormFieldsMax; ++i) many += "a" + std::to_string(i) + "=1&";
  std::string deep = "a";
  for (std::size_t i = 0; i < kFormDepthMax; ++i) deep += ".a";
  for (const std::string& form :
       {std::string("A=%"), std::string("A=%2"), std::string("%zz=1"), std::string("A=1&A=2"),
        std::string("A=1&A.B=2"), std::string("T.member.2=a"), std::string("T.member.0=a"),
        std::string("T.member.01=a"), std::string("T.member.x=a"),
        std::string("T.member.1=a&T.member.3=b"), std::string("T.member=a"),
        std::string("T.member=a&T.member.1=b"), many, deep + "=1"}) {
    EXPECT_EQ(read(form), "MalformedQueryString") << form.substr(0, 100);
  }
  EXPECT_EQ(read(many.substr(many.find('&') + 1)).substr(0, 2), "{\"") << "as many as may be";
  EXPECT_NE(read(deep.substr(2) + "=1"), "MalformedQueryString") << "as deep as may be";
}

}  // namespace
}  // namespace sextant::api::query
