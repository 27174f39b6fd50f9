#include "core/encoding.h"
#include "guard/iam/role_session.h"
#include "services/iam/iam_fixture.h"

namespace sextant::services::iam {
namespace {

std::string trusting(const std::string& principal) {
  return R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":)" +
         principal + "}}";
}

class Roles : public IamTest {
 protected:
  std::string create(const std::string& name, const std::string& trust = kTrustAccount) {
    return refused("CreateRole", {{"RoleName", name}, {"AssumeRolePolicyDocument", trust}});
  }
  // A stack with a role, a function that has it, and a policy.
  static model::App stack() {
    model::App app;
    app.name = "demo";
    auto& role = app.roles[kArn + "role/demo/collector"];
    role.name = "collector";
    role.arn = kArn + "role/demo/collector";
    role.trust_policy = trusting(R"({"Service":"lambda.amazonaws.com"})");
    role.managed_policy_arns = {kArn + "policy/of-stack"};
    auto& policy = app.managed_policies[kArn + "policy/of-stack"];
    policy.name = "of-stack";
    policy.arn = kArn + "policy/of-stack";
    policy.document = kAllowAll;
    return app;
  }
};

TEST_F(Roles, AreMadeChangedAndDeleted) {
  const auto answer = made("CreateRole", {{"RoleName", "ci"},
                                          {"Path", "/tools/"},
                                          {"Description", "builds"},
                                          {"MaxSessionDuration", "7200"},
                                          {"AssumeRolePolicyDocument", kTrustAccount}});
  const auto& role = answer.at("Role").as_object();
  EXPECT_EQ(json::text_or(role, "Arn"), kArn + "role/tools/ci");
  EXPECT_TRUE(json::text_or(role, "RoleId").starts_with("AROA"));
  EXPECT_EQ(uri_decode(json::text_or(role, "AssumeRolePolicyDocument")), kTrustAccount);
  EXPECT_EQ(role.at("MaxSessionDuration"), 7'200);
  EXPECT_EQ(made("GetRole", {{"RoleName", "CI"}}).at("Role"), answer.at("Role"));
  EXPECT_EQ(create("Ci"), "EntityAlreadyExists");
  made("PutRolePolicy", {{"RoleName", "ci"}, {"PolicyName", "all"}, {"PolicyDocument", kAllowAll}});
  EXPECT_EQ(refused("DeleteRole", {{"RoleName", "ci"}}), "DeleteConflict");
  made("DeleteRolePolicy", {{"RoleName", "ci"}, {"PolicyName", "all"}});
  made("DeleteRole", {{"RoleName", "ci"}});
  EXPECT_EQ(refused("GetRole", {{"RoleName", "ci"}}), "NoSuchEntity");
}

// Roles of that path are not held by their boundary.
TEST_F(Roles, NobodyMakesAServiceLinkedOne) {
  for (const char* path :
       {"/aws-service-role/", "/aws-service-role/x.amazonaws.com/", "/AWS-Service-Role/"}) {
    EXPECT_EQ(
        refused("CreateRole",
                {{"RoleName", "r"}, {"Path", path}, {"AssumeRolePolicyDocument", kTrustAccount}}),
        "ValidationError");
    EXPECT_EQ(refused("CreateUser", {{"UserName", "u"}, {"Path", path}}), "ValidationError");
    EXPECT_EQ(refused("CreatePolicy",
                      {{"PolicyName", "p"}, {"Path", path}, {"PolicyDocument", kAllowAll}}),
              "ValidationError");
  }
}

TEST_F(Roles, TrustIsCheckedAndCountsAtOnce) {
  made("CreateUser", {{"UserName", "ada"}});
  const auto ada = sign_in("ada");
  made("PutUserPolicy",
       {{"UserName", "ada"}, {"PolicyName", "all"}, {"PolicyDocument", kAllowAll}});
  const auto assumes = [&] { return may(ada, "sts:AssumeRole", kArn + "role/ci"); };
  EXPECT_EQ(create("ci", trusting(R"({"Service":"lambda.amazonaws.com"})")), "");
  EXPECT_FALSE(assumes());
  const auto update = [&](const std::string& document) {
    return refused("UpdateAssumeRolePolicy", {{"RoleName", "ci"}, {"PolicyDocument", document}});
  };
  EXPECT_EQ(update(trusting(R"({"AWS":")" + ada.arn + R"("})")), "");
  EXPECT_TRUE(assumes());
  const auto nobody = trusting(R"({"AWS":"arn:aws:iam::000000000000:user/nobody"})");
  const auto told =
      call("UpdateAssumeRolePolicy", {{"RoleName", "ci"}, {"PolicyDocument", nobody}});
  EXPECT_EQ(told.error, "MalformedPolicyDocument");
  EXPECT_EQ(told.message,
            R"(Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:user/nobody")");
  EXPECT_EQ(update(trusting(R"({"AWS":"arn:aws:iam::111122223333:user/elsewhere"})")), "");
  EXPECT_EQ(update(kAllowAll), "MalformedPolicyDocument");
  EXPECT_EQ(create("long", trusting(R"({"AWS":"000000000000"})") + std::string(3'000, ' ')), "")
      << "white space does not count";
}

TEST_F(Roles, WhoIsMadeAnewIsNotTrusted) {
  made("CreateUser", {{"UserName", "ada"}});
  EXPECT_EQ(create("ci", trusting(R"({"AWS":")" + kArn + R"(user/ada"})")), "");
  const auto before = sign_in("ada");
  EXPECT_TRUE(may(before, "sts:AssumeRole", kArn + "role/ci"));
  made("DeleteAccessKey", {{"UserName", "ada"}, {"AccessKeyId", before.access_key_id}});
  made("DeleteUser", {{"UserName", "ada"}});
  made("CreateUser", {{"UserName", "ada"}});
  const auto after = sign_in("ada");
  EXPECT_EQ(after.arn, before.arn);
  EXPECT_FALSE(may(after, "sts:AssumeRole", kArn + "role/ci"));
  EXPECT_FALSE(may(before, "sts:AssumeRole", kArn + "role/ci"));
  const auto shown = made("GetRole", {{"RoleName", "ci"}}).at("Role").as_object();
  EXPECT_EQ(uri_decode(json::text_or(shown, "AssumeRolePolicyDocument")),
            trusting(R"({"AWS":")" + before.principal_id + R"("})"));
}

// A stack's role has its unique id, too; a stack that declares it anew gives it that id again.
TEST_F(Roles, WhoIsMadeInPlaceOfAStacksRoleIsNotTrusted) {
  deploy(stack());
  EXPECT_EQ(create("ci", trusting(R"({"AWS":")" + kArn + R"(role/demo/collector"})")), "");
  const auto assumes = [&] {
    const auto role =
        store::find_identity(*configuration_->current(), store::IdentityKind::Role, "collector");
    return may(guard::iam::role_session(kScope.account, *role, "s"), "sts:AssumeRole",
               kArn + "role/ci");
  };
  EXPECT_TRUE(assumes());
  auto without = stack();
  without.roles.clear();
  deploy(without);
  made(
      "CreateRole",
      {{"RoleName", "collector"}, {"Path", "/demo/"}, {"AssumeRolePolicyDocument", kTrustAccount}});
  EXPECT_FALSE(assumes());
  made("DeleteRole", {{"RoleName", "collector"}});
  deploy(stack());
  EXPECT_TRUE(assumes());
}

TEST_F(Roles, AreBoundAndTagged) {
  EXPECT_EQ(create("ci"), "");
  made("PutRolePermissionsBoundary",
       {{"RoleName", "ci"},
        {"PermissionsBoundary", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}});
  made("TagRole", {{"RoleName", "ci"},
                   {"Tags", array{object{{"Key", "Team"}, {"Value", "blue"}},
                                  object{{"Key", "empty"}, {"Value", ""}}}}});
  made("TagRole", {{"RoleName", "ci"}, {"Tags", array{object{{"Key", "team"}, {"Value", "red"}}}}});
  EXPECT_EQ(
      made("ListRoleTags", {{"RoleName", "ci"}}).at("Tags"),
      (array{object{{"Key", "empty"}, {"Value", ""}}, object{{"Key", "team"}, {"Value", "red"}}}));
  made("UntagRole", {{"RoleName", "ci"}, {"TagKeys", array{"EMPTY", "none"}}});
  const auto role = made("GetRole", {{"RoleName", "ci"}}).at("Role").as_object();
  EXPECT_EQ(role.at("Tags").as_array().size(), 1u);
  EXPECT_EQ(json::text_or(role.at("PermissionsBoundary").as_object(), "PermissionsBoundaryArn"),
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess");
  array many;
  for (int i = 0; i < 50; ++i)
    many.push_back(object{{"Key", "k" + std::to_string(i)}, {"Value", "v"}});
  EXPECT_EQ(refused("TagRole", {{"RoleName", "ci"}, {"Tags", many}}), "LimitExceeded");
}

TEST_F(Roles, WhatAStackDeclaresIsSeenAndItsTemplatesToChange) {
  deploy(stack());
  EXPECT_EQ(create("own"), "");
  const auto names = made("ListRoles", {}).at("Roles").as_array();
  ASSERT_EQ(names.size(), 2u);
  const auto shown = made("GetRole", {{"RoleName", "collector"}}).at("Role").as_object();
  EXPECT_EQ(json::text_or(shown, "Path"), "/demo/");
  EXPECT_EQ(made("ListAttachedRolePolicies", {{"RoleName", "collector"}})
                .at("AttachedPolicies")
                .as_array()
                .size(),
            1u);
  EXPECT_EQ(create("Collector"), "EntityAlreadyExists");
  const std::pair<const char*, object> changes[] = {
      {"DeleteRole", {}},
      {"PutRolePolicy", {{"PolicyName", "p"}, {"PolicyDocument", kAllowAll}}},
      {"AttachRolePolicy", {{"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}}},
      {"DetachRolePolicy", {{"PolicyArn", kArn + "policy/of-stack"}}},
      {"UpdateAssumeRolePolicy", {{"PolicyDocument", kTrustAccount}}},
      {"TagRole", {{"Tags", array{object{{"Key", "k"}, {"Value", "v"}}}}}},
      {"DeletePolicy", {{"PolicyArn", kArn + "policy/of-stack"}}},
  };
  for (auto [operation, parameters] : changes) {
    parameters["RoleName"] = "collector";
    const auto told = call(operation, parameters);
    EXPECT_EQ(told.error, "UnmodifiableEntity") << operation;
    EXPECT_TRUE(told.message.contains("stack demo")) << told.message;
  }
  EXPECT_EQ(refused("CreatePolicy", {{"PolicyName", "OF-stack"}, {"PolicyDocument", kAllowAll}}),
            "EntityAlreadyExists");
  EXPECT_EQ(
      refused("AttachRolePolicy", {{"RoleName", "own"}, {"PolicyArn", kArn + "policy/of-stack"}}),
      "");
}

TEST_F(Roles, AFunctionsRoleStays) {
  EXPECT_EQ(create("own"), "");
  auto app = stack();
  auto& function = app.functions["parse"];
  function.name = FunctionName("parse");
  function.role_arn = kArn + "role/own";
  deploy(app);
  const auto told = call("DeleteRole", {{"RoleName", "own"}});
  EXPECT_EQ(told.error, "DeleteConflict");
  EXPECT_TRUE(told.message.contains("parse")) << told.message;
}

TEST_F(Roles, WhatMakesNoSenseIsRefused) {
  for (const char* seconds : {"3599", "43201", "x"}) {
    EXPECT_EQ(refused("CreateRole", {{"RoleName", "r"},
                                     {"AssumeRolePolicyDocument", kTrustAccount},
                                     {"MaxSessionDuration", seconds}}),
              "ValidationError");
  }
  EXPECT_EQ(refused("CreateRole", {{"RoleName", "r"}}), "ValidationError");
  EXPECT_EQ(refused("CreateRole", {{"RoleName", "r"},
                                   {"AssumeRolePolicyDocument", kTrustAccount},
                                   {"Description", std::string(1'001, 'd')}}),
            "ValidationError");
  EXPECT_EQ(refused("TagRole", {{"RoleName", "r"}}), "NoSuchEntity");
}

}  // namespace
}  // namespace sextant::services::iam
