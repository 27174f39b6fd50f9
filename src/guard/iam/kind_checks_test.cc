#include <gtest/gtest.h>

#include "guard/iam/validate.h"
#include "guard/iam/validate_test_support.h"

namespace sextant::guard::iam {
namespace {

using test::lines_of;

// In control policies white space counts.
TEST(KindChecks, SizesOfControlPolicies) {
  const auto of_size = [](std::size_t size) {
    std::string text = R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*",)"
                       R"("Resource":"*"}})";
    return text.insert(1, std::string(size - text.size(), ' '));
  };
  EXPECT_EQ(lines_of(of_size(5'120), PolicyKind::ServiceControl), "");
  EXPECT_TRUE(
      lines_of(of_size(5'121), PolicyKind::ServiceControl)
          .starts_with("E PolicySizeExceeded : Maximum policy size of 5120 bytes exceeded"));
  EXPECT_TRUE(lines_of(of_size(5'121), PolicyKind::ResourceControl).contains("PolicySizeExceeded"));
}

TEST(KindChecks, ControlPoliciesHaveTheirOwnRules) {
  struct Row {
    const char* what;
    std::string statement;
    PolicyKind kind;
    const char* expected;
  };
  constexpr auto kScp = PolicyKind::ServiceControl;
  constexpr auto kRcp = PolicyKind::ResourceControl;
  const Row rows[] = {
      {"the whole language of identity policies",
       R"("Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::b",
          "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}})",
       kScp,
       "W AllowWithNotResource Statement.NotResource: Allow with NotResource allows the actions on "
       "every resource that is not listed, those to come included; list what is allowed under "
       "Resource\n"
       "W AllowWithNotAction Statement.NotAction: Allow with NotAction allows every action that is "
       "not listed, those of services to come included; list what is allowed under Action\n"},
      {"nobody is named in a service control policy",
       R"("Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*")", kScp,
       "E MalformedPolicyDocument Statement.Principal: Policy document should not specify a "
       "principal.\n"},
      {"a resource control policy denies",
       R"("Effect":"Deny","Principal":"*","Action":["s3:*","sqs:*"],"NotResource":"arn:aws:s3:::b")",
       kRcp, ""},
      {"and allows nothing", R"("Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*")",
       kRcp,
       "E RcpSyntaxError Statement.Effect: a resource control policy only denies; RCPFullAWSAccess "
       "alone allows; write \"Deny\"\n"},
      {"it names everybody",
       R"("Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:*","Resource":"*")", kRcp,
       "E RcpSyntaxError Statement.Principal: the Principal of a resource control policy is \"*\"; "
       "say whom it means by a condition, like aws:PrincipalOrgID\n"},
      {"and a service's actions, not others",
       R"("Effect":"Deny","NotPrincipal":{"AWS":"000000000000"},"NotAction":"s3:*","Resource":"*")",
       kRcp,
       "E RcpSyntaxError Statement.NotPrincipal: a resource control policy has no NotPrincipal; "
       "use "
       "Principal and a condition\n"
       "E RcpSyntaxError Statement.NotAction: a resource control policy has no NotAction; use "
       "Action and a condition\n"},
      {"nor all of them", R"("Effect":"Deny","Principal":"*","Action":["s3:*","*"],"Resource":"*")",
       kRcp,
       "E RcpSyntaxError Statement.Action[1]: an action of a resource control policy names its "
       "service; write the services out, like \"s3:*\"\n"},
      {"of services that have them",
       R"("Effect":"Deny","Principal":"*","Action":["s3:*","iam:*"],"Resource":"*")", kRcp,
       "W RcpWithoutEffect Statement.Action[1]: resource control policies do not bind actions of "
       "iam; use a policy of the resource, or a service control policy\n"},
      {"a Sid", R"("Sid":"a b","Effect":"Deny","Action":"s3:*","Resource":"*")", kScp,
       "E InvalidSid Statement.Sid (a b): Statement IDs (SID) must be alpha-numeric. Check that "
       "your input satisfies the regular expression [0-9A-Za-z]*\n"},
  };
  for (const auto& [what, statement, kind, expected] : rows) {
    EXPECT_EQ(lines_of(R"({"Version":"2012-10-17","Statement":{)" + statement + "}}", kind),
              expected)
        << what;
  }
  for (const auto* name : {"FullAWSAccess", "RCPFullAWSAccess"}) {
    const auto kind = std::string_view(name).starts_with("RCP") ? kRcp : kScp;
    EXPECT_EQ(lines_of(full_access_policy(name).value(), kind), "") << name;
  }
  EXPECT_FALSE(full_access_policy("AdministratorAccess"));
  EXPECT_EQ(lines_of(R"({"Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}})", kScp),
            "E MissingVersion Version: a control policy says \"Version\": \"2012-10-17\"; add "
            "it\n");
}

}  // namespace
}  // namespace sextant::guard::iam
