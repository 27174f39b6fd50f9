#include "api/router.h"

#include <utility>

#include "core/hash.h"
#include "core/random.h"
#include "core/trace.h"
#include "guard/payload_body.h"

namespace sextant::api {
namespace {

constexpr std::size_t kDocumentBytesMax = 4 << 20;  // of requests that are read whole

// One request between its arrival and its answer.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(const Router::Parts& parts, const Protocol& protocol, std::string service,
           net::Request request, net::Responder respond)
      : parts_(parts),
        protocol_(protocol),
        service_(std::move(service)),
        request_(std::move(request)),
        respond_(std::move(respond)) {
    caller_.request_id = RequestId(make_uuid());
    const auto parent = net::find_header(request_.headers, "traceparent");
    const auto trace = parent ? parse_traceparent(*parent) : std::nullopt;
    caller_.trace = trace ? child_of(*trace) : make_trace();
    caller_.source_ip = request_.peer_ip;
    caller_.user_agent = net::find_header(request_.headers, "user-agent").value_or("");
    caller_.context["aws:SecureTransport"] = {request_.tls ? "true" : "false"};
    caller_.principal.access_key_id = guard::claimed_access_key(signed_request());
  }

  void start() {
    auto parsed = protocol_.parse(request_);
    if (parsed) call_ = std::move(*parsed);
    // Who asks comes before what they ask: an unknown caller learns nothing of what exists.
    if (protocol_.streams_bodies()) return authenticate(parsed, std::nullopt);
    auto error = parsed ? std::nullopt : std::optional(parsed.error());
    read_all(
        std::move(request_.body), kDocumentBytesMax,
        [self = shared_from_this(), error = std::move(error)](Result<std::string> text) mutable {
          if (!text) return self->refuse(std::move(text).error());
          const Result<WireCall> again =
              error ? Result<WireCall>(std::unexpected(std::move(*error))) : WireCall{};
          self->authenticate(again, std::move(*text));
        });
  }

 private:
  guard::SignedRequest signed_request() const {
    return {.method = request_.method,
            .path = request_.path(),
            .query = request_.query(),
            .headers = request_.headers,
            .body_sha256 = std::nullopt};
  }

  // `text`: the body of a request that was read whole.
  void authenticate(const Result<WireCall>& parsed, std::optional<std::string> text) {
    auto request = signed_request();
    if (text) request.body_sha256 = sha256_hex(*text);
    auto authenticated = parts_.authenticator.authenticate(request, service_, parts_.clock.now());
    if (!authenticated) return refuse(std::move(authenticated).error());
    caller_.principal = authenticated->principal;
    if (!parsed && caller_.principal.kind == sdk::PrincipalKind::Anonymous)
      return refuse({Code::Denied, "Access Denied", "AccessDenied"});
    if (!parsed) return refuse(parsed.error());
    if (text) return with_document(*text);
    auto body = guard::check_payload(std::move(request_.body), *authenticated, request_.headers);
    if (!body) return refuse(std::move(body).error());
    if (!call_.has_document) return run(std::move(*body));
    read_all(std::move(*body), kDocumentBytesMax,
             [self = shared_from_this()](Result<std::string> document) {
               if (!document) return self->refuse(std::move(document).error());
               self->with_document(*document);
             });
  }

  void with_document(const std::string& document) {
    if (call_.has_document) {
      if (auto added = protocol_.add_document(document, call_); !added)
        return refuse(std::move(added).error());
    }
    run(nullptr);
  }

  void run(std::unique_ptr<guard::PayloadBody> body) {
    const auto* operation = parts_.operations.find(service_, call_.operation);
    if (operation == nullptr) {
      return refuse({Code::Invalid,
                     "The action " + call_.operation + " is not valid for this service.",
                     "InvalidAction"});
    }
    sdk::Input input{.parameters = call_.parameters, .body = nullptr, .trailers = nullptr};
    if (body) {
      input.trailers = [payload = body.get()] {
        const auto trailers = payload->trailers();
        return std::map<std::string, std::string>(trailers.begin(), trailers.end());
      };
      input.body = std::move(body);
    }
    parts_.gate.run(*operation, caller_, std::move(input), replier());
  }

  void refuse(Error error) {
    parts_.gate.refuse(service_, call_.operation, caller_, std::move(error), replier());
  }

  sdk::Reply replier() {
    return
        [self = shared_from_this()](Result<sdk::Output> output) { self->reply(std::move(output)); };
  }

  void reply(Result<sdk::Output> output) {
    const auto& id = caller_.request_id.text();
    auto response = output ? protocol_.to_response(call_, std::move(*output), id)
                           : protocol_.to_error(request_, output.error(), id);
    response.headers.emplace_back("x-amz-request-id", id);
    respond_(std::move(response));
  }

  const Router::Parts& parts_;
  const Protocol& protocol_;
  const std::string service_;
  net::Request request_;
  net::Responder respond_;
  guard::Caller caller_;
  WireCall call_;
};

net::Response plain(int status, std::string text) {
  net::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4");
  response.body = make_body(std::move(text));
  return response;
}

}  // namespace

void Router::add(std::string service, std::unique_ptr<Protocol> protocol) {
  protocols_[std::move(service)] = std::move(protocol);
}

bool Router::answer_open_endpoint(const net::Request& request, net::Responder& respond) const {
  if (request.method != "GET" && request.method != "HEAD") return false;
  const auto path = request.path();
  if (path == "/_sextant/health") {
    respond(plain(200, "ok\n"));
  } else if (path == "/_sextant/ready") {
    respond(ready_ ? plain(200, "ready\n") : plain(503, "not ready\n"));
  } else if (path == "/_sextant/metrics") {
    respond(plain(200, parts_.metrics.prometheus()));
  } else {
    return false;
  }
  return true;
}

void Router::handle(net::Request request, net::Responder respond) {
  if (answer_open_endpoint(request, respond)) return;
  std::string service = "s3";  // unsigned requests are anonymous calls of S3
  if (request.path().starts_with(kOwnPrefix)) {
    service = "sextant";
  } else if (auto claimed = guard::claimed_service({.method = request.method,
                                                    .path = request.path(),
                                                    .query = request.query(),
                                                    .headers = request.headers})) {
    service = *claimed;
  }
  auto protocol = protocols_.find(service);
  if (protocol == protocols_.end())
    protocol = protocols_.find("s3");  // its errors; the scope will not fit
  std::make_shared<Exchange>(parts_, *protocol->second, protocol->first, std::move(request),
                             std::move(respond))
      ->start();
}

}  // namespace sextant::api
