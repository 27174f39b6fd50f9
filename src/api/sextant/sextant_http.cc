#include "api/sextant/sextant_http.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>

#include "api/protocol.h"
#include "api/status.h"
#include "core/encoding.h"
#include "core/json.h"
#include "core/strings.h"

namespace sextant::api::sextant_http {
namespace {

enum class Content { None, Document, Lines };  // of the request's body

struct Route {
  std::string_view method;
  std::string_view path;  // below the prefix; a closing "/*" takes one more segment …
  std::string_view operation;
  Content content = Content::None;
  std::string_view parameter = "Name";  // … as this parameter
};

constexpr std::array kRoutes{
    Route{"POST", "query", "Query", Content::Document},
    Route{"GET", "tables", "ListTables"},
    Route{"GET", "tables/*", "DescribeTable"},
    Route{"GET", "functions", "ListFunctions"},
    Route{"GET", "status", "GetStatus"},
    Route{"GET", "deliveries", "ListDeliveries"},
    Route{"GET", "deliveries/summary", "SummarizeDeliveries"},
    Route{"GET", "audit/verify", "VerifyAudit"},
    Route{"POST", "audit/verify", "VerifyAudit", Content::Document},  // with checkpoints
    Route{"POST", "audit/seal", "SealAudit", Content::Document},
    Route{"GET", "audit/digests", "ListAuditDigests"},
    Route{"GET", "audit/public-key", "GetAuditPublicKey"},
    Route{"POST", "intake/*", "PutIntakeBatch", Content::Lines, "Kind"},
    Route{"GET", "intake-sources", "ListIntakeSources"},
    Route{"POST", "intake-sources", "CreateIntakeSource", Content::Document},
    Route{"DELETE", "intake-sources/*", "RevokeIntakeSource"},
};

// Headers of a request that carries lines, as parameters.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kLinesHeaders{{
    {"content-encoding", "ContentEncoding"},
    {"x-sextant-batch", "Batch"},
}};

bool fits(std::string_view pattern, std::string_view path, std::string& name) {
  if (!pattern.ends_with("/*")) return pattern == path;
  pattern.remove_suffix(1);
  if (!path.starts_with(pattern) || path.size() == pattern.size()) return false;
  name = uri_decode(path.substr(pattern.size())).value_or("");
  return !name.empty() && !name.contains('/');
}

// "max_items" in the query is parameter MaxItems.
std::string parameter_name(std::string_view name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    result.push_back(upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    upper = false;
  }
  return result;
}

Result<> add_query(std::string_view query, boost::json::object& parameters) {
  if (query.empty()) return {};
  for (const auto pair : split(query, '&')) {
    const auto equals = pair.find('=');
    const auto name = uri_decode(pair.substr(0, equals));
    const auto value = uri_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!name || !value)
      return fail(Code::Invalid, "the query has a broken percent escape", "ValidationException");
    if (is_of_signature(*name)) continue;
    parameters[parameter_name(*name)] = *value;
  }
  return {};
}

void add_headers(const net::Headers& headers, boost::json::object& parameters) {
  for (const auto& [header, parameter] : kLinesHeaders) {
    if (const auto value = net::find_header(headers, header)) parameters[parameter] = *value;
  }
}

// "" of another path: there is no such endpoint.
std::string_view below_prefix(std::string_view path) {
  return path.starts_with(kOwnPrefix) ? path.substr(kOwnPrefix.size()) : std::string_view();
}

std::string known_endpoints() {
  std::string names;
  for (const auto& route : kRoutes) {
    names +=
        (names.empty() ? "" : ", ") + std::string(route.method) + " " + std::string(route.path);
  }
  return names;
}

}  // namespace

Result<WireCall> parse_request(const net::Request& request) {
  const auto path = below_prefix(request.path());
  bool other_method = false;
  for (const auto& route : kRoutes) {
    std::string name;
    if (!fits(route.path, path, name)) continue;
    if (route.method != request.method) {
      other_method = true;
      continue;
    }
    WireCall call{.operation = std::string(route.operation), .parameters = {}};
    call.has_document = route.content == Content::Document;
    call.takes_body = route.content == Content::Lines;
    SX_TRY(add_query(request.query(), call.parameters));
    if (call.takes_body) add_headers(request.headers, call.parameters);
    if (!name.empty()) call.parameters[route.parameter] = name;
    return call;
  }
  if (other_method)
    return fail(Code::Invalid, "this endpoint takes another method", "MethodNotAllowed");
  return fail(Code::NotFound, "there is no such endpoint; there are: " + known_endpoints(),
              "ResourceNotFoundException");
}

Result<> add_document(std::string_view document, WireCall& call) {
  SX_TRY_AS(auto value, within("request body", json::parse(document)));
  if (!value.is_object())
    return fail(Code::Invalid, "the body must be a JSON object", "ValidationException");
  for (auto& [name, member] : value.get_object())
    call.parameters[parameter_name(name)] = std::move(member);
  return {};
}

net::Response to_response(std::string_view operation, sdk::Output output) {
  net::Response response;
  if (operation == "PutIntakeBatch") response.status = 202;  // taken; its rows follow
  if (output.body) {
    response.headers.emplace_back(
        "Content-Type", json::text_or(output.result, "ContentType", "application/octet-stream"));
    response.body = std::move(output.body);
    return response;
  }
  response.headers.emplace_back("Content-Type", "application/json");
  response.body = make_body(json::to_text(output.result) + "\n");
  return response;
}

net::Response to_error_response(const Error& error, std::string_view request_id) {
  net::Response response;
  response.status = http_status(error);
  if (response.status == 503 || response.status == 429)
    response.headers.emplace_back("Retry-After", "1");
  const std::string name(name_of(error));
  response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("x-amzn-ErrorType", name);
  response.body =
      make_body(json::to_text(boost::json::object{
                    {"__type", name}, {"message", error.message}, {"requestId", request_id}}) +
                "\n");
  return response;
}

}  // namespace sextant::api::sextant_http
