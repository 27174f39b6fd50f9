// Stacks beside what IAM's API made.
#include "store/identities.h"
#include "deploy/deploy_fixture.h"

namespace sextant::deploy {
namespace {

const std::string kArn = "arn:aws:iam::000000000000:";

class DeployIdentitiesTest : public DeployTest {
 protected:
  void put_role(const std::string& name, const std::string& service) {
    put(store::keys::role(kScope, name),
        store::encode(store::IdentityRecord{
            .kind = store::IdentityKind::Role,
            .name = name,
            .id = "AROAABCDEFGHIJKLMNOPQ",
            .arn = kArn + "role/" + name,
            .trust_policy =
                R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":")" +
                service + R"("}}})"}));
  }
  static std::string function_with(const std::string& role) {
    return R"(
Transform: AWS::Serverless-2016-10-31
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {FunctionName: f, Runtime: sextant.native,
      Handler: parsers.alb|lake.land, Role: ')" +
           role + "'}}\n";
  }
};

const std::string kPolicy = R"(
Resources:
  P: {Type: AWS::IAM::ManagedPolicy, Properties: {ManagedPolicyName: shared, PolicyDocument:
      {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]}}}
)";

TEST_F(DeployIdentitiesTest, AFunctionMayHaveARoleThatTheApiMade) {
  put_role("own", "lambda.amazonaws.com");
  put_role("others", "states.amazonaws.com");
  EXPECT_EQ(deploy("CreateStack", function_with(kArn + "role/own")).error, "");
  EXPECT_TRUE(deploy("CreateStack", function_with(kArn + "role/others"), "second")
                  .error.contains("does not let lambda.amazonaws.com assume it"));
  EXPECT_TRUE(deploy("CreateStack", function_with(kArn + "role/none"), "second")
                  .error.contains("which there is not"));
  // What became of that role since is not another stack's to fail by.
  put_role("own", "states.amazonaws.com");
  EXPECT_EQ(deploy("CreateStack", kPolicy, "third").error, "");
}

TEST_F(DeployIdentitiesTest, FunctionsThatShareARoleAreWarnedOf) {
  put_role("own", "lambda.amazonaws.com");
  put_role("other", "lambda.amazonaws.com");
  auto text = function_with(kArn + "role/own");
  EXPECT_FALSE(deploy("CreateStack", text).result.contains("Warnings"));
  text.replace(text.find("FunctionName: f,"), 16, "FunctionName: g,");
  const auto across = deploy("CreateStack", text, "second");
  ASSERT_EQ(across.error, "");
  const auto& warnings = across.result.at("Warnings").as_array();
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(std::string(warnings[0].as_string())
                  .starts_with("template.yaml:4:3: function 'g' shares role " + kArn +
                               "role/own with function 'f' of stack 'demo'"))
      << warnings[0];
  auto two = function_with(kArn + "role/other");
  two +=
      "  G: {Type: AWS::Serverless::Function, Properties: {FunctionName: h, Runtime: "
      "sextant.native,\n      Handler: parsers.alb|lake.land, Role: '" +
      kArn + "role/other'}}\n";
  two.replace(two.find("FunctionName: f,"), 16, "FunctionName: e,");
  const auto within = deploy("CreateStack", two, "third");
  ASSERT_EQ(within.error, "");
  ASSERT_EQ(within.result.at("Warnings").as_array().size(), 1u);
  EXPECT_TRUE(std::string(within.result.at("Warnings").as_array()[0].as_string())
                  .contains("function 'h' shares role " + kArn + "role/other with function 'e':"));
}

TEST_F(DeployIdentitiesTest, NoTemplateMakesAServiceLinkedRole) {
  const auto role_with = [](const std::string& path) {
    return "Resources:\n  R: {Type: AWS::IAM::Role, Properties: {Path: '" + path +
           "', AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: 'sts:AssumeRole', "
           "Principal: {Service: lambda.amazonaws.com}}}}}\n";
  };
  EXPECT_TRUE(deploy("CreateStack", role_with("/aws-service-role/x.amazonaws.com/"))
                  .error.contains("/aws-service-role/ is reserved for service-linked roles"));
  EXPECT_EQ(deploy("CreateStack", role_with("/team/")).error, "");
}

TEST_F(DeployIdentitiesTest, NamesAreOneForBoth) {
  put(store::keys::policy(kScope, "SHARED"),
      store::encode(store::PolicyRecord{.name = "SHARED",
                                        .arn = kArn + "policy/SHARED",
                                        .versions = {{.number = 1, .document = "{}"}}}));
  EXPECT_TRUE(deploy("CreateStack", kPolicy)
                  .error.contains("A policy called shared already exists: IAM's API made it"));
}

TEST_F(DeployIdentitiesTest, APolicyThatSomebodyHasStays) {
  EXPECT_EQ(deploy("CreateStack", kPolicy).error, "");
  put(store::keys::user(kScope, "ada"),
      store::encode(store::IdentityRecord{
          .name = "ada", .arn = kArn + "user/ada", .attached_policies = {kArn + "policy/shared"}}));
  EXPECT_TRUE(
      run("DeleteStack", {{"StackName", "demo"}})
          .error.contains("Cannot delete a policy attached to entities: " + kArn + "user/ada"));
  EXPECT_TRUE(has(store::keys::app(kScope, "demo")));
}

TEST_F(DeployIdentitiesTest, AStacksRoleTellsWhenItWasMade) {
  EXPECT_EQ(deploy("CreateStack", kCollector).error, "");
  const auto now = configuration_->current();
  EXPECT_EQ(now->apps.at("demo").created, clock_.now());
}

}  // namespace
}  // namespace sextant::deploy
