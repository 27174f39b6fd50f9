#pragma once
// A wire protocol: how a service's operations look in HTTP. Pure translation; the router does the
// rest, the same for all of them.
#include <string>
#include <string_view>

#include "core/result.h"
#include "net/http.h"
#include "sdk/service_caller.h"

namespace sextant::api {

// Below it are the node's own endpoints; no bucket can be called that.
inline constexpr std::string_view kOwnPrefix = "/_sextant/";

// A name in the query of a presigned request, which is no parameter of its operation and must not
// be kept: who reads the signature can send the request again.
bool is_of_signature(std::string_view query_name);

struct WireCall {
  std::string operation;           // "PutObject"
  boost::json::object parameters;  // by the API's own names
  bool has_document = false;       // the body holds more parameters, see add_document()
  bool takes_body = false;         // the operation reads the body itself, as it comes
};

class Protocol {
 public:
  virtual ~Protocol() = default;
  // What the head of the request asks for; for protocols whose body names the operation,
  // `operation` is empty until add_document(). Errors carry AWS's error code.
  virtual Result<WireCall> parse(const net::Request& request) const = 0;
  // The body's parameters, when has_document.
  virtual Result<> add_document(std::string_view document, WireCall& call) const = 0;
  virtual net::Response to_response(const WireCall& call, sdk::Output output,
                                    const std::string& request_id) const = 0;
  virtual net::Response to_error(const net::Request& request, const Error& error,
                                 const std::string& request_id) const = 0;
  // Whether bodies are signed by their header alone and streamed (S3), or read whole first.
  virtual bool streams_bodies() const { return false; }
  // The error code of a body that is larger than those that are read whole.
  virtual std::string_view too_large() const { return "RequestEntityTooLarge"; }
};

}  // namespace sextant::api
