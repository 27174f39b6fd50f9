#include "template/template.h"

#include <gtest/gtest.h>

#include "template/template_test_parse.h"
#include "template/yaml_reader.h"

namespace sextant::templates {
namespace {

model::App app_of(std::string_view text, const ParseOptions& options = test_options()) {
  auto parsed = parse_template(text, options);
  EXPECT_TRUE(parsed) << to_text(parsed.error());
  return parsed ? std::move(*parsed) : model::App{};
}

// The value of one output over an otherwise small template.
std::string output_of(std::string_view value, std::string_view sections = "",
                      const ParseOptions& options = test_options()) {
  const auto app = app_of(std::string(sections) +
                              "Resources:\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: "
                              "logs}}\nOutputs:\n  O:\n    Value: " +
                              std::string(value) + "\n",
                          options);
  const auto found = app.outputs.find("O");
  return found == app.outputs.end() ? "?" : found->second;
}

TEST(Template, EvaluatesIntrinsics) {
  const std::string sections =
      "Parameters:\n  Stage: {Type: String, Default: prod}\n  Zones: {Type: CommaDelimitedList, "
      "Default: 'a, b,c'}\nMappings:\n  Sizes: {prod: {memory: 512, names: [x, y]}}\nConditions:\n "
      " Prod: !Equals [!Ref Stage, prod]\n  Never: !And [!Condition Prod, !Not [!Condition "
      "Prod]]\n  Either: !Or [!Condition Never, !Condition Prod]\n";
  const std::pair<const char*, const char*> cases[] = {
      {"!Ref B", "logs"},
      {"!GetAtt B.Arn", "arn:aws:s3:::logs"},
      {"!GetAtt [B, Arn]", "arn:aws:s3:::logs"},
      {"{'Fn::GetAtt': [B, Arn]}", "arn:aws:s3:::logs"},
      {"!Sub '${B.Arn}/${Stage}/${!literal}'", "arn:aws:s3:::logs/prod/${literal}"},
      {"!Sub ['${x}-${AWS::Region}', {x: !Ref Stage}]", "prod-us-east-1"},
      {"!Join ['-', [a, !Ref Stage, !Ref 'AWS::AccountId']]", "a-prod-000000000000"},
      {"!Join ['+', !Ref Zones]", "a+b+c"},
      {"!Select [1, !Split ['.', a.b.c]]", "b"},
      {"!Select ['2', !Ref Zones]", "c"},
      {"!If [Prod, yes it is, no]", "yes it is"},
      {"!If [Never, a, !If [Either, b, c]]", "b"},
      {"!FindInMap [Sizes, !Ref Stage, memory]", "512"},
      {"!Join ['', !FindInMap [Sizes, prod, names]]", "xy"},
      {"!Join ['-', [a, !Ref 'AWS::NoValue', b]]", "a-b"},
      {"!Base64 abc", "YWJj"},
      {"!Sub '${AWS::Partition}.${AWS::URLSuffix}.${AWS::StackName}'", "aws.amazonaws.com.demo"},
  };
  for (const auto& [value, expected] : cases)
    EXPECT_EQ(output_of(value, sections), expected) << value;
}

TEST(Template, TakesParametersGivenAtDeploy) {
  auto options = test_options();
  options.parameters = {{"Name", "given"}};
  const std::string section = "Parameters:\n  Name: {Type: String, Default: other}\n";
  EXPECT_EQ(output_of("!Ref Name", section, options), "given");
  options.parameters["Nmae"] = "x";
  EXPECT_EQ(
      findings("Parameters:\n  Name: {Type: String}\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
               options),
      "t.yaml: parameter 'Nmae' is given, but the template has none of that name; did you "
      "mean 'Name'?");
}

TEST(Template, StackIdOnlyWhenKnown) {
  auto options = test_options();
  options.stack_id = "arn:aws:cloudformation:us-east-1:000000000000:stack/demo/1";
  EXPECT_EQ(output_of("!Ref AWS::StackId", "", options), options.stack_id);
}

TEST(Template, ReadsJson) {
  const auto app = app_of(R"({"Resources": {"B": {"Type": "AWS::S3::Bucket",
    "Properties": {"BucketName": {"Fn::Join": ["-", ["a", "b", {"Ref": "AWS::Region"}]]}}}}})");
  EXPECT_TRUE(app.buckets.contains("a-b-us-east-1"));
}

TEST(Template, ReadsWhatJsonWritersWrite) {
  const auto app = app_of(
      "{\n\t\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\", \"Properties\": "
      "{\"BucketName\": "
      "\"logs\",\n\t\t\"Tags\": [{\"Key\": \"a\\/b\", \"Value\": \"\\ud83d\\ude00 "
      "\\\\ud83d\"}]}}}}");
  EXPECT_EQ(app.buckets.at("logs").tags.at("a/b"), "\xF0\x9F\x98\x80 \\ud83d");
  EXPECT_TRUE(findings(R"({"Description": "\ud83d", "Resources": {}})").contains("not valid YAML"));
}

TEST(Template, GeneratedNamesStayTheSameAndFit) {
  const std::string text =
      "Resources:\n  AVeryLongLogicalIdThatGoesOnAndOnForEver: {Type: AWS::S3::Bucket}\n";
  auto options = test_options();
  options.stack_name = std::string(100, 'S');
  const auto once = app_of(text, options);
  ASSERT_EQ(once.buckets.size(), 1u);
  EXPECT_LE(once.buckets.begin()->first.size(), 63u);
  EXPECT_EQ(app_of(text, options), once);
  options.stack_name = std::string(99, 'S') + "T";
  EXPECT_NE(app_of(text, options).buckets.begin()->first, once.buckets.begin()->first);
}

constexpr std::string_view kFunction = R"(
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: sextant.native
    Timeout: 60
    Environment: {Variables: {SHARED: global, OWN: global}}
    Tags: {team: blue}
Resources:
  Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: logs}}
  Failed: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: failed}}
  Collector:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: collector
      Handler: parsers.alb|enrichers.geoip|lake.land
      MemorySize: "256"
      ReservedConcurrentExecutions: 0
      Environment: {Variables: {OWN: mine}}
      Policies:
        - AmazonS3ReadOnlyAccess
        - S3ReadPolicy: {BucketName: !Ref Logs}
        - Statement: {Effect: Allow, Action: glue:BatchCreatePartition, Resource: "*"}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        MaximumEventAgeInSeconds: 600
        DestinationConfig: {OnFailure: {Type: S3Bucket, Destination: !GetAtt Failed.Arn}}
      Events:
        Put:
          Type: S3
          Properties:
            Bucket: !Ref Logs
            Events: [s3:ObjectCreated:Put, s3:ObjectCreated:CompleteMultipartUpload]
            Filter: {S3Key: {Rules: [{Name: prefix, Value: AWSLogs/}, {Name: Suffix, Value: .gz}]}}
Outputs:
  Role: {Value: !GetAtt CollectorRole.Arn}
)";

TEST(Template, ReadsASamFunction) {
  const auto app = app_of(kFunction);
  ASSERT_TRUE(app.functions.contains("collector"));
  const auto& function = app.functions.at("collector");
  EXPECT_EQ(function.arn, "arn:aws:lambda:us-east-1:000000000000:function:collector");
  EXPECT_EQ(function.handler, "parsers.alb|enrichers.geoip|lake.land");
  EXPECT_EQ(function.timeout_s, 60);
  EXPECT_EQ(function.memory_mib, 256);
  EXPECT_EQ(function.reserved_concurrency, 0);
  EXPECT_EQ(function.environment,
            (std::map<std::string, std::string>{{"OWN", "mine"}, {"SHARED", "global"}}));
  EXPECT_EQ(function.tags.at("team"), "blue");
  EXPECT_EQ(function.retry, (model::RetryPolicy{.retries_max = 1,
                                                .event_age_max_s = 600,
                                                .on_failure_arn = "arn:aws:s3:::failed"}));
  EXPECT_EQ(function.position.line, 12);
  EXPECT_TRUE(app.buckets.at("failed").retained);
  EXPECT_FALSE(app.buckets.at("logs").retained);
}

TEST(Template, SamFunctionImpliesItsRole) {
  const auto app = app_of(kFunction);
  const auto& arn = app.functions.at("collector").role_arn;
  EXPECT_EQ(app.outputs.at("Role"), arn);
  ASSERT_TRUE(app.roles.contains(arn));
  const auto& role = app.roles.at(arn);
  EXPECT_TRUE(role.trust_policy.contains("lambda.amazonaws.com"));
  ASSERT_EQ(role.inline_policies.size(), 2u);
  EXPECT_EQ(role.inline_policies[0].document,
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject",)"
            R"("s3:ListBucket","s3:GetBucketLocation","s3:GetObjectVersion",)"
            R"("s3:GetLifecycleConfiguration"],"Resource":["arn:aws:s3:::logs",)"
            R"("arn:aws:s3:::logs/*"]}]})");
  EXPECT_EQ(
      role.managed_policy_arns,
      (std::vector<std::string>{"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
                                "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}));
}

TEST(Template, SamEventImpliesNotificationAndPermission) {
  const auto app = app_of(kFunction);
  const auto& notifications = app.buckets.at("logs").notifications;
  ASSERT_EQ(notifications.size(), 1u);
  EXPECT_EQ(notifications[0].prefix, "AWSLogs/");
  EXPECT_EQ(notifications[0].suffix, ".gz");
  EXPECT_EQ(notifications[0].events.size(), 2u);
  EXPECT_EQ(notifications[0].function_arn, app.functions.at("collector").arn);
  ASSERT_EQ(app.permissions.size(), 1u);
  EXPECT_EQ(app.permissions[0].principal, "s3.amazonaws.com");
  EXPECT_EQ(app.permissions[0].source_arn, "arn:aws:s3:::logs");
  EXPECT_EQ(app.permissions[0].source_account, "000000000000");
}

constexpr std::string_view kPlain = R"(
Conditions:
  No: !Equals [a, b]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Path: /team/
      RoleName: reader
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns: [!Ref Managed]
      Tags: [{Key: team, Value: blue}]
  Inline:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: read
      Roles: [!Ref Role]
      PolicyDocument:
        Statement:
          Effect: Allow
          Action: s3:GetObject
          Resource: !Sub "${Bucket.Arn}/*"
          Condition: {Bool: {"aws:SecureTransport": true}, StringEquals: {"aws:SourceAccount": 000000000000}}
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: {Effect: Deny, Action: "s3:DeleteObject", Resource: "*"}}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: logs
      Tags: [{Key: a, Value: b}]
      NotificationConfiguration:
        LambdaConfigurations:
          - Event: s3:ObjectCreated:*
            Function: arn:aws:lambda:us-east-1:000000000000:function:other
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Statement: {Effect: Deny, Principal: "*", Action: "s3:*", Resource: !GetAtt Bucket.Arn}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: arn:aws:lambda:us-east-1:000000000000:function:other
      Principal: s3.amazonaws.com
      SourceArn: !GetAtt Bucket.Arn
      SourceAccount: !Ref AWS::AccountId
  Lake: {Type: AWS::Glue::Database, Properties: {CatalogId: !Ref AWS::AccountId, DatabaseInput: {Name: sextant}}}
  Table:
    Type: AWS::Glue::Table
    Properties:
      CatalogId: !Ref AWS::AccountId
      DatabaseName: !Ref Lake
      TableInput:
        Name: alb
        Parameters: {owner: blue}
        StorageDescriptor: {Columns: [{Name: ts, Type: timestamp}, {Name: source, Type: "struct<ip:string>"}]}
  Absent: {Type: AWS::S3::Bucket, Condition: No}
)";

TEST(Template, ReadsThePlainResources) {
  const auto app = app_of(kPlain);
  const auto& role = app.roles.at("arn:aws:iam::000000000000:role/team/reader");
  ASSERT_EQ(role.inline_policies.size(), 1u);
  EXPECT_EQ(
      role.inline_policies[0].document,
      R"({"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::logs/*",)"
      R"("Condition":{"Bool":{"aws:SecureTransport":true},)"
      R"("StringEquals":{"aws:SourceAccount":"000000000000"}}}})");
  ASSERT_EQ(role.managed_policy_arns.size(), 1u);
  EXPECT_TRUE(app.managed_policies.contains(role.managed_policy_arns[0]));
  EXPECT_EQ(role.tags.at("team"), "blue");
  ASSERT_EQ(app.buckets.size(), 1u);  // Absent is not made
  const auto& bucket = app.buckets.at("logs");
  EXPECT_TRUE(bucket.policy->contains("\"Deny\""));
  EXPECT_EQ(bucket.notifications.size(), 1u);
  EXPECT_EQ(app.permissions.at(0).function.text(), "other");
  EXPECT_EQ(app.databases.at("sextant").arn,
            "arn:aws:glue:us-east-1:000000000000:database/sextant");
  const auto& table = app.tables.at("alb");
  EXPECT_EQ(table.arn, "arn:aws:glue:us-east-1:000000000000:table/sextant/alb");
  EXPECT_EQ(table.columns.size(), 2u);
}

TEST(Template, AsksTheCallerAboutPolicies) {
  auto options = test_options();
  std::vector<std::string> warnings;
  options.check_policy = [](std::string_view, PolicyUse use) -> std::vector<PolicyFinding> {
    if (use != PolicyUse::Resource) return {};
    return {{.path = {}, .message = "no such action", .hint = "write another"},
            {.warning = true, .path = {"Statement", "0", "Effect"}, .message = "risky"}};
  };
  options.on_warning = [&](const Diagnostic& warning) { warnings.push_back(to_text(warning)); };
  EXPECT_EQ(findings(kPlain, options),
            "t.yaml:43:23: the policy document of AWS::S3::BucketPolicy 'BucketPolicy': no such "
            "action; write another");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(
      warnings[0].ends_with(": the policy document of AWS::S3::BucketPolicy "
                            "'BucketPolicy': risky"))
      << warnings[0];
}

TEST(Template, LimitsHold) {
  std::string deep = "Resources:\n  B: {Type: AWS::S3::Bucket, Metadata: ";
  deep += std::string(kDepthMax, '[') + std::string(kDepthMax, ']') + "}\n";
  EXPECT_TRUE(findings(deep).contains("more than 64 levels"));
  EXPECT_EQ(findings(std::string(100'000, '[')),
            "t.yaml:1:33: the template has more than 64 levels; split it into several stacks");
  EXPECT_TRUE(findings(std::string(kTextBytesMax + 1, ' ')).contains("1 MiB is the most"));
  std::string many = "Resources: [";
  for (std::size_t i = 0; i <= kNodesMax; ++i) many += "a,";
  EXPECT_TRUE(findings(many + "]").contains("more than 50000 values"));
}

TEST(Template, IamTellsApartByNameAlone) {
  const auto two = [](const std::string& type, const std::string& first,
                      const std::string& second) {
    const std::string properties = type == "Role" ? "AssumeRolePolicyDocument" : "PolicyDocument";
    const std::string document =
        type == "Role" ? "{Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, "
                         "Action: 'sts:AssumeRole'}}"
                       : "{Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}";
    const auto resource = [&](const std::string& name) {
      return "{Type: AWS::IAM::" + type + ", Properties: {" + name + ", " + properties + ": " +
             document + "}}\n";
    };
    return "Resources:\n  A: " + resource(first) + "  B: " + resource(second);
  };
  EXPECT_EQ(findings(two("Role", "RoleName: narrow", "RoleName: narrow, Path: /evil/")),
            "t.yaml:3:3: two resources are the same role 'narrow': in IAM, path and case make no "
            "difference; give one of them another name");
  EXPECT_TRUE(findings(two("Role", "RoleName: narrow", "RoleName: Narrow"))
                  .contains("two resources are the same role 'Narrow'"));
  EXPECT_TRUE(findings(two("ManagedPolicy", "ManagedPolicyName: p", "ManagedPolicyName: P"))
                  .contains("two resources are the same managed policy 'P'"));
  EXPECT_EQ(findings(two("Role", "RoleName: narrow", "RoleName: narrower")), "");
}

TEST(Template, AFunctionsOwnRoleCountsToo) {
  EXPECT_TRUE(findings("Transform: AWS::Serverless-2016-10-31\nResources:\n"
                       "  F: {Type: AWS::Serverless::Function, Properties: {Runtime: "
                       "sextant.native, Handler: parsers.alb}}\n"
                       "  R: {Type: AWS::IAM::Role, Properties: {RoleName: !Ref FRole, Path: /p/, "
                       "AssumeRolePolicyDocument: {Statement: {Effect: Allow, Principal: {Service: "
                       "lambda.amazonaws.com}, Action: 'sts:AssumeRole'}}}}\n")
                  .contains("two resources are the same role 'demo-FRole-"));
}

TEST(Template, FindingsAreLimited) {
  std::string text = "Resources:\n";
  for (int i = 0; i < 300; ++i)
    text += "  B" + std::to_string(i) + ": {Type: AWS::S3::Bucket, Properties: {X: y}}\n";
  const auto parsed = parse_template(text, test_options());
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().size(), Diagnostics::kMax + 1);
  EXPECT_EQ(parsed.error().back().message, "200 more findings are left out");
}

TEST(Summary, SaysWhatADeployNeeds) {
  const auto summary = summarize(
      "Description: d\nTransform: AWS::Serverless-2016-10-31\nParameters:\n  P: {Type: String, "
      "NoEcho: "
      "true}\n  Q: {Type: Number, Default: 3, Description: how many}\nResources:\n  F: {Type: "
      "AWS::Serverless::Function, Properties: {Handler: !Ref P}}\n");
  ASSERT_TRUE(summary) << to_text(summary.error());
  EXPECT_EQ(summary->description, "d");
  ASSERT_EQ(summary->parameters.size(), 2u);
  EXPECT_TRUE(summary->parameters[0].no_echo);
  EXPECT_EQ(summary->parameters[0].otherwise, std::nullopt);
  EXPECT_EQ(summary->parameters[1].otherwise, "3");
  EXPECT_EQ(summary->capabilities,
            (std::vector<std::string>{"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}));
  EXPECT_EQ(summary->resource_types, std::vector<std::string>{"AWS::Serverless::Function"});
}

TEST(Summary, NamedRolesNeedMore) {
  const auto summary =
      summarize("Resources:\n  R: {Type: AWS::IAM::Role, Properties: {RoleName: x}}\n");
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->capabilities, std::vector<std::string>{"CAPABILITY_NAMED_IAM"});
}

}  // namespace
}  // namespace sextant::templates
