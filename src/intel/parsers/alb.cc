#include "intel/parsers/alb.h"

#include <algorithm>
#include <functional>

#include "intel/parsers/numbers.h"
#include "intel/parsers/table_reader.h"
#include "intel/parsers/url.h"
#include "sdk/ip_address.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

bool is_none(std::string_view value) { return value.empty() || value == "-"; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// http, https, h2, grpcs, ws, wss; and what comes after them.
const char* split_type(std::string_view value, const ObjectFacts&, Parts parts) {
  const bool word = !value.empty() && value.size() <= 16 && std::ranges::all_of(value, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
  });
  if (!word) return "a type of request";
  parts[0] = value;
  return nullptr;
}

bool is_status(std::string_view value) {
  return value.size() == 3 && std::ranges::all_of(value, is_digit);
}

const char* split_status(std::string_view value, const ObjectFacts&, Parts parts) {
  parts[1] = "unknown";
  if (is_none(value)) return nullptr;
  if (!is_status(value)) return "a status code";
  parts[0] = value;
  if (value[0] != '0') parts[1] = value[0] < '4' ? "success" : "failure";
  return nullptr;
}

const char* split_target_status(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  if (!is_status(value)) return "a status code";
  parts[0] = value;
  return nullptr;
}

const char* split_request(std::string_view value, const ObjectFacts&, Parts parts) {
  const auto request = cut_request(value);
  const auto url = cut_url(request.url);
  const std::string_view all[] = {request.method, request.url, request.version, url.scheme,
                                  url.domain,     url.port,    url.path,        url.query};
  std::ranges::copy(all, parts.begin());
  return nullptr;
}

// "TLSv1.2" -> tls, 1.2; "SSLv3" -> ssl, 3; what is not of that shape stays whole.
const char* split_tls_protocol(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  const bool tls = value.starts_with("TLSv");
  const bool ssl = value.starts_with("SSLv");
  parts[0] = tls ? "tls" : ssl ? "ssl" : value;
  if (tls || ssl) parts[1] = value.substr(4);
  return nullptr;
}

// arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/…; where no target group took part,
// the object's name tells account and region.
const char* split_target_group(std::string_view value, const ObjectFacts& facts, Parts parts) {
  parts[1] = facts.account;
  parts[2] = facts.region;
  if (is_none(value)) return nullptr;
  parts[0] = value;
  std::string_view rest = value;
  std::string_view region;
  std::string_view account;
  for (int part = 0; part < 5; ++part) {
    region = account;
    account = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(account.size() + 1, rest.size()));
  }
  if (account.size() == 12 && std::ranges::all_of(account, is_digit)) {
    parts[1] = account;
    parts[2] = region;
  }
  return nullptr;
}

constexpr FieldSpec kFields[] = {
    {"type", Form::Split, {{{"aws.elb.type"}}}, split_type},
    {"time", Form::Time, {{{"ts"}}}},
    {"elb", Form::Text, {{{"aws.elb.name"}}}},
    {"client:port", Form::Endpoint, {{{"source.ip"}, {"source.port"}}}},
    {"target:port", Form::Endpoint, {{{"aws.elb.backend.ip"}, {"aws.elb.backend.port"}}}},
    {"request_processing_time", Form::Seconds, {{{"aws.elb.request_processing_time.sec"}}}},
    {"target_processing_time", Form::Seconds, {{{"aws.elb.backend_processing_time.sec"}}}},
    {"response_processing_time", Form::Seconds, {{{"aws.elb.response_processing_time.sec"}}}},
    {"elb_status_code",
     Form::Split,
     {{{"http.response.status_code", PartType::Integer}, {"event.outcome"}}},
     split_status},
    {"target_status_code",
     Form::Split,
     {{{"aws.elb.backend.http.response.status_code", PartType::Integer}}},
     split_target_status},
    {"received_bytes", Form::Integer, {{{"http.request.body.bytes"}}}},
    {"sent_bytes", Form::Integer, {{{"http.response.body.bytes"}}}},
    {"request",
     Form::Split,
     {{{"http.request.method"},
       {"url.original"},
       {"http.version"},
       {"url.scheme"},
       {"url.domain"},
       {"url.port", PartType::Integer},
       {"url.path"},
       {"url.query"}}},
     split_request},
    {"user_agent", Form::Text, {{{"user_agent.original"}}}},
    {"ssl_cipher", Form::Text, {{{"tls.cipher"}}}},
    {"ssl_protocol",
     Form::Split,
     {{{"tls.version_protocol"}, {"tls.version"}}},
     split_tls_protocol},
    {"target_group_arn",
     Form::Split,
     {{{"aws.elb.target_group.arn"}, {"cloud.account.id"}, {"cloud.region"}}},
     split_target_group},
    {"trace_id", Form::Unique, {{{"trace.id"}}}},
    {"domain_name", Form::Text, {{{"destination.domain"}}}},
    {"chosen_cert_arn", Form::Text, {{{"aws.elb.chosen_cert.arn"}}}},
    {"matched_rule_priority", Form::Text, {{{"aws.elb.matched_rule_priority"}}}},
    {"request_creation_time", Form::Time, {{{"event.start"}}}},
    {"actions_executed", Form::Text, {{{"aws.elb.action_executed"}}}},
    {"redirect_url", Form::Text, {{{"aws.elb.redirect_url"}}}},
    {"error_reason", Form::Text, {{{"aws.elb.error.reason"}}}},
    {"target:port_list", Form::Text, {{{"aws.elb.target_port"}}}},
    {"target_status_code_list", Form::Text, {{{"aws.elb.target_status_code"}}}},
    {"classification", Form::Text, {{{"aws.elb.classification"}}}},
    {"classification_reason", Form::Text, {{{"aws.elb.classification_reason"}}}},
    {"conn_trace_id", Form::Unique, {{{"aws.elb.conn_trace_id"}}}},
    {"transformed_host", Form::Text, {{{"aws.elb.transformed_host"}}}},
    {"transformed_uri", Form::Text, {{{"aws.elb.transformed_uri"}}}},
    {"request_transform_status", Form::Text, {{{"aws.elb.request_transform_status"}}}},
};

constexpr std::size_t kOlderCounts[] = {
    18,          // 2016: to trace_id
    20,          // domain_name, chosen_cert_arn
    21,          // matched_rule_priority
    24,          // request_creation_time, actions_executed, redirect_url
    25,          // error_reason
    29,          // target lists, classification
    30, 31, 32,  // conn_trace_id, and part of the transformations
};

constexpr std::pair<std::string_view, std::string_view> kConstants[] = {
    {"event.kind", "event"},
    {"event.category", "web"},
    {"event.dataset", "aws.elb_logs"},
    {"cloud.provider", "aws"},
};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"event.end", "ts"},
    {"source.address", "source.ip"},
};

// What else the balancers write below the same prefix.
const char* other_kind(std::span<const std::string_view> fields) {
  if (fields.size() < 3 || fields[0].empty()) return nullptr;
  if (fields[0] == "tls") return "this is a line of a Network Load Balancer's TLS log";
  if (!is_digit(fields[0][0])) return nullptr;
  if (!TimeReader().read(fields[0])) return nullptr;
  if (sdk::IpAddress::parse(fields[1])) {
    return "this is a line of an Application Load Balancer's connection log";
  }
  return fields[2].contains(':') ? "this is a line of a Classic Load Balancer's log" : nullptr;
}

constexpr Format kFormat{.fields = kFields,
                         .older_counts = kOlderCounts,
                         .trailing = "aws.elb.trailing",
                         .constants = kConstants,
                         .aliases = kAliases,
                         .other_kind = other_kind};

// As AWS names objects of them.
constexpr std::string_view kObjectNames[] = {
    "*/elasticloadbalancing/*/############_elasticloadbalancing_*_app.*"};

}  // namespace

const Parser kAlb{
    .id = "parsers.alb",
    .kind = "alb",
    .title = "Application Load Balancer access log",
    .summary = "Reads the access logs of Application Load Balancers, of all years, to ECS columns.",
    .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
    .object_names = kObjectNames};

}  // namespace sextant::intel
