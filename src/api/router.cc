#include "api/router.h"

#include <algorithm>
#include <array>
#include <utility>

#include "api/document.h"
#include "core/hash.h"
#include "core/random.h"
#include "core/trace.h"
#include "guard/payload_body.h"
#include "guard/request_conditions.h"

namespace sextant::api {
namespace {

// One request between its arrival and its answer.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(const Router::Parts& parts, UnverifiedBodies& unverified, const Protocol& protocol,
           std::string service, net::Request request, net::Responder respond)
      : parts_(parts),
        unverified_(unverified),
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
    unreadable_ = parsed ? std::nullopt : std::optional(std::move(parsed).error());
    if (protocol_.streams_bodies() || guard::says_body_hash(request_.headers) ||
        guard::has_token(request_.headers)) {
      return authenticate(std::nullopt);
    }
    read_body_first();
  }

 private:
  guard::SignedRequest signed_request() const {
    return {.method = request_.method,
            .path = request_.path(),
            .query = request_.query(),
            .headers = request_.headers,
            .body_sha256 = std::nullopt};
  }

  // The signature covers the body's hash, which the head does not say.
  void read_body_first() {
    auto checked = parts_.authenticator.check_head(signed_request(), service_, parts_.clock.now());
    if (!checked) return refuse(std::move(checked).error());
    read_unverified(std::move(request_.body), [self = shared_from_this()](std::string text) {
      self->authenticate(std::move(text));
    });
  }

  // `text`: the body of a request that had to be read first.
  void authenticate(std::optional<std::string> text) {
    auto request = signed_request();
    if (text) request.body_sha256 = sha256_hex(*text);
    auto authenticated = parts_.authenticator.authenticate(request, service_, parts_.clock.now());
    if (!authenticated) return refuse(std::move(authenticated).error());
    caller_.principal = authenticated->principal;
    caller_.context.merge(guard::request_conditions(request, service_, parts_.clock.now()));
    if (unreadable_ && is_anonymous())
      return refuse({Code::Denied, "Access Denied", "AccessDenied"});
    if (unreadable_) return refuse(std::move(*unreadable_));
    if (text) return with_document(std::move(*text));
    auto body = guard::check_payload(std::move(request_.body), *authenticated, request_.headers);
    if (!body) return refuse(std::move(body).error());
    if ((protocol_.streams_bodies() || call_.takes_body) && !call_.has_document)
      return run_with(std::move(*body));
    auto on_text = [self = shared_from_this()](std::string document) {
      self->with_document(std::move(document));
    };
    if (is_anonymous()) return read_unverified(std::move(*body), std::move(on_text));
    read(std::move(*body), nullptr, std::move(on_text));
  }

  bool is_anonymous() const { return caller_.principal.kind == sdk::PrincipalKind::Anonymous; }

  using OnText = std::move_only_function<void(std::string)>;
  void read_unverified(std::unique_ptr<Body> body, OnText on_text) {
    auto share = unverified_.enter();
    if (!share) return refuse(too_many_unverified().error());
    read(std::move(body), std::move(share), std::move(on_text));
  }
  void read(std::unique_ptr<Body> body, std::shared_ptr<UnverifiedBodies::Share> share,
            OnText on_text) {
    read_document(std::move(body), std::move(share), protocol_.too_large(),
                  [self = shared_from_this(),
                   on_text = std::move(on_text)](Result<std::string> text) mutable {
                    if (!text) return self->refuse(std::move(text).error());
                    on_text(std::move(*text));
                  });
  }

  void with_document(std::string document) {
    if (call_.has_document) {
      if (auto added = protocol_.add_document(document, call_); !added)
        return refuse(std::move(added).error());
    }
    sdk::Input input{.parameters = call_.parameters};
    if (call_.takes_body) input.body = make_body(std::move(document));
    run(std::move(input));
  }

  void run_with(std::unique_ptr<guard::PayloadBody> body) {
    sdk::Input input{.parameters = call_.parameters};
    input.trailers = [payload = body.get()] {
      const auto trailers = payload->trailers();
      return std::map<std::string, std::string>(trailers.begin(), trailers.end());
    };
    input.body = std::move(body);
    run(std::move(input));
  }

  void run(sdk::Input input) {
    const auto* operation = parts_.operations.find(service_, call_.operation);
    if (operation == nullptr) {
      return refuse({Code::Invalid,
                     "The action " + call_.operation + " is not valid for this service.",
                     "InvalidAction"});
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
  UnverifiedBodies& unverified_;
  const Protocol& protocol_;
  const std::string service_;
  net::Request request_;
  net::Responder respond_;
  guard::Caller caller_;
  WireCall call_;
  std::optional<Error> unreadable_;  // why the head says no call
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

bool Router::is_open_endpoint(std::string_view method, std::string_view target) {
  constexpr std::array<std::string_view, 3> kOpen{"health", "ready", "metrics"};
  if ((method != "GET" && method != "HEAD") || !target.starts_with(kOwnPrefix)) return false;
  target = target.substr(0, target.find('?')).substr(kOwnPrefix.size());
  return std::ranges::find(kOpen, target) != kOpen.end();
}

void Router::answer_open_endpoint(const net::Request& request, net::Responder& respond) const {
  const auto path = request.path();
  if (path.ends_with("/health")) {
    respond(plain(200, "ok\n"));
  } else if (path.ends_with("/ready")) {
    respond(ready_ ? plain(200, "ready\n") : plain(503, "not ready\n"));
  } else {
    respond(plain(200, parts_.metrics.prometheus()));
  }
}

// Of our own endpoints by their path alone, of all others by what the signature claims; unsigned
// requests are anonymous calls of S3.
std::string Router::service_of(const net::Request& request) const {
  if (request.path().starts_with(kOwnPrefix)) return "sextant";
  const auto claimed = guard::claimed_service({.method = request.method,
                                               .path = request.path(),
                                               .query = request.query(),
                                               .headers = request.headers});
  const bool fits = claimed && *claimed != "sextant" && protocols_.contains(*claimed);
  return fits ? *claimed : "s3";  // its errors; the scope will not fit
}

void Router::handle(net::Request request, net::Responder respond) {
  if (is_open_endpoint(request.method, request.target))
    return answer_open_endpoint(request, respond);
  const auto protocol = protocols_.find(service_of(request));
  SX_CHECK(protocol != protocols_.end());
  std::make_shared<Exchange>(parts_, unverified_, *protocol->second, protocol->first,
                             std::move(request), std::move(respond))
      ->start();
}

}  // namespace sextant::api
