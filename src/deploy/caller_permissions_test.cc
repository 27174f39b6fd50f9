#include "deploy/caller_permissions.h"

#include <algorithm>
#include <boost/json.hpp>

#include "deploy/deploy_fixture.h"

namespace sextant::deploy {
namespace {

using Lines = std::vector<std::string>;

model::App make_app() {
  model::App app;
  const std::string role_arn = "arn:aws:iam::000000000000:role/r";
  app.roles[role_arn] = {.name = "r",
                         .arn = role_arn,
                         .trust_policy = "{}",
                         .inline_policies = {{"one", "{}"}},
                         .managed_policy_arns = {"arn:aws:iam::aws:policy/P"},
                         .permissions_boundary_arn = std::nullopt,
                         .tags = {{"team", "blue"}},
                         .logical_id = "R",
                         .position = {}};
  model::Function function;
  function.name = FunctionName("f");
  function.arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
  function.role_arn = role_arn;
  function.logical_id = "F";
  app.functions["f"] = function;
  app.permissions.push_back({.statement_id = "s",
                             .function = FunctionName("f"),
                             .action = "lambda:InvokeFunction",
                             .principal = "s3.amazonaws.com",
                             .source_arn = std::nullopt,
                             .source_account = std::nullopt,
                             .logical_id = "S"});
  model::Bucket bucket;
  bucket.name = BucketName("b");
  bucket.arn = "arn:aws:s3:::b";
  bucket.logical_id = "B";
  bucket.notifications.push_back({});
  app.buckets["b"] = bucket;
  app.databases["d"] = {.name = "d",
                        .arn = "arn:aws:glue:us-east-1:000000000000:database/d",
                        .logical_id = "D",
                        .position = {}};
  model::Table table;
  table.database = "d";
  table.name = TableName("t");
  table.arn = "arn:aws:glue:us-east-1:000000000000:table/d/t";
  table.logical_id = "T";
  app.tables["t"] = table;
  return app;
}

Lines lines_of(const model::App& before, const model::App& after) {
  Lines lines;
  for (const auto& call :
       needed_calls({AccountId("000000000000"), Region("us-east-1")}, before, after)) {
    lines.push_back(call.resource.logical_id + " " + call.action + " " + call.arn);
  }
  std::ranges::sort(lines);
  return lines;
}

TEST(NeededCalls, MakingEverything) {
  EXPECT_EQ(lines_of({}, make_app()),
            (Lines{"B s3:CreateBucket arn:aws:s3:::b", "B s3:PutBucketNotification arn:aws:s3:::b",
                   "D glue:CreateDatabase arn:aws:glue:us-east-1:000000000000:catalog",
                   "D glue:CreateDatabase arn:aws:glue:us-east-1:000000000000:database/d",
                   "F iam:PassRole arn:aws:iam::000000000000:role/r",
                   "F lambda:CreateFunction arn:aws:lambda:us-east-1:000000000000:function:f",
                   "R iam:AttachRolePolicy arn:aws:iam::000000000000:role/r",
                   "R iam:CreateRole arn:aws:iam::000000000000:role/r",
                   "R iam:PutRolePolicy arn:aws:iam::000000000000:role/r",
                   "R iam:TagRole arn:aws:iam::000000000000:role/r",
                   "S lambda:AddPermission arn:aws:lambda:us-east-1:000000000000:function:f",
                   "T glue:CreateTable arn:aws:glue:us-east-1:000000000000:catalog",
                   "T glue:CreateTable arn:aws:glue:us-east-1:000000000000:database/d",
                   "T glue:CreateTable arn:aws:glue:us-east-1:000000000000:table/d/t"}));
}

TEST(NeededCalls, RemovingEverything) {
  EXPECT_EQ(lines_of(make_app(), {}),
            (Lines{"B s3:DeleteBucket arn:aws:s3:::b",
                   "D glue:DeleteDatabase arn:aws:glue:us-east-1:000000000000:catalog",
                   "D glue:DeleteDatabase arn:aws:glue:us-east-1:000000000000:database/d",
                   "F lambda:DeleteFunction arn:aws:lambda:us-east-1:000000000000:function:f",
                   "R iam:DeleteRole arn:aws:iam::000000000000:role/r",
                   "R iam:DeleteRolePolicy arn:aws:iam::000000000000:role/r",
                   "R iam:DetachRolePolicy arn:aws:iam::000000000000:role/r",
                   "S lambda:RemovePermission arn:aws:lambda:us-east-1:000000000000:function:f",
                   "T glue:DeleteTable arn:aws:glue:us-east-1:000000000000:catalog",
                   "T glue:DeleteTable arn:aws:glue:us-east-1:000000000000:database/d",
                   "T glue:DeleteTable arn:aws:glue:us-east-1:000000000000:table/d/t"}));
}

TEST(NeededCalls, WhatStaysTheSameNeedsNothing) {
  EXPECT_EQ(lines_of(make_app(), make_app()), Lines{});
  auto retained = make_app();
  retained.buckets["b"].retained = true;
  retained.tables["t"].retained = true;
  auto without = retained;
  without.buckets.clear();
  without.tables.clear();
  EXPECT_EQ(lines_of(retained, without), Lines{});
}

struct Change {
  const char* name;
  std::function<void(model::App&)> change;
  Lines expected;
};

TEST(NeededCalls, EachChangeIsItsOwnCall) {
  const std::string role = "arn:aws:iam::000000000000:role/r";
  const std::string function = "arn:aws:lambda:us-east-1:000000000000:function:f";
  const auto role_of = [](model::App& app) -> model::Role& { return app.roles.begin()->second; };
  const Change changes[] = {
      {"trust",
       [&](auto& app) { role_of(app).trust_policy = "{ }"; },
       {"R iam:UpdateAssumeRolePolicy " + role}},
      {"policy",
       [&](auto& app) { role_of(app).inline_policies[0].document = "{ }"; },
       {"R iam:PutRolePolicy " + role}},
      {"renamed policy",
       [&](auto& app) { role_of(app).inline_policies[0].name = "two"; },
       {"R iam:DeleteRolePolicy " + role, "R iam:PutRolePolicy " + role}},
      {"detached",
       [&](auto& app) { role_of(app).managed_policy_arns.clear(); },
       {"R iam:DetachRolePolicy " + role}},
      {"boundary",
       [&](auto& app) { role_of(app).permissions_boundary_arn = "b"; },
       {"R iam:PutRolePermissionsBoundary " + role}},
      {"tag", [&](auto& app) { role_of(app).tags["team"] = "red"; }, {"R iam:TagRole " + role}},
      {"no tag", [&](auto& app) { role_of(app).tags.clear(); }, {"R iam:UntagRole " + role}},
      {"timeout",
       [](auto& app) { app.functions["f"].timeout_s = 9; },
       {"F lambda:UpdateFunctionConfiguration " + function}},
      {"variable",
       [](auto& app) { app.functions["f"].environment["A"] = "b"; },
       {"F lambda:UpdateFunctionConfiguration " + function}},
      {"code",
       [](auto& app) { app.functions["f"].environment["code:"] = "name: a"; },
       {"F lambda:UpdateFunctionCode " + function}},
      {"code and variable",
       [](auto& app) { app.functions["f"].environment = {{"code:", "name: a"}, {"A", "b"}}; },
       {"F lambda:UpdateFunctionCode " + function,
        "F lambda:UpdateFunctionConfiguration " + function}},
      {"role",
       [](auto& app) { app.functions["f"].role_arn = "arn:aws:iam::000000000000:role/x"; },
       {"F iam:PassRole arn:aws:iam::000000000000:role/x",
        "F lambda:UpdateFunctionConfiguration " + function}},
      {"concurrency",
       [](auto& app) { app.functions["f"].reserved_concurrency = 1; },
       {"F lambda:PutFunctionConcurrency " + function}},
      {"retries",
       [](auto& app) { app.functions["f"].retry.retries_max = 0; },
       {"F lambda:PutFunctionEventInvokeConfig " + function}},
      {"function tag",
       [](auto& app) { app.functions["f"].tags["a"] = "b"; },
       {"F lambda:TagResource " + function}},
      {"permission",
       [](auto& app) { app.permissions[0].principal = "000000000000"; },
       {"S lambda:AddPermission " + function, "S lambda:RemovePermission " + function}},
      {"bucket policy",
       [](auto& app) { app.buckets["b"].policy = "{}"; },
       {"B s3:PutBucketPolicy arn:aws:s3:::b"}},
      {"no events",
       [](auto& app) { app.buckets["b"].notifications.clear(); },
       {"B s3:PutBucketNotification arn:aws:s3:::b"}},
      {"bucket tag",
       [](auto& app) { app.buckets["b"].tags["a"] = "b"; },
       {"B s3:PutBucketTagging arn:aws:s3:::b"}},
      {"columns",
       [](auto& app) { app.tables["t"].columns.push_back({"c", "string"}); },
       {"T glue:UpdateTable arn:aws:glue:us-east-1:000000000000:catalog",
        "T glue:UpdateTable arn:aws:glue:us-east-1:000000000000:database/d",
        "T glue:UpdateTable arn:aws:glue:us-east-1:000000000000:table/d/t"}},
  };
  for (const auto& [name, change, expected] : changes) {
    auto after = make_app();
    change(after);
    EXPECT_EQ(lines_of(make_app(), after), expected) << name;
  }
}

// What the collector needs, without the right to pass its role.
const std::string kAllButPassRole =
    R"({"Effect":"Allow","Action":["s3:CreateBucket","s3:PutBucketNotification","s3:DeleteBucket",
        "lambda:*","iam:CreateRole","iam:AttachRolePolicy","iam:PutRolePolicy","iam:DeleteRole*"],
        "Resource":"*"})";
const std::string kPassRole =
    R"({"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":
        {"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}})";

TEST_F(DeployTest, WhoMayDoItAllByHandMayDeploy) {
  call_as_role(kAllButPassRole + "," + kPassRole);
  EXPECT_EQ(deploy("CreateStack", kCollector).error, "");
  EXPECT_TRUE(has_bucket("logs"));
}

TEST_F(DeployTest, ARoleIsPassedOnlyByWhoMay) {
  call_as_role(kAllButPassRole);
  const auto told = deploy("CreateStack", kCollector);
  const std::string sentence =
      "User: arn:aws:sts::000000000000:assumed-role/deployer/ci is not authorized to perform: "
      "iam:PassRole on resource: arn:aws:iam::000000000000:role/demo-CollectorRole";
  EXPECT_TRUE(told.error.starts_with("AccessDenied: Collector: " + sentence)) << told.error;
  EXPECT_TRUE(
      told.error.ends_with(" because no identity-based policy allows the iam:PassRole action"));
  EXPECT_FALSE(has_bucket("logs"));
  EXPECT_FALSE(has(store::keys::app(kScope, "demo")));
  EXPECT_TRUE(configuration_->current()->apps.empty());
  EXPECT_EQ(stream(store::keys::config_stream(kScope)).size(), 0u);

  const auto audit = stream(store::keys::audit_stream(kScope));
  ASSERT_EQ(audit.size(), 1u);
  EXPECT_TRUE(audit[0].payload.contains(R"("errorCode":"AccessDenied")")) << audit[0].payload;
  const auto record = boost::json::parse(audit[0].payload);
  EXPECT_TRUE(record.at("responseElements").is_null());
  const auto& decisions = record.at("additionalEventData").at("decisions").as_array();
  ASSERT_GT(decisions.size(), 1u) << "what was allowed, too";
  EXPECT_EQ(decisions.at(0).at("action"), "iam:PassRole") << "refusals first";
  EXPECT_EQ(decisions.at(0).at("decision"), "Deny");
  EXPECT_TRUE(std::string(decisions.at(0).at("reason").as_string()).contains(sentence));
  for (std::size_t i = 1; i < decisions.size(); ++i)
    EXPECT_EQ(decisions.at(i).at("decision"), "Allow");
}

TEST_F(DeployTest, ARoleForAnotherServiceMayNotBePassedToLambda) {
  call_as_role(kAllButPassRole +
               R"(,{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":
                  {"StringEquals":{"iam:PassedToService":"states.amazonaws.com"}}})");
  EXPECT_TRUE(deploy("CreateStack", kCollector).error.contains("iam:PassRole"));
}

TEST_F(DeployTest, ARefusedCreationTellsItsReasonsAndLeavesNothing) {
  call_as_role(R"({"Effect":"Deny","Action":"s3:*","Resource":"*"})");
  const auto told = deploy("CreateStack", kCollector);
  EXPECT_TRUE(told.error.contains("Logs: User: ")) << told.error;
  EXPECT_TRUE(
      told.error.contains("s3:CreateBucket on resource: \"arn:aws:s3:::logs\" with an "
                          "explicit deny in an identity-based policy"));
  EXPECT_TRUE(told.error.contains("iam:CreateRole"));
  const auto events = run("DescribeStackEvents", {{"StackName", "demo"}}).result.at("StackEvents");
  std::string story;
  for (const auto& event : events.as_array()) {
    const auto& object = event.as_object();
    story.insert(0, json::text_or(object, "LogicalResourceId") + " " +
                        json::text_or(object, "ResourceStatus") + "\n");
  }
  EXPECT_EQ(story,
            "demo CREATE_IN_PROGRESS\nCollectorRole CREATE_FAILED\nCollector CREATE_FAILED\n"
            "CollectorPutPermission CREATE_FAILED\nLogs CREATE_FAILED\n"
            "demo ROLLBACK_IN_PROGRESS\ndemo ROLLBACK_COMPLETE\n");
  EXPECT_TRUE(json::text_or(events.at(2).as_object(), "ResourceStatusReason")
                  .contains("is not authorized to perform: s3:CreateBucket"));
  const auto stack = run("DescribeStacks", {{"StackName", "demo"}}).result.at("Stacks").at(0);
  EXPECT_EQ(stack.at("StackStatus"), boost::json::value("ROLLBACK_COMPLETE"));
  EXPECT_TRUE(json::text_or(stack.as_object(), "StackStatusReason").contains("failed to create"));

  caller_ = {.kind = sdk::PrincipalKind::Root,
             .account = kScope.account,
             .arn = "arn:aws:iam::000000000000:root",
             .principal_id = "000000000000"};
  EXPECT_TRUE(deploy("UpdateStack", kCollector)
                  .error.ends_with("is in ROLLBACK_COMPLETE state and can not be updated."));
  EXPECT_EQ(deploy("CreateStack", kCollector).error, "");
  EXPECT_EQ(
      run("DescribeStacks", {{"StackName", "demo"}}).result.at("Stacks").at(0).at("StackStatus"),
      boost::json::value("CREATE_COMPLETE"));
}

TEST_F(DeployTest, ARefusedUpdateAndRemovalLeaveTheStackAsItIs) {
  ASSERT_EQ(deploy("CreateStack", kCollector).error, "");
  call_as_role(R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})");
  auto changed = kCollector;
  changed.replace(changed.find("Default: 60"), 11, "Default: 61");
  EXPECT_TRUE(deploy("UpdateStack", changed).error.contains("lambda:UpdateFunctionConfiguration"));
  EXPECT_EQ(configuration_->current()->functions.at(FunctionName("collector")).timeout_s, 60);
  const auto status = [&] {
    return run("DescribeStacks", {{"StackName", "demo"}})
        .result.at("Stacks")
        .at(0)
        .at("StackStatus");
  };
  EXPECT_EQ(status(), boost::json::value("UPDATE_ROLLBACK_COMPLETE"));
  EXPECT_EQ(json::text_or(run("GetTemplate", {{"StackName", "demo"}}).result, "TemplateBody"),
            kCollector);
  EXPECT_TRUE(run("DeleteStack", {{"StackName", "demo"}}).error.contains("lambda:DeleteFunction"));
  EXPECT_EQ(status(), boost::json::value("DELETE_FAILED"));
  EXPECT_TRUE(has_bucket("logs"));
  EXPECT_EQ(run("DescribeStackResources", {{"StackName", "demo"}})
                .result.at("StackResources")
                .at(0)
                .at("ResourceStatus"),
            boost::json::value("CREATE_COMPLETE"));
}

TEST_F(DeployTest, AChangeSetIsRefusedWhenItIsExecuted) {
  call_as_role(kAllButPassRole);
  const boost::json::object request{
      {"StackName", "demo"},
      {"ChangeSetName", "first"},
      {"ChangeSetType", "CREATE"},
      {"TemplateBody", kCollector},
      {"Capabilities", boost::json::array{"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}}};
  ASSERT_EQ(run("CreateChangeSet", request).error, "");
  const boost::json::object named{{"StackName", "demo"}, {"ChangeSetName", "first"}};
  EXPECT_TRUE(run("ExecuteChangeSet", named).error.contains("iam:PassRole"));
  EXPECT_FALSE(has_bucket("logs"));
  call_as_role(kAllButPassRole + "," + kPassRole);
  EXPECT_EQ(run("ExecuteChangeSet", named).error, "");
  EXPECT_TRUE(has_bucket("logs"));
}

}  // namespace
}  // namespace sextant::deploy
