#include "intel/parsers/alb_connection.h"

#include <algorithm>
#include <array>
#include <functional>

#include "intel/parsers/balancer_fields.h"
#include "intel/parsers/numbers.h"
#include "intel/parsers/space_cutter.h"
#include "intel/parsers/table_reader.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

const char* split_listener(std::string_view value, const ObjectFacts& facts, Parts parts) {
  split_with_place(value, facts, parts);
  if (parts[0].empty()) return nullptr;
  const auto port = read_integer(value);
  return port && *port >= 0 && *port <= 65535 ? nullptr : "a port";
}

// "Success", "Failed:ClientCertUntrusted".
const char* split_verify_status(std::string_view value, const ObjectFacts&, Parts parts) {
  constexpr std::string_view kFailed = "Failed:";
  if (value.empty() || value == "-") return nullptr;
  parts[0] = value;
  if (value.starts_with(kFailed)) parts[1] = value.substr(kFailed.size());
  return nullptr;
}

constexpr FieldSpec kFields[] = {
    {"time", Form::Time, {{{"ts"}}}},
    {"client_ip", Form::Address, {{{"source.ip"}}}},
    {"client_port", Form::Port, {{{"source.port"}}}},
    {"listener_port",
     Form::Split,
     {{{"destination.port", PartType::Integer}, {"cloud.account.id"}, {"cloud.region"}}},
     split_listener},
    {"tls_protocol",
     Form::Split,
     {{{"tls.version_protocol"}, {"tls.version"}}},
     split_tls_protocol},
    {"tls_cipher", Form::Text, {{{"tls.cipher"}}}},
    {"tls_handshake_latency", Form::Seconds, {{{"aws.elb.tls_handshake_time.sec"}}}},
    {"leaf_client_cert_subject", Form::Text, {{{"tls.client.subject"}}}},
    {"leaf_client_cert_validity", Form::Text, {{{"aws.elb.leaf_client_cert_validity"}}}},
    {"leaf_client_cert_serial_number", Form::Text, {{{"tls.client.x509.serial_number"}}}},
    {"tls_verify_status",
     Form::Split,
     {{{"aws.elb.tls_verify_status"}, {"event.reason"}}},
     split_verify_status},
    {"conn_trace_id", Form::Unique, {{{"aws.elb.conn_trace_id"}}}},
    {"tls_keyexchange", Form::Text, {{{"aws.elb.tls_keyexchange"}}}},
    // What the cutter makes of them.
    {"(not before)", Form::Time, {{{"tls.client.not_before"}}}},
    {"(not after)", Form::Time, {{{"tls.client.not_after"}}}},
    {"(outcome)", Form::Text, {{{"event.outcome"}}}},
};

enum Place : std::size_t {
  kHandshake = 6,
  kSubject = 7,
  kValidity = 8,
  kVerifyStatus = 10,
  kWords = 13,  // that lines have at most
  kNotBefore = 13,
  kNotAfter = 14,
  kOutcome = 15,
};

// 11: to tls_verify_status; 12: conn_trace_id.
bool is_known_count(std::size_t words) { return words >= 11 && words <= kWords; }

using Fields = std::span<std::string_view>;

std::string_view outcome_of(Fields fields) {
  const auto& status = fields[kVerifyStatus];
  if (status.starts_with("Failed")) return "failure";
  const auto& handshake = fields[kHandshake];
  const bool shaken = !handshake.empty() && handshake != "-";
  return status == "Success" || shaken ? "success" : "unknown";
}

// "NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z". What is not of that shape stays
// as it is.
void cut_validity(Fields fields) {
  constexpr std::string_view kBefore = "NotBefore=";
  constexpr std::string_view kAfter = ";NotAfter=";
  auto& validity = fields[kValidity];
  const auto after = validity.find(kAfter);
  if (!validity.starts_with(kBefore) || after == std::string_view::npos) return;
  const auto from = validity.substr(kBefore.size(), after - kBefore.size());
  const auto to = validity.substr(after + kAfter.size());
  TimeReader reader;
  if (!reader.read(from) || !reader.read(to)) return;
  fields[kNotBefore] = from;
  fields[kNotAfter] = to;
  validity = {};
}

class ConnectionCutter final : public Cutter {
 public:
  std::optional<std::string> cut(std::string_view line, CutLine& into) override {
    const auto words = into.fields.first(kWords);
    const bool closed = tokens_.cut(line, words);
    auto count = tokens_.count();
    if (const char* kind = other_balancer_log(BalancerLog::Connection, words.first(count))) {
      return kind;
    }
    into.rest = tokens_.rest();
    const bool sound = closed && is_known_count(count) && !has_quote(words.first(count));
    if (!sound) {
      if (const auto other = around_subject(line, into); other != 0) {
        count = other;
      } else if (!closed || !is_known_count(count)) {
        return wrong(closed, count);
      } else {
        tokens_.cut(line, words);
        into.rest = tokens_.rest();
      }
    }
    std::ranges::fill(into.fields.subspan(count), std::string_view());
    cut_validity(into.fields);
    into.fields[kOutcome] = outcome_of(into.fields);
    return std::nullopt;
  }

 private:
  static std::string wrong(bool closed, std::size_t count) {
    if (!closed) return unclosed_quote(count);
    return std::to_string(count) + " fields, where a whole line has " + std::to_string(kWords);
  }

  // Behind the subject.
  static bool has_quote(Fields words) {
    return std::ranges::any_of(words.subspan(kValidity),
                               [](auto word) { return word.contains('"'); });
  }

  // A subject may hold quotes that are not escaped, before blanks too: it ends at the last one, for
  // no field behind it has any. The number of fields, or 0.
  std::size_t around_subject(std::string_view line, CutLine& into) {
    auto rest = line;
    for (std::size_t place = 0; place < kSubject; ++place) {
      into.fields[place] = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(into.fields[place].size() + 1, rest.size()));
    }
    const auto end = rest.rfind("\" ");
    if (!rest.starts_with('"') || end == std::string_view::npos || end == 0) return 0;
    into.fields[kSubject] = rest.substr(1, end - 1);
    const bool closed =
        tokens_.cut(rest.substr(end + 2), into.fields.subspan(kSubject + 1, kWords - kSubject - 1));
    const auto count = kSubject + 1 + tokens_.count();
    into.rest = tokens_.rest();
    return closed && is_known_count(count) ? count : 0;
  }

  Tokens tokens_;
};

constexpr std::pair<std::string_view, std::string_view> kConstants[] = {
    {"event.kind", "event"},      {"event.category", "network"},
    {"event.type", "connection"}, {"event.dataset", "aws.elb_connection_logs"},
    {"network.transport", "tcp"}, {"cloud.provider", "aws"},
};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"source.address", "source.ip"},
    {"tls.client.x509.subject.distinguished_name", "tls.client.subject"},
};

constexpr Format kFormat{.fields = kFields,
                         .trailing = "aws.elb.trailing",
                         .constants = kConstants,
                         .aliases = kAliases,
                         .make_cutter = [](const Format&) -> std::unique_ptr<Cutter> {
                           return std::make_unique<ConnectionCutter>();
                         }};

// As AWS names objects of them.
constexpr std::string_view kObjectNames[] = {
    "*/elasticloadbalancing/*/conn_log.############_elasticloadbalancing_*"};

}  // namespace

const Parser kAlbConnection{
    .id = "parsers.alb_connection",
    .kind = "alb_connection",
    .title = "Application Load Balancer connection log",
    .summary = "Reads the connection logs of Application Load Balancers to ECS columns.",
    .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
    .object_names = kObjectNames};

}  // namespace sextant::intel
