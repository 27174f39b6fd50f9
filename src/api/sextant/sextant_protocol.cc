#include "api/sextant/sextant_protocol.h"

#include <utility>

#include "api/sextant/sextant_http.h"

namespace sextant::api::sextant_http {

Result<WireCall> SextantProtocol::parse(const net::Request& request) const {
  return parse_request(request);
}

Result<> SextantProtocol::add_document(std::string_view document, WireCall& call) const {
  return sextant_http::add_document(document, call);
}

net::Response SextantProtocol::to_response(const WireCall& call, sdk::Output output,
                                           const std::string&) const {
  return sextant_http::to_response(call.operation, std::move(output));
}

net::Response SextantProtocol::to_error(const net::Request&, const Error& error,
                                        const std::string& request_id) const {
  return to_error_response(error, request_id);
}

}  // namespace sextant::api::sextant_http
