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

TEST_F(Simulate, ResultsComeInPages) {
  object parameters{{"PolicyInputList", array{kRead}},
                    {"ActionNames", array{"s3:GetObject", "s3:PutObject", "s3:ListBucket"}},
                    {"ResourceArns", array{"arn:aws:s3:::b/1", "arn:aws:s3:::b/2"}},
                    {"MaxItems", "4"}};
  auto page = made("SimulateCustomPolicy", parameters);
  auto found = page.at("EvaluationResults").as_array();
  EXPECT_EQ(found.size(), 4u);
  EXPECT_EQ(page.at("IsTruncated"), true);
  parameters["Marker"] = page.at("Marker");
  page = made("SimulateCustomPolicy", parameters);
  EXPECT_EQ(page.at("IsTruncated"), false);
  EXPECT_FALSE(page.contains("Marker"));
  for (const auto& result : page.at("EvaluationResults").as_array()) found.push_back(result);
  std::string told;
  for (const auto& result : found) {
    told += json::text_or(result.as_object(), "EvalActionName") + " " +
            json::text_or(result.as_object(), "EvalResourceName").substr(13) + " " +
            decision(result) + "\n";
  }
  EXPECT_EQ(told,
            "s3:GetObject b/1 allowed\ns3:GetObject b/2 allowed\n"
            "s3:PutObject b/1 implicitDeny\ns3:PutObject b/2 implicitDeny\n"
            "s3:ListBucket b/1 implicitDeny\ns3:ListBucket b/2 implicitDeny\n");
}

// Of what names no account itself; without it the caller's account has it.
TEST_F(Simulate, TheResourcesOwnerMustAllowToo) {
  const object base{{"PolicyInputList", array{kRead}},
                    {"ActionNames", array{"s3:GetObject"}},
                    {"ResourceArns", array{"arn:aws:s3:::b/k"}}};
  const auto with = [&](const char* owner, const char* resource_policy) {
    auto parameters = base;
    if (owner != nullptr) parameters["ResourceOwner"] = owner;
    if (resource_policy != nullptr) parameters["ResourcePolicy"] = resource_policy;
    return decision(results("SimulateCustomPolicy", parameters)[0]);
  };
  const char* to_us = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*",
      "Resource":"*","Principal":{"AWS":"000000000000"}}})";
  EXPECT_EQ(with(nullptr, nullptr), "allowed");
  EXPECT_EQ(with("arn:aws:iam::000000000000:root", nullptr), "allowed");
  EXPECT_EQ(with("arn:aws:iam::111122223333:root", nullptr), "implicitDeny");
  EXPECT_EQ(with("111122223333", to_us), "allowed");
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
  EXPECT_EQ(with("ResourceOwner", "arn:aws:iam::12:root"), "InvalidInput");
  EXPECT_EQ(with("ResourceOwner", "ada"), "InvalidInput");
  EXPECT_EQ(with("ResourceHandlingOption", "EC2-VPC-InstanceStore"), "InvalidInput");
  EXPECT_EQ(refused("SimulatePrincipalPolicy", {{"PolicySourceArn", kArn + "user/none"},
                                                {"ActionNames", array{"s3:GetObject"}}}),
            "NoSuchEntity");
  EXPECT_EQ(refused("SimulatePrincipalPolicy",
                    {{"PolicySourceArn", "ada"}, {"ActionNames", array{"s3:GetObject"}}}),
            "InvalidInput");
}

}  // namespace
}  // namespace sextant::services::iam
