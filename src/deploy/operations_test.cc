#include "adapters/faulty/store.h"
#include "deploy/deploy_fixture.h"

namespace sextant::deploy {
namespace {

using boost::json::array;
using boost::json::object;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

TEST_F(DeployTest, CreateMakesEverythingInOneCommit) {
  const auto told = deploy("CreateStack", kCollector);
  ASSERT_EQ(told.error, "");
  EXPECT_TRUE(json::text_or(told.result, "StackId")
                  .starts_with("arn:aws:cloudformation:us-east-1:000000000000:stack/demo/"));
  const auto deployed = configuration_->current();
  EXPECT_EQ(deployed->functions.at(FunctionName("collector")).timeout_s, 60);
  EXPECT_EQ(deployed->subscriptions.at(BucketName("logs")).size(), 1u);
  const auto bucket = store_.get(store::keys::bucket(kScope, BucketName("logs")));
  const auto record = store::decode_bucket((*bucket)->value);
  EXPECT_EQ(record->app, "demo");
  EXPECT_EQ(record->created, clock_.now());
  const auto feed = stream(store::keys::config_stream(kScope));
  ASSERT_EQ(feed.size(), 1u);
  const auto change = store::decode_configuration_change(feed[0].payload);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->stack, "demo");
  EXPECT_EQ(change->request_id.text(), "request-1");
  EXPECT_EQ(change->changes.size(), 4u);  // role, function, permission, bucket
  const auto app = store_.get(store::keys::app(kScope, "demo"));
  EXPECT_EQ((*app)->version, (*bucket)->version);
  EXPECT_EQ(stream(store::keys::audit_stream(kScope)).size(), 1u);
}

TEST_F(DeployTest, TheAuditShowsNeitherSecretsNorTheTemplate) {
  auto told = run(
      "CreateStack",
      {{"StackName", "demo"},
       {"TemplateBody", kCollector},
       {"Parameters", array{object{{"ParameterKey", "Secret"}, {"ParameterValue", "swordfish"}}}},
       {"Capabilities", array{"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}}});
  ASSERT_EQ(told.error, "");
  const auto record = stream(store::keys::audit_stream(kScope)).at(0).payload;
  EXPECT_FALSE(record.contains("swordfish"));
  EXPECT_FALSE(record.contains("Serverless"));
  EXPECT_TRUE(record.contains("HIDDEN_DUE_TO_SECURITY_REASONS"));
  EXPECT_TRUE(record.contains(R"("requestParameters":{"stackName":"demo",)")) << record;
  EXPECT_TRUE(record.contains(R"("responseElements":{"stackId":")" +
                              json::text_or(told.result, "StackId") + "\"}"))
      << record;
}

TEST_F(DeployTest, DescribeShowsParametersOutputsAndStatus) {
  ASSERT_EQ(deploy("CreateStack", kCollector).error, "");
  const auto told = run("DescribeStacks", {{"StackName", "demo"}});
  ASSERT_EQ(told.error, "");
  const auto& stack = told.result.at("Stacks").at(0).as_object();
  EXPECT_EQ(json::text_or(stack, "StackStatus"), "CREATE_COMPLETE");
  EXPECT_EQ(json::text_or(stack, "Description"), "collects");
  EXPECT_EQ(json::text_or(stack, "CreationTime"), "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(stack.at("Outputs"), (array{object{{"OutputKey", "Bucket"}, {"OutputValue", "logs"}}}));
  EXPECT_EQ(stack.at("Parameters"),
            (array{object{{"ParameterKey", "Seconds"}, {"ParameterValue", "60"}},
                   object{{"ParameterKey", "Secret"}, {"ParameterValue", "****"}}}));
  EXPECT_EQ(run("ListStacks", {}).result.at("StackSummaries").as_array().size(), 1u);
  EXPECT_EQ(run("ListStackResources", {{"StackName", "demo"}})
                .result.at("StackResourceSummaries")
                .as_array()
                .size(),
            4u);
  EXPECT_EQ(json::text_or(run("GetTemplate", {{"StackName", "demo"}}).result, "TemplateBody"),
            kCollector);
  const auto events = run("DescribeStackEvents", {{"StackName", "demo"}}).result.at("StackEvents");
  EXPECT_EQ(events.as_array().size(), 6u);
  EXPECT_EQ(events.at(0).at("ResourceStatus"), boost::json::value("CREATE_COMPLETE"));
}

TEST_F(DeployTest, UpdateChangesWhatDiffers) {
  ASSERT_EQ(deploy("CreateStack", kCollector).error, "");
  clock_.advance(std::chrono::seconds(10));
  const auto told =
      run("UpdateStack",
          {{"StackName", "demo"},
           {"UsePreviousTemplate", true},
           {"Parameters", array{object{{"ParameterKey", "Seconds"}, {"ParameterValue", "90"}}}},
           {"Capabilities", array{"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}}});
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(configuration_->current()->functions.at(FunctionName("collector")).timeout_s, 90);
  const auto stack = run("DescribeStacks", {{"StackName", "demo"}}).result.at("Stacks").at(0);
  EXPECT_EQ(stack.at("StackStatus"), boost::json::value("UPDATE_COMPLETE"));
  EXPECT_EQ(stack.at("LastUpdatedTime"), boost::json::value("2027-01-15T08:00:10.000Z"));
  const auto again =
      run("UpdateStack",
          {{"StackName", "demo"},
           {"UsePreviousTemplate", "true"},
           {"Parameters", array{object{{"ParameterKey", "Seconds"}, {"UsePreviousValue", "true"}}}},
           {"Capabilities", array{"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}}});
  EXPECT_EQ(again.error, "ValidationError: No updates are to be performed.");
}

TEST_F(DeployTest, AnErrorNamesThePlaceAndChangesNothing) {
  const auto told = deploy("CreateStack", replaced(kCollector, "parsers.alb|", "parsers.alp|"));
  EXPECT_EQ(told.error,
            "ValidationError: Template error: 1 finding\ntemplate.yaml:16:16: there is no native "
            "function 'parsers.alp'; did you mean 'parsers.alb'?");
  EXPECT_FALSE(has_bucket("logs"));
  EXPECT_TRUE(configuration_->current()->apps.empty());
  EXPECT_EQ(run("DescribeStacks", {{"StackName", "demo"}}).error,
            "ValidationError: Stack with id demo does not exist");
}

TEST_F(DeployTest, ErrorsAreCloudFormations) {
  EXPECT_EQ(run("CreateStack", {{"StackName", "demo"}, {"TemplateBody", kCollector}}).error,
            "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_IAM, "
            "CAPABILITY_AUTO_EXPAND]");
  EXPECT_EQ(deploy("UpdateStack", kCollector).error,
            "ValidationError: Stack with id demo does not exist");
  EXPECT_TRUE(deploy("CreateStack", kCollector, "my_stack").error.contains("stackName"));
  EXPECT_TRUE(run("CreateStack", {{"StackName", "demo"}}).error.contains("Template Body"));
  EXPECT_TRUE(run("DescribeStackEvents", {}).error.contains("StackName"));
  EXPECT_TRUE(run("CreateStack", {{"StackName", "demo"}, {"TemplateURL", "https://x"}})
                  .error.contains("TemplateURL is not supported"));
  ASSERT_EQ(deploy("CreateStack", kCollector).error, "");
  EXPECT_EQ(deploy("CreateStack", kCollector).error,
            "AlreadyExistsException: Stack [demo] already exists");
  EXPECT_EQ(run("DeleteStack", {{"StackName", "nobody"}}).error, "");
}

TEST_F(DeployTest, DeleteRemovesEverythingButNoObjects) {
  ASSERT_EQ(deploy("CreateStack", kCollector).error, "");
  put_object("logs");
  EXPECT_TRUE(run("DeleteStack", {{"StackName", "demo"}})
                  .error.starts_with("ValidationError: bucket 'logs' has objects"));
  EXPECT_TRUE(has(store::keys::app(kScope, "demo")));
  const auto record = store_.get(store::keys::bucket(kScope, BucketName("logs")));
  EXPECT_FALSE(store::decode_bucket((*record)->value)->deleting);
  ports::Batch batch;
  batch.erases.push_back(store::keys::object(kScope, BucketName("logs"), "k"));
  ASSERT_TRUE(ports::commit(store_, std::move(batch)));
  ASSERT_EQ(run("DeleteStack", {{"StackName", "demo"}}).error, "");
  EXPECT_FALSE(has_bucket("logs"));
  EXPECT_FALSE(has(store::keys::app(kScope, "demo")));
  EXPECT_FALSE(has(store::keys::stack(kScope, "demo")));
  EXPECT_TRUE(configuration_->current()->apps.empty());
}

// The mark happens, and nobody is told.
TEST_F(DeployTest, ARemovalInDoubtLeavesTheBucketUsable) {
  ASSERT_EQ(deploy("CreateStack", kCollector).error, "");
  adapters::Faults faults(1, {.lost_acknowledgement = 1}, clock_);
  adapters::FaultyCommitLog log(store_, faults, clock_);
  Stacks stacks({.scope = kScope,
                 .clock = clock_,
                 .log = log,
                 .state = store_,
                 .configuration = *configuration_},
                HandlerRules{}, [this](const sdk::Call& call) { return gate_.judge(call); });
  table_ = cloudformation_operations(stacks);
  EXPECT_NE(run("DeleteStack", {{"StackName", "demo"}}).error, "");
  const auto record = store_.get(store::keys::bucket(kScope, BucketName("logs")));
  ASSERT_TRUE(*record);
  EXPECT_FALSE(store::decode_bucket((*record)->value)->deleting);
  EXPECT_EQ(store::decode_bucket((*record)->value)->app, "demo");
}

TEST_F(DeployTest, ARetainedBucketOutlivesItsStack) {
  const std::string text =
      "Resources:\n  B: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: "
      "kept}}\n";
  ASSERT_EQ(deploy("CreateStack", text).error, "");
  put_object("kept");
  ASSERT_EQ(run("DeleteStack", {{"StackName", "demo"}}).error, "");
  const auto record = store_.get(store::keys::bucket(kScope, BucketName("kept")));
  ASSERT_TRUE(*record);
  EXPECT_EQ(store::decode_bucket((*record)->value)->app, "");
  EXPECT_TRUE(deploy("CreateStack", text).error.contains("bucket 'kept' already exists"));
}

TEST_F(DeployTest, ABucketThatGoesFromTheTemplateGoes) {
  const std::string both =
      "Resources:\n  A: {Type: AWS::S3::Bucket, Properties: {BucketName: aaa}}\n  B: {Type: "
      "AWS::S3::Bucket, Properties: {BucketName: bbb}}\n";
  ASSERT_EQ(deploy("CreateStack", both).error, "");
  put_object("aaa");
  ASSERT_EQ(deploy("UpdateStack",
                   "Resources:\n  A: {Type: AWS::S3::Bucket, Properties: {BucketName: aaa}}\n")
                .error,
            "");
  EXPECT_TRUE(has_bucket("aaa"));
  EXPECT_FALSE(has_bucket("bbb"));
  EXPECT_TRUE(deploy("UpdateStack", "Resources:\n  C: {Type: AWS::S3::Bucket}\n")
                  .error.contains("bucket 'aaa' has objects"));
}

TEST_F(DeployTest, VariablesThatMakeNoSenseAreRefused) {
  EXPECT_EQ(
      deploy("CreateStack", replaced(kCollector, "      Timeout:",
                                     "      Environment: {Variables: {WRONG: x}}\n      Timeout:"))
          .error,
      "ValidationError: Template error: 1 finding\ntemplate.yaml:11:3: function 'collector' "
      "cannot run: WRONG is not known");
}

struct Inconsistent {
  const char* name;
  std::string text;
  std::string expected;
};

TEST_F(DeployTest, WhatDoesNotHoldTogetherIsRefused) {
  ASSERT_EQ(deploy("CreateStack", kCollector, "first").error, "");
  const std::string trust =
      "{Statement: {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "
      "'sts:AssumeRole'}}";
  const std::string function =
      "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: "
      "AWS::Serverless::Function\n    Properties: {Runtime: sextant.native, Handler: parsers.alb, "
      "Role: !Sub 'arn:aws:iam::${AWS::AccountId}:role/r'}\n";
  const Inconsistent cases[] = {
      {"NoRole", function, "has role arn:aws:iam::000000000000:role/r, which there is not"},
      {"NotTrusted",
       function +
           "  R: {Type: AWS::IAM::Role, Properties: {RoleName: r, AssumeRolePolicyDocument: " +
           trust + "}}\n",
       "its trust policy does not let lambda.amazonaws.com assume it"},
      {"NoPermission",
       "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: bbb, "
       "NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: "
       "'arn:aws:lambda:us-east-1:000000000000:function:collector'}]}}\n",
       "but may not invoke it; add an AWS::Lambda::Permission"},
      {"NoFunction",
       "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: bbb, "
       "NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', Function: "
       "'arn:aws:lambda:us-east-1:000000000000:function:nobody'}]}}\n",
       "notifies arn:aws:lambda:us-east-1:000000000000:function:nobody, which there is not"},
      {"PermissionForNobody",
       "Resources:\n  P: {Type: AWS::Lambda::Permission, Properties: {Action: "
       "'lambda:InvokeFunction', FunctionName: nobody, Principal: '000000000000'}}\n",
       "permission 'P' is for function 'nobody', which its stack does not have"},
      {"NoDatabase",
       "Resources:\n  T: {Type: AWS::Glue::Table, Properties: {CatalogId: !Ref AWS::AccountId, "
       "DatabaseName: d, TableInput: {Name: t}}}\n",
       "table 't' lies in database 'd', which there is not"},
      {"NoDestination",
       "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: "
       "AWS::Serverless::Function\n    Properties: {Runtime: sextant.native, Handler: parsers.alb, "
       "EventInvokeConfig: {DestinationConfig: {OnFailure: {Destination: 'arn:aws:s3:::gone'}}}}\n",
       "sends failed events to arn:aws:s3:::gone, which there is not"},
      {"NoManagedPolicy",
       "Resources:\n  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: " + trust +
           ", ManagedPolicyArns: ['arn:aws:iam::000000000000:policy/p']}}\n",
       "attaches arn:aws:iam::000000000000:policy/p, which there is not"},
      {"NameTaken", "Resources:\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: logs}}\n",
       "template.yaml:2:3: bucket 'logs' belongs to stack 'first' already"},
      {"PolicyNotUnderstood",
       "Resources:\n  P: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: "
       "{Effect: Allow, Action: 's3:*', Resource: '*', Condition: {StrngEquals: {a: b}}}}}}\n",
       "unknown condition operator"},
  };
  for (const auto& wrong : cases) {
    const auto told = deploy("CreateStack", wrong.text, "second");
    EXPECT_TRUE(told.error.starts_with("ValidationError: ")) << wrong.name << told.error;
    EXPECT_TRUE(told.error.contains(wrong.expected)) << wrong.name << ": " << told.error;
  }
}

// A session's ARN is made of its role's name alone.
TEST_F(DeployTest, NoRoleTakesTheNameOfAnotherStacks) {
  const auto role = [](const std::string& properties) {
    return "Resources:\n  R: {Type: AWS::IAM::Role, Properties: {" + properties +
           ", AssumeRolePolicyDocument: {Statement: {Effect: Allow, Principal: {Service: "
           "lambda.amazonaws.com}, Action: 'sts:AssumeRole'}}}}\n";
  };
  ASSERT_EQ(deploy("CreateStack", role("RoleName: narrow"), "first").error, "");
  for (const auto* taken :
       {"RoleName: narrow", "RoleName: narrow, Path: /evil/", "RoleName: NARROW"}) {
    const auto told = deploy("CreateStack", role(taken), "second");
    EXPECT_TRUE(told.error.starts_with("ValidationError: template.yaml:2:3: role '")) << told.error;
    EXPECT_TRUE(told.error.contains("belongs to stack 'first' already; choose another name"))
        << taken << told.error;
  }
  EXPECT_EQ(deploy("UpdateStack", role("RoleName: narrow, Path: /moved/"), "first").error, "");
}

TEST_F(DeployTest, NoStackIsRemovedThatAnotherNeeds) {
  const std::string permission =
      "  P: {Type: AWS::Lambda::Permission, Properties: {Action: 'lambda:InvokeFunction', "
      "FunctionName: !Ref Collector, Principal: s3.amazonaws.com, SourceArn: 'arn:aws:s3:::bbb', "
      "SourceAccount: !Ref AWS::AccountId}}\n";
  const std::string bucket =
      "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: bbb, "
      "NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:ObjectCreated:*', "
      "Function: 'arn:aws:lambda:us-east-1:000000000000:function:collector'}]}}\n";
  ASSERT_EQ(deploy("CreateStack", kCollector + permission, "first").error, "");
  ASSERT_EQ(deploy("CreateStack", bucket, "second").error, "");
  EXPECT_TRUE(run("DeleteStack", {{"StackName", "first"}})
                  .error.contains("stack 'second' would break: bucket 'bbb' notifies"));
  EXPECT_TRUE(deploy("UpdateStack", kCollector, "first")
                  .error.contains("stack 'second' would break: bucket 'bbb' notifies"));
}

TEST_F(DeployTest, ChangeSetsShowAndThenDo) {
  object parameters{{"StackName", "demo"},
                    {"ChangeSetName", "first"},
                    {"ChangeSetType", "CREATE"},
                    {"TemplateBody", kCollector},
                    {"Capabilities", array{"CAPABILITY_IAM"}}};
  const auto created = run("CreateChangeSet", parameters);
  ASSERT_EQ(created.error, "");
  EXPECT_TRUE(configuration_->current()->apps.empty());
  const auto id = json::text_or(created.result, "Id");
  const auto shown = run("DescribeChangeSet", {{"ChangeSetName", id}});
  ASSERT_EQ(shown.error, "");
  EXPECT_EQ(json::text_or(shown.result, "Status"), "CREATE_COMPLETE");
  EXPECT_EQ(shown.result.at("Changes").as_array().size(), 4u);
  ASSERT_EQ(run("ExecuteChangeSet", {{"StackName", "demo"}, {"ChangeSetName", id}}).error, "");
  const auto stack = run("DescribeStacks", {{"StackName", "demo"}}).result.at("Stacks").at(0);
  EXPECT_EQ(stack.at("StackId"), created.result.at("StackId"));
  EXPECT_TRUE(
      run("DescribeChangeSet", {{"ChangeSetName", id}}).error.starts_with("ChangeSetNotFound"));

  parameters["ChangeSetType"] = "UPDATE";
  parameters["ChangeSetName"] = "second";
  ASSERT_EQ(run("CreateChangeSet", parameters).error, "");
  const auto same = run("DescribeChangeSet", {{"StackName", "demo"}, {"ChangeSetName", "second"}});
  EXPECT_EQ(json::text_or(same.result, "Status"), "FAILED");
  EXPECT_TRUE(json::text_or(same.result, "StatusReason").contains("didn't contain changes"));
  EXPECT_TRUE(run("ExecuteChangeSet", {{"StackName", "demo"}, {"ChangeSetName", "second"}})
                  .error.starts_with("InvalidChangeSetStatus"));
  EXPECT_EQ(run("ListChangeSets", {{"StackName", "demo"}}).result.at("Summaries").as_array().size(),
            1u);
  EXPECT_EQ(run("DeleteChangeSet", {{"StackName", "demo"}, {"ChangeSetName", "second"}}).error, "");
  EXPECT_EQ(run("ListChangeSets", {{"StackName", "demo"}}).result.at("Summaries").as_array().size(),
            0u);
}

TEST_F(DeployTest, OfTwoDeploysAtOnceOneWins) {
  Deployer deployer({.scope = kScope,
                     .clock = clock_,
                     .log = store_,
                     .state = store_,
                     .configuration = *configuration_});
  const Commit commit = [&](ports::Batch batch) { return ports::commit(store_, std::move(batch)); };
  const auto deployed = deployer.read();
  ASSERT_TRUE(deployed);
  model::App one;
  one.name = "one";
  StackRecord record;
  record.history.push_back({});
  record.name = "one";
  ASSERT_TRUE(deployer.apply(*deployed, one, {record, std::nullopt}, commit));
  record.name = "two";
  const auto late = deployer.apply(*deployed, one, {record, std::nullopt}, commit);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().name, "OperationInProgressException");
  EXPECT_FALSE(has(store::keys::app(kScope, "two")));
}

// It happens, and nobody is told.
TEST_F(DeployTest, ADeployInDoubtCountsWhenItHappened) {
  Deployer deployer({.scope = kScope,
                     .clock = clock_,
                     .log = store_,
                     .state = store_,
                     .configuration = *configuration_});
  model::App app;
  app.name = "one";
  StackRecord record;
  record.name = "one";
  record.history.push_back({});
  const Commit lost = [&](ports::Batch batch) -> Result<ports::Committed> {
    EXPECT_TRUE(ports::commit(store_, std::move(batch)));
    return fail(Code::Unavailable, "the store did not say");
  };
  const auto told = deployer.apply(*deployer.read(), app, {record, std::nullopt}, lost);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, Code::Unavailable);
  EXPECT_TRUE(configuration_->current()->apps.contains("one"));
}

TEST_F(DeployTest, ValidateSaysWhatATemplateNeeds) {
  const auto told = run("ValidateTemplate", {{"TemplateBody", kCollector}});
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.result.at("Capabilities"), (array{"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}));
  EXPECT_EQ(told.result.at("Parameters").as_array().size(), 2u);
  EXPECT_TRUE(run("ValidateTemplate", {{"TemplateBody", "Resources: {}"}})
                  .error.contains("the template has no resources"));
}

}  // namespace
}  // namespace sextant::deploy
