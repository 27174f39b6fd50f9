#include "intel/parsers/waf.h"

#include <algorithm>
#include <functional>

#include "intel/parsers/json_cutter.h"
#include "intel/parsers/numbers.h"
#include "intel/parsers/table_reader.h"
#include "intel/parsers/waf_lists.h"
#include "sdk/ip_address.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

bool is_none(std::string_view value) { return value.empty() || value == "-"; }

// Cuts the text up to the next `between` off `rest`.
std::string_view next_part(std::string_view& rest, char between) {
  const auto part = rest.substr(0, rest.find(between));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

// v2: arn:aws:wafv2:<region>:<account>:<scope>/webacl/<name>/<id>; v1: the id alone, and the
// object's name may tell account and region.
const char* split_web_acl(std::string_view value, const ObjectFacts& facts, Parts parts) {
  parts[2] = facts.account;
  parts[3] = facts.region;
  if (is_none(value)) return nullptr;
  if (!value.starts_with("arn:")) {
    parts[1] = value;
    return nullptr;
  }
  parts[0] = value;
  auto rest = value;
  next_part(rest, ':');
  next_part(rest, ':');
  parts[4] = next_part(rest, ':');
  const auto region = next_part(rest, ':');
  const auto account = next_part(rest, ':');
  if (!region.empty()) parts[3] = region;
  if (!account.empty()) parts[2] = account;
  parts[1] = rest;
  const auto scope = next_part(rest, '/');
  if (next_part(rest, '/') != "webacl" || rest.empty()) return nullptr;
  parts[5] = scope;
  parts[6] = next_part(rest, '/');
  return nullptr;
}

// CAPTCHA and Challenge end in the log as the action only when the request was not let through.
const char* split_action(std::string_view value, const ObjectFacts&, Parts parts) {
  parts[1] = "access";
  parts[2] = "event";
  if (is_none(value)) return nullptr;
  parts[0] = value;
  if (value == "ALLOW") parts[1] = "allowed";
  if (value == "BLOCK" || value == "CAPTCHA" || value == "CHALLENGE") {
    parts[1] = "denied";
    parts[2] = "alert";
  }
  return nullptr;
}

const char* split_client(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  if (!sdk::IpAddress::parse(value)) return "an address";
  parts[0] = value;
  parts[1] = value.contains(':') ? "ipv6" : "ipv4";
  return nullptr;
}

// "HTTP/1.1" -> 1.1, http, tcp; HTTP/3 is carried by UDP.
const char* split_version(std::string_view value, const ObjectFacts&, Parts parts) {
  constexpr std::string_view kProtocol = "HTTP/";
  if (is_none(value)) return nullptr;
  if (!value.starts_with(kProtocol)) {
    parts[0] = value;
    return nullptr;
  }
  parts[0] = value.substr(kProtocol.size());
  parts[1] = "http";
  parts[2] = parts[0].starts_with('3') ? "udp" : "tcp";
  return nullptr;
}

constexpr FieldSpec kFields[] = {
    {"timestamp", Form::EpochMillis, {{{"ts"}}}},
    {"formatVersion", Form::Text, {{{"aws.waf.format_version"}}}},
    {"webaclId",
     Form::Split,
     {{{"aws.waf.arn"},
       {"aws.waf.id"},
       {"cloud.account.id"},
       {"cloud.region"},
       {"cloud.service.name"},
       {"aws.waf.scope"},
       {"aws.waf.name"}}},
     split_web_acl},
    {"terminatingRuleId", Form::Text, {{{"rule.id"}}}},
    {"terminatingRuleType", Form::Text, {{{"rule.ruleset"}}}},
    {"action", Form::Split, {{{"event.action"}, {"event.type"}, {"event.kind"}}}, split_action},
    {"terminatingRuleMatchDetails",
     Form::Split,
     {{{"aws.waf.terminating_rule_match_details"},
       {"aws.waf.terminating_rule.conditions"},
       {"aws.waf.terminating_rule.matched_data"}}},
     split_match_details},
    {"httpSourceName", Form::Text, {{{"aws.waf.source.name"}}}},
    {"httpSourceId", Form::Text, {{{"aws.waf.source.id"}}}},
    {"ruleGroupList",
     Form::Split,
     {{{"aws.waf.rule_group_list"},
       {"aws.waf.rule_groups.ids"},
       {"aws.waf.rule_groups.terminating_rules"},
       {"aws.waf.rule_groups.non_terminating_rules"},
       {"aws.waf.rule_groups.excluded_rules"},
       {"aws.waf.rule_groups.conditions"}}},
     split_rule_groups},
    {"rateBasedRuleList",
     Form::Split,
     {{{"aws.waf.rate_based_rule_list"}, {"aws.waf.rate_based_rules.names"}}},
     split_rate_rules},
    {"nonTerminatingMatchingRules",
     Form::Split,
     {{{"aws.waf.non_terminating_matching_rules"},
       {"aws.waf.non_terminating_rules.ids"},
       {"aws.waf.non_terminating_rules.actions"},
       {"aws.waf.non_terminating_rules.conditions"}}},
     split_rules},
    {"requestHeadersInserted", Form::Split, {{{"aws.waf.request_headers_inserted"}}}, split_list},
    {"responseCodeSent", Form::Integer, {{{"aws.waf.response_code_sent"}}}},
    {"httpRequest.clientIp", Form::Split, {{{"source.ip"}, {"network.type"}}}, split_client},
    {"httpRequest.country", Form::Text, {{{"aws.waf.request.country"}}}},
    {"httpRequest.headers",
     Form::Split,
     {{{"aws.waf.request.headers"},
       {"user_agent.original"},
       {"url.domain"},
       {"url.port", PartType::Integer},
       {"http.request.referrer"},
       {"aws.waf.request.forwarded_for"}}},
     split_headers},
    {"httpRequest.uri", Form::Text, {{{"url.path"}}}},
    {"httpRequest.args", Form::Text, {{{"url.query"}}}},
    {"httpRequest.httpVersion",
     Form::Split,
     {{{"http.version"}, {"network.protocol"}, {"network.transport"}}},
     split_version},
    {"httpRequest.httpMethod", Form::Text, {{{"http.request.method"}}}},
    {"httpRequest.requestId", Form::Unique, {{{"http.request.id"}}}},
    {"httpRequest.fragment", Form::Text, {{{"url.fragment"}}}},
    {"httpRequest.scheme", Form::Text, {{{"url.scheme"}}}},
    {"httpRequest.host", Form::Text, {{{"aws.waf.request.host"}}}},
    {"labels", Form::Split, {{{"aws.waf.labels"}, {"aws.waf.label_names"}}}, split_labels},
    {"captchaResponse.responseCode", Form::Integer, {{{"aws.waf.captcha_response.response_code"}}}},
    {"captchaResponse.solveTimestamp",
     Form::Integer,
     {{{"aws.waf.captcha_response.solve_timestamp"}}}},
    {"captchaResponse.failureReason", Form::Text, {{{"aws.waf.captcha_response.failure_reason"}}}},
    {"challengeResponse.responseCode",
     Form::Integer,
     {{{"aws.waf.challenge_response.response_code"}}}},
    {"challengeResponse.solveTimestamp",
     Form::Integer,
     {{{"aws.waf.challenge_response.solve_timestamp"}}}},
    {"challengeResponse.failureReason",
     Form::Text,
     {{{"aws.waf.challenge_response.failure_reason"}}}},
    {"ja3Fingerprint", Form::Text, {{{"tls.client.ja3"}}}},
    {"ja4Fingerprint", Form::Text, {{{"aws.waf.ja4_fingerprint"}}}},
    {"requestBodySize", Form::Integer, {{{"http.request.body.bytes"}}}},
    {"requestBodySizeInspectedByWAF",
     Form::Integer,
     {{{"aws.waf.request_body_size_inspected_by_waf"}}}},
    {"oversizeFields", Form::Split, {{{"aws.waf.oversize_fields"}}}, split_names},
    {"clientAsn", Form::Integer, {{{"aws.waf.client_asn"}}}},
    {"forwardedAsn", Form::Integer, {{{"aws.waf.forwarded_asn"}}}},
    {"cfDistributionTenantId", Form::Text, {{{"aws.waf.cf_distribution_tenant_id"}}}},
};

constexpr Spelling kSpellings[] = {
    {"httpRequest.clientAsn", "clientAsn"},
    {"httpRequest.forwardedAsn", "forwardedAsn"},
};

constexpr std::pair<std::string_view, std::string_view> kConstants[] = {
    {"event.category", "web"},
    {"event.dataset", "aws.waf"},
    {"cloud.provider", "aws"},
};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"source.address", "source.ip"},
    {"aws.waf.request_body_size", "http.request.body.bytes"},
};

constexpr Format kFormat{
    .fields = kFields,
    .trailing = "aws.waf.trailing",
    .constants = kConstants,
    .aliases = kAliases,
    .make_cutter = [](const Format& format) { return make_json_cutter(format, kSpellings); }};

std::optional<Time> time_of(std::string_view line) {
  constexpr std::string_view kKey = "\"timestamp\":";
  const auto at = line.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = line.substr(at + kKey.size(), 13);
  const auto millis = read_integer(digits);
  if (!millis || *millis < 0 || digits.size() != 13) return std::nullopt;
  return Time(std::chrono::milliseconds(*millis));
}

// As AWS names objects of them.
constexpr std::string_view kObjectNames[] = {"*AWSLogs/*/WAFLogs/*", "*aws-waf-logs-*"};

}  // namespace

const Parser kWaf{.id = "parsers.waf",
                  .kind = "waf",
                  .title = "AWS WAF log",
                  .summary = "Reads the logs of AWS WAF, v1 and v2, to ECS columns.",
                  .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
                  .time_of = time_of,
                  .json = true,
                  .object_names = kObjectNames};

}  // namespace sextant::intel
