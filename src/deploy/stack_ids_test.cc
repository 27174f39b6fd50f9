// A stack is named by its name or its id, and whatever the text, the stack that the gate judges is
// the one that the call acts on.
#include "deploy/deploy_fixture.h"

namespace sextant::deploy {
namespace {

using boost::json::array;
using boost::json::object;

const std::string kDenyProd =
    R"({"Effect":"Deny","Action":"cloudformation:*","Resource":"arn:aws:cloudformation:*:*:stack/prod/*"},)"
    R"({"Effect":"Allow","Action":"*","Resource":"*"})";
const std::string kDevOnly =
    R"({"Effect":"Deny","Action":"cloudformation:*","NotResource":"arn:aws:cloudformation:*:*:stack/dev-*/*"},)"
    R"({"Effect":"Allow","Action":"*","Resource":"*"})";
const std::string kHere = "arn:aws:cloudformation:us-east-1:000000000000:";

std::string bucket_template(const std::string& bucket) {
  return "Resources:\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: " + bucket + "}}\n";
}

class StackIdsTest : public DeployTest {
 protected:
  std::string make_stack(const std::string& name, const std::string& bucket) {
    const auto told = deploy("CreateStack", bucket_template(bucket), name);
    EXPECT_EQ(told.error, "");
    return json::text_or(told.result, "StackId");
  }
  Told change(const std::string& stack, const std::string& bucket, const char* type = "UPDATE") {
    return run("CreateChangeSet", {{"StackName", stack},
                                   {"ChangeSetName", "set"},
                                   {"ChangeSetType", type},
                                   {"TemplateBody", bucket_template(bucket)}});
  }
};

struct Disguise {
  const char* what;
  std::string name;
  std::string policy;
};

TEST_F(StackIdsTest, NoArnActsOnAnotherStackThanTheGateJudges) {
  const auto prod = make_stack("prod", "first");
  make_stack("dev-1", "other");
  const Disguise disguises[] = {
      {"id without its unique part", kHere + "stack/prod", kDenyProd},
      {"id with another unique part", kHere + "stack/prod/0000-00", kDenyProd},
      {"two stacks in one ARN", "arn:aws:cloudformation:x:stack/prod/y:stack/dev-1/z", kDevOnly},
      {"two stacks, well begun", kHere + "stack/dev-1/x:stack/prod/00", kDevOnly},
      {"another region", "arn:aws:cloudformation:eu-west-1:000000000000:stack/dev-1/00", kDevOnly},
      {"another account", "arn:aws:cloudformation:us-east-1:111111111111:stack/dev-1/00", kDevOnly},
      {"its name", "prod", kDenyProd},
      {"its id", prod, kDenyProd},
      {"its name, from outside", "prod", kDevOnly},
      {"its id, from outside", prod, kDevOnly},
  };
  for (const auto& disguise : disguises) {
    caller_ = root_;
    ASSERT_EQ(change("prod", "second").error, "");
    call_as_role(disguise.policy);
    for (const char* operation : {"DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet"}) {
      run(operation, {{"StackName", disguise.name}, {"ChangeSetName", "set"}});
    }
    EXPECT_NE(change(disguise.name, "third").error, "") << disguise.what;
    EXPECT_NE(deploy("UpdateStack", bucket_template("third"), disguise.name).error, "")
        << disguise.what;
    run("DeleteStack", {{"StackName", disguise.name}});
    EXPECT_TRUE(has_bucket("first")) << disguise.what;
    EXPECT_FALSE(has_bucket("second")) << disguise.what;
    EXPECT_TRUE(has_bucket("other")) << disguise.what;
    caller_ = root_;
    const object set{{"StackName", "prod"}, {"ChangeSetName", "set"}};
    ASSERT_EQ(run("DescribeChangeSet", set).error, "") << disguise.what;
    ASSERT_EQ(run("DeleteChangeSet", set).error, "");
  }
}

TEST_F(StackIdsTest, AChangeSetNamedAloneIsJudgedOnItsStack) {
  make_stack("prod", "first");
  const auto set = json::text_or(change("prod", "second").result, "Id");
  call_as_role(kDenyProd);
  for (const char* operation : {"DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet"}) {
    const auto told = run(operation, {{"ChangeSetName", set}});
    EXPECT_TRUE(told.error.starts_with("AccessDenied: ")) << operation << told.error;
    EXPECT_TRUE(told.error.contains("stack/prod/")) << operation << told.error;
  }
  EXPECT_FALSE(has_bucket("second"));
  caller_ = root_;
  EXPECT_EQ(run("ExecuteChangeSet", {{"ChangeSetName", set}}).error, "");
  EXPECT_TRUE(has_bucket("second"));
}

TEST_F(StackIdsTest, AStackAnswersToItsIdUntilItIsGone) {
  const auto first = make_stack("demo", "first");
  EXPECT_EQ(run("DescribeStacks", {{"StackName", first}}).error, "");
  ASSERT_EQ(change(first, "second").error, "");
  ASSERT_EQ(run("DeleteStack", {{"StackName", first}}).error, "");
  const auto again = make_stack("demo", "third");
  EXPECT_TRUE(run("DescribeStacks", {{"StackName", first}}).error.contains("does not exist"));
  EXPECT_TRUE(change(first, "fourth").error.contains("does not exist"));
  EXPECT_EQ(run("DeleteStack", {{"StackName", first}}).error, "");
  EXPECT_TRUE(has_bucket("third"));
  // The set was made for the stack that is gone.
  EXPECT_TRUE(run("ExecuteChangeSet", {{"StackName", "demo"}, {"ChangeSetName", "set"}})
                  .error.starts_with("InvalidChangeSetStatus: "));
  EXPECT_TRUE(run("ExecuteChangeSet", {{"StackName", again}, {"ChangeSetName", "set"}})
                  .error.starts_with("ChangeSetNotFound: "));
  EXPECT_TRUE(has_bucket("third"));
}

TEST_F(StackIdsTest, AStackThatIsMadeHasANameAndNoId) {
  const auto id = kHere + "stack/demo/00";
  const auto created = deploy("CreateStack", bucket_template("first"), id);
  const auto pattern = "ValidationError: 1 validation error detected: Value '" + id +
                       "' at 'stackName' failed to satisfy constraint: Member must satisfy regular "
                       "expression pattern: [a-zA-Z][-a-zA-Z0-9]*";
  EXPECT_EQ(created.error, pattern);
  EXPECT_EQ(change(id, "first", "CREATE").error, pattern);
  EXPECT_FALSE(has_bucket("first"));
  EXPECT_TRUE(run("ListStacks", {}).result.at("StackSummaries").as_array().empty());
}

}  // namespace
}  // namespace sextant::deploy
