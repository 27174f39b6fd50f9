#include "guard/iam/validate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "guard/iam/service_data.h"
#include "guard/iam/validate_test_support.h"
#include "guard/iam/wildcards.h"
#include "model/managed_policies.h"

namespace sextant::guard::iam {
namespace {

using test::lines_of;

std::string allow(std::string_view rest) {
  return R"({"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Allow",)" +
         std::string(rest) + "}]}";
}

TEST(Validate, AGoodPolicyHasNoFindings) {
  EXPECT_EQ(lines_of(allow(R"("Action":["s3:GetObject","s3:ListBucket"],
      "Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/${aws:username}/*"],
      "Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue","s3:prefix":"a"},
                   "Null":{"aws:RequestTag/x":"true"}})")),
            "");
  EXPECT_EQ(lines_of(allow(R"("Action":"ec2:NobodyLooksHere","Resource":"*")")), "");
  EXPECT_EQ(
      lines_of(allow(R"("Action":"iam:PassRole","Resource":"arn:aws:iam::000000000000:role/r")")),
      "");
}

struct Case {
  const char* name;
  std::string rest;  // of an Allow with Sid S
  std::string expected;
  PolicyKind kind = PolicyKind::RoleInline;
};

void check_all(std::span<const Case> cases) {
  for (const auto& [name, rest, expected, kind] : cases)
    EXPECT_EQ(lines_of(allow(rest), kind), expected) << name;
}

TEST(Validate, NamesThatNobodyKnows) {
  const Case cases[] = {
      {"action", R"("Action":"s3:GetObjct","Resource":"*")",
       "E InvalidAction Statement[0].Action (S): the action s3:GetObjct does not exist; did you "
       "mean 'GetObject'?\n"},
      {"action in a list", R"("Action":["s3:GetObject","lambda:Invoke"],"Resource":"*")",
       "E InvalidAction Statement[0].Action[1] (S): the action lambda:Invoke does not exist; did "
       "you mean 'InvokeAsync'?\n"},
      {"wildcard", R"("Action":"s3:Fetch*","Resource":"*")",
       "E InvalidAction Statement[0].Action (S): the action s3:Fetch* does not exist\n"},
      {"service", R"("Action":"lamda:InvokeFunction","Resource":"*")",
       "E InvalidServiceInAction Statement[0].Action (S): the service 'lamda' of action "
       "lamda:InvokeFunction does not exist; did you mean 'lambda'?\n"},
      {"global key",
       R"("Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:SourceAcount":"1"}})",
       "E InvalidConditionKey Statement[0].Condition.StringEquals.aws:SourceAcount (S): the "
       "condition key aws:SourceAcount does not exist; did you mean 'aws:SourceAccount'?\n"},
      {"key of a service",
       R"("Action":"s3:*","Resource":"*","Condition":{"StringLike":{"s3:prefx":"a"}})",
       "E InvalidConditionKey Statement[0].Condition.StringLike.s3:prefx (S): the condition key "
       "s3:prefx does not exist; did you mean 's3:prefix'?\n"},
      {"key without a service",
       R"("Action":"s3:*","Resource":"*","Condition":{"StringLike":{"SourceArn":"a"}})",
       "E InvalidConditionKey Statement[0].Condition.StringLike.SourceArn (S): the condition key "
       "SourceArn names no service; did you mean 'aws:SourceArn'?\n"},
      {"resource type",
       R"("Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:functon:f")",
       "E InvalidResource Statement[0].Resource (S): no resource of lambda has an ARN like "
       "arn:aws:lambda:us-east-1:000000000000:functon:f; did you mean 'function'?\n"
       "W ActionWithoutResource Statement[0].Action (S): lambda:InvokeFunction works on none of "
       "these resources, but on function\n"},
      {"other service",
       R"("Action":"s3:GetObject","Resource":"arn:aws:sqs:us-east-1:000000000000:q")",
       "W ActionWithoutResource Statement[0].Action (S): s3:GetObject works on none of these "
       "resources, but on accesspointobject, object\n"},
      {"no resource types", R"("Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::b")",
       "W ActionWithoutResource Statement[0].Action (S): s3:ListAllMyBuckets works on no single "
       "resource: it needs \"*\"\n"},
  };
  check_all(cases);
}

TEST(Validate, GrammarWithPlaceAndSuggestion) {
  const Case cases[] = {
      {"element", R"("Action":"s3:*","Resourse":"*")",
       "E MalformedPolicyDocument Statement[0].Resourse (S): 'Resourse': no such element in a "
       "statement; did you mean 'Resource'?\n"},
      {"operator",
       R"("Action":"s3:*","Resource":"*","Condition":{"StringEqual":{"aws:username":"a"}})",
       "E MalformedPolicyDocument Statement[0].Condition.StringEqual (S): aws:username: unknown "
       "condition operator \"StringEqual\"; did you mean 'StringEquals'?\n"},
      {"vendor", R"("Action":"GetObject","Resource":"*")",
       "E MalformedPolicyDocument Statement[0].Action (S): \"GetObject\": Actions/Conditions must "
       "be prefaced by a vendor, e.g., iam, sdb, ec2, etc.\n"},
      {"principal", R"("Action":"s3:*","Resource":"*","Principal":"*")",
       "E MalformedPolicyDocument Statement[0].Principal (S): Policy document should not specify a "
       "principal.\n"},
      {"no resource", R"("Action":"s3:*")",
       "E MalformedPolicyDocument Statement[0] (S): Policy statement must contain resources.\n"},
      {"trust", R"("Action":"sts:AssumeRole","Principal":"*","Resource":"*")",
       "E MalformedPolicyDocument Statement[0].Resource (S): Has prohibited field Resource\n",
       PolicyKind::Trust},
  };
  check_all(cases);
}

TEST(Validate, EveryBadStatementIsReported) {
  const auto text = R"({"Statement":[{"Effect":"Alow","Action":"s3:*","Resource":"*"},
      {"Effect":"Allow","Action":"s3:*","Resource":"*"},
      {"Effect":"Allow","Action":[],"Resource":"*"}]})";
  EXPECT_EQ(lines_of(text),
            "E MalformedPolicyDocument Statement[0].Effect: Effect must be \"Allow\" or \"Deny\"\n"
            "E MalformedPolicyDocument Statement[2].Action: must be a string or a list of strings "
            "that is not empty\n");
  EXPECT_EQ(lines_of(R"({"Statement":{"Effect":"Allow","Action":"s3:Gett","Resource":"*"}})"),
            "E InvalidAction Statement.Action: the action s3:Gett does not exist\n");
  EXPECT_EQ(lines_of("{\n \"Statement\": [}"),
            "E MalformedPolicyDocument : Syntax errors in policy. not valid JSON at line 2, column "
            "16: syntax error\n");
  EXPECT_EQ(validate("{\n \"Statement\": [}", PolicyKind::Managed).at(0).at, (TextPosition{2, 16}));
  EXPECT_EQ(validate(text, PolicyKind::Managed).at(0).at, TextPosition{});  // the path says it
  EXPECT_TRUE(lines_of(R"({"Version":"2012-10-17","Version":"2012-10-17"})")
                  .starts_with("E MalformedPolicyDocument : Syntax errors in policy."));
}

TEST(Validate, TheSixWarnings) {
  const Case cases[] = {
      {"pass role", R"("Action":["iam:GetRole","iam:Pass*"],"Resource":"*")",
       "W PassRoleWithWildcard Statement[0].Action[1] (S): iam:PassRole on a resource with a "
       "wildcard lets any such role be given to any service; name the role, or add the condition "
       "key iam:PassedToService\n"},
      {"pass role to a service", R"("Action":"iam:PassRole","Resource":"*","Condition":
       {"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}})",
       ""},
      {"NotAction", R"("NotAction":"iam:*","Resource":"*")",
       "W AllowWithNotAction Statement[0].NotAction (S): Allow with NotAction allows every action "
       "that is not listed, those of services to come included; list what is allowed under "
       "Action\n"},
      {"NotPrincipal",
       R"("NotPrincipal":{"AWS":"000000000000"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*")",
       "W AllowWithNotPrincipal Statement[0].NotPrincipal (S): Allow with NotPrincipal allows "
       "everybody who is not listed, anonymous callers included; list who is allowed under "
       "Principal\n",
       PolicyKind::Bucket},
      {"service principal",
       R"("Principal":{"Service":"s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*")",
       "W ServicePrincipalWithoutSource Statement[0].Principal (S): a service may do this for "
       "anybody: it can be made a confused deputy; add a condition on aws:SourceArn and "
       "aws:SourceAccount\n",
       PolicyKind::Bucket},
      {"service principal with its source",
       R"("Principal":{"Service":"s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*",
       "Condition":{"StringEquals":{"aws:SourceAccount":"000000000000"}})",
       "", PolicyKind::Bucket},
      {"trust of a service",
       R"("Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole")", "",
       PolicyKind::Trust},
      {"ForAllValues",
       R"("Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}})",
       "W ForAllValuesWithAllow Statement[0].Condition.ForAllValues:StringEquals.aws:TagKeys (S): "
       "ForAllValues is true when the request has no aws:TagKeys; use ForAnyValue, or add "
       "\"Null\": {\"aws:TagKeys\": \"false\"}\n"},
      {"ForAllValues with Null",
       R"("Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},
       "Null":{"aws:TagKeys":"false"}})",
       ""},
      {"the paper's ARN",
       R"("Action":"dynamodb:PutItem","Resource":"arn:dynamodb:us-east-1:000000000000:table/TABLE:x")",
       "W MalformedArn Statement[0].Resource (S): malformed ARN "
       "arn:dynamodb:us-east-1:000000000000:table/TABLE:x: there is no partition 'dynamodb'; an "
       "ARN is arn:aws:service:region:account:resource\n"},
      {"account", R"("Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:1234:q")",
       "W MalformedArn Statement[0].Resource (S): malformed ARN arn:aws:sqs:us-east-1:1234:q: "
       "'1234' is no account: it has twelve digits\n"},
      {"region", R"("Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east:000000000000:q")",
       "W MalformedArn Statement[0].Resource (S): malformed ARN "
       "arn:aws:sqs:us-east:000000000000:q: 'us-east' is no region\n"},
      {"service",
       R"("Action":"sqs:SendMessage","Resource":"arn:aws:sqss:us-east-1:000000000000:q")",
       "W MalformedArn Statement[0].Resource (S): malformed ARN "
       "arn:aws:sqss:us-east-1:000000000000:q: there is no service 'sqss'; did you mean 'sqs'?\n"},
  };
  check_all(cases);
  auto deny = allow(R"("NotAction":"iam:*","Resource":"*")");
  deny.replace(deny.find("Allow"), 5, "Deny");
  EXPECT_EQ(lines_of(deny), "");
}

TEST(Validate, WhatLimitsLittleSilencesNoWarning) {
  constexpr auto kPassRole =
      " iam:PassRole on a resource with a wildcard lets any such role be given to any service; "
      "name the role, or add the condition key iam:PassedToService\n";
  constexpr auto kNotResource =
      "W AllowWithNotResource Statement[0].NotResource (S): Allow with NotResource allows the "
      "actions on every resource that is not listed, those to come included; list what is allowed "
      "under Resource\n";
  constexpr auto kDeputy =
      "W ServicePrincipalWithoutSource Statement[0].Principal (S): a service may do this for "
      "anybody: it can be made a confused deputy; add a condition on aws:SourceArn and "
      "aws:SourceAccount\n";
  const std::string from_service =
      R"("Principal":{"Service":"s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":)";
  const Case cases[] = {
      {"pass role with ?",
       R"("Action":"iam:PassRole","Resource":"arn:aws:iam::000000000000:role/?")",
       std::string("W PassRoleWithWildcard Statement[0].Action (S):") + kPassRole},
      {"pass role with NotResource",
       R"("Action":"iam:PassRole","NotResource":"arn:aws:iam::000000000000:role/r")",
       std::string("W PassRoleWithWildcard Statement[0].Action (S):") + kPassRole + kNotResource},
      {"pass role to all but one", R"("Action":"iam:PassRole","Resource":"*","Condition":
       {"StringNotEquals":{"iam:PassedToService":"lambda.amazonaws.com"}})",
       std::string("W PassRoleWithWildcard Statement[0].Action (S):") + kPassRole},
      {"NotResource", R"("Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/*")", kNotResource},
      {"ForAllValues without the key",
       R"("Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},
       "Null":{"aws:TagKeys":"true"}})",
       "W ForAllValuesWithAllow Statement[0].Condition.ForAllValues:StringEquals.aws:TagKeys (S): "
       "ForAllValues is true when the request has no aws:TagKeys; use ForAnyValue, or add "
       "\"Null\": {\"aws:TagKeys\": \"false\"}\n"},
      {"not that source",
       from_service + R"({"StringNotEquals":{"aws:SourceAccount":"111122223333"}})", kDeputy,
       PolicyKind::Bucket},
      {"that source or none",
       from_service + R"({"ArnLikeIfExists":{"aws:SourceArn":"arn:aws:s3:::b"}})", kDeputy,
       PolicyKind::Bucket},
      {"pass role to one service or none", R"("Action":"iam:PassRole","Resource":"*","Condition":
       {"ForAllValues:StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}})",
       std::string("W PassRoleWithWildcard Statement[0].Action (S):") + kPassRole +
           "W ForAllValuesWithAllow Statement[0].Condition.ForAllValues:StringEquals."
           "iam:PassedToService (S): ForAllValues is true when the request has no "
           "iam:PassedToService; use ForAnyValue, or add \"Null\": {\"iam:PassedToService\": "
           "\"false\"}\n"},
      {"no source", from_service + R"({"Null":{"aws:SourceArn":"true"}})", kDeputy,
       PolicyKind::Bucket},
  };
  check_all(cases);
}

// {"Null": {key: "false"}} beside them is the cure that AWS itself recommends.
TEST(Validate, NullFalseMakesIfExistsAndForAllValuesLimit) {
  const std::string from_service =
      R"("Principal":{"Service":"s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":)";
  const std::string pass_role = R"("Action":"iam:PassRole","Resource":"*","Condition":)";
  const Case cases[] = {
      {"ForAllValues, the key required by a boolean and in another spelling",
       R"("Action":"s3:*","Resource":"*","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":["a"]},
       "Null":{"AWS:tagkeys":false}})",
       ""},
      {"a service with its source if it exists, which it must",
       from_service +
           R"({"ArnLikeIfExists":{"aws:SourceArn":"arn:aws:s3:::b"},"Null":{"aws:SourceArn":"false"}})",
       "", PolicyKind::Bucket},
      {"a role for one service",
       pass_role + R"({"StringEqualsIfExists":{"iam:PassedToService":"lambda.amazonaws.com"},
       "Null":{"iam:PassedToService":"false"}})",
       ""},
      {"a role for these services at most",
       pass_role + R"({"ForAllValues:StringEquals":{"iam:PassedToService":["lambda.amazonaws.com"]},
       "Null":{"iam:PassedToService":["false"]}})",
       ""},
  };
  check_all(cases);
  for (
      const char* other :
      {R"({"StringEqualsIfExists":{"iam:PassedToService":"x"},"Null":{"iam:PassedToService":"true"}})",
       R"({"StringEqualsIfExists":{"iam:PassedToService":"x"},"Null":{"aws:SourceArn":"false"}})",
       R"({"StringNotEquals":{"iam:PassedToService":"x"},"Null":{"iam:PassedToService":"false"}})",
       R"({"Null":{"iam:PassedToService":"false"}})"}) {
    EXPECT_TRUE(lines_of(allow(pass_role + other)).contains("W PassRoleWithWildcard")) << other;
  }
}

TEST(Validate, KeysThatNoRequestHas) {
  const Case cases[] = {
      {"never", R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":
       {"StringEquals":{"s3:ExistingObjectTag/class":"open","aws:PrincipalTag/x":"y"}})",
       "W KeyNeverSupplied Statement[0].Condition.StringEquals.s3:ExistingObjectTag/class (S): no "
       "request to this node has the condition key s3:ExistingObjectTag/class; use another key\n"},
  };
  check_all(cases);
  EXPECT_TRUE(lines_of(R"({"Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":
                         {"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}})")
                  .contains(": a Deny that hangs on it may never apply"));
  for (const auto kind : {PolicyKind::ServiceControl, PolicyKind::ResourceControl}) {
    EXPECT_FALSE(lines_of(R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
                            "Action":"s3:*","Resource":"*","Condition":
                            {"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}}})",
                          kind)
                     .contains("KeyNeverSupplied"));
  }
}

TEST(Validate, TyposInVariablesAndServices) {
  const Case cases[] = {
      {"variable", R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:usrname}/*")",
       "W UnknownVariable Statement[0].Resource (S): there is no policy variable ${aws:usrname}: "
       "where it stands the statement matches nothing; did you mean 'aws:username'?\n"},
      {"variable in a condition",
       R"("Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":{"StringLike":
       {"s3:prefix":["${*}","${username, 'x'}/*"]}})",
       "W UnknownVariable Statement[0].Condition.StringLike.s3:prefix[1] (S): there is no policy "
       "variable ${username}: where it stands the statement matches nothing; did you mean "
       "'aws:username'?\n"},
      {"variables that are",
       R"("Action":"s3:GetObject","Resource":["arn:aws:s3:::b/${aws:PrincipalTag/x}/${$}",
       "arn:aws:s3:::b/${www.example.com:sub}/${s3:prefix}"])",
       ""},
      {"service", R"("Principal":{"Service":"lamda.amazonaws.com"},"Action":"sts:AssumeRole")",
       "W UnknownServicePrincipal Statement[0].Principal.Service (S): no service calls itself "
       "lamda.amazonaws.com; did you mean 'lambda.amazonaws.com'?\n",
       PolicyKind::Trust},
      {"suffix",
       R"("Principal":{"Service":["states.amazonaws.com","lambda.amazonaw.com"]},"Action":"sts:AssumeRole")",
       "W UnknownServicePrincipal Statement[0].Principal.Service[1] (S): no service calls itself "
       "lambda.amazonaw.com; did you mean 'lambda.amazonaws.com'?\n",
       PolicyKind::Trust},
      {"services that are",
       R"("Principal":{"Service":["ecs-tasks.amazonaws.com","logs.us-east-1.amazonaws.com"]},"Action":"sts:AssumeRole")",
       "", PolicyKind::Trust},
  };
  check_all(cases);
}

TEST(Validate, WhatATrustPolicyAndASidMayBe) {
  constexpr auto kOnlySts = ": AssumeRole policy may only specify STS AssumeRole actions.\n";
  const std::string who = R"("Principal":{"AWS":"000000000000"},)";
  const auto wrong = [&](const char* path) {
    return std::string("E InvalidTrustAction Statement[0].") + path + " (S)" + kOnlySts;
  };
  const Case cases[] = {
      {"sts", who + R"("Action":["sts:AssumeRole","STS:TagSession"])", "", PolicyKind::Trust},
      {"other", who + R"("Action":["sts:AssumeRole","s3:GetObject"])", wrong("Action[1]"),
       PolicyKind::Trust},
      {"all", who + R"("Action":"*")", wrong("Action"), PolicyKind::Trust},
  };
  check_all(cases);
  for (const auto* sid : {"with space", "dash-ed", "under_score", "\u00fc"}) {
    const auto text = R"({"Statement":{"Sid":")" + std::string(sid) +
                      R"(","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*")";
    EXPECT_TRUE(
        lines_of(text + "}}", PolicyKind::Managed).starts_with("E InvalidSid Statement.Sid"))
        << sid;
    EXPECT_EQ(lines_of(text + R"(,"Principal":{"AWS":"000000000000"}}})", PolicyKind::Bucket), "");
  }
}

TEST(Validate, VariablesNeedTheirVersion) {
  EXPECT_EQ(lines_of(R"({"Statement":{"Effect":"Allow","Action":"s3:GetObject",
                        "Resource":"arn:aws:s3:::b/${aws:username}/*"}})"),
            "W VariablesInOldVersion Statement: \"${…}\" is plain text here: only version "
            "2012-10-17 has policy variables; write \"Version\": \"2012-10-17\"\n");
}

TEST(Validate, SizesDoNotCountWhiteSpace) {
  const auto of_size = [](std::size_t size, std::string_view blanks) {
    std::string text =
        R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::"}})";
    text.insert(text.size() - 3, std::string(size - text.size(), 'x'));
    return text.insert(1, blanks);
  };
  for (const auto kind :
       {PolicyKind::RoleInline, PolicyKind::UserInline, PolicyKind::Managed, PolicyKind::Session}) {
    EXPECT_EQ(lines_of(of_size(size_max(kind), " \n\t\r"), kind), "");
    EXPECT_TRUE(lines_of(of_size(size_max(kind) + 1, ""), kind)
                    .starts_with("E PolicySizeExceeded : Maximum policy size of " +
                                 std::to_string(size_max(kind)) + " bytes exceeded"));
  }
  EXPECT_EQ(size_max(PolicyKind::Trust), 2'048u);
  EXPECT_EQ(size_max(PolicyKind::RoleInline), 10'240u);
  EXPECT_EQ(size_max(PolicyKind::Managed), 6'144u);
  EXPECT_EQ(size_max(PolicyKind::Boundary), 6'144u);
}

// The node's own managed policies are as good as what it asks of others.
TEST(Validate, ManagedPoliciesInTheBoxHaveNoErrors) {
  for (const auto name : model::managed_policy_names()) {
    const auto arn = model::managed_policy_arn(name);
    for (const auto& finding : validate(*model::find_managed_policy(*arn), PolicyKind::Managed)) {
      EXPECT_EQ(finding.severity, Severity::Warning) << name << ": " << finding.message;
    }
  }
}

TEST(Validate, HugeAndHostileTextsAreQuick) {
  std::string many = R"({"Statement":[)";
  while (many.size() < 1 << 20)
    many +=
        R"({"Effect":"Allow","Action":"s3:*a*a*a*a*a*a*b","Resource":"arn:aws:s3:::*a*a*a*a"},)";
  many.back() = ']';
  EXPECT_TRUE(lines_of(many + "}").contains("a policy may have"));
  std::string nested = "\"a\"";
  for (int i = 0; i < 1'000; ++i) nested = R"({"StringEquals":)" + nested + "}";
  EXPECT_TRUE(lines_of(allow(R"("Action":"s3:*","Resource":"*","Condition":)" + nested))
                  .contains("nested deeper than"));
  for (const auto kind : {PolicyKind::Trust, PolicyKind::Bucket, PolicyKind::ServiceControl,
                          PolicyKind::ResourceControl}) {
    EXPECT_TRUE(lines_of(many + "}", kind).contains("a policy may have"));
    EXPECT_TRUE(lines_of(R"({"Statement":[],"Statement":[]})", kind).contains("is there twice"));
  }
  std::string wide = allow(R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::)" +
                           std::string(5'000, '*') + std::string(5'000, 'a') + "\"");
  EXPECT_EQ(lines_of(wide), "");
  EXPECT_FALSE(lines_of(std::string("{\"Statement\":\"\xff\"}")).empty());
  EXPECT_FALSE(lines_of("").empty());
  EXPECT_FALSE(lines_of("[]").empty());
}

TEST(ServiceData, KnowsTheServicesWeSpeak) {
  const auto& data = ServiceData::get();
  EXPECT_GT(data.prefixes().size(), 400u);
  const auto* s3 = data.find("s3");
  ASSERT_NE(s3, nullptr);
  EXPECT_GT(s3->actions.size(), 150u);
  const auto get = std::ranges::find(s3->actions, "GetObject", &KnownAction::name);
  ASSERT_NE(get, s3->actions.end());
  EXPECT_EQ(get->level, 'R');
  EXPECT_TRUE(std::ranges::count(get->resource_types, "object") == 1);
  EXPECT_EQ(data.find("ec2"), nullptr);
  EXPECT_NE(data.find("sextant"), nullptr);
}

TEST(Wildcards, MayMeet) {
  struct Pair {
    const char* a;
    const char* b;
    bool meet;
  };
  for (const auto& [a, b, meet] : {Pair{"abc", "abc", true},
                                   {"abc", "abd", false},
                                   {"a*", "*b", true},
                                   {"a*c", "ab*", true},
                                   {"a?c", "abc", true},
                                   {"", "*", true},
                                   {"", "", true},
                                   {"", "?", false},
                                   {"a*b", "c*", false},
                                   {"*x*", "abc", false},
                                   {"?", "*", true},
                                   {"aa?", "a", false},
                                   {"*a*b*", "b*a", true},
                                   {"*/x", "y/*", true},
                                   {"ab", "a", false}}) {
    EXPECT_EQ(may_meet(a, b), meet) << a << " " << b;
    EXPECT_EQ(may_meet(b, a), meet) << b << " " << a;
  }
  EXPECT_EQ(open_placeholders("arn:${Partition}:s3:::${Name}/x"), "arn:*:s3:::*/x");
  EXPECT_EQ(open_placeholders("${"), "${");
}

}  // namespace
}  // namespace sextant::guard::iam
