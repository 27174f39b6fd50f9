#include "intel/parsers/nlb.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>

#include "core/time_text.h"
#include "intel/parsers/balancer_fields.h"
#include "intel/parsers/numbers.h"
#include "intel/parsers/table_reader.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

const char* split_type(std::string_view value, const ObjectFacts&, Parts parts) {
  if (value != "tls") return "tls";
  parts[0] = value;
  return nullptr;
}

// Each entry is of a TLS listener, so one without the time of a handshake had none that succeeded.
const char* split_handshake(std::string_view value, const ObjectFacts&, Parts parts) {
  parts[1] = "failure";
  if (value.empty() || value == "-") return nullptr;
  const auto millis = read_integer(value);
  if (!millis || *millis < 0 || *millis > std::numeric_limits<std::int32_t>::max()) {
    return "a number of milliseconds";
  }
  parts[0] = value;
  parts[1] = "success";
  return nullptr;
}

// "h2","http/1.1", of which the outer quotes are gone -> h2,http/1.1
const char* split_protocols(std::string_view value, const ObjectFacts&, Parts parts) {
  thread_local std::string list;
  constexpr std::string_view kBetween = "\",\"";
  if (value == "-") return nullptr;
  list = value;
  for (auto at = list.find(kBetween); at != std::string::npos; at = list.find(kBetween, at)) {
    list.replace(at, kBetween.size(), ",");
  }
  parts[0] = list;
  return nullptr;
}

constexpr FieldSpec kFields[] = {
    {"type", Form::Split, {{{"aws.elb.type"}}}, split_type},
    {"version", Form::Text, {{{"aws.elb.log_version"}}}},
    {"time", Form::PlainTime, {{{"ts"}}}},
    {"elb", Form::Text, {{{"aws.elb.name"}}}},
    {"listener", Form::Text, {{{"aws.elb.listener"}}}},
    {"client:port", Form::Endpoint, {{{"source.ip"}, {"source.port"}}}},
    {"destination:port", Form::Endpoint, {{{"aws.elb.backend.ip"}, {"aws.elb.backend.port"}}}},
    {"connection_time", Form::Integer, {{{"aws.elb.connection_time.ms"}}}},
    {"tls_handshake_time",
     Form::Split,
     {{{"aws.elb.tls_handshake_time.ms", PartType::Integer}, {"event.outcome"}}},
     split_handshake},
    {"received_bytes", Form::Integer, {{{"source.bytes"}}}},
    {"sent_bytes", Form::Integer, {{{"destination.bytes"}}}},
    {"incoming_tls_alert", Form::Text, {{{"aws.elb.incoming_tls_alert"}}}},
    {"chosen_cert_arn",
     Form::Split,
     {{{"aws.elb.chosen_cert.arn"}, {"cloud.account.id"}, {"cloud.region"}}},
     split_arn},
    {"chosen_cert_serial", Form::Text, {{{"aws.elb.chosen_cert.serial"}}}},
    {"tls_cipher", Form::Text, {{{"tls.cipher"}}}},
    {"tls_protocol_version",
     Form::Split,
     {{{"tls.version_protocol"}, {"tls.version"}}},
     split_tls_protocol},
    {"tls_named_group", Form::Text, {{{"aws.elb.tls_named_group"}}}},
    {"domain_name", Form::Text, {{{"destination.domain"}}}},
    {"alpn_fe_protocol", Form::Text, {{{"aws.elb.alpn_fe_protocol"}}}},
    {"alpn_be_protocol", Form::Text, {{{"aws.elb.alpn_be_protocol"}}}},
    {"alpn_client_preference_list",
     Form::Split,
     {{{"aws.elb.alpn_client_preference_list"}}},
     split_protocols},
    {"tls_connection_creation_time", Form::PlainTime, {{{"event.start"}}}},
};

constexpr std::size_t kOlderCounts[] = {
    18,  // version 1.0: to domain_name
    21,  // the ALPN fields
};

constexpr std::pair<std::string_view, std::string_view> kConstants[] = {
    {"event.kind", "event"},           {"event.category", "network"}, {"event.type", "connection"},
    {"event.dataset", "aws.elb_logs"}, {"network.transport", "tcp"},  {"cloud.provider", "aws"},
};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"event.end", "ts"},
    {"source.address", "source.ip"},
};

const char* other_kind(std::span<const std::string_view> fields) {
  return other_balancer_log(BalancerLog::Network, fields);
}

constexpr Format kFormat{.fields = kFields,
                         .older_counts = kOlderCounts,
                         .trailing = "aws.elb.trailing",
                         .constants = kConstants,
                         .aliases = kAliases,
                         .other_kind = other_kind};

// The time is the third word.
std::optional<Time> time_of(std::string_view line) {
  constexpr std::size_t kTimeBytes = sizeof("2018-12-20T02:59:40") - 1;
  for (int word = 0; word < 2; ++word) {
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
    if (line.empty()) return std::nullopt;
  }
  return parse_iso8601(std::string(line.substr(0, kTimeBytes)) + "Z");
}

// As AWS names objects of them.
constexpr std::string_view kObjectNames[] = {
    "*/elasticloadbalancing/*/############_elasticloadbalancing_*_net.*"};

}  // namespace

const Parser kNlb{.id = "parsers.nlb",
                  .kind = "nlb",
                  .title = "Network Load Balancer TLS log",
                  .summary = "Reads the TLS logs of Network Load Balancers to ECS columns.",
                  .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
                  .time_of = time_of,
                  .object_names = kObjectNames};

}  // namespace sextant::intel
