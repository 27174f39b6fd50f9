#include "intel/parsers/alb.h"

#include <algorithm>
#include <functional>

#include "intel/parsers/balancer_fields.h"
#include "intel/parsers/table_reader.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

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
     split_arn},
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

const char* other_kind(std::span<const std::string_view> fields) {
  return other_balancer_log(BalancerLog::Application, fields);
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
