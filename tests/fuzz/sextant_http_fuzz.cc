// Requests of the node's own endpoints: method, target, and a document of JSON. Whatever they are:
// a call, or an error with a name that can be told. Input: a line each, and the document behind
// them.

// links: api
#include "api/sextant/sextant_http.h"

#include <boost/json.hpp>

#include "core/json.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::api;

namespace {

void check_error(const Error& error) {
  SX_CHECK(!error.message.empty());
  const auto told = sextant_http::to_error_response(error, "id");
  SX_CHECK(told.status >= 400 && told.status < 500);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::as_text(data, size);
  net::Request request;
  request.method = fuzz::take_until(rest, '\n');
  request.target = fuzz::take_until(rest, '\n');
  auto call = sextant_http::parse_request(request);
  if (!call) {
    check_error(call.error());
    return 0;
  }
  SX_CHECK(request.target.starts_with(kOwnPrefix) && !call->operation.empty());
  SX_CHECK(!json::text_or(call->parameters, "Name").contains('/') || !request.query().empty());
  if (!call->has_document) return 0;
  const auto added = sextant_http::add_document(rest, *call);
  if (!added) check_error(added.error());
  return 0;
}
