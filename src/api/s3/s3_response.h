#pragma once
// From an S3 operation's result or error to HTTP: headers, XML, status. Pure but for handing the
// body on.
#include <string_view>

#include "net/http.h"
#include "sdk/service_caller.h"

namespace sextant::api::s3 {

net::Response to_response(std::string_view operation, sdk::Output output);
// HEAD answers carry no body. `resource` is the path as requested.
net::Response to_error_response(const Error& error, std::string_view resource,
                                std::string_view request_id, bool is_head);

}  // namespace sextant::api::s3
