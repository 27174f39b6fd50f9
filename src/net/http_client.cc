#include "net/http_client.h"

#include <curl/curl.h>

#include <exception>
#include <utility>

#include "core/strings.h"

namespace sextant::net {
namespace {

struct ListDelete {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDelete>;

// What curl's callbacks see of one call.
struct Call {
  const ClientRequest& request;
  ClientResponse response = {};
  std::size_t body_sent = 0;
};

void init_curl_once() {
  static const CURLcode kDone = curl_global_init(CURL_GLOBAL_DEFAULT);
  SX_CHECK(kDone == CURLE_OK);
}

std::size_t on_header(char* bytes, std::size_t /*one*/, std::size_t count, void* user) {
  auto& response = static_cast<Call*>(user)->response;
  const std::string_view line = trim({bytes, count});
  if (line.starts_with("HTTP/")) {  // also after a 100 Continue: only the last head counts
    response.headers.clear();
    return count;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  response.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  return count;
}

std::size_t on_bytes(char* bytes, std::size_t /*one*/, std::size_t count, void* user) {
  auto& call = *static_cast<Call*>(user);
  if (call.request.on_body) {
    call.request.on_body({bytes, count});
  } else {
    call.response.body.append(bytes, count);
  }
  return count;
}

std::size_t on_want_bytes(char* into, std::size_t one, std::size_t count, void* user) {
  auto& call = *static_cast<Call*>(user);
  const std::size_t room = one * count;
  if (call.request.body_reader) return call.request.body_reader(into, room);
  const std::size_t copied = call.request.body.copy(into, room, call.body_sent);
  call.body_sent += copied;
  return copied;
}

int on_rewind(void* user, curl_off_t offset, int origin) {
  auto& call = *static_cast<Call*>(user);
  if (call.request.body_reader || offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  call.body_sent = 0;
  return CURL_SEEKFUNC_OK;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Call*>(user)->request.stop.stop_requested() ? 1 : 0;  // 1: end it
}

HeaderList make_header_list(const ClientRequest& request, bool has_body) {
  HeaderList list;
  const auto add = [&](const std::string& line) {
    if (auto* longer = curl_slist_append(list.get(), line.c_str())) {
      static_cast<void>(list.release());
      list.reset(longer);
    }
  };
  for (const auto& [name, value] : request.headers) {
    add(value.empty() ? name + ";" : name + ": " + value);  // "X;" is how curl sends an empty value
  }
  const auto leave_out = [&](const std::string& name) {
    if (!find_header(request.headers, name)) add(name + ":");
  };
  leave_out("Expect");
  if (has_body) leave_out("Content-Type");
  return list;
}

Code code_of(CURLcode failure) {
  switch (failure) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT: return Code::Invalid;
    default: return Code::Unavailable;
  }
}

void set_up(CURL* curl, const ClientRequest& request, Call& call, bool has_body) {
  const auto time_max_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(request.time_max).count();
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);  // the signature covers the path as it is
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(time_max_ms));
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 256L * 1024L);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &call);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &call);
  if (has_body) {
    const auto length = request.body_reader ? request.body_length : request.body.size();
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(length));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_want_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, &call);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_rewind);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, &call);
  } else if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.stop.stop_possible()) {
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &call);
  }
  if (!request.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, request.ca_file.c_str());
}

}  // namespace

struct HttpClient::State {
  State() : curl((init_curl_once(), curl_easy_init())) { SX_CHECK(curl != nullptr); }
  ~State() { curl_easy_cleanup(curl); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  CURL* const curl;
};

HttpClient::HttpClient() : state_(std::make_unique<State>()) {}

HttpClient::~HttpClient() = default;

Result<ClientResponse> HttpClient::send(const ClientRequest& request) {
  CURL* const curl = state_->curl;
  // PUT and POST say how long they are even when that is nothing.
  const bool has_body = request.body_reader || !request.body.empty() || request.method == "PUT" ||
                        request.method == "POST";
  Call call{.request = request};
  set_up(curl, request, call, has_body);
  const HeaderList headers = make_header_list(request, has_body);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  char detail[CURL_ERROR_SIZE] = {};
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  const CURLcode done = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (done != CURLE_OK) {
    return fail(code_of(done), request.method + " " + request.url + ": " +
                                   (detail[0] != '\0' ? detail : curl_easy_strerror(done)));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  call.response.status = static_cast<int>(status);
  return std::move(call.response);
}

}  // namespace sextant::net
