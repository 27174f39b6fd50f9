#include "guard/iam/evaluate.h"

#include <gtest/gtest.h>

#include "guard/iam/iam_test_support.h"

namespace sextant::guard::iam {
namespace {

using test::allow;
using test::allowed;
using test::call;
using test::deny;
using test::for_principal;
using test::policy;
using test::resource_policy;
using test::root;
using test::service;
using test::session;
using test::user;

constexpr auto kNothing = R"({"Effect":"Allow","Action":"ec2:Nothing","Resource":"*"})";

PolicyPtr anything() { return policy(allow("*")); }
PolicyPtr nothing() { return policy(kNothing); }
PolicyPtr granting(const std::string& principal) {
  return resource_policy(allow("s3:*", "*", for_principal(principal)));
}
std::string reason(const sdk::Call& made, const AppliedPolicies& policies) {
  return evaluate(made, policies).reason;
}

TEST(SameAccount, NothingIsAllowedWithoutAnAllow) {
  EXPECT_FALSE(allowed(call(user()), {}));
  EXPECT_EQ(
      reason(call(user()), {}),
      "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: s3:GetObject on "
      "resource: \"arn:aws:s3:::bucket/key\" because no identity-based policy allows the "
      "s3:GetObject action");
  const auto decision = evaluate(call(user()), {.identity = {policy(
                                                    R"({"Sid":"S","Effect":"Allow","Action":"s3:*",
                                                        "Resource":"*"})")}});
  EXPECT_EQ(decision.verdict, sdk::Verdict::Allow);
  EXPECT_EQ(decision.reason, "");
  EXPECT_EQ(decision.deciding_statements, std::vector<std::string>{"p#S"});
}

TEST(SameAccount, ADenyAnywhereWins) {
  const auto forbidding = policy(deny("s3:GetObject"));
  const auto rest = anything();
  const auto resource = granting(R"("*")");
  const struct {
    AppliedPolicies policies;
    const char* says;
  } rows[] = {
      {{.identity = {rest, forbidding}}, "with an explicit deny in an identity-based policy"},
      {{.identity = {rest},
        .resource = {resource, resource_policy(deny("*", "*", for_principal(R"("*")")))}},
       "with an explicit deny in a resource-based policy"},
      {{.identity = {rest}, .boundary = {rest, forbidding}},
       "with an explicit deny in a permissions boundary"},
      {{.identity = {rest}, .session = {rest, forbidding}},
       "with an explicit deny in a session policy"},
      {{.identity = {rest}, .service_control = {{rest}, {rest, forbidding}}},
       "with an explicit deny in a service control policy"},
      {{.identity = {rest},
        .resource_control = {{granting(R"("*")"),
                              resource_policy(deny("*", "*", for_principal(R"("*")")))}}},
       "with an explicit deny in a resource control policy"},
  };
  for (const auto& row : rows) {
    EXPECT_NE(reason(call(session()), row.policies).find(row.says), std::string::npos)
        << reason(call(session()), row.policies);
  }
}

TEST(SameAccount, EveryLimitMustAllow) {
  const auto all = anything();
  const struct {
    AppliedPolicies policies;
    const char* says;  // "" when allowed
  } rows[] = {
      {{.identity = {all}}, ""},
      {{.identity = {all}, .boundary = {all}, .session = {all}, .service_control = {{all}, {all}}},
       ""},
      {{.identity = {all}, .boundary = {nothing()}}, "because no permissions boundary allows"},
      {{.identity = {all}, .session = {nothing()}}, "because no session policy allows"},
      {{.identity = {all}, .service_control = {{all}, {nothing()}}},
       "because no service control policy allows"},
      {{.identity = {all},
        .resource_control = {{resource_policy(
            deny("s3:PutObject", "*", for_principal(R"("*")")))}}},
       "because no resource control policy allows"},
      {{.boundary = {all}, .session = {all}, .service_control = {{all}}},
       "because no identity-based policy allows"},
  };
  for (const auto& row : rows) {
    const auto decision = evaluate(call(session()), row.policies);
    EXPECT_EQ(decision.verdict == sdk::Verdict::Allow, std::string(row.says).empty())
        << decision.reason;
    EXPECT_NE(decision.reason.find(row.says), std::string::npos) << decision.reason;
  }
}

// What a grant of the resource's policy is worth depends on whom it names.
TEST(SameAccount, GrantsOfTheResourcePolicy) {
  constexpr auto kUser = R"({"AWS":"arn:aws:iam::111122223333:user/ann"})";
  constexpr auto kSession = R"({"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"})";
  constexpr auto kRole = R"({"AWS":"arn:aws:iam::111122223333:role/r"})";
  constexpr auto kRoleId = R"({"AWS":"AROA0123456789ABCDEF"})";
  constexpr auto kAccountOnly = R"({"AWS":"111122223333"})";
  constexpr auto kEveryone = R"("*")";
  const struct {
    sdk::Principal principal;
    const char* names;
    bool alone;           // without identity policies
    bool despite_limits;  // although boundary and session policy do not allow
  } rows[] = {
      {user(), kUser, true, true},         {user(), kAccountOnly, false, false},
      {user(), kEveryone, true, true},     {user(), kSession, false, false},
      {session(), kSession, true, true},   {session(), kRole, true, false},
      {session(), kRoleId, true, false},   {session(), kAccountOnly, false, false},
      {session(), kEveryone, true, true},  {session("r", "t"), kSession, false, false},
      {session("q"), kRole, false, false},
  };
  for (const auto& row : rows) {
    const auto grant = granting(row.names);
    EXPECT_EQ(allowed(call(row.principal), {.resource = {grant}}), row.alone)
        << row.principal.arn << " " << row.names;
    EXPECT_EQ(allowed(call(row.principal), {.resource = {grant}, .boundary = {nothing()}}),
              row.despite_limits)
        << row.principal.arn << " " << row.names;
    EXPECT_EQ(allowed(call(row.principal), {.resource = {grant}, .session = {nothing()}}),
              row.despite_limits)
        << row.principal.arn << " " << row.names;
  }
}

TEST(SameAccount, RootNeedsNoAllowButHeedsADeny) {
  EXPECT_TRUE(allowed(call(root()), {}));
  EXPECT_FALSE(allowed(call(root()), {.service_control = {{nothing()}}}));
  EXPECT_FALSE(allowed(
      call(root()), {.resource = {resource_policy(deny("s3:*", "*", for_principal(R"("*")")))}}));
  EXPECT_FALSE(allowed(call(root(test::kOtherAccount)), {}));
}

TEST(CrossAccount, BothSidesMustAllow) {
  auto made = call(session("r", "s", test::kOtherAccount));
  const auto named = granting(R"({"AWS":"444455556666"})");
  const auto direct = granting(R"({"AWS":"arn:aws:sts::444455556666:assumed-role/r/s"})");
  EXPECT_FALSE(allowed(made, {.identity = {anything()}}));
  EXPECT_FALSE(allowed(made, {.resource = {named}}));
  EXPECT_FALSE(allowed(made, {.resource = {direct}}));
  EXPECT_TRUE(allowed(made, {.identity = {anything()}, .resource = {named}}));
  EXPECT_FALSE(
      allowed(made, {.identity = {anything()}, .resource = {direct}, .boundary = {nothing()}}));
  EXPECT_FALSE(
      allowed(made, {.identity = {anything()}, .resource = {direct}, .session = {nothing()}}));
  EXPECT_NE(reason(made, {.identity = {anything()}}).find("no resource-based policy allows"),
            std::string::npos);
  EXPECT_TRUE(allowed(call(root(test::kOtherAccount)), {.resource = {named}}));
  made = call(user());
  made.resource_owner = AccountId(test::kOtherAccount);
  EXPECT_FALSE(allowed(made, {.identity = {anything()}}));
}

TEST(Anonymous, OnlyWhatIsGrantedToEveryone) {
  const sdk::Principal nobody;
  EXPECT_FALSE(allowed(call(nobody), {}));
  EXPECT_FALSE(allowed(call(nobody), {.resource = {granting(R"({"AWS":"111122223333"})")}}));
  EXPECT_TRUE(allowed(call(nobody), {.resource = {granting(R"("*")")}}));
  EXPECT_TRUE(allowed(call(nobody), {.resource = {granting(R"({"AWS":"*"})")}}));
  EXPECT_FALSE(allowed(call(nobody), {.identity = {anything()}}));
  EXPECT_FALSE(allowed(call(nobody, "sts:GetCallerIdentity", "*"), {}));
}

TEST(Services, NeedTheResourcePolicyAndMustSayForWhomTheyAct) {
  constexpr auto kFunction = "arn:aws:lambda:us-east-1:111122223333:function:f";
  auto made = call(service(), "lambda:InvokeFunction", kFunction);
  const auto permission = resource_policy(allow("lambda:InvokeFunction", kFunction,
                                                R"("Principal":{"Service":"s3.amazonaws.com"},
         "Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"},
                      "StringEquals":{"AWS:SourceAccount":"111122223333"}})"));
  EXPECT_NE(reason(made, {.resource = {permission}}).find("must say for which resource"),
            std::string::npos);
  made.context["aws:SourceArn"] = {"arn:aws:s3:::bucket"};
  made.context["aws:SourceAccount"] = {"111122223333"};
  EXPECT_TRUE(allowed(made, {.resource = {permission}}));
  EXPECT_FALSE(allowed(made, {}));
  EXPECT_FALSE(allowed(made, {.identity = {anything()}}));
  made.context["aws:SourceArn"] = {"arn:aws:s3:::another"};
  EXPECT_FALSE(allowed(made, {.resource = {permission}}));
  made.context["aws:SourceArn"] = {"arn:aws:s3:::bucket"};
  made.context["aws:SourceAccount"] = {"444455556666"};
  EXPECT_FALSE(allowed(made, {.resource = {permission}}));
  made.context["aws:SourceAccount"] = {"111122223333"};
  made.principal = service("sns.amazonaws.com");
  EXPECT_FALSE(allowed(made, {.resource = {permission}}));
}

TEST(TrustPolicies, MustNameThePrincipal) {
  const auto trust = [](const std::string& principal) {
    return policy(R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":)" + principal + "}",
                  PolicyUse::Trust);
  };
  const auto made = call(user(), "sts:AssumeRole", "arn:aws:iam::111122223333:role/r");
  EXPECT_FALSE(allowed(made, {.identity = {anything()}}));
  EXPECT_FALSE(allowed(made, {.identity = {anything()},
                              .resource = {trust(R"({"Service":"lambda.amazonaws.com"})")}}));
  EXPECT_FALSE(allowed(made, {.resource = {trust(R"({"AWS":"111122223333"})")}}));
  EXPECT_TRUE(
      allowed(made, {.identity = {anything()}, .resource = {trust(R"({"AWS":"111122223333"})")}}));
  EXPECT_TRUE(
      allowed(made, {.resource = {trust(R"({"AWS":"arn:aws:iam::111122223333:user/ann"})")}}));
}

TEST(Exceptions, CallerIdentityAndServiceLinkedRoles) {
  EXPECT_TRUE(
      allowed(call(user(), "sts:GetCallerIdentity", "*"), {.identity = {policy(deny("sts:*"))}}));
  auto linked = session();
  linked.role_arn = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/r";
  EXPECT_TRUE(allowed(
      call(linked),
      {.identity = {anything()}, .boundary = {nothing()}, .service_control = {{nothing()}}}));
  for (const char* role : {"role/x/:role/aws-service-role/r", "role/x/role/aws-service-role/r",
                           "role/Aws-Service-Role/r", "role/aws-service-roles/r"}) {
    linked.role_arn = std::string("arn:aws:iam::111122223333:") + role;
    EXPECT_FALSE(allowed(call(linked), {.identity = {anything()}, .boundary = {nothing()}}))
        << role;
  }
}

TEST(NotPrincipal, SparesOnlyWhoIsListedUnderEveryName) {
  const auto denying = [](const std::string& names) {
    return resource_policy(R"({"Effect":"Deny","Action":"s3:*","Resource":"*","NotPrincipal":)" +
                           names + "}");
  };
  constexpr auto kAll =
      R"({"AWS":["111122223333","arn:aws:iam::111122223333:role/r",
                 "arn:aws:sts::111122223333:assumed-role/r/s"]})";
  const AppliedPolicies whole{.identity = {anything()}, .resource = {denying(kAll)}};
  EXPECT_TRUE(allowed(call(session()), whole));
  EXPECT_FALSE(allowed(call(session("r", "other")), whole));
  EXPECT_FALSE(allowed(call(user()), whole));
  EXPECT_FALSE(allowed(
      call(session()),
      {.identity = {anything()},
       .resource = {denying(R"({"AWS":["111122223333","arn:aws:iam::111122223333:role/r"]})")}}));
}

TEST(NotPrincipal, AdmitsOnlyWhoIsListedUnderNoName) {
  const auto allowing = resource_policy(R"({"Effect":"Allow","Action":"s3:*","Resource":"*",
                          "NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/bob"}})");
  EXPECT_TRUE(allowed(call(user("ann")), {.resource = {allowing}}));
  EXPECT_FALSE(allowed(call(user("bob")), {.resource = {allowing}}));
}

TEST(Unclear, WhatCannotBeEvaluatedDenies) {
  const auto broken = policy_or_defect("{", PolicyUse::Identity, "broken");
  EXPECT_NE(reason(call(root()), {.resource = {broken}}).find("policy broken cannot be evaluated"),
            std::string::npos);
  EXPECT_FALSE(allowed(call(user()), {.identity = {anything(), broken}}));
  EXPECT_FALSE(allowed(call(user()), {.identity = {anything()}, .service_control = {{broken}}}));

  auto made = call(user());
  made.context["k:x"] = {"a", "b"};
  constexpr auto kDoubtful = R"("Condition":{"StringEquals":{"k:x":"c"}})";
  EXPECT_FALSE(allowed(made, {.identity = {policy(allow("s3:*", "*", kDoubtful))}}));
  const AppliedPolicies denied{.identity = {anything(), policy(deny("s3:*", "*", kDoubtful))}};
  EXPECT_NE(reason(made, denied).find("(its condition StringEquals on k:x cannot be evaluated)"),
            std::string::npos)
      << reason(made, denied);
  made.context["k:x"] = {"b"};
  EXPECT_TRUE(allowed(made, denied));
}

TEST(Reason, NamesWhoeverCalls) {
  EXPECT_TRUE(reason(call(session()), {})
                  .starts_with("User: arn:aws:sts::111122223333:assumed-role/r/s is not"));
  EXPECT_TRUE(reason(call(sdk::Principal{}), {}).starts_with("User: anonymous is not authorized"));
  EXPECT_NE(reason(call(user(), "lambda:ListFunctions", "*"), {})
                .find("on resource: * because no identity-based policy allows the "
                      "lambda:ListFunctions action"),
            std::string::npos);
}

}  // namespace
}  // namespace sextant::guard::iam
