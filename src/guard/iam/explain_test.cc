#include "guard/iam/explain.h"

#include <gtest/gtest.h>

#include "guard/iam/evaluate.h"
#include "guard/iam/iam_test_support.h"
#include "guard/iam/simulate.h"

namespace sextant::guard::iam {
namespace {

Question question(std::string action, std::string resource = "*") {
  return {.scope = {AccountId("000000000000"), Region("us-east-1")},
          .principal = *principal_of("arn:aws:iam::000000000000:user/u"),
          .action = std::move(action),
          .resource = std::move(resource)};
}

TEST(Explain, NamesWhatIsMissing) {
  const auto policy = parse_policy(R"({"Version":"2012-10-17","Statement":[
      {"Sid":"Other","Effect":"Allow","Action":"s3:Put*","Resource":"*"},
      {"Sid":"Here","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::other/*"},
      {"Sid":"When","Effect":"Allow","Action":"s3:GetObject","Resource":"*",
       "Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"},"Bool":{"aws:SecureTransport":"true"}}},
      {"Sid":"No","Effect":"Deny","NotAction":"iam:*","Resource":"arn:aws:s3:::b/*"}]})",
                                   PolicyUse::Identity, "p");
  ASSERT_TRUE(policy);
  const auto boundary = parse_policy(
      R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", PolicyUse::Identity, "b");
  auto asked = question("s3:GetObject", "arn:aws:s3:::b/k");
  asked.context = {{"aws:SecureTransport", {"true"}}};
  std::string told;
  for (const auto& report :
       explain(*call_of(asked), {.identity = {*policy}, .boundary = {*boundary}})) {
    told += report.layer + " " + report.label + ": " +
            (report.applies() ? "applies" : report.missing()) + "\n";
  }
  EXPECT_EQ(
      told,
      "identity-based policy p#Here: it names other resources\n"
      "identity-based policy p#When: its condition StringEquals on aws:PrincipalTag/team does "
      "not hold: the call has no aws:PrincipalTag/team\n"
      "identity-based policy p#No: applies\n"
      "permissions boundary b#Statement[0]: applies\n");
}

// The keys in doubt, and what an Allow that does not apply lacks.
TEST(Explain, SaysWhatAStatementHangsOn) {
  struct Case {
    const char* condition;
    std::vector<std::string> values;  // of k:x
    bool applies;
    const char* missing;
    std::vector<std::string> doubtful;
  };
  const Case cases[] = {
      {R"({"StringEquals":{"k:x":"1"}})",
       {},
       false,
       "its condition StringEquals on k:x does not hold: the call has no k:x",
       {"k:x"}},
      {R"({"StringNotEquals":{"k:x":"1"}})", {}, true, "", {"k:x"}},
      {R"({"StringEqualsIfExists":{"k:x":"1"}})", {}, true, "", {"k:x"}},
      {R"({"ForAllValues:StringEquals":{"k:x":"1"}})", {}, true, "", {"k:x"}},
      {R"({"StringEquals":{"k:x":"1"}})", {"1"}, true, "", {}},
      {R"({"StringEquals":{"k:x":"1"}})",
       {"2"},
       false,
       "its condition StringEquals on k:x does not hold",
       {}},
      {R"({"StringEquals":{"k:x":"1","k:y":"1"}})",
       {"2"},
       false,
       "its condition StringEquals on k:x does not hold; its condition StringEquals on k:y does "
       "not hold: the call has no k:y",
       {}},
      {R"({"StringEquals":{"k:x":"1"}})",
       {"1", "2"},
       false,
       "its condition StringEquals on k:x cannot be evaluated: the call has several values of k:x",
       {}},
      {R"({"NumericNotEquals":{"k:x":"1"}})",
       {"one"},
       false,
       "its condition NumericNotEquals on k:x cannot be evaluated: the call's value of k:x is none "
       "that the operator reads",
       {}},
  };
  for (const auto& [condition, values, applies, missing, doubtful] : cases) {
    auto made = test::call(test::user());
    if (!values.empty()) made.context["k:x"] = values;
    const auto policy =
        test::policy(test::allow("s3:*", "*", std::string("\"Condition\":") + condition));
    const auto reports = explain(made, {.identity = {policy}});
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].applies(), applies) << condition;
    EXPECT_EQ(reports[0].missing(), missing) << condition;
    EXPECT_EQ(reports[0].doubtful_keys(), doubtful) << condition;
  }
}

// A resource's policy may grant what no policy of the caller does; a control policy it cannot help.
TEST(Explain, AnAnswerHangsOnTheResourcesPolicy) {
  const auto made = test::call(test::user());
  const auto when = test::allow("s3:*", "*",
                                test::for_principal(R"({"AWS":")" + made.principal.arn + "\"}") +
                                    R"(,"Condition":{"StringEquals":{"k:x":"1"}})");
  AppliedPolicies policies{.resource = {test::resource_policy(when)}};
  const auto doubted = [&] {
    return doubts(judge(made, policies), explain(made, policies)).size();
  };
  EXPECT_EQ(doubted(), 1u);
  policies.service_control = {{test::policy(test::allow("s3:Put*"))}};
  EXPECT_EQ(doubted(), 0u);
  policies = {.identity = {test::policy(test::deny("*", "*", R"("Sid":"No")"))},
              .resource = policies.resource};
  EXPECT_EQ(doubted(), 0u);
}

TEST(Explain, NamesTheLevelOfAnOrganisation) {
  const auto everything = test::policy(test::allow("*"));
  const auto little = test::policy(test::allow("s3:Put*"));
  const auto made = test::call(test::user());
  AppliedPolicies policies{.identity = {everything},
                           .service_control = {{everything}, {little, little}, {little}}};
  auto judged = judge(made, policies);
  EXPECT_EQ(judged.decision.verdict, sdk::Verdict::Deny);
  EXPECT_EQ(judged.lacking, "service control policy");
  EXPECT_EQ(judged.level, 2u);
  policies.service_control = {{everything}, {little, everything}, {everything}};
  EXPECT_EQ(judge(made, policies).decision.verdict, sdk::Verdict::Allow);
  EXPECT_EQ(explain(made, policies).back().layer, "identity-based policy");
  EXPECT_EQ(explain(made, policies).front().level, 1u);
  policies.boundary = {little};
  judged = judge(made, policies);
  EXPECT_EQ(judged.lacking, "permissions boundary");
  EXPECT_EQ(judged.level, 0u);
  policies.boundary = {test::policy(test::deny("*"))};
  EXPECT_EQ(judge(made, policies).lacking, "");
}

TEST(Explain, AStatementKnowsWhereItStands) {
  const auto policy = parse_policy("{\"Statement\": [\n " + test::allow("s3:*") + ",\n " +
                                       test::deny("s3:Put*", "*", R"("Sid":"No")") + "]}",
                                   PolicyUse::Identity, "p");
  ASSERT_TRUE(policy);
  const AppliedPolicies policies{.identity = {*policy}};
  const auto* statement = find_statement(policies, "p#No");
  ASSERT_NE(statement, nullptr);
  EXPECT_EQ(statement->effect, Effect::Deny);
  EXPECT_EQ(statement->place.begin.line, 2u);
  EXPECT_EQ(statement->place.end.line, 3u);
  EXPECT_EQ(find_statement(policies, "p#Statement[0]")->place.begin, (TextPosition{1, 16}));
  EXPECT_EQ(find_statement(policies, "q#No"), nullptr);
}

}  // namespace
}  // namespace sextant::guard::iam
