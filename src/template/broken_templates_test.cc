// Templates that are wrong, and word for word what their authors are told.
#include <gtest/gtest.h>

#include "template/template_test_parse.h"

namespace sextant::templates {
namespace {

struct Broken {
  const char* name;
  std::string text;
  std::string expected;
};

// A template with one function "F" whose property lines are `lines`, beginning at line 6.
std::string function_with(std::string_view lines) {
  return "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: "
         "AWS::Serverless::Function\n    Properties:\n" +
         std::string(lines);
}
const std::string kFine =
    "      Runtime: sextant.native\n      Handler: parsers.alb\n";  // lines 6 and 7

// One resource "R" of a type, property lines from line 5 on.
std::string resource_with(std::string_view type, std::string_view lines) {
  return "Resources:\n  R:\n    Type: " + std::string(type) + "\n    Properties:\n" +
         std::string(lines);
}
std::string bucket_with(std::string_view lines) { return resource_with("AWS::S3::Bucket", lines); }

class BrokenTemplate : public testing::TestWithParam<Broken> {};

TEST_P(BrokenTemplate, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(findings(GetParam().text), GetParam().expected);
}

std::string name_of_broken(const testing::TestParamInfo<Broken>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Text, BrokenTemplate,
    testing::Values(
        Broken{"Empty", "",
               "t.yaml:1:1: the template is empty; it needs at least a Resources section"},
        Broken{"OnlyAComment", "# nothing\n",
               "t.yaml:1:1: the template is empty; it needs at least a Resources section"},
        Broken{"ScalarAtTheTop", "hello\n", "t.yaml:1:1: the template must be a map, but is text"},
        Broken{"UnclosedBracket", "Resources: [\n",
               "t.yaml:2:1: not valid YAML: end of sequence flow not found; check indentation, "
               "quotes and brackets here"},
        Broken{"TabAsIndent", "Resources:\n\tB:\n",
               "t.yaml:2:3: not valid YAML: illegal map value; check indentation, quotes and "
               "brackets here"},
        Broken{"NotUtf8", "Resources: \xff\xfe\n",
               "t.yaml: the template is not UTF-8 text; save it as UTF-8"},
        Broken{"Alias", "Resources:\n  A: &x\n    Type: AWS::S3::Bucket\n  B: *x\n",
               "t.yaml:4:6: aliases (*name) have no place in a template; write the value out, or "
               "use a parameter or a mapping"},
        Broken{"MergeKey", bucket_with("      <<: {BucketName: abc}\n"),
               "t.yaml:5:7: merge keys (<<) have no place in a template; write the values out"},
        Broken{"DuplicateKey", bucket_with("      BucketName: one\n      BucketName: two\n"),
               "t.yaml:6:7: 'BucketName' stands here a second time; remove or rename one of them"},
        Broken{"DuplicateLogicalId",
               "Resources:\n  B: {Type: AWS::S3::Bucket}\n  B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:3:3: 'B' stands here a second time; remove or rename one of them"},
        Broken{"UnknownTag", bucket_with("      BucketName: !Subb x\n"),
               "t.yaml:5:19: unknown tag '!Subb'; did you mean '!Sub'?"},
        Broken{"TwoDocuments", "Resources:\n  B: {Type: AWS::S3::Bucket}\n---\nx: 1\n",
               "t.yaml: the text holds more than one YAML document; remove the '---' lines"},
        Broken{"Json", "{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Buckett\"}}}",
               "t.yaml:1:30: resource 'B' has unknown type 'AWS::S3::Buckett'; did you mean "
               "'AWS::S3::Bucket'?"}),
    name_of_broken);

INSTANTIATE_TEST_SUITE_P(
    Sections, BrokenTemplate,
    testing::Values(
        Broken{
            "UnknownSection", "Resouces:\n  B: {Type: AWS::S3::Bucket}\n",
            "t.yaml:1:1: the template lacks 'Resources'; add it\n"
            "t.yaml:1:1: unknown property 'Resouces' of the template; did you mean 'Resources'?"},
        Broken{"NoResources", "Description: x\n",
               "t.yaml:1:1: the template lacks 'Resources'; add it"},
        Broken{"UnknownTransform",
               "Transform: AWS::Serverless-2016-10-30\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:1:12: there is no transform 'AWS::Serverless-2016-10-30'; did you mean "
               "'AWS::Serverless-2016-10-31'?"},
        Broken{"SamWithoutTransform",
               "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: "
               "sextant.native, Handler: parsers.alb}\n",
               "t.yaml:3:11: 'AWS::Serverless::Function' needs SAM's transform; add 'Transform: "
               "AWS::Serverless-2016-10-31' at the top"},
        Broken{"UnknownResourceType", "Resources:\n  B: {Type: AWS::EC2::Instance}\n",
               "t.yaml:2:13: resource 'B' has unknown type 'AWS::EC2::Instance'; known: "
               "AWS::Glue::Database, AWS::Glue::Table, AWS::IAM::ManagedPolicy, AWS::IAM::Policy, "
               "AWS::IAM::Role, AWS::Lambda::Permission, AWS::S3::Bucket, AWS::S3::BucketPolicy, "
               "AWS::Serverless::Function"},
        Broken{
            "UnknownAttribute", "Resources:\n  B: {Type: AWS::S3::Bucket, DependOn: B}\n",
            "t.yaml:2:30: unknown property 'DependOn' of resource 'B'; did you mean 'DependsOn'?"},
        Broken{"NoType", "Resources:\n  B:\n    Properties: {}\n",
               "t.yaml:3:5: resource 'B' lacks 'Type'; add it"},
        Broken{"BadLogicalId", "Resources:\n  my-bucket: {Type: AWS::S3::Bucket}\n",
               "t.yaml:2:3: 'my-bucket' cannot name a resource; use letters and digits only"},
        Broken{"ResourceIsText", "Resources:\n  B: AWS::S3::Bucket\n",
               "t.yaml:2:6: resource 'B' must be a map, but is text"},
        Broken{"RetainedRole",
               "Resources:\n  R:\n    Type: AWS::IAM::Role\n    DeletionPolicy: Retain\n    "
               "Properties: {AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: "
               "'sts:AssumeRole', Principal: {Service: lambda.amazonaws.com}}}}\n",
               "t.yaml:4:21: only buckets and tables can be retained; remove it"},
        Broken{"Export",
               "Resources:\n  B: {Type: AWS::S3::Bucket}\nOutputs:\n  O:\n    Value: x\n    "
               "Export: {Name: y}\n",
               "t.yaml:6:5: 'Export' of output 'O' is not supported; stacks do not import from "
               "each other here; remove it"}),
    name_of_broken);

INSTANTIATE_TEST_SUITE_P(
    Parameters, BrokenTemplate,
    testing::Values(
        Broken{"NoValue",
               "Parameters:\n  P: {Type: String}\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:2:3: parameter 'P' has no value; give one at deploy, or a Default here"},
        Broken{"UnknownType",
               "Parameters:\n  P: {Type: Text, Default: x}\nResources:\n  B: {Type: "
               "AWS::S3::Bucket}\n",
               "t.yaml:2:13: unknown parameter type 'Text'; use String, Number, CommaDelimitedList "
               "or List<Number>"},
        Broken{"NotAllowed",
               "Parameters:\n  P: {Type: String, Default: c, AllowedValues: [a, b]}\nResources:\n  "
               "B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:2:3: parameter 'P' is 'c', but must be one of a or b"},
        Broken{"SecretIsNotShown",
               "Parameters:\n  P: {Type: String, Default: secret, NoEcho: true, MinLength: "
               "9}\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:2:3: parameter 'P' is '****', but must have at least 9 characters"},
        Broken{"Pattern",
               "Parameters:\n  P: {Type: String, Default: A1, AllowedPattern: '[a-z]+', "
               "ConstraintDescription: lower case please}\nResources:\n  B: {Type: "
               "AWS::S3::Bucket}\n",
               "t.yaml:2:3: parameter 'P' is 'A1', but must match the pattern [a-z]+; lower case "
               "please"},
        Broken{"BadPattern",
               "Parameters:\n  P: {Type: String, Default: A1, AllowedPattern: '(['}\nResources:\n  "
               "B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:2:50: 'AllowedPattern' is no pattern that can be used; missing ]: [; write "
               "it in RE2's syntax"},
        Broken{
            "NumberOutOfRange",
            "Parameters:\n  P: {Type: Number, Default: 7, MaxValue: 6}\nResources:\n  B: {Type: "
            "AWS::S3::Bucket}\n",
            "t.yaml:2:3: parameter 'P' is '7', but must be a number within MinValue and MaxValue"}),
    name_of_broken);

INSTANTIATE_TEST_SUITE_P(
    Intrinsics, BrokenTemplate,
    testing::Values(
        Broken{"RefToNothing", bucket_with("      BucketName: !Ref Nme\n"),
               "t.yaml:5:19: nothing is named 'Nme'"},
        Broken{"RefWithSuggestion",
               "Parameters:\n  Name: {Type: String, Default: abc}\n" +
                   bucket_with("      BucketName: !Ref Nme\n"),
               "t.yaml:7:19: nothing is named 'Nme'; did you mean 'Name'?"},
        Broken{"UnknownFunction", bucket_with("      BucketName: {Fn::Joyn: ['', []]}\n"),
               "t.yaml:5:20: unknown function 'Fn::Joyn'; did you mean 'Fn::Join'?"},
        Broken{"ImportValue", bucket_with("      BucketName: !ImportValue x\n"),
               "t.yaml:5:19: 'Fn::ImportValue' is not supported; stacks do not import from each "
               "other here; pass the value as a parameter"},
        Broken{
            "JoinForm", bucket_with("      BucketName: !Join [a]\n"),
            "t.yaml:5:19: 'Fn::Join' has the wrong arguments; write !Join ['delimiter', [values]]"},
        Broken{"SubOpen", bucket_with("      BucketName: !Sub 'a-${AWS::Region'\n"),
               "t.yaml:5:19: a '${…}' of this text is not closed or holds no name; write ${Name}; "
               "a literal ${x} is written ${!x}"},
        Broken{"SubUnknown", bucket_with("      BucketName: !Sub 'a-${AWS::Regoin}'\n"),
               "t.yaml:5:19: nothing is named 'AWS::Regoin'; did you mean 'AWS::Region'?"},
        Broken{"GetAttAttribute",
               "Resources:\n  B: {Type: AWS::S3::Bucket}\nOutputs:\n  O: {Value: !GetAtt B.Arm}\n",
               "t.yaml:4:14: AWS::S3::Bucket 'B' has no attribute 'Arm'; it has 'Arn'"},
        Broken{"GetAttForm",
               "Resources:\n  B: {Type: AWS::S3::Bucket}\nOutputs:\n  O: {Value: !GetAtt B}\n",
               "t.yaml:4:14: 'Fn::GetAtt' takes a resource and an attribute; write !GetAtt "
               "LogicalId.Attribute"},
        Broken{"SelectBeyond", bucket_with("      BucketName: !Select [2, [aaa, bbb]]\n"),
               "t.yaml:5:19: 'Fn::Select' asks for item 2 of a list of 2; the first item is 0"},
        Broken{"EqualsOutside", bucket_with("      BucketName: !Equals [a, b]\n"),
               "t.yaml:5:19: 'Fn::Equals' stands outside Conditions; give the condition a name "
               "there, and use !If [Name, …] here"},
        Broken{"IfUnknownCondition", bucket_with("      BucketName: !If [Prod, aaa, bbb]\n"),
               "t.yaml:5:24: no condition is named 'Prod'"},
        Broken{"FindInMapUnknown", bucket_with("      BucketName: !FindInMap [M, a, b]\n"),
               "t.yaml:5:31: no mapping is named 'M'"},
        Broken{"FindInMapKey",
               "Mappings:\n  M: {prod: {name: abc}}\n" +
                   bucket_with("      BucketName: !FindInMap [M, prod, nane]\n"),
               "t.yaml:7:40: the mapping 'M' 'prod' has no key 'nane'; did you mean 'name'?"},
        Broken{"BesideOtherKeys", bucket_with("      BucketName: {Ref: R, x: y}\n"),
               "t.yaml:5:20: 'Ref' stands beside other keys; a function must be the only key of "
               "its map"},
        Broken{"ConditionCircle",
               "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  R: "
               "{Type: AWS::S3::Bucket, Condition: A}\n",
               "t.yaml:2:6: condition 'A' depends on itself; break the circle"},
        Broken{"InactiveResource",
               "Conditions:\n  No: !Equals [a, b]\nResources:\n  A: {Type: AWS::S3::Bucket, "
               "Condition: No}\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref A}}\n",
               "t.yaml:5:55: 'A' is not made, because condition 'No' is false; use !If with the "
               "same condition here"},
        Broken{"SelfReference", bucket_with("      BucketName: !Ref R\n"),
               "t.yaml:5:19: resources need each other in a circle: R → R; break it, e.g. with an "
               "AWS::IAM::Policy of its own, or a name given by a parameter"},
        Broken{"Circle",
               "Resources:\n  A: {Type: AWS::S3::Bucket, DependsOn: B}\n  B: {Type: "
               "AWS::S3::Bucket, Properties: {BucketName: !Sub '${C}-x'}}\n  C: {Type: "
               "AWS::S3::Bucket, Properties: {BucketName: !Ref A}}\n",
               "t.yaml:4:55: resources need each other in a circle: A → B → C → A; break it, e.g. "
               "with an AWS::IAM::Policy of its own, or a name given by a parameter"},
        Broken{"Null", bucket_with("      BucketName:\n"),
               "t.yaml:5:7: null has no meaning in a template; give a value, or leave the property "
               "out"}),
    name_of_broken);

INSTANTIATE_TEST_SUITE_P(
    Functions, BrokenTemplate,
    testing::Values(
        Broken{"UnknownProperty", function_with(kFine + "      Timeot: 3\n"),
               "t.yaml:8:7: unknown property 'Timeot' of AWS::Serverless::Function 'F'; did you "
               "mean 'Timeout'?"},
        Broken{"UnknownRuntime",
               function_with("      Runtime: sextant.nativ\n      Handler: parsers.alb\n"),
               "t.yaml:6:16: there is no runtime 'sextant.nativ'; did you mean 'sextant.native'?"},
        Broken{"ForeignRuntime",
               function_with("      Runtime: python3.12\n      Handler: parsers.alb\n"),
               "t.yaml:6:16: there is no runtime 'python3.12'; use sextant.native"},
        Broken{"NoHandler", function_with("      Runtime: sextant.native\n"),
               "t.yaml:6:7: AWS::Serverless::Function 'F' lacks 'Handler'; add it"},
        Broken{
            "UnknownStage",
            function_with("      Runtime: sextant.native\n      Handler: parsers.alp|lake.land\n"),
            "t.yaml:7:16: there is no native function 'parsers.alp'; did you mean 'parsers.alb'?"},
        Broken{
            "EmptyStage",
            function_with("      Runtime: sextant.native\n      Handler: parsers.alb||lake.land\n"),
            "t.yaml:7:16: the handler 'parsers.alb||lake.land' has an empty stage; write stages as "
            "a|b|c"},
        Broken{
            "ChainDoesNotFit",
            function_with("      Runtime: sextant.native\n      Handler: lake.land|parsers.alb\n"),
            "t.yaml:7:16: the handler 'lake.land|parsers.alb' cannot run: the first stage must "
            "take text"},
        Broken{"TimeoutTooLong", function_with(kFine + "      Timeout: 901\n"),
               "t.yaml:8:16: 'Timeout' of AWS::Serverless::Function 'F' is '901'; it must be a "
               "whole number from 1 to 900"},
        Broken{"TimeoutIsText", function_with(kFine + "      Timeout: soon\n"),
               "t.yaml:8:16: 'Timeout' of AWS::Serverless::Function 'F' is 'soon'; it must be a "
               "whole number from 1 to 900"},
        Broken{
            "TimeoutIsAMap", function_with(kFine + "      Timeout: {a: b}\n"),
            "t.yaml:8:16: 'Timeout' of AWS::Serverless::Function 'F' must be text, but is a map"},
        Broken{"RoleIsAName", function_with(kFine + "      Role: collector\n"),
               "t.yaml:8:13: 'collector' is no role's ARN; use !GetAtt RoleLogicalId.Arn"},
        Broken{"RoleAndPolicies",
               function_with(kFine +
                             "      Role: arn:aws:iam::000000000000:role/x\n      Policies: []\n"),
               "t.yaml:9:17: 'Policies' does nothing beside 'Role'; put it into the role"},
        Broken{"UnknownManagedPolicy", function_with(kFine + "      Policies: AmazonS3ReadOnly\n"),
               "t.yaml:8:17: no policy of AWS in the box is named 'AmazonS3ReadOnly'; did you mean "
               "'AmazonS3ReadOnlyAccess'?"},
        Broken{
            "UnknownPolicyTemplate",
            function_with(kFine + "      Policies:\n        - S3ReedPolicy: {BucketName: abc}\n"),
            "t.yaml:9:11: unknown policy template 'S3ReedPolicy'; did you mean 'S3ReadPolicy'?"},
        Broken{"ReservedVariable",
               function_with(kFine + "      Environment: {Variables: {AWS_REGION: x}}\n"),
               "t.yaml:8:33: 'AWS_REGION' cannot be a variable's name; it is reserved: the "
               "platform sets it"},
        Broken{"VariableIsAList",
               function_with(kFine + "      Environment: {Variables: {AB: [x]}}\n"),
               "t.yaml:8:37: 'AB' of Variables of AWS::Serverless::Function 'F' must be text, but "
               "is a list"},
        Broken{"EventType",
               function_with(kFine + "      Events:\n        E: {Type: Kinesis, Properties: {}}\n"),
               "t.yaml:9:19: events of type 'Kinesis' are not supported; use S3"},
        Broken{"EventOfNoBucket",
               function_with(kFine + "      Events:\n        E: {Type: S3, Properties: {Bucket: "
                                     "other, Events: 's3:ObjectCreated:*'}}\n"),
               "t.yaml:9:44: this template makes no bucket named 'other'"},
        Broken{"EventName",
               function_with(kFine +
                             "      Events:\n        E: {Type: S3, Properties: {Bucket: !Ref B, "
                             "Events: 's3:ObjectCreate:*'}}\n  B: {Type: AWS::S3::Bucket}\n"),
               "t.yaml:9:60: buckets have no event 's3:ObjectCreate:*'; did you mean "
               "'s3:ObjectCreated:*'?"},
        Broken{"FilterRule",
               function_with(
                   kFine +
                   "      Events:\n        E:\n          Type: S3\n          Properties:\n         "
                   "   Bucket: !Ref B\n            Events: s3:ObjectCreated:*\n            Filter: "
                   "{S3Key: {Rules: [{Name: infix, Value: x}]}}\n  B: {Type: AWS::S3::Bucket}\n"),
               "t.yaml:14:45: a filter rule is a 'prefix' or a 'suffix', not 'infix'"},
        Broken{
            "OverlappingEvents",
            function_with(
                kFine + "      Events:\n        E: {Type: S3, Properties: {Bucket: !Ref B, Events: "
                        "'s3:ObjectCreated:*'}}\n        G: {Type: S3, Properties: {Bucket: !Ref "
                        "B, Events: 's3:ObjectCreated:Put'}}\n  B: {Type: AWS::S3::Bucket}\n"),
            "t.yaml:10:44: bucket 'demo-b-x2s6yo23yvx2' would notify twice of one event: this "
            "notification overlaps another; give them prefixes or suffixes that exclude each "
            "other"},
        Broken{
            "DestinationIsNoBucket",
            function_with(kFine + "      EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: "
                                  "SQS, Destination: 'arn:aws:sqs:us-east-1:000000000000:q'}}}\n"),
            "t.yaml:8:65: 'Type' of OnFailure is 'SQS'; failed events go to a bucket: use "
            "S3Bucket\n"
            "t.yaml:8:83: 'arn:aws:sqs:us-east-1:000000000000:q' is no bucket's ARN; use !GetAtt "
            "Bucket.Arn"},
        Broken{
            "SameName",
            function_with(kFine + "      FunctionName: f\n") +
                "  G:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: "
                "sextant.native, Handler: parsers.alb, FunctionName: f}\n",
            "t.yaml:9:3: two resources are the same function 'f'; give one of them another name"}),
    name_of_broken);

INSTANTIATE_TEST_SUITE_P(
    Others, BrokenTemplate,
    testing::Values(
        Broken{"BucketName", bucket_with("      BucketName: My_Bucket\n"),
               "t.yaml:5:19: 'My_Bucket' cannot be the name of AWS::S3::Bucket 'R'; a bucket's "
               "name has lower-case letters, digits, '-' and '.' only"},
        Broken{"QueueNotification",
               bucket_with("      NotificationConfiguration: {QueueConfigurations: []}\n"),
               "t.yaml:5:35: 'QueueConfigurations' of NotificationConfiguration is not supported; "
               "a bucket notifies functions; use LambdaConfigurations"},
        Broken{
            "TwoSameBuckets",
            "Resources:\n  A: {Type: AWS::S3::Bucket, Properties: {BucketName: abc}}\n  B: "
            "{Type: AWS::S3::Bucket, Properties: {BucketName: abc}}\n",
            "t.yaml:3:3: two resources are the same bucket 'abc'; give one of them another name"},
        Broken{"TableLocation",
               resource_with("AWS::Glue::Table",
                             "      CatalogId: !Ref AWS::AccountId\n      DatabaseName: d\n      "
                             "TableInput: {Name: t, StorageDescriptor: {Location: 's3://x'}}\n"),
               "t.yaml:7:49: 'Location' of StorageDescriptor is not supported; leave it out: the "
               "lake keeps tables as Parquet, partitioned by the date and hour of each event"},
        Broken{"TableName",
               resource_with("AWS::Glue::Table",
                             "      CatalogId: !Ref AWS::AccountId\n      DatabaseName: d\n      "
                             "TableInput: {Name: My Table}\n"),
               "t.yaml:7:26: 'My Table' cannot be the name of TableInput of AWS::Glue::Table 'R'; "
               "it has 1 to 128 lower-case letters, digits and '_', and begins with a letter"},
        Broken{"ColumnType",
               resource_with(
                   "AWS::Glue::Table",
                   "      CatalogId: !Ref AWS::AccountId\n      DatabaseName: d\n      TableInput: "
                   "{Name: t, StorageDescriptor: {Columns: [{Name: a, Type: strin}]}}\n"),
               "t.yaml:7:75: unknown column type 'strin'; did you mean 'string'?"},
        Broken{"TableRetention",
               resource_with("AWS::Glue::Table",
                             "      CatalogId: !Ref AWS::AccountId\n      DatabaseName: d\n      "
                             "TableInput: {Name: t, Parameters: {RetentionInDays: 90d}}\n"),
               "t.yaml:7:59: 'RetentionInDays' is '90d', not a number of days from 1 to 36500; "
               "leave it out to keep rows for good"},
        Broken{"TableUnique",
               resource_with("AWS::Glue::Table",
                             "      CatalogId: !Ref AWS::AccountId\n      DatabaseName: d\n      "
                             "TableInput: {Name: t, Parameters: {UniqueBy: 'a b'}}\n"),
               "t.yaml:7:52: 'UniqueBy' has 'a b', which is no name of a column; give columns with "
               "commas between"},
        Broken{
            "TableUniqueRowNumber",
            resource_with(
                "AWS::Glue::Table",
                "      CatalogId: !Ref AWS::AccountId\n      DatabaseName: d\n      "
                "TableInput:\n        Name: t\n        Parameters: {UniqueBy: a}\n     "
                "   StorageDescriptor: {Columns: [{Name: File_Row_Number, Type: int}]}\n"),
            "t.yaml:9:32: 'UniqueBy' does not go with a column 'File_Row_Number'; give the column "
            "another name"},
        Broken{"OtherCatalog",
               resource_with("AWS::Glue::Database",
                             "      CatalogId: '111111111111'\n      DatabaseInput: {Name: d}\n"),
               "t.yaml:5:18: 'CatalogId' is '111111111111', which is not this account; use !Ref "
               "AWS::AccountId"},
        Broken{"PolicyKey",
               resource_with("AWS::IAM::ManagedPolicy",
                             "      PolicyDocument:\n        Statement:\n          - {Effect: "
                             "Allow, Actions: 's3:*', Resource: '*'}\n"),
               "t.yaml:7:13: a statement of AWS::IAM::ManagedPolicy 'R' lacks 'Action'; add it\n"
               "t.yaml:7:29: unknown property 'Actions' of a statement of AWS::IAM::ManagedPolicy "
               "'R'; did you mean 'Action'?"},
        Broken{"PolicyEffect",
               resource_with("AWS::IAM::ManagedPolicy",
                             "      PolicyDocument: {Statement: {Effect: allow, Action: 's3:*', "
                             "Resource: '*'}}\n"),
               "t.yaml:5:44: 'Effect' is Allow or Deny, not 'allow'"},
        Broken{"PolicyVersion",
               resource_with("AWS::IAM::ManagedPolicy",
                             "      PolicyDocument: {Version: '2012-10-18', Statement: {Effect: "
                             "Allow, Action: 's3:*', Resource: '*'}}\n"),
               "t.yaml:5:33: policies have no version '2012-10-18'; use \"2012-10-17\""},
        Broken{"PolicyPrincipal",
               resource_with("AWS::IAM::ManagedPolicy",
                             "      PolicyDocument: {Statement: {Effect: Allow, Principal: '*', "
                             "Action: 's3:*', Resource: '*'}}\n"),
               "t.yaml:5:62: a policy of a role names no principal: the role is the principal; "
               "remove it"},
        Broken{
            "TrustWithoutPrincipal",
            resource_with("AWS::IAM::Role",
                          "      AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: "
                          "'sts:AssumeRole', Resource: '*'}}\n"),
            "t.yaml:5:45: a statement of AWS::IAM::Role 'R' lacks 'Principal'; add it\n"
            "t.yaml:5:97: a trust policy names no resource: the role is the resource; remove it"},
        Broken{"PolicyOfNoRole",
               resource_with("AWS::IAM::Policy",
                             "      PolicyName: p\n      Roles: [nobody]\n      PolicyDocument: "
                             "{Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}\n"),
               "t.yaml:6:14: AWS::IAM::Policy 'R' attaches to role 'nobody', which this template "
               "does not make"},
        Broken{"OpenService",
               resource_with("AWS::Lambda::Permission",
                             "      Action: lambda:InvokeFunction\n      FunctionName: f\n      "
                             "Principal: s3.amazonaws.com\n"),
               "t.yaml:7:18: a service may invoke the function for anybody's resource; add "
               "SourceArn, and SourceAccount for a bucket"},
        Broken{
            "Many",
            "Resources:\n  A: {Type: AWS::S3::Buckett}\n  B: {Type: AWS::S3::Bucket, Properties: "
            "{Bucketname: x}}\n  C: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref D}}\n",
            "t.yaml:2:13: resource 'A' has unknown type 'AWS::S3::Buckett'; did you mean "
            "'AWS::S3::Bucket'?\n"
            "t.yaml:3:43: unknown property 'Bucketname' of AWS::S3::Bucket 'B'; did you mean "
            "'BucketName'?\n"
            "t.yaml:4:55: nothing is named 'D'"}),
    name_of_broken);

INSTANTIATE_TEST_SUITE_P(
    Rarer, BrokenTemplate,
    testing::Values(
        Broken{"MappingWithFunction",
               "Mappings:\n  M: {a: {b: !Ref AWS::Region}}\nResources:\n  B: {Type: "
               "AWS::S3::Bucket}\n",
               "t.yaml:2:14: a mapping holds texts and lists of texts only; functions have no "
               "place here"},
        Broken{"MappingOfOneLevel",
               "Mappings:\n  M: {a: b}\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:2:6: a mapping has two levels of keys"},
        Broken{
            "GlobalsUnknown",
            "Globals: {Function: {Timeut: 3}, Api: {}}\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
            "t.yaml:1:22: unknown property 'Timeut' of Globals.Function; did you mean 'Timeout'?\n"
            "t.yaml:1:34: unknown property 'Api' of Globals; remove it; known: Function"},
        Broken{"GlobalsWithPolicies",
               "Globals: {Function: {Policies: []}}\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:1:22: 'Policies' of Globals.Function is not supported; write it at each "
               "function"},
        Broken{"SnapshotOnDelete",
               "Resources:\n  B: {Type: AWS::S3::Bucket, DeletionPolicy: Snapshot}\n",
               "t.yaml:2:46: 'DeletionPolicy' is Delete or Retain, not 'Snapshot'"},
        Broken{"PropertiesAreAList", "Resources:\n  B: {Type: AWS::S3::Bucket, Properties: [a]}\n",
               "t.yaml:2:42: AWS::S3::Bucket 'B' must be a map, but is a list"},
        Broken{"TagsAreAMap", bucket_with("      Tags: {a: b}\n"),
               "t.yaml:5:13: 'Tags' of AWS::S3::Bucket 'R' must be a list, but is a map"},
        Broken{"TagWithoutValue", bucket_with("      Tags: [{Key: a}]\n"),
               "t.yaml:5:14: a tag of AWS::S3::Bucket 'R' lacks 'Value'; add it"},
        Broken{
            "TwoBucketPolicies",
            "Resources:\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: bbb}}\n  P:\n    "
            "Type: AWS::S3::BucketPolicy\n    Properties: {Bucket: !Ref B, PolicyDocument: "
            "{Statement: {Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'}}}\n  Q:\n   "
            " Type: AWS::S3::BucketPolicy\n    Properties: {Bucket: !Ref B, PolicyDocument: "
            "{Statement: {Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'}}}\n",
            "t.yaml:8:26: bucket 'bbb' has two bucket policies; put their statements into one"},
        Broken{"ConditionIsNoCondition",
               "Conditions: {C: yes}\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:1:17: condition 'C' is no condition; begin it with !Equals, !And, !Or, !Not "
               "or !Condition"},
        Broken{"ConditionOnAResource",
               "Conditions: {C: !Equals [!Ref B, x]}\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
               "t.yaml:1:26: a condition cannot depend on resource 'B'; conditions see parameters "
               "only"},
        Broken{"ActionOfAnotherService",
               resource_with("AWS::Lambda::Permission",
                             "      Action: s3:GetObject\n      FunctionName: f\n      Principal: "
                             "'000000000000'\n"),
               "t.yaml:5:15: 'Action' is 's3:GetObject'; use lambda:InvokeFunction"},
        Broken{
            "StackIdBeforeTheStack",
            "Resources:\n  B: {Type: AWS::S3::Bucket}\nOutputs:\n  O: {Value: !Ref AWS::StackId}\n",
            "t.yaml:4:14: 'AWS::StackId' is not known before the stack exists"},
        Broken{"ListInSub",
               "Parameters:\n  L: {Type: CommaDelimitedList, Default: 'a,b'}\nResources:\n  B: "
               "{Type: AWS::S3::Bucket}\nOutputs:\n  O: {Value: !Sub '${L}'}\n",
               "t.yaml:6:14: '${L}' is no text; use !Join for lists; AWS::NoValue has no text"},
        Broken{"UnknownAwsPolicy",
               resource_with("AWS::IAM::Role",
                             "      AssumeRolePolicyDocument: {Statement: {Effect: Allow, "
                             "Principal: '*', Action: 'sts:AssumeRole'}}\n      ManagedPolicyArns: "
                             "['arn:aws:iam::aws:policy/AmazonS3FulAccess']\n"),
               "t.yaml:6:26: AWS's policy 'arn:aws:iam::aws:policy/AmazonS3FulAccess' is not one "
               "of those in the box; did you mean 'AmazonS3FullAccess'?"},
        Broken{
            "NameOfTheImpliedRole", function_with(kFine) + "  FRole: {Type: AWS::S1::Bucket}\n",
            "t.yaml:8:3: 'FRole' is what the role of a function without 'Role' is called; give the "
            "function 'Role', or this resource another name\n"
            "t.yaml:8:17: resource 'FRole' has unknown type 'AWS::S1::Bucket'; did you mean "
            "'AWS::S3::Bucket'?"},
        Broken{"NumberWithLetters", function_with(kFine + "      Timeout: '1x'\n"),
               "t.yaml:8:16: 'Timeout' of AWS::Serverless::Function 'F' is '1x'; it must be a "
               "whole number from 1 to 900"}),
    name_of_broken);

}  // namespace
}  // namespace sextant::templates
