#include "api/s3/s3_protocol.h"

#include <utility>

#include "api/s3/s3_request.h"
#include "api/s3/s3_response.h"

namespace sextant::api::s3 {

Result<WireCall> S3Protocol::parse(const net::Request& request) const {
  return parse_request(request);
}

Result<> S3Protocol::add_document(std::string_view document, WireCall& call) const {
  return s3::add_document(document, call);
}

net::Response S3Protocol::to_response(const WireCall& call, sdk::Output output,
                                      const std::string&) const {
  return s3::to_response(call.operation, std::move(output));
}

net::Response S3Protocol::to_error(const net::Request& request, const Error& error,
                                   const std::string& request_id) const {
  return to_error_response(error, request.path(), request_id, request.method == "HEAD");
}

}  // namespace sextant::api::s3
