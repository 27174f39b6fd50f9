#include "deploy/policy_check.h"

#include "deploy/deploy_fixture.h"

namespace sextant::deploy {
namespace {

// A managed policy with one statement, whose elements are the lines.
std::string managed(const std::string& lines) {
  return "Resources:\n"
         "  P:\n"
         "    Type: AWS::IAM::ManagedPolicy\n"
         "    Properties:\n"
         "      PolicyDocument:\n"
         "        Version: '2012-10-17'\n"
         "        Statement:\n"
         "          - Sid: One\n"
         "            Effect: Allow\n" +
         lines;
}

TEST_F(DeployTest, UnknownActionsAreRefusedWithTheirPlace) {
  const auto told = deploy("CreateStack", managed("            Action:\n"
                                                  "              - s3:GetObject\n"
                                                  "              - s3:PutObjet\n"
                                                  "            Resource: '*'\n"));
  EXPECT_EQ(told.error,
            "ValidationError: Template error: 1 finding\ntemplate.yaml:12:17: the policy document "
            "of AWS::IAM::ManagedPolicy 'P': statement One: the action s3:PutObjet does not exist; "
            "did you mean 'PutObject'?");
  EXPECT_TRUE(configuration_->current()->apps.empty());
}

TEST_F(DeployTest, WarningsComeWithTheAnswer) {
  const auto told = deploy(
      "CreateStack", managed("            Action: iam:PassRole\n            Resource: '*'\n"));
  ASSERT_EQ(told.error, "");
  const auto& warnings = told.result.at("Warnings").as_array();
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(std::string(warnings[0].as_string())
                  .starts_with("template.yaml:10:13: the policy document of "
                               "AWS::IAM::ManagedPolicy 'P': statement One: iam:PassRole"));
  EXPECT_FALSE(deploy("CreateStack", kCollector, "quiet").result.contains("Warnings"));
}

TEST_F(DeployTest, SizesAreAwss) {
  const auto of_size = [&](std::size_t statements) {
    std::string text = "            Action: s3:GetObject\n            Resource:\n";
    for (std::size_t i = 0; i < statements; ++i)
      text +=
          "              - arn:aws:s3:::" + std::string(60, 'b') + "/" + std::to_string(i) + "\n";
    return managed(text);
  };
  EXPECT_EQ(deploy("CreateStack", of_size(70)).error, "");
  EXPECT_TRUE(deploy("CreateStack", of_size(90), "large")
                  .error.contains("Maximum policy size of 6144 bytes exceeded"));
}

TEST_F(DeployTest, InlinePoliciesOfARoleAreCountedTogether) {
  std::string text =
      "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n"
      "      AssumeRolePolicyDocument: {Statement: {Effect: Allow, Principal: {Service: "
      "lambda.amazonaws.com}, Action: 'sts:AssumeRole'}}\n      Policies:\n";
  for (const char* name : {"a", "b", "c"}) {
    text += std::string("        - PolicyName: ") + name +
            "\n          PolicyDocument: {Statement: {Effect: Allow, Action: 's3:GetObject', "
            "Resource: 'arn:aws:s3:::" +
            std::string(4'000, 'x') + "'}}\n";
  }
  EXPECT_TRUE(deploy("CreateStack", text)
                  .error.contains("Maximum policy size of 10240 bytes exceeded for role "));
}

}  // namespace
}  // namespace sextant::deploy
