#include "services/iam/iam_fixture.h"

namespace sextant::services::iam {
namespace {

const std::string kRead =
    R"({"Version":"2012-10-17","Statement":{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}})";
const std::string kDenyKeys =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/keys/*"}})";
const std::string kFromOffice =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*",
        "Condition":{"StringEquals":{"s3:prefix":"open/"}}}})";

class Simulate : public IamTest {
 protected:
  array results(std::string_view operation, object parameters) {
    return made(operation, std::move(parameters)).at("EvaluationResults").as_array();
  }
  static std::string decision(const boost::json::value& result) {
    return json::text_or(result.as_object(), "EvalDecision");
  }
};

TEST_F(Simulate, GivenPoliciesDecideEachPair) {
  const auto found =
      results("SimulateCustomPolicy",
              {{"PolicyInputList", array{kRead, kDenyKeys}},
               {"ActionNames", array{"s3:GetObject", "s3:PutObject"}},
               {"ResourceArns", array{"arn:aws:s3:::b/open/a", "arn:aws:s3:::b/keys/a"}}});
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(decision(found[0]), "allowed");
  EXPECT_EQ(decision(found[1]), "explicitDeny");
  EXPECT_EQ(decision(found[2]), "implicitDeny");
  const auto& matched = found[1].as_object().at("MatchedStatements").as_array();
  ASSERT_EQ(matched.size(), 1u);
  EXPECT_EQ(json::text_or(matched[0].as_object(), "SourcePolicyId"), "PolicyInputList.2");
  // Behind the statement's brace, and behind its end.
  EXPECT_EQ(matched[0].as_object().at("StartPosition"), (object{{"Line", 1}, {"Column", 38}}));
  EXPECT_EQ(matched[0].as_object().at("EndPosition"),
            (object{{"Line", 1}, {"Column", kDenyKeys.size()}}));
  EXPECT_TRUE(found[2].as_object().at("MatchedStatements").as_array().empty());
}

TEST_F(Simulate, ContextBoundaryAndResourcePolicyCount) {
  object parameters{{"PolicyInputList", array{kFromOffice}},
                    {"ActionNames", array{"s3:ListBucket"}}};
  auto found = results("SimulateCustomPolicy", parameters);
  EXPECT_EQ(decision(found[0]), "implicitDeny");
  EXPECT_EQ(found[0].as_object().at("MissingContextValues"), (array{"s3:prefix"}));
  parameters["ContextEntries"] = array{object{{"ContextKeyName", "s3:prefix"},
                                              {"ContextKeyType", "string"},
                                              {"ContextKeyValues", array{"open/"}}}};
  found = results("SimulateCustomPolicy", parameters);
  EXPECT_EQ(decision(found[0]), "allowed");
  EXPECT_TRUE(found[0].as_object().at("MissingContextValues").as_array().empty());
  parameters["PermissionsBoundaryPolicyInputList"] = array{kRead};
  found = results("SimulateCustomPolicy", parameters);
  EXPECT_EQ(decision(found[0]), "implicitDeny");
  EXPECT_EQ(found[0].as_object().at("PermissionsBoundaryDecisionDetail"),
            (object{{"AllowedByPermissionsBoundary", false}}));
}

TEST_F(Simulate, AUsersAndARolesOwnPoliciesDecide) {
  const auto limit = kArn + "policy/limit";
  made("CreatePolicy", {{"PolicyName", "limit"}, {"PolicyDocument", kRead}});
  made("CreateUser", {{"UserName", "ada"}, {"PermissionsBoundary", limit}});
  made("PutUserPolicy",
       {{"UserName", "ada"}, {"PolicyName", "all"}, {"PolicyDocument", kAllowAll}});
  made("CreateRole", {{"RoleName", "ci"}, {"AssumeRolePolicyDocument", kTrustAccount}});
  made("AttachRolePolicy", {{"RoleName", "ci"}, {"PolicyArn", limit}});
  for (const char* who : {"user/ada", "role/ci"}) {
    const auto found =
        results("SimulatePrincipalPolicy", {{"PolicySourceArn", kArn + who},
                                            {"ActionNames", array{"s3:GetObject", "s3:PutObject"}},
                                            {"ResourceArns", array{"arn:aws:s3:::b/k"}}});
    EXPECT_EQ(decision(found[0]), "allowed") << who;
    EXPECT_EQ(decision(found[1]), "implicitDeny") << who;
  }
  const auto more = results("SimulatePrincipalPolicy", {{"PolicySourceArn", kArn + "role/ci"},
                                                        {"PolicyInputList", array{kAllowAll}},
                                                        {"ActionNames", array{"s3:PutObject"}}});
  EXPECT_EQ(decision(more[0]), "allowed");
}

TEST_F(Simulate, UsersAndRolesBringTheirTags) {
  const auto tagged = [](const char* team) {
    return array{object{{"Key", "team"}, {"Value", team}}};
  };
  const char* blue = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*",
      "Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"}}}})";
  for (const char* team : {"blue", "red"}) {
    const std::string user = std::string(team) + "-user";
    const std::string role = std::string(team) + "-role";
    made("CreateUser", {{"UserName", user}, {"Tags", tagged(team)}});
    made("PutUserPolicy", {{"UserName", user}, {"PolicyName", "p"}, {"PolicyDocument", blue}});
    made("CreateRole",
         {{"RoleName", role}, {"AssumeRolePolicyDocument", kTrustAccount}, {"Tags", tagged(team)}});
    made("PutRolePolicy", {{"RoleName", role}, {"PolicyName", "p"}, {"PolicyDocument", blue}});
    for (const auto& who : {"user/" + user, "role/" + role}) {
      const auto found =
          results("SimulatePrincipalPolicy",
                  {{"PolicySourceArn", kArn + who}, {"ActionNames", array{"s3:GetObject"}}});
      EXPECT_EQ(decision(found[0]), team == std::string("blue") ? "allowed" : "implicitDeny")
          << who;
    }
  }
}

TEST_F(Simulate, WhatMakesNoSenseIsRefused) {
  const object good{{"PolicyInputList", array{kRead}}, {"ActionNames", array{"s3:GetObject"}}};
  const auto with = [&](const char* name, const boost::json::value& value) {
    auto parameters = good;
    parameters[name] = value;
    return refused("SimulateCustomPolicy", parameters);
  };
  EXPECT_EQ(with("PolicyInputList", array{}), "ValidationError");
  EXPECT_EQ(with("PolicyInputList", array{"no JSON"}), "InvalidInput");
  EXPECT_EQ(with("ActionNames", array{}), "ValidationError");
  EXPECT_EQ(with("ActionNames", array{"s3:*"}), "InvalidInput");
  EXPECT_EQ(with("CallerArn", "ada"), "InvalidInput");
  EXPECT_EQ(with("ResourcePolicy", "{"), "InvalidInput");
  EXPECT_EQ(refused("SimulatePrincipalPolicy", {{"PolicySourceArn", kArn + "user/none"},
                                                {"ActionNames", array{"s3:GetObject"}}}),
            "NoSuchEntity");
  EXPECT_EQ(refused("SimulatePrincipalPolicy",
                    {{"PolicySourceArn", "ada"}, {"ActionNames", array{"s3:GetObject"}}}),
            "InvalidInput");
}

}  // namespace
}  // namespace sextant::services::iam
