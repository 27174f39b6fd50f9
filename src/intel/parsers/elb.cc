#include "intel/parsers/elb.h"

#include <functional>

#include "intel/parsers/balancer_fields.h"
#include "intel/parsers/table_reader.h"

namespace sextant::intel {
namespace {

constexpr FieldSpec kFields[] = {
    {"timestamp", Form::Time, {{{"ts"}}}},
    {"elb",
     Form::Split,
     {{{"aws.elb.name"}, {"cloud.account.id"}, {"cloud.region"}}},
     split_with_place},
    {"client:port", Form::Endpoint, {{{"source.ip"}, {"source.port"}}}},
    {"backend:port", Form::Endpoint, {{{"aws.elb.backend.ip"}, {"aws.elb.backend.port"}}}},
    {"request_processing_time", Form::Seconds, {{{"aws.elb.request_processing_time.sec"}}}},
    {"backend_processing_time", Form::Seconds, {{{"aws.elb.backend_processing_time.sec"}}}},
    {"response_processing_time", Form::Seconds, {{{"aws.elb.response_processing_time.sec"}}}},
    {"elb_status_code",
     Form::Split,
     {{{"http.response.status_code", PartType::Integer}, {"event.outcome"}}},
     split_status},
    {"backend_status_code",
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
    {"classification", Form::Text, {{{"aws.elb.classification"}}}},
    {"classification_reason", Form::Text, {{{"aws.elb.classification_reason"}}}},
};

constexpr std::size_t kOlderCounts[] = {
    12,  // 2014: to request
    15,  // user_agent, ssl_cipher, ssl_protocol
    16,  // part of the classification
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
  return other_balancer_log(BalancerLog::Classic, fields);
}

constexpr Format kFormat{.fields = kFields,
                         .older_counts = kOlderCounts,
                         .trailing = "aws.elb.trailing",
                         .constants = kConstants,
                         .aliases = kAliases,
                         .other_kind = other_kind};

// As AWS names objects of them: those of the other balancers have longer patterns.
constexpr std::string_view kObjectNames[] = {
    "*/elasticloadbalancing/*/############_elasticloadbalancing_*"};

}  // namespace

const Parser kElb{.id = "parsers.elb",
                  .kind = "elb",
                  .title = "Classic Load Balancer access log",
                  .summary = "Reads the access logs of Classic Load Balancers to ECS columns.",
                  .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
                  .object_names = kObjectNames};

}  // namespace sextant::intel
