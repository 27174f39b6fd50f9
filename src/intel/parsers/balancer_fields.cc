#include "intel/parsers/balancer_fields.h"

#include <algorithm>

#include "intel/parsers/numbers.h"
#include "intel/parsers/url.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

bool is_none(std::string_view value) { return value.empty() || value == "-"; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool are_digits(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, is_digit);
}

bool is_status(std::string_view value) { return value.size() == 3 && are_digits(value); }

// Of TLS versions as Network Load Balancers write them.
std::string_view with_point(std::string_view digits) {
  if (digits == "1") return "1";
  if (digits == "11") return "1.1";
  if (digits == "12") return "1.2";
  if (digits == "13") return "1.3";
  return {};
}

}  // namespace

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

const char* split_tls_protocol(std::string_view value, const ObjectFacts&, Parts parts) {
  if (is_none(value)) return nullptr;
  const bool tls = value.starts_with("TLSv");
  const bool ssl = value.starts_with("SSLv");
  parts[0] = tls ? "tls" : ssl ? "ssl" : value;
  if (tls || ssl) parts[1] = value.substr(4);
  if (!value.starts_with("tlsv") || with_point(value.substr(4)).empty()) return nullptr;
  parts[0] = "tls";
  parts[1] = with_point(value.substr(4));
  return nullptr;
}

const char* split_arn(std::string_view value, const ObjectFacts& facts, Parts parts) {
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
  if (account.size() == 12 && are_digits(account)) {
    parts[1] = account;
    parts[2] = region;
  }
  return nullptr;
}

const char* split_with_place(std::string_view value, const ObjectFacts& facts, Parts parts) {
  if (!is_none(value)) parts[0] = value;
  parts[1] = facts.account;
  parts[2] = facts.region;
  return nullptr;
}

BalancerLog balancer_log_of(std::span<const std::string_view> fields) {
  if (fields.size() < 3 || fields[0].empty()) return BalancerLog::Unknown;
  if (fields[0] == "tls") return BalancerLog::Network;
  if (!is_digit(fields[0][0])) {
    constexpr std::string_view kTypes[] = {"http", "https", "h2", "grpcs", "ws", "wss"};
    const bool known = std::ranges::find(kTypes, fields[0]) != std::end(kTypes);
    return known ? BalancerLog::Application : BalancerLog::Unknown;
  }
  if (fields[2].contains(':')) return BalancerLog::Classic;
  return are_digits(fields[2]) ? BalancerLog::Connection : BalancerLog::Unknown;
}

const char* other_balancer_log(BalancerLog own, std::span<const std::string_view> fields) {
  const bool has_type = !fields.empty() && !fields[0].empty() && !is_digit(fields[0][0]);
  if (own == BalancerLog::Application && has_type && fields[0] != "tls") return nullptr;
  const auto log = balancer_log_of(fields);
  if (log == own) return nullptr;
  const bool has_time = log == BalancerLog::Connection || log == BalancerLog::Classic;
  if (has_time && !TimeReader().read(fields[0])) return nullptr;
  switch (log) {
    case BalancerLog::Application:
      return "this is a line of an Application Load Balancer's access log: parsers.alb reads it";
    case BalancerLog::Connection:
      return "this is a line of an Application Load Balancer's connection log: "
             "parsers.alb_connection reads it";
    case BalancerLog::Network:
      return "this is a line of a Network Load Balancer's TLS log: parsers.nlb reads it";
    case BalancerLog::Classic:
      return "this is a line of a Classic Load Balancer's log: parsers.elb reads it";
    case BalancerLog::Unknown: break;
  }
  return nullptr;
}

}  // namespace sextant::intel
