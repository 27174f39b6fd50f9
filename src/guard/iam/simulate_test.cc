#include "guard/iam/simulate.h"

#include <gtest/gtest.h>

#include "guard/iam/evaluate.h"
#include "guard/iam/policy.h"

namespace sextant::guard::iam {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

TEST(PrincipalOf, ReadsWhomANameMeans) {
  struct Case {
    const char* name;
    sdk::PrincipalKind kind;
    const char* arn;
    const char* role;
  };
  const Case cases[] = {
      {"arn:aws:iam::000000000000:root", sdk::PrincipalKind::Root, "arn:aws:iam::000000000000:root",
       ""},
      {"arn:aws:iam::000000000000:user/a/b", sdk::PrincipalKind::User,
       "arn:aws:iam::000000000000:user/a/b", ""},
      {"arn:aws:iam::000000000000:role/p/r", sdk::PrincipalKind::AssumedRole,
       "arn:aws:sts::000000000000:assumed-role/r/simulated", "arn:aws:iam::000000000000:role/p/r"},
      {"arn:aws:sts::000000000000:assumed-role/r/s", sdk::PrincipalKind::AssumedRole,
       "arn:aws:sts::000000000000:assumed-role/r/s", "arn:aws:iam::000000000000:role/r"},
      {"s3.amazonaws.com", sdk::PrincipalKind::Service, "", ""},
      {"*", sdk::PrincipalKind::Anonymous, "", ""},
  };
  for (const auto& [name, kind, arn, role] : cases) {
    const auto principal = principal_of(name);
    ASSERT_TRUE(principal) << name;
    EXPECT_EQ(principal->kind, kind) << name;
    EXPECT_EQ(principal->arn, arn) << name;
    EXPECT_EQ(principal->role_arn, role) << name;
  }
  for (const char* wrong : {"", "somebody", "arn:aws:iam::000000000000:group/g", "arn:aws:s3:::b",
                            "arn:aws:iam::000000000000:user/", "arn:aws:iam:::root", "arn:"}) {
    EXPECT_FALSE(principal_of(wrong)) << wrong;
  }
}

Question question(std::string action, std::string resource = "*") {
  return {.scope = kScope,
          .principal = *principal_of("arn:aws:iam::000000000000:user/u"),
          .action = std::move(action),
          .resource = std::move(resource)};
}

TEST(CallOf, PutsDerivedKeysWhereTheGateLooks) {
  auto asked = question("s3:GetObject", "arn:aws:sqs:us-east-1:111111111111:q");
  asked.context = {{"aws:SourceIp", {"192.0.2.7"}},
                   {"aws:PrincipalTag/team", {"blue"}},
                   {"AWS:CurrentTime", {"2026-01-02T03:04:05Z"}},
                   {"aws:RequestedRegion", {"eu-west-1"}},
                   {"s3:prefix", {"a", "b"}}};
  const auto call = call_of(asked);
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_EQ(call->service, "s3");
  EXPECT_EQ(call->resource_owner.text(), "111111111111");
  EXPECT_EQ(call->source_ip, "192.0.2.7");
  EXPECT_EQ(call->principal.session_tags.at("team"), "blue");
  EXPECT_EQ(call->scope.region.text(), "eu-west-1");
  EXPECT_EQ(call->context.size(), 1u);
  const auto evaluated = [&](const char* condition) {
    const auto policy = parse_policy(
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":)" +
            std::string(condition) + "}}",
        PolicyUse::Identity, "p");
    asked.resource = "*";
    return evaluate(*call_of(asked), {.identity = {*policy}}).verdict == sdk::Verdict::Allow;
  };
  EXPECT_TRUE(evaluated(R"({"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}})"));
  EXPECT_FALSE(evaluated(R"({"IpAddress":{"aws:SourceIp":"192.0.3.0/24"}})"));
  EXPECT_TRUE(evaluated(R"({"StringEquals":{"aws:PrincipalTag/team":"blue"}})"));
  EXPECT_TRUE(evaluated(R"({"DateLessThan":{"aws:CurrentTime":"2026-01-02T03:04:06Z"}})"));
  EXPECT_FALSE(evaluated(R"({"DateLessThan":{"aws:CurrentTime":"2026-01-02T03:04:05Z"}})"));
  EXPECT_TRUE(evaluated(R"({"ForAllValues:StringEquals":{"s3:prefix":["a","b"]}})"));
}

// Rather than answer another question: these keys come from the call, never from its context.
TEST(CallOf, RefusesWhatTheGateWouldNotBelieve) {
  const auto told = [](const char* who, const char* key, const char* value) {
    auto asked = question("s3:GetObject");
    asked.principal = *principal_of(who);
    asked.context = {{key, {value}}};
    const auto call = call_of(asked);
    return call ? std::string() : call.error().message;
  };
  constexpr auto kUser = "arn:aws:iam::000000000000:user/u";
  constexpr auto kRole = "arn:aws:iam::000000000000:role/r";
  EXPECT_EQ(told(kRole, "aws:MultiFactorAuthPresent", "true"),
            "aws:MultiFactorAuthPresent is 'false' in such a call, whatever the question gives");
  EXPECT_EQ(told(kRole, "aws:multifactorauthpresent", "false"), "");
  EXPECT_EQ(told(kUser, "aws:MultiFactorAuthPresent", "false"),
            "aws:MultiFactorAuthPresent is not there in such a call, whatever the question gives");
  EXPECT_EQ(told(kUser, "aws:username", "u"), "");
  EXPECT_EQ(told(kUser, "aws:username", "root"),
            "aws:username is 'u' in such a call, whatever the question gives");
  EXPECT_EQ(told(kUser, "aws:ViaAWSService", "true"), "");
  EXPECT_EQ(told(kUser, "k:x", "anything"), "");
}

TEST(CallOf, RefusesWhatIsNone) {
  EXPECT_FALSE(call_of(question("GetObject")));
  EXPECT_FALSE(call_of(question("s3:*")));
  auto asked = question("s3:GetObject");
  asked.context = {{"aws:SourceIp", {"home"}}};
  EXPECT_FALSE(call_of(asked));
  asked.context = {{"aws:CurrentTime", {"today"}}};
  EXPECT_FALSE(call_of(asked));
}

}  // namespace
}  // namespace sextant::guard::iam
