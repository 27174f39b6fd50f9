#include "guard/iam/condition.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <iterator>
#include <optional>

#include "guard/iam/iam_test_support.h"

namespace sextant::guard::iam {
namespace {

using Values_ = std::vector<std::string>;

struct Row {
  const char* name;    // operator
  const char* values;  // JSON
  Values_ given;       // of key k:x; empty: the key is missing
  Match expected;
};

Match evaluate_one(const char* name, const char* key, const char* values, const sdk::Call& call,
                   bool variables = true) {
  auto condition = Condition::parse(name, key, boost::json::parse(values), variables);
  EXPECT_TRUE(condition) << name << " " << values << ": " << condition.error().message;
  return condition ? condition->evaluate(RequestView(call)) : Match::Unknown;
}

class ConditionTable : public testing::TestWithParam<Row> {};

TEST_P(ConditionTable, Evaluates) {
  const auto& row = GetParam();
  auto call = test::call(test::user());
  if (!row.given.empty()) call.context["K:x"] = row.given;
  EXPECT_EQ(evaluate_one(row.name, "k:X", row.values, call), row.expected)
      << row.name << " " << row.values << " on " << (row.given.empty() ? "-" : row.given[0]);
}

constexpr auto kYes = Match::Yes;
constexpr auto kNo = Match::No;
constexpr auto kUnknown = Match::Unknown;

INSTANTIATE_TEST_SUITE_P(Strings, ConditionTable,
                         testing::Values(Row{"StringEquals", R"("a")", {"a"}, kYes},
                                         Row{"StringEquals", R"("a")", {"A"}, kNo},
                                         Row{"stringequals", R"(["b","a"])", {"a"}, kYes},
                                         Row{"StringEquals", R"("a*")", {"ab"}, kNo},
                                         Row{"StringEquals", R"("a*")", {"a*"}, kYes},
                                         Row{"StringEquals", "true", {"true"}, kYes},
                                         Row{"StringEquals", "5", {"5"}, kYes},
                                         Row{"StringEquals", "2.5", {"2.5"}, kYes},
                                         Row{"StringEquals", R"([])", {"a"}, kNo},
                                         Row{"StringNotEquals", R"([])", {"a"}, kYes},
                                         Row{"StringNotEquals", R"(["a","b"])", {"b"}, kNo},
                                         Row{"StringNotEquals", R"(["a","b"])", {"c"}, kYes},
                                         Row{"StringEqualsIgnoreCase", R"("aB")", {"Ab"}, kYes},
                                         Row{"StringNotEqualsIgnoreCase", R"("aB")", {"Ab"}, kNo},
                                         Row{"StringLike", R"("a*c?")", {"abbcd"}, kYes},
                                         Row{"StringLike", R"("a${*}")", {"ab"}, kNo},
                                         Row{"StringLike", R"("a${*}${?}${$}")", {"a*?$"}, kYes},
                                         Row{"StringNotLike", R"("a*")", {"ab"}, kNo},
                                         // missing keys
                                         Row{"StringEquals", R"("a")", {}, kNo},
                                         Row{"StringNotEquals", R"("a")", {}, kYes},
                                         Row{"StringEqualsIfExists", R"("a")", {}, kYes},
                                         Row{"StringEqualsIfExists", R"("a")", {"b"}, kNo},
                                         Row{"StringNotLikeIfExists", R"("a")", {}, kYes},
                                         // a plain operator has no meaning for several values
                                         Row{"StringEquals", R"("a")", {"a", "b"}, kUnknown},
                                         Row{"StringNotEquals", R"("c")", {"a", "b"}, kUnknown}));

INSTANTIATE_TEST_SUITE_P(
    NumbersAndDates, ConditionTable,
    testing::Values(
        Row{"NumericEquals", R"("5")", {"5.0"}, kYes}, Row{"NumericEquals", "5", {"6"}, kNo},
        Row{"NumericEquals", R"("9007199254740993")", {"9007199254740992"}, kNo},
        Row{"NumericNotEquals", "5", {"6"}, kYes}, Row{"NumericLessThan", "5", {"4.9"}, kYes},
        Row{"NumericLessThan", "5", {"5"}, kNo}, Row{"NumericLessThanEquals", "5", {"5"}, kYes},
        Row{"NumericGreaterThan", "-1", {"0"}, kYes},
        Row{"NumericGreaterThanEquals", "5", {"4"}, kNo},
        // what cannot be read matches nothing; "not equal" it is not either
        Row{"NumericEquals", "5", {"five"}, kNo}, Row{"NumericLessThan", "5", {""}, kNo},
        Row{"NumericNotEquals", "5", {"five"}, kUnknown},
        Row{"DateEquals", R"("2026-07-02T22:23:00Z")", {"1783030980"}, kYes},
        Row{"DateNotEquals", R"("2026-07-02T22:23:00Z")", {"1783030981"}, kYes},
        Row{"DateLessThan", R"("2026-07-02T22:23:00Z")", {"2026-07-02T22:22:59Z"}, kYes},
        Row{"DateLessThanEquals", R"("2026-07-02")", {"2026-07-02T00:00:00Z"}, kYes},
        Row{"DateGreaterThan", R"("2026-07-02")", {"2026-07-02T00:00:00Z"}, kNo},
        Row{"DateGreaterThanEquals", "0", {"yesterday"}, kNo},
        Row{"DateNotEquals", "0", {"yesterday"}, kUnknown}));

INSTANTIATE_TEST_SUITE_P(
    OtherFamilies, ConditionTable,
    testing::Values(Row{"Bool", "true", {"True"}, kYes}, Row{"Bool", R"("false")", {"true"}, kNo},
                    Row{"Bool", R"("true")", {"1"}, kNo}, Row{"Bool", R"("true")", {}, kNo},
                    Row{"BinaryEquals", R"("QmluYXJ5")", {"QmluYXJ5"}, kYes},
                    Row{"BinaryEquals", R"("QmluYXJ5")", {"?"}, kNo},
                    Row{"IpAddress", R"("192.0.2.0/25")", {"192.0.2.127"}, kYes},
                    Row{"IpAddress", R"("192.0.2.0/25")", {"192.0.2.128"}, kNo},
                    Row{"IpAddress", R"("192.0.2.1")", {"192.0.2.1"}, kYes},
                    Row{"IpAddress", R"("192.0.2.9/24")", {"::ffff:192.0.2.1"}, kYes},
                    Row{"IpAddress", R"("2001:db8::/33")", {"2001:db8:7fff::1"}, kYes},
                    Row{"IpAddress", R"("2001:db8::/33")", {"2001:db8:8000::1"}, kNo},
                    Row{"IpAddress", R"("0.0.0.0/0")", {"2001:db8::1"}, kNo},
                    Row{"IpAddress", R"("0.0.0.0/0")", {"host"}, kNo},
                    Row{"NotIpAddress", R"("10.0.0.0/8")", {"11.0.0.1"}, kYes},
                    Row{"NotIpAddress", R"("10.0.0.0/8")", {"host"}, kUnknown},
                    Row{"NotIpAddress", R"("10.0.0.0/8")", {}, kYes},
                    Row{"ArnLike", R"("arn:aws:s3:::b*")", {"arn:aws:s3:::bucket:x"}, kYes},
                    Row{"ArnEquals", R"("arn:aws:s3:::b*")", {"arn:aws:s3:::bucket"}, kYes},
                    Row{"ArnLike", R"("arn:*:s3:*:*:b")", {"arn:aws:s3:::b"}, kYes},
                    Row{"ArnLike", R"("arn:aws:*:b:c:d")", {"arn:aws:s3:x:b:c:d"}, kNo},
                    Row{"ArnNotLike", R"("arn:aws:s3:::b*")", {"arn:aws:s3:::a"}, kYes},
                    Row{"ArnNotEquals", R"("arn:aws:s3:::b")", {"no arn"}, kUnknown},
                    Row{"ArnLike", R"("arn:aws:s3:::b")", {"no arn"}, kNo},
                    Row{"Null", "true", {}, kYes}, Row{"Null", "true", {"x"}, kNo},
                    Row{"Null", R"("false")", {"x", "y"}, kYes},
                    Row{"Null", R"("false")", {}, kNo}));

INSTANTIATE_TEST_SUITE_P(
    Sets, ConditionTable,
    testing::Values(Row{"ForAllValues:StringEquals", R"(["a","b"])", {"a", "b"}, kYes},
                    Row{"ForAllValues:StringEquals", R"(["a","b"])", {"a", "c"}, kNo},
                    Row{"ForAllValues:StringEquals", R"(["a"])", {}, kYes},
                    Row{"ForAnyValue:StringEquals", R"(["a","b"])", {"c", "b"}, kYes},
                    Row{"ForAnyValue:StringEquals", R"(["a","b"])", {"c"}, kNo},
                    Row{"ForAnyValue:StringEquals", R"(["a"])", {}, kNo},
                    Row{"ForAnyValue:StringEqualsIfExists", R"(["a"])", {}, kYes},
                    Row{"ForAllValues:StringNotEquals", R"(["a","b"])", {"c", "d"}, kYes},
                    Row{"ForAllValues:StringNotEquals", R"(["a","b"])", {"c", "a"}, kNo},
                    Row{"ForAnyValue:StringNotEquals", R"(["a","b"])", {"a", "c"}, kYes},
                    Row{"ForAnyValue:StringNotEquals", R"(["a","b"])", {"a", "b"}, kNo},
                    Row{"ForAnyValue:StringNotEquals", R"(["a"])", {}, kNo},
                    Row{"foranyvalue:NumericLessThan", "3", {"x", "2"}, kYes},
                    Row{"ForAllValues:StringLike", R"("a*")", {"ab", "ac"}, kYes}));

struct Operator {
  const char* name;
  const char* values;  // JSON
  const char* yes;     // of the request: it holds
  const char* no;
  Match missing;  // what it says of a request without the key
};
constexpr Operator kOperators[] = {
    {"StringEquals", R"("a")", "a", "b", kNo},
    {"StringNotEquals", R"("a")", "b", "a", kYes},
    {"StringEqualsIgnoreCase", R"("a")", "A", "b", kNo},
    {"StringNotEqualsIgnoreCase", R"("a")", "b", "A", kYes},
    {"StringLike", R"("a*")", "ab", "b", kNo},
    {"StringNotLike", R"("a*")", "b", "ab", kYes},
    {"NumericEquals", "5", "5.0", "6", kNo},
    {"NumericNotEquals", "5", "6", "5.0", kYes},
    {"NumericLessThan", "5", "4", "5", kNo},
    {"NumericLessThanEquals", "5", "5", "6", kNo},
    {"NumericGreaterThan", "5", "6", "5", kNo},
    {"NumericGreaterThanEquals", "5", "5", "4", kNo},
    {"DateEquals", R"("2026-07-02")", "2026-07-02T00:00:00Z", "2026-07-03", kNo},
    {"DateNotEquals", R"("2026-07-02")", "2026-07-03", "2026-07-02T00:00:00Z", kYes},
    {"DateLessThan", R"("2026-07-02")", "2026-07-01", "2026-07-02", kNo},
    {"DateLessThanEquals", R"("2026-07-02")", "2026-07-02", "2026-07-03", kNo},
    {"DateGreaterThan", R"("2026-07-02")", "2026-07-03", "2026-07-02", kNo},
    {"DateGreaterThanEquals", R"("2026-07-02")", "2026-07-02", "2026-07-01", kNo},
    {"Bool", "true", "true", "false", kNo},
    {"BinaryEquals", R"("QQ==")", "QQ==", "Qg==", kNo},
    {"IpAddress", R"("192.0.2.0/24")", "192.0.2.7", "10.0.0.1", kNo},
    {"NotIpAddress", R"("192.0.2.0/24")", "10.0.0.1", "192.0.2.7", kYes},
    {"ArnEquals", R"("arn:aws:s3:::a*")", "arn:aws:s3:::ab", "arn:aws:s3:::b", kNo},
    {"ArnNotEquals", R"("arn:aws:s3:::a*")", "arn:aws:s3:::b", "arn:aws:s3:::ab", kYes},
    {"ArnLike", R"("arn:aws:s3:::a*")", "arn:aws:s3:::ab", "arn:aws:s3:::b", kNo},
    {"ArnNotLike", R"("arn:aws:s3:::a*")", "arn:aws:s3:::b", "arn:aws:s3:::ab", kYes},
};
static_assert(std::size(kOperators) == 26, "and Null, which takes neither prefix nor suffix");

// Each operator with each prefix and suffix, on no value, one and several.
TEST(Condition, EveryOperatorInEveryForm) {
  struct Form {
    const char* prefix;
    const char* suffix;
    std::optional<Match> missing;  // nullopt: as the operator says
    Match both;                    // on a value that holds and one that does not
  };
  constexpr Form kForms[] = {
      {"", "", std::nullopt, kUnknown}, {"", "IfExists", kYes, kUnknown},
      {"ForAllValues:", "", kYes, kNo}, {"ForAllValues:", "IfExists", kYes, kNo},
      {"ForAnyValue:", "", kNo, kYes},  {"ForAnyValue:", "IfExists", kYes, kYes},
  };
  for (const auto& row : kOperators) {
    for (const auto& form : kForms) {
      const auto name = std::string(form.prefix) + row.name + form.suffix;
      const auto on = [&](const Values_& given) {
        auto call = test::call(test::user());
        if (!given.empty()) call.context["k:x"] = given;
        return evaluate_one(name.c_str(), "k:x", row.values, call);
      };
      EXPECT_EQ(on({}), form.missing.value_or(row.missing)) << name;
      EXPECT_EQ(on({row.yes}), kYes) << name;
      EXPECT_EQ(on({row.no}), kNo) << name;
      EXPECT_EQ(on({row.yes, row.no}), form.both) << name;
      if (*form.prefix == '\0') continue;
      EXPECT_EQ(on({row.yes, row.yes}), kYes) << name;
      EXPECT_EQ(on({row.no, row.no}), kNo) << name;
    }
  }
}

// Every single-valued, readable value is either matched by an operator or by its negation.
TEST(Condition, NegationIsTheComplement) {
  const struct {
    const char* plain;
    const char* negated;
    const char* values;
    Values_ tries;
  } rows[] = {
      {"StringEquals", "StringNotEquals", R"(["a","b"])", {"a", "b", "c", "A", ""}},
      {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", R"("a")", {"a", "A", "b"}},
      {"StringLike", "StringNotLike", R"(["a*","?b"])", {"a", "xb", "b", "ab"}},
      {"NumericEquals", "NumericNotEquals", "[1, 2.5]", {"1", "2.5", "3", "-1"}},
      {"DateEquals", "DateNotEquals", R"("2026-01-01")", {"2026-01-01T00:00:00Z", "0"}},
      {"IpAddress", "NotIpAddress", R"("10.0.0.0/8")", {"10.1.1.1", "11.1.1.1", "::1"}},
      {"ArnEquals", "ArnNotEquals", R"("arn:aws:s3:::b*")", {"arn:aws:s3:::b", "arn:aws:s3:::c"}},
      {"ArnLike", "ArnNotLike", R"("arn:aws:s3:::b*")", {"arn:aws:s3:::b", "arn:aws:s3:::c"}},
  };
  for (const auto& row : rows) {
    for (const auto& value : row.tries) {
      auto call = test::call(test::user());
      call.context["k:x"] = {value};
      const auto plain = evaluate_one(row.plain, "k:x", row.values, call);
      const auto negated = evaluate_one(row.negated, "k:x", row.values, call);
      EXPECT_NE(plain, Match::Unknown);
      EXPECT_NE(plain, negated) << row.plain << " on " << value;
    }
  }
}

TEST(Condition, RefusesWhatItCannotRead) {
  const struct {
    const char* name;
    const char* values;
  } rows[] = {{"StringEqual", R"("a")"},
              {"StringEqualsIfExistsIfExists", R"("a")"},
              {"ForSome:StringEquals", R"("a")"},
              {"NullIfExists", "true"},
              {"ForAnyValue:Null", "true"},
              {"Null", R"("maybe")"},
              {"NumericEquals", R"("five")"},
              {"DateEquals", R"("soon")"},
              {"Bool", R"("yes")"},
              {"IpAddress", R"("10.0.0.0/33")"},
              {"IpAddress", R"("10.0.0.*")"},
              {"BinaryEquals", R"("%%")"},
              {"ArnLike", R"("arn:aws:s3")"},
              {"StringEquals", R"({"a":"b"})"},
              {"StringEquals", R"([["a"]])"},
              {"StringEquals", "null"},
              {"StringEquals", R"("${aws:username")"},
              {"StringEquals", R"("${}")"},
              {"StringEquals", R"("${aws:username, x}")"},
              {"Bool", R"("${aws:SecureTransport}")"}};
  for (const auto& row : rows) {
    EXPECT_FALSE(Condition::parse(row.name, "k:x", boost::json::parse(row.values), true))
        << row.name << " " << row.values;
  }
}

TEST(Condition, VariablesAreResolvedOnlyWhereTheVersionHasThem) {
  auto call = test::call(test::user("ann"));
  call.context["s3:prefix"] = {"home/ann/"};
  constexpr auto kValue = R"("home/${aws:username}/*")";
  EXPECT_EQ(evaluate_one("StringLike", "s3:prefix", kValue, call, true), Match::Yes);
  EXPECT_EQ(evaluate_one("StringLike", "s3:prefix", kValue, call, false), Match::No);
  call.context["s3:prefix"] = {"home/${aws:username}/"};
  EXPECT_EQ(evaluate_one("StringLike", "s3:prefix", kValue, call, false), Match::Yes);
}

TEST(Condition, WhatAVariableBringsInIsLiteral) {
  auto call = test::call(test::user("ann"));
  call.context["k:team"] = {"a*"};
  call.context["k:x"] = {"abc"};
  EXPECT_EQ(evaluate_one("StringLike", "k:x", R"("${k:team}")", call), Match::No);
  call.context["k:x"] = {"a*"};
  EXPECT_EQ(evaluate_one("StringLike", "k:x", R"("${K:Team}")", call), Match::Yes);
}

TEST(Condition, VariablesThatDoNotResolve) {
  auto call = test::call(test::session());
  call.context["k:x"] = {"home"};
  call.context["k:many"] = {"home", "away"};
  EXPECT_EQ(evaluate_one("StringLike", "k:x", R"("${aws:username}")", call), Match::No);
  EXPECT_EQ(evaluate_one("StringNotLike", "k:x", R"("${aws:username}")", call), Match::Yes);
  EXPECT_EQ(evaluate_one("StringEquals", "k:x", R"("${k:many}")", call), Match::No);
  EXPECT_EQ(evaluate_one("StringEquals", "k:x", R"("${aws:username, 'home'}")", call), Match::Yes);
  EXPECT_EQ(evaluate_one("StringEqualsIgnoreCase", "k:x", R"("${aws:username,'HOME'}")", call),
            Match::Yes);
}

TEST(Condition, GlobalKeysComeFromTheCallAndCannotBeForged) {
  auto call = test::call(test::session("worker", "s1"));
  call.principal.session_tags = {{"Team", "blue"}};
  call.context["aws:PrincipalArn"] = {"arn:aws:iam::111122223333:role/admin"};
  call.context["aws:principaltag/Team"] = {"red"};
  call.context["aws:SourceIp"] = {"10.0.0.1"};
  const auto is = [&](const char* key, const char* value) {
    return evaluate_one("StringEquals", key, value, call) == Match::Yes;
  };
  EXPECT_TRUE(is("aws:PrincipalArn", R"("arn:aws:iam::111122223333:role/worker")"));
  EXPECT_TRUE(is("aws:PrincipalTag/team", R"("blue")"));
  EXPECT_TRUE(is("aws:SourceIp", R"("192.0.2.7")"));
  EXPECT_TRUE(is("aws:PrincipalAccount", R"("111122223333")"));
  EXPECT_TRUE(is("aws:PrincipalType", R"("AssumedRole")"));
  EXPECT_TRUE(is("aws:userid", R"("AROA0123456789ABCDEF:s1")"));
  EXPECT_TRUE(is("aws:CurrentTime", R"("2027-01-15T08:00:00Z")"));
  EXPECT_TRUE(is("aws:EpochTime", R"("1800000000")"));
  EXPECT_TRUE(is("aws:RequestedRegion", R"("us-east-1")"));
  EXPECT_TRUE(is("aws:ResourceAccount", R"("111122223333")"));
  EXPECT_TRUE(is("aws:PrincipalIsAWSService", R"("false")"));
  EXPECT_TRUE(is("aws:ViaAWSService", R"("false")"));
  EXPECT_EQ(evaluate_one("Null", "aws:username", "true", call), Match::Yes);
  call.source_ip = "s3.amazonaws.com";
  EXPECT_EQ(evaluate_one("Null", "aws:SourceIp", "true", call), Match::Yes);
}

TEST(Condition, TwoSpellingsOfOneKeyCannotBeEvaluated) {
  auto call = test::call(test::user());
  call.context["aws:RequestTag/team"] = {"a"};
  call.context["aws:RequestTag/Team"] = {"b"};
  EXPECT_EQ(evaluate_one("StringEquals", "aws:RequestTag/team", R"("a")", call), Match::Unknown);
  EXPECT_EQ(evaluate_one("Null", "aws:RequestTag/team", "false", call), Match::Unknown);
}

}  // namespace
}  // namespace sextant::guard::iam
