// The threat-intelligence app's template, as the node reads it: what it declares, and nothing more
// than it needs may it do.

// links: template guard
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "guard/iam/evaluate.h"
#include "guard/snapshot_policy_source.h"
#include "template/template.h"

namespace sextant {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

model::App threat_intel() {
  std::ifstream file(SEXTANT_SOURCE "/apps/threat_intel/template.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  templates::ParseOptions options;
  options.scope = kScope;
  options.stack_name = "threat-intel";
  options.known_functions = {"parsers.alb", "enrichers.geoip", "lake.land"};
  auto parsed = templates::parse_template(text, options);
  EXPECT_TRUE(parsed) << templates::to_text(parsed.error());
  return parsed ? std::move(*parsed) : model::App{};
}

TEST(ThreatIntelTemplate, DeclaresTheCollector) {
  const auto app = threat_intel();
  ASSERT_EQ(app.functions.size(), 1u);
  const auto& function = app.functions.begin()->second;
  EXPECT_EQ(function.handler, "parsers.alb|enrichers.geoip|lake.land");
  EXPECT_EQ(function.environment,
            (std::map<std::string, std::string>{{"GEOIP_DATABASES", "iptoasn-country.mmdb"},
                                                {"KEEP_ORIGINAL", "false"}}));
  EXPECT_EQ(function.retry.on_failure_arn, "arn:aws:s3:::threat-intel-failed-events");
  const auto& notifications = app.buckets.at("threat-intel-alb-logs").notifications;
  ASSERT_EQ(notifications.size(), 1u);
  EXPECT_EQ(notifications[0].function_arn, function.arn);
  EXPECT_EQ(notifications[0].events, std::vector<std::string>{"s3:ObjectCreated:*"});
  EXPECT_TRUE(app.databases.contains("sextant"));
  EXPECT_TRUE(app.tables.contains("alb"));
  EXPECT_TRUE(app.tables.contains("malformed"));
}

struct Asked {
  const char* action;
  const char* resource;
  sdk::Verdict verdict;
};

TEST(ThreatIntelTemplate, RoleMayDoExactlyItsWork) {
  const auto app = threat_intel();
  const auto policies = guard::PolicySnapshot::make(std::vector<model::App>{app});
  const Asked cases[] = {
      {"s3:GetObject", "arn:aws:s3:::threat-intel-alb-logs/AWSLogs/x.gz", sdk::Verdict::Allow},
      {"s3:GetObject", "arn:aws:s3:::threat-intel-failed-events/x", sdk::Verdict::Deny},
      {"s3:PutObject", "arn:aws:s3:::threat-intel-alb-logs/x", sdk::Verdict::Deny},
      {"s3:PutObject", "arn:aws:s3:::threat-intel-failed-events/x", sdk::Verdict::Allow},
      {"s3:DeleteObject", "arn:aws:s3:::threat-intel-alb-logs/x", sdk::Verdict::Deny},
      {"glue:BatchCreatePartition", "arn:aws:glue:us-east-1:000000000000:table/sextant/alb",
       sdk::Verdict::Allow},
      {"glue:BatchCreatePartition", "arn:aws:glue:us-east-1:000000000000:table/sextant/malformed",
       sdk::Verdict::Allow},
      {"glue:BatchCreatePartition", "arn:aws:glue:us-east-1:000000000000:table/sextant/waf",
       sdk::Verdict::Deny},
      {"glue:GetTable", "arn:aws:glue:us-east-1:000000000000:table/sextant/alb",
       sdk::Verdict::Deny},
  };
  for (const auto& asked : cases) {
    sdk::Call call;
    call.scope = kScope;
    call.principal.kind = sdk::PrincipalKind::AssumedRole;
    call.principal.account = kScope.account;
    call.principal.role_arn = app.roles.begin()->first;
    call.principal.arn = "arn:aws:sts::000000000000:assumed-role/collector/session";
    call.action = asked.action;
    call.resource = asked.resource;
    const auto decision = guard::iam::evaluate(call, policies->policies_for(call));
    EXPECT_EQ(decision.verdict, asked.verdict)
        << asked.action << " " << asked.resource << ": " << decision.reason;
  }
}

}  // namespace
}  // namespace sextant
