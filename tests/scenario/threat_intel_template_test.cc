// The threat-intelligence app's template, as the node reads it: what it declares, and nothing more
// than it needs may it do.

// links: template guard
#include <gtest/gtest.h>

#include <algorithm>
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
  options.known_functions = {"parsers.auto",
                             "parsers.cloudtrail",
                             "parsers.waf",
                             "parsers.route53_resolver",
                             "parsers.vpc_flow",
                             "parsers.s3_access",
                             "parsers.alb",
                             "enrichers.geoip",
                             "enrichers.address_class",
                             "enrichers.community_id",
                             "lake.land"};
  auto parsed = templates::parse_template(text, options);
  EXPECT_TRUE(parsed) << templates::to_text(parsed.error());
  return parsed ? std::move(*parsed) : model::App{};
}

struct Collector {
  std::string kind;
  std::string bucket;
  std::string enrichers = "enrichers.geoip";
  // GoogleTest's name. NOLINTNEXTLINE(readability-identifier-naming)
  friend void PrintTo(const Collector& collector, std::ostream* to) { *to << collector.kind; }
};
constexpr std::string_view kAny = "auto";  // the one of logs of any kind
const Collector kCollectors[] = {
    {"auto", "threat-intel-logs", "enrichers.geoip|enrichers.address_class|enrichers.community_id"},
    {"cloudtrail", "threat-intel-cloudtrail-logs", "enrichers.geoip|enrichers.address_class"},
    {"waf", "threat-intel-waf-logs"},
    {"route53_resolver", "threat-intel-route53-resolver-logs"},
    {"vpc_flow", "threat-intel-vpc-flow-logs",
     "enrichers.geoip|enrichers.address_class|enrichers.community_id"},
    {"s3_access", "threat-intel-s3-access-logs"},
    {"alb", "threat-intel-alb-logs"},
};

class ThreatIntelTemplate : public testing::TestWithParam<Collector> {
 protected:
  const model::Function& function() const {
    const auto& arn = app_.buckets.at(GetParam().bucket).notifications.at(0).function_arn;
    const auto found =
        std::ranges::find(app_.functions, arn, [](const auto& each) { return each.second.arn; });
    return found->second;
  }
  sdk::Verdict verdict(const std::string& action, const std::string& resource) const {
    const auto policies = guard::PolicySnapshot::make(std::vector<model::App>{app_});
    sdk::Call call;
    call.scope = kScope;
    call.principal.kind = sdk::PrincipalKind::AssumedRole;
    call.principal.account = kScope.account;
    call.principal.role_arn = function().role_arn;
    call.principal.arn = "arn:aws:sts::000000000000:assumed-role/collector/session";
    call.action = action;
    call.resource = resource;
    return guard::iam::evaluate(call, policies->policies_for(call)).verdict;
  }
  const model::App app_ = threat_intel();
};

TEST_P(ThreatIntelTemplate, DeclaresTheCollector) {
  const auto& [kind, bucket, enrichers] = GetParam();
  const auto& collector = function();
  EXPECT_EQ(collector.handler, "parsers." + kind + "|" + enrichers + "|lake.land");
  EXPECT_EQ(collector.environment,
            (std::map<std::string, std::string>{{"GEOIP_DATABASES", "iptoasn-country.mmdb"},
                                                {"KEEP_ORIGINAL", "false"}}));
  EXPECT_EQ(collector.retry.on_failure_arn, "arn:aws:s3:::threat-intel-failed-events");
  const auto& notifications = app_.buckets.at(bucket).notifications;
  ASSERT_EQ(notifications.size(), 1u);
  EXPECT_EQ(notifications[0].events, std::vector<std::string>{"s3:ObjectCreated:*"});
  EXPECT_TRUE(app_.databases.contains("sextant"));
  EXPECT_EQ(app_.tables.contains(kind), kind != kAny);
  EXPECT_TRUE(app_.tables.contains("malformed"));
  EXPECT_EQ(app_.functions.size(), std::size(kCollectors));
}

TEST_P(ThreatIntelTemplate, RoleMayDoExactlyItsWork) {
  const std::string table = "arn:aws:glue:us-east-1:000000000000:table/sextant/";
  const std::string failed = "arn:aws:s3:::threat-intel-failed-events/x";
  const auto object = "arn:aws:s3:::" + GetParam().bucket + "/AWSLogs/x.gz";
  EXPECT_EQ(verdict("s3:GetObject", failed), sdk::Verdict::Deny);
  EXPECT_EQ(verdict("s3:PutObject", failed), sdk::Verdict::Allow);
  EXPECT_EQ(verdict("s3:PutObject", object), sdk::Verdict::Deny);
  EXPECT_EQ(verdict("s3:DeleteObject", object), sdk::Verdict::Deny);
  EXPECT_EQ(verdict("glue:BatchCreatePartition", table + "malformed"), sdk::Verdict::Allow);
  EXPECT_EQ(verdict("glue:BatchCreatePartition", table + "waf_of_others"), sdk::Verdict::Deny);
  EXPECT_EQ(verdict("glue:GetTable", table + GetParam().kind), sdk::Verdict::Deny);
  for (const auto& [kind, bucket, _] : kCollectors) {  // its own bucket and tables, no other's
    const auto own = kind == GetParam().kind ? sdk::Verdict::Allow : sdk::Verdict::Deny;
    EXPECT_EQ(verdict("s3:GetObject", "arn:aws:s3:::" + bucket + "/x"), own) << bucket;
    if (kind == kAny) continue;
    const auto lands = GetParam().kind == kAny ? sdk::Verdict::Allow : own;
    EXPECT_EQ(verdict("glue:BatchCreatePartition", table + kind), lands) << kind;
  }
  for (const std::string kind : {"alb_connection", "nlb", "elb"}) {  // which have no bucket
    EXPECT_TRUE(app_.tables.contains(kind));
    const auto lands = GetParam().kind == kAny ? sdk::Verdict::Allow : sdk::Verdict::Deny;
    EXPECT_EQ(verdict("glue:BatchCreatePartition", table + kind), lands) << kind;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, ThreatIntelTemplate, testing::ValuesIn(kCollectors),
                         [](const auto& each) { return each.param.kind; });

}  // namespace
}  // namespace sextant
