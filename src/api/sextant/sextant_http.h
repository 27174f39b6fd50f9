#pragma once
// The node's own endpoints under /_sextant/: JSON in, JSON out, signed with service name "sextant".
// Pure.
//   POST query                      {"sql": …, "format": "json|ndjson|csv|arrow|parquet"}
//   GET  tables, tables/<name>, functions, status, deliveries, deliveries/summary, audit/verify
//   POST intake/<kind>              lines, as they are; by a source's token instead of a signature
#include <string>
#include <string_view>

#include "api/protocol.h"
#include "core/result.h"
#include "net/http.h"

namespace sextant::api::sextant_http {

// NotFound: no such endpoint (names those there are); Invalid: MethodNotAllowed.
Result<WireCall> parse_request(const net::Request& request);
// Invalid: not a JSON object.
Result<> add_document(std::string_view document, WireCall& call);

net::Response to_response(std::string_view operation, sdk::Output output);
net::Response to_error_response(const Error& error, std::string_view request_id);

}  // namespace sextant::api::sextant_http
