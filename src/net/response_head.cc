#include "net/response_head.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "core/clock.h"
#include "core/strings.h"
#include "core/time_text.h"

namespace sextant::net {
namespace {

using namespace std::string_view_literals;

constexpr auto kReasonPhrases = std::to_array<std::pair<int, std::string_view>>({
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {424, "Failed Dependency"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {507, "Insufficient Storage"},
});

bool is_servers_own(std::string_view name) {
  switch (name.size()) {
    case 4: return iequals(name, "Date"sv);
    case 10: return iequals(name, "Connection"sv) || iequals(name, "Keep-Alive"sv);
    case 14: return iequals(name, "Content-Length"sv);
    case 17: return iequals(name, "Transfer-Encoding"sv);
    default: return false;
  }
}

bool is_safe_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c < 0x7f && ":()<>@,;\\\"/[]?={}"sv.find(c) == std::string_view::npos;
  });
}

bool is_safe_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

// Formatted once a second and thread.
std::string_view date_now() {
  thread_local std::chrono::seconds second{-1};
  thread_local std::string text;
  const Time now = SystemClock().now();
  const auto this_second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  if (this_second != second) {
    second = this_second;
    text = http_date(now);
  }
  return text;
}

void append_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": "sv).append(value).append("\r\n"sv);
}

void append_framing(std::string& head, const Framing& framing) {
  switch (framing.kind) {
    case Framing::Kind::Length:
      return append_header(head, "Content-Length", std::to_string(framing.length));
    case Framing::Kind::Chunked: return append_header(head, "Transfer-Encoding", "chunked");
    case Framing::Kind::None:
    case Framing::Kind::UntilClose: return;
  }
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto found = std::find_if(kReasonPhrases.begin(), kReasonPhrases.end(),
                                  [&](const auto& row) { return row.first == status; });
  return found == kReasonPhrases.end() ? "Unknown"sv : found->second;
}

std::optional<std::string> make_head(int status, const Headers& headers, const Framing& framing) {
  std::string head;
  std::size_t size = 160;
  for (const auto& [name, value] : headers) size += name.size() + value.size() + 4;
  head.reserve(size);
  head.append("HTTP/1.1 "sv).append(std::to_string(status)).append(" "sv);
  head.append(reason_phrase(status)).append("\r\n"sv);
  append_header(head, "Date", date_now());
  append_framing(head, framing);
  for (const auto& [name, value] : headers) {
    if (!is_safe_name(name) || !is_safe_value(value)) return std::nullopt;
    if (!is_servers_own(name)) append_header(head, name, value);
  }
  return head;
}

void finish_head(std::string& head, bool close) {
  head.append(close ? "Connection: close\r\n\r\n"sv : "\r\n"sv);
}

std::string make_short_answer(int status, std::string_view text, bool close, bool with_body) {
  Headers headers{{"Content-Type", "text/plain"}};
  if (status == 503) headers.emplace_back("Retry-After", "1");
  const Framing framing{.kind = Framing::Kind::Length, .length = text.size() + 1};
  std::string answer = make_head(status, headers, framing).value();
  finish_head(answer, close);
  if (with_body) answer.append(text).append("\n"sv);
  return answer;
}

}  // namespace sextant::net
