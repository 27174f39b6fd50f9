#include "intel/parsers/route53_resolver.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <functional>

#include "core/time_text.h"
#include "intel/parsers/json_cutter.h"
#include "intel/parsers/table_reader.h"
#include "sdk/ip_address.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

bool is_none(std::string_view value) { return value.empty() || value == "-"; }

const char* split_account(std::string_view value, const ObjectFacts& facts, Parts parts) {
  parts[0] = is_none(value) ? facts.account : value;
  return nullptr;
}

const char* split_region(std::string_view value, const ObjectFacts& facts, Parts parts) {
  parts[0] = is_none(value) ? facts.region : value;
  return nullptr;
}

// ECS has names without the dot of the root; the root itself keeps it.
const char* split_name(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  parts[0] = value.size() > 1 && value.ends_with('.') ? value.substr(0, value.size() - 1) : value;
  return nullptr;
}

const char* split_rcode(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) {
    parts[1] = "unknown";
    return nullptr;
  }
  parts[0] = value;
  parts[1] = value == "NOERROR" ? "success" : "failure";
  return nullptr;
}

const char* split_source(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  if (!sdk::IpAddress::parse(value)) return "an address";
  parts[0] = value;
  parts[1] = value.contains(':') ? "ipv6" : "ipv4";
  return nullptr;
}

// DNS over HTTPS is carried by TCP.
const char* split_transport(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  parts[0] = value;
  if (value == "UDP") parts[1] = "udp";
  if (value == "TCP" || value == "DOH") parts[1] = "tcp";
  return nullptr;
}

// What a list of answers tells, each joined by commas.
struct Answers {
  std::string data;
  std::string types;
  std::string classes;
  std::string addresses;
};

void append_item(std::string_view text, std::string& list) {
  if (text.contains('\0')) return;  // no column of text holds that; the JSON text tells it
  if (!list.empty()) list += ',';
  list += text;
}

bool read_answer(const simdjson::dom::object& answer, Answers& into) {
  std::string_view data;
  for (const auto& [key, value] : answer) {
    std::string_view text;
    if (key != "Rdata" && key != "Type" && key != "Class") continue;
    if (value.get(text) != simdjson::SUCCESS) return false;
    if (key == "Rdata") append_item(data = text, into.data);
    if (key == "Type") append_item(text, into.types);
    if (key == "Class") append_item(text, into.classes);
  }
  if (sdk::IpAddress::parse(data)) append_item(data, into.addresses);
  return true;
}

const char* split_answers(std::string_view value, const ObjectFacts&, Parts parts) {
  constexpr const char* kExpected = "a list of answers";
  thread_local simdjson::dom::parser parser;
  thread_local Answers answers;
  if (value.empty()) return nullptr;
  simdjson::dom::array list;
  if (parser.parse(value.data(), value.size()).get(list) != simdjson::SUCCESS) return kExpected;
  answers = {};
  for (const auto each : list) {
    simdjson::dom::object answer;
    if (each.get(answer) != simdjson::SUCCESS || !read_answer(answer, answers)) return kExpected;
  }
  const std::string_view all[] = {value, answers.data, answers.types, answers.classes,
                                  answers.addresses};
  std::ranges::copy(all, parts.begin());
  return nullptr;
}

constexpr FieldSpec kFields[] = {
    {"version", Form::Text, {{{"aws.route53.version"}}}},
    {"account_id", Form::Split, {{{"cloud.account.id"}}}, split_account},
    {"region", Form::Split, {{{"cloud.region"}}}, split_region},
    {"vpc_id", Form::Text, {{{"aws.route53.vpc_id"}}}},
    {"query_timestamp", Form::Time, {{{"ts"}}}},
    {"query_name", Form::Split, {{{"dns.question.name"}}}, split_name},
    {"query_type", Form::Text, {{{"dns.question.type"}}}},
    {"query_class", Form::Text, {{{"dns.question.class"}}}},
    {"rcode", Form::Split, {{{"dns.response_code"}, {"event.outcome"}}}, split_rcode},
    {"answers",
     Form::Split,
     {{{"aws.route53.answers"},
       {"dns.answers.data"},
       {"dns.answers.type"},
       {"dns.answers.class"},
       {"dns.resolved_ip"}}},
     split_answers},
    {"srcaddr", Form::Split, {{{"source.ip"}, {"network.type"}}}, split_source},
    {"srcport", Form::Port, {{{"source.port"}}}},
    {"transport",
     Form::Split,
     {{{"aws.route53.transport"}, {"network.transport"}}},
     split_transport},
    {"srcids.instance", Form::Text, {{{"cloud.instance.id"}}}},
    {"srcids.resolver_endpoint", Form::Text, {{{"aws.route53.srcids.resolver_endpoint"}}}},
    {"srcids.resolver_network_interface",
     Form::Text,
     {{{"aws.route53.srcids.resolver_network_interface"}}}},
    {"firewall_rule_action", Form::Text, {{{"aws.route53.firewall.action"}}}},
    {"firewall_rule_group_id", Form::Text, {{{"aws.route53.firewall.rule_group.id"}}}},
    {"firewall_domain_list_id", Form::Text, {{{"aws.route53.firewall.domain_list.id"}}}},
};

constexpr Spelling kSpellings[] = {
    {"srcids.resolver-endpoint", "srcids.resolver_endpoint"},
    {"srcids.resolver-network-interface", "srcids.resolver_network_interface"},
};

constexpr std::pair<std::string_view, std::string_view> kConstants[] = {
    {"event.kind", "event"},     {"event.category", "network"},
    {"event.type", "protocol"},  {"event.dataset", "aws.route53_resolver_logs"},
    {"network.protocol", "dns"}, {"cloud.provider", "aws"},
};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"source.address", "source.ip"},
    {"aws.route53.srcids.instance", "cloud.instance.id"},
};

constexpr Format kFormat{
    .fields = kFields,
    .trailing = "aws.route53.trailing",
    .constants = kConstants,
    .aliases = kAliases,
    .make_cutter = [](const Format& format) { return make_json_cutter(format, kSpellings); }};

std::optional<Time> time_of(std::string_view line) {
  constexpr std::string_view kKey = "\"query_timestamp\":\"";
  const auto at = line.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const auto rest = line.substr(at + kKey.size());
  return parse_iso8601(rest.substr(0, std::min<std::size_t>(rest.find('"'), 40)));
}

// As AWS names objects of them.
constexpr std::string_view kObjectNames[] = {"*AWSLogs/*/vpcdnsquerylogs/*"};

}  // namespace

const Parser kRoute53Resolver{
    .id = "parsers.route53_resolver",
    .kind = "route53_resolver",
    .title = "Route 53 Resolver query log",
    .summary = "Reads the query logs of Route 53 Resolver to ECS columns.",
    .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
    .time_of = time_of,
    .json = true,
    .object_names = kObjectNames};

}  // namespace sextant::intel
