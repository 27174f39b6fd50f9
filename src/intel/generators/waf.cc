#include "intel/generators/waf.h"

#include <array>

#include "core/time_text.h"
#include "intel/generators/foreign_lines.h"
#include "intel/generators/visitors.h"
#include "intel/generators/waf_entry.h"

namespace sextant::intel {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kVisitors = 40'000;
constexpr std::size_t kPages = 2'000;

constexpr auto kBotLabels =
    R"([{"name":"awswaf:managed:aws:bot-control:bot:verified"},)"
    R"({"name":"awswaf:managed:aws:bot-control:bot:category:search_engine"}])"sv;

std::string managed_group(std::string_view group, std::string_view inside) {
  return R"({"ruleGroupId":"AWS#)" + std::string(group) + R"(",)" + std::string(inside) + "}";
}

// A group in which nothing matched.
std::string quiet_group(std::string_view group) {
  return managed_group(group, R"("terminatingRule":null,"nonTerminatingMatchingRules":[],)"
                              R"("excludedRules":null,"customerConfig":null)");
}

std::string details(std::string_view condition, std::string_view location,
                    std::string_view tokens) {
  return R"([{"conditionType":")" + std::string(condition) + R"(","location":")" +
         std::string(location) + R"(","matchedData":[)" + std::string(tokens) +
         R"(],"matchedFieldName":"","sensitivityLevel":"LOW"}])";
}

class WafGenerator final : public TrafficGenerator {
 public:
  explicit WafGenerator(const GeneratorOptions& given)
      : TrafficGenerator(given),
        visitors_(make_visitors(kVisitors, dice())),
        visitor_choice_(zipf(kVisitors, 0.9)),
        page_choice_(zipf(kPages, 1.0)) {
    arn_ = "arn:aws:wafv2:" + given.region + ":" + given.account +
           ":regional/webacl/shop/5933d6d9-9dde-4f82-88aa-9c0d28a31b7e";
    quiet_ = "[" + quiet_group("AWSManagedRulesCommonRuleSet") + "," +
             quiet_group("AWSManagedRulesSQLiRuleSet") + "]";
    plan();
  }
  std::string object_key(Time end, std::uint64_t number) const override;

 private:
  void begin(std::int64_t time_us) override {
    entry_ = WafEntry{};
    entry_.time_us = time_us;
    entry_.web_acl = arn_;
    entry_.rule_groups = quiet_;
    entry_.request = dice().next() >> 8;
  }
  void ordinary() override;
  void attack(Campaign& campaign) override;
  void make_odd() override;
  void write(std::string& out) override { write_waf(entry_, out); }
  void make_malformed(std::string& line) override;
  std::string_view source() const override { return entry_.client; }
  void blocked_by(std::string_view group, std::string_view rule, std::string_view label);
  void found(Technique technique, std::uint64_t sent);
  void counted_in_group(std::string_view group, std::string_view rule);

  std::vector<Visitor> visitors_;
  Choice visitor_choice_;
  Choice page_choice_;
  std::string arn_;
  std::string quiet_;
  WafEntry entry_;
};

std::string WafGenerator::object_key(Time end, std::uint64_t number) const {
  const auto& account = options().account;
  const auto& region = options().region;
  const auto basic = iso8601_basic(end);  // 20260101T000000Z
  const auto folder = basic.substr(0, 4) + "/" + basic.substr(4, 2) + "/" + basic.substr(6, 2) +
                      "/" + basic.substr(9, 2) + "/" + basic.substr(11, 2) + "/";
  return "AWSLogs/" + account + "/WAFLogs/" + region + "/shop/" + folder + account + "_waflogs_" +
         region + "_shop_" + basic.substr(0, 13) + "Z_" + std::to_string(number) + ".log.gz";
}

void WafGenerator::ordinary() {
  constexpr std::string_view kCountries[] = {"US", "GB", "DE", "FR", "IN", "BR", "JP", "-"};
  const auto rank = visitor_choice_.draw(dice());
  const auto& visitor = visitors_[rank];
  const auto page = page_choice_.draw(dice());
  entry_.client = visitor.address;
  entry_.user_agent = visitor.user_agent;
  entry_.country = kCountries[rank * 7 % std::size(kCountries)];
  entry_.uri = page == 0 ? "/" : "/garden/" + std::to_string(1'000 + page * 37) + ".html";
  if (page % 10 == 3) {
    entry_.uri = "/search";
    entry_.args = "lang=en&q=shoes&page=" + std::to_string(entry_.request % 500);
  }
  if (page % 10 == 7) {
    entry_.uri = "/api/v1/cart/" + std::to_string(page);
    entry_.method = "POST";
    entry_.more = R"(,"requestBodySize":301,"requestBodySizeInspectedByWAF":301)";
  }
  if (page % 16 == 5) entry_.version = "HTTP/1.1";
  if (visitor.crawler) {
    entry_.labels = kBotLabels;
  } else if (entry_.request % 200 == 0) {  // an address of bad repute
    blocked_by("AWSManagedRulesAmazonIpReputationList", "AWSManagedIPReputationList",
               "awswaf:managed:aws:amazon-ip-list:AWSManagedIPReputationList");
  }
}

void WafGenerator::blocked_by(std::string_view group, std::string_view rule,
                              std::string_view label) {
  entry_.action = "BLOCK";
  entry_.rule = group.substr(3);  // as the console proposes to call it
  entry_.rule_type = "MANAGED_RULE_GROUP";
  entry_.rule_groups =
      "[" +
      managed_group(group, R"("terminatingRule":{"ruleId":")" + std::string(rule) +
                               R"(","action":"BLOCK","ruleMatchDetails":null},)"
                               R"("nonTerminatingMatchingRules":[],"excludedRules":null,)"
                               R"("customerConfig":null)") +
      "]";
  entry_.labels = R"([{"name":")" + std::string(label) + R"("}])";
}

void WafGenerator::counted_in_group(std::string_view group, std::string_view rule) {
  entry_.rule_groups =
      "[" +
      managed_group(group,
                    R"("terminatingRule":null,"nonTerminatingMatchingRules":[{"ruleId":")" +
                        std::string(rule) +
                        R"(","action":"COUNT","overriddenAction":"BLOCK","ruleMatchDetails":)" +
                        details("SQL_INJECTION", "QUERY_STRING", R"("1","OR","1")") +
                        R"(}],"excludedRules":[{"exclusionType":"EXCLUDED_AS_COUNT","ruleId":")" +
                        std::string(rule) + R"("}],"customerConfig":null)") +
      "]";
}

// What the firewall makes of it: mostly it blocks, sometimes it only counts.
void WafGenerator::found(Technique technique, std::uint64_t sent) {
  constexpr auto kCommon = "AWSManagedRulesCommonRuleSet"sv;
  switch (technique) {
    case Technique::SqlInjection:
      if (sent % 5 == 0) return counted_in_group("AWSManagedRulesSQLiRuleSet", "SQLi_QUERYARGS");
      blocked_by("AWSManagedRulesSQLiRuleSet", "SQLi_QUERYARGUMENTS",
                 "awswaf:managed:aws:sql-database:SQLi_QueryArguments");
      entry_.match_details =
          details("SQL_INJECTION", "ALL_QUERY_ARGS", R"("1","UNION","SELECT","NULL")");
      return;
    case Technique::CrossSiteScripting:
      blocked_by(kCommon, "CrossSiteScripting_QUERYARGUMENTS",
                 "awswaf:managed:aws:core-rule-set:CrossSiteScripting_QueryArguments");
      entry_.match_details = details("XSS", "ALL_QUERY_ARGS", R"("<","script")");
      return;
    case Technique::PathTraversal:
      return blocked_by(kCommon, "GenericLFI_QUERYARGUMENTS",
                        "awswaf:managed:aws:core-rule-set:GenericLFI_QueryArguments");
    default: break;
  }
  if (sent < 50) {  // until the rate is noticed, nothing is
    entry_.rule_groups = quiet_;
    return;
  }
  entry_.action = "BLOCK";
  entry_.rule = "too-many-requests";
  entry_.rule_type = "RATE_BASED";
  entry_.rate_rules =
      R"([{"rateBasedRuleId":")" + arn_ +
      R"(","rateBasedRuleName":"too-many-requests","limitKey":"IP","maxRateAllowed":100,)"
      R"("evaluationWindowSec":"120","limitValue":")" +
      entry_.client + R"("}])";
}

void WafGenerator::attack(Campaign& campaign) {
  const auto made = next_request(campaign, dice());
  const auto question = made.path.find('?');
  entry_.client = campaign.source_ip;
  entry_.user_agent = campaign.user_agent;
  entry_.country = "NL";
  entry_.method = made.method;
  entry_.version = "HTTP/1.1";
  entry_.uri = made.path.substr(0, question);
  if (question != std::string::npos) entry_.args = made.path.substr(question + 1);
  found(campaign.technique, campaign.sent);
}

using WafChange = void (*)(WafEntry&, Dice&);

void as_v1(WafEntry& entry) {
  entry.web_acl = "385cb038-3a6f-4f2f-ac64-09ab912af590";
  entry.source = "CF";
  entry.source_id = "E3BC5EXAMPLE7XY";
  entry.labels.clear();
  entry.headers_inserted = entry.response_code = {};
}

constexpr WafChange kWafChanges[] = {
    [](WafEntry& e, Dice&) { as_v1(e); },
    [](WafEntry& e, Dice&) {
      as_v1(e);
      e.rule_groups = R"([{"ruleGroupId":"41f4eb08","terminatingRule":null,)"
                      R"("nonTerminatingMatchingRules":[{"action":"COUNT","ruleId":"4659b169"}],)"
                      R"("excludedRules":[{"exclusionType":"EXCLUDED_AS_COUNT",)"
                      R"("ruleId":"5432a230-0113-5b83-bbb2-89375c5bfa98"}]}])";
      e.rate_rules = R"([{"rateBasedRuleId":"7c968ef6-32ec","limitKey":"IP",)"
                     R"("maxRateAllowed":100}])";
      e.other_rules = R"([{"action":"COUNT","ruleId":"4659b181-011f-4b86"}])";
    },
    [](WafEntry& e, Dice&) { e.source = e.source_id = "-"; },
    [](WafEntry& e, Dice&) { e.source = "APIGW"; },
    [](WafEntry& e, Dice&) { e.source = "APPSYNC"; },
    [](WafEntry& e, Dice&) { e.source = "COGNITOIDP"; },
    [](WafEntry& e, Dice&) { e.match_details = "null"; },
    [](WafEntry& e, Dice&) { e.match_details.clear(); },
    [](WafEntry& e, Dice&) { e.rule_groups = "[]"; },
    [](WafEntry& e, Dice&) { e.rule_groups = "null"; },
    [](WafEntry& e, Dice&) { e.rate_rules.clear(); },
    [](WafEntry& e, Dice&) { e.other_rules = "null"; },
    [](WafEntry& e, Dice&) { e.labels = "[]"; },
    [](WafEntry& e, Dice&) { e.labels = "null"; },
    [](WafEntry& e, Dice&) {
      e.other_rules = R"([{"ruleId":"watch-sqli","action":"COUNT","ruleMatchDetails":)" +
                      details("SQL_INJECTION", "HEADER", R"("10","and","1")") +
                      R"(},{"ruleId":"watch-xss","action":"COUNT","ruleMatchDetails":null},)" +
                      R"({"ruleId":"ask","action":"CAPTCHA","ruleMatchDetails":[]}])";
    },
    [](WafEntry& e, Dice&) {
      e.rate_rules =
          R"([{"rateBasedRuleId":"arn:x","rateBasedRuleName":"keys","limitKey":"CUSTOMKEYS",)"
          R"("maxRateAllowed":100,"evaluationWindowSec":"120","customValues":[)"
          R"({"key":"HEADER","name":"dogname","value":"ella"}]}])";
    },
    [](WafEntry& e, Dice&) {
      e.action = "CAPTCHA";
      e.rule = "ask-for-captcha";
      e.response_code = "405";
      e.more = R"(,"captchaResponse":{"responseCode":405,"solveTimestamp":0,)"
               R"("failureReason":"TOKEN_MISSING"})";
    },
    [](WafEntry& e, Dice&) {
      e.more = R"(,"captchaResponse":{"responseCode":0,"solveTimestamp":"1632420429"})";
    },
    [](WafEntry& e, Dice&) {
      e.action = "CHALLENGE";
      e.response_code = "202";
      e.more = R"(,"captchaResponse":null,"challengeResponse":{"responseCode":202,)"
               R"("solveTimestamp":1700000000,"failureReason":"TOKEN_EXPIRED","of_tomorrow":[1]})";
    },
    [](WafEntry& e, Dice&) { e.action = "QUARANTINE"; },
    [](WafEntry& e, Dice&) {
      e.headers_inserted = R"([{"name":"x-amzn-waf-test-header","value":"a \"quoted\" value"}])";
    },
    [](WafEntry& e, Dice&) { e.headers = "[]"; },
    [](WafEntry& e, Dice&) { e.headers = "null"; },
    [](WafEntry& e, Dice&) {
      e.headers = R"([{"name":"Host","value":"localhost:1989"},{"name":"User-Agent",)"
                  R"("value":"curl/7.61.1"},{"name":"Accept","value":"*/*"},)"
                  R"({"name":"x-stm-test","value":"10 AND 1=1"},{"name":"HOST","value":"b"}])";
    },
    [](WafEntry& e, Dice&) {
      e.headers = R"([{"name":"host","value":"[2001:db8::1]:8443"},{"value":"no name"},7,)"
                  R"({"name":"user-agent","value":""},{"name":"user-agent","value":"second"}])";
    },
    [](WafEntry& e, Dice&) {
      e.more_headers = R"({"name":"X-Forwarded-For","value":"203.0.113.7, 10.0.0.1"},)"
                       R"({"name":"x-forwarded-for","value":"198.51.100.1"})";
    },
    [](WafEntry& e, Dice&) { e.user_agent = "Mozilla/5.0 (\"quoted\" \\ device)"; },
    [](WafEntry& e, Dice&) { e.user_agent = "Магазин/2.1"; },
    [](WafEntry& e, Dice&) { e.user_agent = "caf\xE9/1.0"; },
    [](WafEntry& e, Dice& dice) { e.user_agent.assign(3'000 + dice.below(5'000), 'A'); },
    [](WafEntry& e, Dice&) {
      e.headers = R"([{"name":"host","value":"shop.example:70000"},{"name":"user-agent",)"
                  R"("value":"M\u00fcnchen\/1 \ud83d\ude00"}])";
    },
    [](WafEntry& e, Dice&) { e.client = "2001:db8:85a3::8a2e:370:7334"; },
    [](WafEntry& e, Dice&) { e.uri = "/a \"b\" c\\d"; },
    [](WafEntry& e, Dice&) { e.uri.clear(); },
    [](WafEntry& e, Dice&) { e.version = "HTTP/3.0"; },
    [](WafEntry& e, Dice&) { e.version = "-"; },
    [](WafEntry& e, Dice&) {
      e.fragment_and_scheme = R"(,"fragment":"top","scheme":"https","host":"www.shop.example:443")";
    },
    [](WafEntry& e, Dice&) {
      e.more = R"(,"ja3Fingerprint":"f79b6bad2ad0641e1921aef10262856b",)"
               R"("ja4Fingerprint":"t13d1516h2_8daaf6152771_b0da82dd1658")";
    },
    [](WafEntry& e, Dice&) {
      e.more = R"(,"requestBodySize":9000,"requestBodySizeInspectedByWAF":8192,)"
               R"("oversizeFields":["REQUEST_BODY","REQUEST_HEADERS"])";
    },
    [](WafEntry& e, Dice&) { e.more = R"(,"oversizeFields":null,"clientAsn":16509)"; },
    [](WafEntry& e, Dice&) {
      e.fragment_and_scheme = R"(,"of tomorrow":{"a":[1,2.5e3,null]})";
      e.more = R"(,"k\"":true,"formatVersion":2,"x":"caf\u00e9")";
    },
    [](WafEntry& e, Dice&) { e.time_form = "\"#\""; },
    [](WafEntry& e, Dice&) { e.blanks = true; },
    [](WafEntry& e, Dice&) { e.other_order = true; },
};

void WafGenerator::make_odd() { kWafChanges[dice().below(std::size(kWafChanges))](entry_, dice()); }

void WafGenerator::make_malformed(std::string& line) {
  switch (dice().below(8)) {
    case 0: line.resize(60 + dice().below(200)); break;
    case 1: line += "}"; break;
    case 2: line = "[" + line + "]"; break;
    case 3: line = R"({"formatVersion":1,"action":"BLOCK"})"; break;
    case 4: line = R"({"timestamp":1576280412771,"httpRequest":{"clientIp":"10.0.0.300"}})"; break;
    case 5: line = R"({"timestamp":1576280412771,"labels":{"name":"x"}})"; break;
    case 6: line = R"({"timestamp":"2026-01-01T00:00:00Z","action":"ALLOW"})"; break;
    default: line = kNoise;
  }
}

}  // namespace

std::unique_ptr<LogGenerator> make_waf_generator(const GeneratorOptions& options) {
  return std::make_unique<WafGenerator>(options);
}

}  // namespace sextant::intel
