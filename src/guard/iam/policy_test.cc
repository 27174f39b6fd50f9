#include "guard/iam/policy.h"

#include <gtest/gtest.h>

#include "guard/iam/iam_test_support.h"

namespace sextant::guard::iam {
namespace {

using test::allow;
using test::allowed;
using test::call;
using test::policy;
using test::user;

std::string error_of(std::string_view text, PolicyUse use = PolicyUse::Identity) {
  auto parsed = parse_policy(text, use, "p");
  if (parsed) return "";
  EXPECT_EQ(parsed.error().name, "MalformedPolicyDocument");
  return parsed.error().message;
}

TEST(ParsePolicy, RefusesWithThePathOfTheFault) {
  const struct {
    const char* text;
    const char* says;
  } rows[] = {
      {"", "Syntax errors"},
      {"[]", "must be a JSON object"},
      {R"({"Version":"2012-10-17"})", "Missing required field Statement"},
      {R"({"Statement":[]})", "Missing required field Statement"},
      {R"({"Version":"2020-01-01","Statement":[]})", "Version must be"},
      {R"({"Statement":{"Effect":"Allow"},"Other":1})", "\"Other\": no such element"},
      {R"({"Statement":{"Effect":"Allow","Effect":"Deny"}})", "Syntax errors"},
      {R"({"Statement":"x"})", "Statement[0]: must be an object"},
      {R"({"Statement":{"Action":"s3:GetObject","Resource":"*"}})",
       "Missing required field Effect"},
      {R"({"Statement":{"Effect":"allow","Action":"s3:Get","Resource":"*"}})",
       "Statement[0]: Effect: Effect must be"},
      {R"({"Statement":{"Effect":"Allow","Resource":"*"}})", "must contain actions"},
      {R"({"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}})", "not empty"},
      {R"({"Statement":{"Effect":"Allow","Action":"s3:Get"}})", "must contain resources"},
      {R"({"Statement":{"Effect":"Allow","Action":"s3:Get","NotAction":"s3:Put","Resource":"*"}})",
       "one of Action and NotAction"},
      {R"({"Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}})",
       "must be prefaced by a vendor"},
      {R"({"Statement":{"Effect":"Allow","Action":"s*:Get","Resource":"*"}})",
       "Vendor s* is not valid"},
      {R"({"Statement":{"Effect":"Allow","Action":" s3:Get","Resource":"*"}})", "is not valid"},
      {R"({"Statement":{"Effect":"Allow","Action":"s3:Get ","Resource":"*"}})",
       "is not the name of an action"},
      {R"({"Statement":{"Effect":"Allow","Action":"s3:Get","Resource":"bucket"}})",
       "must be in ARN format or \"*\""},
      {R"({"Statement":{"Effect":"Allow","Action":"s3:Get","Resource":"arn:aws:s3::${aws:userid}:x"}})",
       "only after the fifth colon"},
      {R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:Get","Resource":"*"}})",
       "should not specify a principal"},
      {R"({"Statement":{"Effect":"Allow","Action":"s3:Get","Resource":"*","Condition":[]}})",
       "Condition: must be an object"},
      {R"({"Statement":[{"Effect":"Allow","Action":"s3:Get","Resource":"*"},
          {"Effect":"Deny","Action":"s3:Get","Resource":"*","Condition":{"Equals":{"k:x":"a"}}}]})",
       "Statement[1]: Condition: Equals: k:x: unknown condition operator"},
      {R"({"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:Get","Resource":"*"},
          {"Sid":"A","Effect":"Allow","Action":"s3:Put","Resource":"*"}]})",
       "must be unique"},
  };
  for (const auto& row : rows) {
    std::string text = row.text;
    if (text.starts_with(R"({"Statement")")) text.insert(1, R"("Version":"2012-10-17",)");
    EXPECT_NE(error_of(text).find(row.says), std::string::npos)
        << row.text << "\nsays: " << error_of(text);
  }
}

TEST(ParsePolicy, PrincipalsAsTheUseWantsThem) {
  const auto with = [](const std::string& principal) {
    return R"({"Statement":{"Effect":"Allow","Principal":)" + principal +
           R"(,"Action":"s3:GetObject","Resource":"*"}})";
  };
  for (const auto* good :
       {R"("*")", R"({"AWS":"*"})", R"({"AWS":["111122223333","arn:aws:iam::111122223333:root"]})",
        R"({"AWS":"arn:aws:iam::111122223333:role/path/r"})", R"({"AWS":"AROA0123456789ABCDEF"})",
        R"({"Service":["s3.amazonaws.com"]})", R"({"CanonicalUser":"79a59df900b949e5"})"}) {
    EXPECT_EQ(error_of(with(good), PolicyUse::Resource), "") << good;
  }
  for (const auto* bad :
       {R"("arn:aws:iam::111122223333:root")", R"({})", R"({"AWS":"1234"})", R"({"*":"*"})",
        R"({"AWS":"arn:aws:iam::111122223333:role/*"})", R"({"Service":"*"})", R"({"AWS":5})",
        R"({"AWS":"arn:aws:s3:::bucket"})", R"({"aws":"*"})"}) {
    EXPECT_NE(error_of(with(bad), PolicyUse::Resource), "") << bad;
  }
  const auto none = R"({"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})";
  EXPECT_NE(error_of(none, PolicyUse::Resource).find("Principal"), std::string::npos);
  EXPECT_NE(error_of(with(R"("*")"), PolicyUse::Trust).find("Resource"), std::string::npos);
}

TEST(ParsePolicy, LargeOnesAreRefusedOrReadInBoundedTime) {
  EXPECT_NE(error_of(std::string(kPolicyBytesMax + 1, ' ')).find("bytes"), std::string::npos);
  std::string conditions;
  for (int i = 0; i < 1'000; ++i) {
    conditions += (i == 0 ? "\"k:" : ",\"k:") + std::to_string(i) + R"(":"*a*a*a*b")";
  }
  const auto many =
      policy(allow("s3:*", "*", R"("Condition":{"StringLike":{)" + conditions + "}}"));
  auto made = call(user());
  for (int i = 0; i < 1'000; ++i) {
    made.context["k:" + std::to_string(i)] = {std::string(500, 'a') + (i == 999 ? "" : "b")};
  }
  EXPECT_FALSE(allowed(made, {.identity = {many}}));
  made.context["k:999"] = {std::string(500, 'a') + "b"};
  EXPECT_TRUE(allowed(made, {.identity = {many}}));
  auto mebibyte = R"({"Version":"2012-10-17","Statement":[)" + allow("s3:GetObject");
  while (mebibyte.size() < 1'048'576) mebibyte += "," + allow("s3:GetObject");
  EXPECT_NE(error_of(mebibyte + "]}").find("bytes"), std::string::npos);
  std::string nested = "\"a\"";
  for (int i = 0; i < 1'000; ++i) nested = R"({"StringEquals":)" + nested + "}";
  EXPECT_NE(error_of(R"({"Statement":)" + allow("s3:*", "*", "\"Condition\":" + nested) + "}"), "");
  const auto deep = std::string(100'000, '[');
  EXPECT_NE(error_of(deep), "");
  EXPECT_NE(error_of("{\"Version\":\"\xFF\"}"), "");
}

struct MatchRow {
  const char* element;  // "Action" …
  const char* pattern;
  const char* action;
  const char* resource;
  bool allowed;
};

TEST(Statement, ActionsAndResources) {
  constexpr auto kKey = "arn:aws:s3:::bucket/key";
  const MatchRow rows[] = {
      {"Action", "s3:getobject", "s3:GetObject", kKey, true},
      {"Action", "S3:Get*", "s3:GetObject", kKey, true},
      {"Action", "s3:Get?bject", "s3:GetObject", kKey, true},
      {"Action", "s3:*", "s3:GetObject", kKey, true},
      {"Action", "*", "s3:GetObject", kKey, true},
      {"Action", "*:*", "s3:GetObject", kKey, true},
      {"Action", "s3:Put*", "s3:GetObject", kKey, false},
      {"Action", "s3:Get", "s3:GetObject", kKey, false},
      {"NotAction", "s3:Put*", "s3:GetObject", kKey, true},
      {"NotAction", "s3:Put*", "iam:CreateUser", "*", true},
      {"NotAction", "s3:*", "s3:GetObject", kKey, false},
      {"Resource", "arn:aws:s3:::bucket/*", "s3:GetObject", kKey, true},
      {"Resource", "arn:aws:s3:::bucket", "s3:GetObject", kKey, false},
      {"Resource", "arn:aws:s3:::Bucket/*", "s3:GetObject", kKey, false},
      {"Resource", "arn:aws:s3:::*", "s3:GetObject", "arn:aws:s3:::b/a:b/c", true},
      {"Resource", "arn:*:s3:::bucket/*", "s3:GetObject", kKey, true},
      {"Resource", "arn:aws:*:::bucket/*", "s3:GetObject", kKey, true},
      // a wildcard before the last part stays within its part
      {"Resource", "arn:aws:lambda:*:function:f", "lambda:InvokeFunction",
       "arn:aws:lambda:us-east-1:111122223333:function:f", false},
      {"Resource", "arn:aws:lambda:*:*:function:f", "lambda:InvokeFunction",
       "arn:aws:lambda:us-east-1:111122223333:function:f", true},
      {"Resource", "arn:aws:lambda:*:*:*", "lambda:InvokeFunction",
       "arn:aws:lambda:us-east-1:111122223333:function:f:alias", true},
      {"Resource", "arn:aws:s3:::bucket", "s3:ListAllMyBuckets", "*", false},
      {"Resource", "*", "s3:ListAllMyBuckets", "*", true},
      {"NotResource", "arn:aws:s3:::secret/*", "s3:GetObject", kKey, true},
      {"NotResource", "arn:aws:s3:::bucket/*", "s3:GetObject", kKey, false},
      {"Resource", "arn:aws:s3:::bucket/${aws:username}", "s3:GetObject", "arn:aws:s3:::bucket/ann",
       true},
      {"Resource", "arn:aws:s3:::bucket/${k:none}", "s3:GetObject", "arn:aws:s3:::bucket/", false},
      {"Resource", "arn:aws:s3:::bucket/${k:none, 'key'}", "s3:GetObject", kKey, true},
      {"Resource", "arn:aws:s3:::bucket/a${*}", "s3:GetObject", "arn:aws:s3:::bucket/ab", false},
      {"Resource", "arn:aws:s3:::bucket/a${*}", "s3:GetObject", "arn:aws:s3:::bucket/a*", true},
  };
  for (const auto& row : rows) {
    const std::string element = row.element;
    const bool is_action = element.ends_with("Action");
    const auto text = R"({"Effect":"Allow",")" + element + R"(":")" + row.pattern + "\"," +
                      (is_action ? R"("Resource":"*"})" : R"("Action":"*"})");
    EXPECT_EQ(allowed(call(user(), row.action, row.resource), {.identity = {policy(text)}}),
              row.allowed)
        << text << " on " << row.action << " " << row.resource;
  }
}

TEST(Statement, WithoutTheNewerVersionVariablesAreText) {
  const auto statement = allow("s3:*", "arn:aws:s3:::bucket/${aws:username}");
  const auto older = policy(statement, PolicyUse::Identity, "2008-10-17");
  EXPECT_FALSE(
      allowed(call(user(), "s3:GetObject", "arn:aws:s3:::bucket/ann"), {.identity = {older}}));
  EXPECT_TRUE(allowed(call(user(), "s3:GetObject", "arn:aws:s3:::bucket/${aws:username}"),
                      {.identity = {older}}));
  auto without = parse_policy(R"({"Statement":)" + statement + "}", PolicyUse::Identity, "p");
  ASSERT_TRUE(without);
  EXPECT_FALSE(
      allowed(call(user(), "s3:GetObject", "arn:aws:s3:::bucket/ann"), {.identity = {*without}}));
}

TEST(Statement, AVariableInTheResourceIsLiteral) {
  auto made = call(user("*"), "s3:GetObject", "arn:aws:s3:::bucket/ann");
  const AppliedPolicies policies{
      .identity = {policy(allow("s3:*", "arn:aws:s3:::bucket/${aws:username}"))}};
  EXPECT_FALSE(allowed(made, policies));
  made.resource = "arn:aws:s3:::bucket/*";
  EXPECT_TRUE(allowed(made, policies));
}

TEST(Statement, AVariableWithoutAValueMatchesNothing) {
  // Missing, empty, or several: there is nothing that an ARN could be equal to or like.
  auto made = call(user(), "s3:GetObject", "arn:aws:s3:::bucket/x/key");
  const AppliedPolicies resource = {
      .identity = {policy(allow("s3:*", "arn:aws:s3:::bucket/${k:x}*"))}};
  const AppliedPolicies others = {
      .identity = {policy(
          R"({"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::bucket/${k:x}*"})")}};
  for (const auto& values : {std::vector<std::string>{}, {""}, {"x", "x"}, {"y"}}) {
    made.context["k:x"] = values;
    EXPECT_FALSE(allowed(made, resource)) << values.size();
    EXPECT_TRUE(allowed(made, others)) << values.size();
  }
  made.context["k:x"] = {"x"};
  EXPECT_TRUE(allowed(made, resource));
  EXPECT_FALSE(allowed(made, others));
  // A key that may have several is no variable, also when it has one.
  made.context["aws:TagKeys"] = {"x"};
  const auto tag_keys = [](const char* variable) {
    return AppliedPolicies{
        .identity = {policy(allow("s3:*", std::string("arn:aws:s3:::bucket/") + variable + "*"))}};
  };
  EXPECT_FALSE(allowed(made, tag_keys("${aws:tagKeys}")));
  EXPECT_TRUE(allowed(made, tag_keys("${aws:TagKeys, 'x'}")));
}

TEST(Policy, IndexFindsStatementsHoweverTheirActionIsWritten) {
  const auto many =
      policy(R"({"Sid":"A","Effect":"Allow","Action":["s3:GetObject","s3:get*"],"Resource":"*"},)"
             R"({"Sid":"B","Effect":"Allow","Action":["iam:*","s3:Put*"],"Resource":"*"},)"
             R"({"Sid":"C","Effect":"Deny","NotAction":["s3:*","iam:GetUser"],"Resource":"*"})");
  const auto sids = [&](Effect effect, const char* action) {
    std::string found;
    const auto made = test::call(test::user(), action);
    many->for_each(effect, RequestView(made), [&](const Statement& statement) {
      found += statement.label + " ";
      return true;
    });
    return found;
  };
  EXPECT_EQ(sids(Effect::Allow, "s3:getobject"), "p#A p#A ");
  EXPECT_EQ(sids(Effect::Allow, "s3:putobject"), "p#B ");
  EXPECT_EQ(sids(Effect::Allow, "iam:createuser"), "p#B ");
  EXPECT_EQ(sids(Effect::Allow, "sts:assumerole"), "");
  EXPECT_EQ(sids(Effect::Deny, "sts:assumerole"), "p#C ");
  EXPECT_EQ(sids(Effect::Deny, "s3:getobject"), "");
}

}  // namespace
}  // namespace sextant::guard::iam
