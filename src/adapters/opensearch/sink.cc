#include "adapters/opensearch/sink.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "adapters/opensearch/bulk.h"
#include "adapters/opensearch/retry_after.h"
#include "core/encoding.h"
#include "core/json.h"
#include "core/strings.h"
#include "net/url.h"

namespace sextant::adapters {
namespace {

constexpr std::size_t kAnswerBytesMax = 32u << 20;
constexpr std::size_t kIdleClientsMax = 8;
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kNdJson = "application/x-ndjson";
constexpr int kTooLarge = 413;

bool is_loopback(const std::string& host) {
  const bool is_v4 = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || host == "::1" || (is_v4 && host.starts_with("127."));
}

std::string what_it_said(const net::ClientResponse& answer) {
  constexpr std::size_t kSaidBytesMax = 300;
  auto said = "the search domain answered " + std::to_string(answer.status);
  if (!answer.body.empty() && valid_utf8(answer.body.substr(0, kSaidBytesMax)))
    said += ": " + answer.body.substr(0, kSaidBytesMax);
  return said;
}

// Of an answer to a whole call that is no success.
std::unexpected<Error> refused(const net::ClientResponse& answer) {
  auto said = what_it_said(answer);
  switch (answer.status) {
    case 401:
    case 403: return fail(Code::Denied, std::move(said));
    default: return fail(Code::Unavailable, std::move(said));
  }
}

// It took nothing, and says that the time is wrong and not the call.
bool is_throttled(const net::ClientResponse& answer) {
  return answer.status == 429 || (answer.status == 503 && retry_after(answer.headers));
}

bool is_success(const net::ClientResponse& answer) {
  return answer.status >= 200 && answer.status < 300;
}

void take_item(BulkItem item, std::size_t position, ports::SinkReport& report) {
  switch (item.end) {
    case BulkEnd::Created: ++report.created; return;
    case BulkEnd::Existing: ++report.existing; return;
    case BulkEnd::Refused:
      report.refused.push_back({position, {Code::Invalid, std::move(item.reason)}});
      return;
    case BulkEnd::Later:
      report.refused.push_back({position, {Code::Exhausted, std::move(item.reason)}});
      return;
  }
}

}  // namespace

struct OpenSearchSink::Piece {
  std::string_view index;
  std::span<const ports::Document> documents;
  std::size_t first = 0;  // the position of documents[0] in the whole call
};

// One put() on its way.
struct OpenSearchSink::Call {
  ports::SinkReport report = {};
  // What it said when it took no more, and the first document that it did not take.
  std::optional<std::string> throttled = std::nullopt;
  std::size_t reached = 0;

  void stop_at(std::size_t position, const net::ClientResponse& answer) {
    throttled = what_it_said(answer);
    reached = position;
    report.retry_after = retry_after(answer.headers);
  }
};

OpenSearchSink::OpenSearchSink(OpenSearchSettings settings)
    : settings_(std::move(settings)),
      authorization_(settings_.user.empty()
                         ? ""
                         : "Basic " + base64(settings_.user + ":" + settings_.password)) {}

Result<std::unique_ptr<OpenSearchSink>> OpenSearchSink::open(OpenSearchSettings settings) {
  while (settings.endpoint.ends_with('/')) settings.endpoint.pop_back();
  SX_TRY_AS(const auto url, within("endpoint", net::parse_url(settings.endpoint)));
  if (url.target.contains('?')) return fail(Code::Invalid, "endpoint: it cannot have a query");
  if (!settings.user.empty() && !url.is_tls() && !is_loopback(url.host)) {
    return fail(Code::Invalid,
                "endpoint: a password must not travel in the clear; give an https address");
  }
  return std::unique_ptr<OpenSearchSink>(new OpenSearchSink(std::move(settings)));
}

Result<net::ClientResponse> OpenSearchSink::send(const std::string& method,
                                                 const std::string& target, std::string body,
                                                 std::string_view type) const {
  auto client = idle_.with([](auto& idle) {
    if (idle.empty()) return std::make_unique<net::HttpClient>();
    auto last = std::move(idle.back());
    idle.pop_back();
    return last;
  });
  std::string text;
  net::ClientRequest request{.method = method,
                             .url = settings_.endpoint + target,
                             .body = std::move(body),
                             .time_max = settings_.time_max,
                             .ca_file = settings_.ca_file};
  request.on_body = [&text](std::string_view bytes) {
    if (text.size() <= kAnswerBytesMax) text.append(bytes);
  };
  if (!type.empty()) request.headers.emplace_back("Content-Type", type);
  if (!authorization_.empty()) request.headers.emplace_back("Authorization", authorization_);
  auto answer = client->send(request);
  if (!answer) return fail(Code::Unavailable, std::move(answer).error().message);
  if (text.size() > kAnswerBytesMax)
    return fail(Code::Unavailable, "the search domain's answer is too long");
  answer->body = std::move(text);
  idle_.with([&](auto& idle) {
    if (idle.size() < kIdleClientsMax) idle.push_back(std::move(client));
  });
  return answer;
}

Result<> OpenSearchSink::ensure_template(Call& call) {
  if (settings_.template_name.empty() || template_is_there_.load()) return {};
  SX_TRY_AS(const auto answer, send("PUT", "/_index_template/" + settings_.template_name,
                                    settings_.template_json, kJson));
  if (is_throttled(answer)) {
    call.stop_at(0, answer);
    return {};
  }
  if (!is_success(answer)) return within("index template", Result<>(refused(answer)));
  template_is_there_.store(true);
  return {};
}

Result<ports::SinkReport> OpenSearchSink::put(std::string_view index,
                                              std::span<const ports::Document> documents) {
  SX_TRY(ports::check_index_name(index));
  SX_TRY(ports::check_documents(documents));
  Call call;
  if (documents.empty()) return call.report;
  SX_TRY(ensure_template(call));
  for (std::size_t first = 0; first < documents.size() && !call.throttled;) {
    std::size_t bytes = 0;
    auto last = first;
    do {
      bytes += bulk_bytes(documents[last++]);
    } while (last < documents.size() &&
             bytes + bulk_bytes(documents[last]) <= settings_.request_bytes_max);
    SX_TRY(put_piece({index, documents.subspan(first, last - first), first}, call));
    first = last;
  }
  // What came before is in; nothing else is sent now.
  for (auto i = call.reached; call.throttled && i < documents.size(); ++i)
    call.report.refused.push_back({i, {Code::Exhausted, *call.throttled}});
  return std::move(call.report);
}

Result<> OpenSearchSink::put_piece(const Piece& piece, Call& call) {
  SX_TRY_AS(const auto answer,
            send("POST", bulk_target(piece.index), bulk_body(piece.documents), kNdJson));
  if (answer.status == kTooLarge) return halve(piece, call);
  if (is_throttled(answer)) {
    call.stop_at(piece.first, answer);
    return {};
  }
  if (!is_success(answer)) return refused(answer);
  SX_TRY_AS(auto items, read_bulk_answer(answer.body, piece.documents.size()));
  for (std::size_t i = 0; i < items.size(); ++i)
    take_item(std::move(items[i]), piece.first + i, call.report);
  return {};
}

Result<> OpenSearchSink::halve(const Piece& piece, Call& call) {
  const auto count = piece.documents.size();
  if (count == 1) {
    call.report.refused.push_back(
        {piece.first, {Code::Invalid, "the document is larger than the search domain takes"}});
    return {};
  }
  SX_TRY(put_piece({piece.index, piece.documents.first(count / 2), piece.first}, call));
  if (call.throttled) return {};
  return put_piece({piece.index, piece.documents.subspan(count / 2), piece.first + count / 2},
                   call);
}

Result<std::optional<ports::Document>> OpenSearchSink::get(std::string_view index,
                                                           std::string_view id) const {
  SX_TRY(ports::check_index_name(index));
  SX_TRY_AS(auto answer, send("GET", "/" + std::string(index) + "/_source/" + uri_encode(id)));
  if (answer.status == 404) return std::nullopt;
  if (!is_success(answer)) return refused(answer);
  return ports::Document{std::string(id), std::move(answer.body)};
}

Result<std::uint64_t> OpenSearchSink::count(std::string_view index) const {
  SX_TRY(ports::check_index_name(index));
  const auto path = "/" + std::string(index);
  SX_TRY_AS(const auto refreshed, send("POST", path + "/_refresh"));
  if (refreshed.status == 404) return 0;
  if (!is_success(refreshed)) return refused(refreshed);
  SX_TRY_AS(const auto answer, send("GET", path + "/_count"));
  if (answer.status == 404) return 0;
  if (!is_success(answer)) return refused(answer);
  const auto told = json::parse(answer.body);
  const auto* object = told ? told->if_object() : nullptr;
  const auto* count = object == nullptr ? nullptr : json::find(*object, "count");
  if (count == nullptr || !count->is_int64() || count->get_int64() < 0)
    return fail(Code::Unavailable, "the search domain's count is none: " + what_it_said(answer));
  return static_cast<std::uint64_t>(count->get_int64());
}

}  // namespace sextant::adapters
