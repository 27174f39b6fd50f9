#pragma once
// Fields that the logs of load balancers have in common, and how the lines of one are told from
// those of the others, all of which may lie below the same prefix.
#include <span>
#include <string_view>

#include "intel/parsers/line_reader.h"

namespace sextant::intel {

// Split functions (field_readers.h).
// http.response.status_code, event.outcome.
const char* split_status(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// A status code, of which nothing follows.
const char* split_target_status(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// Method, url.original, version, scheme, domain, port, path, query.
const char* split_request(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// "TLSv1.2" or "tlsv12" -> tls, 1.2; "SSLv3" -> ssl, 3; what is not of that shape stays whole.
const char* split_tls_protocol(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// arn:aws:…:<region>:<account>:… -> itself, account, region; where there is none, the object's name
// tells the latter two.
const char* split_arn(std::string_view, const ObjectFacts&, std::span<std::string_view>);
// A text, and account and region as the object's name tells them.
const char* split_with_place(std::string_view, const ObjectFacts&, std::span<std::string_view>);

enum class BalancerLog { Application, Connection, Network, Classic, Unknown };

// Which log a line that was cut at its spaces is of; judged by its first three fields.
BalancerLog balancer_log_of(std::span<const std::string_view> fields);
// What a line is that is of another log than `own`; nullptr for its own lines and unknown ones.
const char* other_balancer_log(BalancerLog own, std::span<const std::string_view> fields);

}  // namespace sextant::intel
