#pragma once
// From an S3 operation's result or error to HTTP: headers, XML, status. Pure but for handing the
// body on.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http.h"
#include "sdk/service_caller.h"

namespace sextant::api::s3 {

net::Response to_response(std::string_view operation, sdk::Output output);
// Elements of an error beside its code and message, in order: {"RequestTime", "2026…"}.
using ErrorDetails = std::vector<std::pair<std::string, std::string>>;
// HEAD answers carry no body. `resource` is the path as requested.
net::Response to_error_response(const Error& error, std::string_view resource,
                                std::string_view request_id, bool is_head,
                                const ErrorDetails& details = {});

}  // namespace sextant::api::s3
