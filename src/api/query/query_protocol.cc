#include "api/query/query_protocol.h"

#include <boost/json.hpp>
#include <utility>

#include "api/query/form.h"
#include "api/status.h"
#include "core/json.h"
#include "core/xml.h"

namespace sextant::api::query {
namespace {

constexpr std::size_t kActionBytesMax = 2'048;

void write_members(const json::Object& object, xml::Writer& writer);

void write_member(std::string_view name, const json::Value& value, xml::Writer& writer) {
  if (value.is_null()) return;
  if (value.is_object()) {
    writer.open(name);
    write_members(value.get_object(), writer);
    writer.close();
  } else if (value.is_array()) {
    writer.open(name);
    for (const auto& item : value.get_array()) write_member("member", item, writer);
    writer.close();
  } else {
    writer.leaf(name, value.is_string() ? std::string(value.get_string()) : json::to_text(value));
  }
}

void write_members(const json::Object& object, xml::Writer& writer) {
  for (const auto& [name, value] : object) write_member(name, value, writer);
}

net::Response document(int status, std::string text) {
  net::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "text/xml");
  response.body = make_body(std::move(text));
  return response;
}

// Operation and parameters of a form, which GET has as its query.
Result<> take_form(std::string_view text, WireCall& call) {
  SX_TRY_AS(call.parameters, parse_form(text));
  auto action = json::text_or(call.parameters, "Action");
  if (action.empty()) return fail(Code::Invalid, "the form has no Action", "MissingAction");
  if (action.size() > kActionBytesMax)
    return fail(Code::Invalid, "no action has so long a name", "InvalidAction");
  call.operation = std::move(action);
  call.parameters.erase("Action");
  call.parameters.erase("Version");
  return {};
}

}  // namespace

Result<WireCall> QueryProtocol::parse(const net::Request& request) const {
  if (request.method == "POST")
    return WireCall{.operation = {}, .parameters = {}, .has_document = true};
  if (request.method != "GET")
    return fail(Code::Invalid, "this service takes POST and GET", "MethodNotAllowed");
  WireCall call;
  SX_TRY(take_form(request.query(), call));
  for (auto member = call.parameters.begin(); member != call.parameters.end();)
    member = is_of_signature(member->key()) ? call.parameters.erase(member) : std::next(member);
  return call;
}

Result<> QueryProtocol::add_document(std::string_view text, WireCall& call) const {
  return take_form(text, call);
}

net::Response QueryProtocol::to_response(const WireCall& call, sdk::Output output,
                                         const std::string& request_id) const {
  xml::Writer writer(call.operation + "Response", xmlns_);
  writer.open(call.operation + "Result");
  write_members(output.result, writer);
  writer.close();
  writer.open("ResponseMetadata").leaf("RequestId", request_id).close();
  return document(200, writer.finish());
}

net::Response QueryProtocol::to_error(const net::Request&, const Error& error,
                                      const std::string& request_id) const {
  const int status = http_status(error);
  xml::Writer writer("ErrorResponse", xmlns_);
  writer.open("Error")
      .leaf("Type", status < 500 ? "Sender" : "Receiver")
      .leaf("Code", error.name.empty() ? "InternalFailure" : error.name)
      .leaf("Message", error.message)
      .close();
  writer.leaf("RequestId", request_id);
  auto response = document(status, writer.finish());
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace sextant::api::query
