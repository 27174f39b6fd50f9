#include "net/url.h"

#include <algorithm>

#include "core/strings.h"

namespace sextant::net {
namespace {

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

bool has_control_or_blank(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
  });
}

std::unexpected<Error> bad_url(std::string_view text, std::string_view why) {
  return fail(Code::Invalid,
              "'" + std::string(text) + "' is not a usable URL: " + std::string(why));
}

// "host", "host:port", "[v6]", "[v6]:port" -> host and the text of the port.
bool split_authority(std::string_view authority, std::string_view& host, std::string_view& port) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return false;
    host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
  } else {
    host = authority.substr(0, authority.find(':'));
    port = authority.substr(host.size());
  }
  if (!port.empty() && port.front() != ':') return false;
  port = port.substr(std::min<std::size_t>(1, port.size()));
  return !host.empty();
}

}  // namespace

std::string Url::authority() const {
  const std::string name = host.contains(':') ? "[" + host + "]" : host;
  return port == default_port(scheme) ? name : name + ":" + std::to_string(port);
}

Result<Url> parse_url(std::string_view text) {
  if (has_control_or_blank(text)) return bad_url(text, "it holds blanks or control characters");
  const auto mark = text.find("://");
  if (mark == std::string_view::npos) return bad_url(text, "it does not begin with http://");
  Url url;
  url.scheme = to_lower(text.substr(0, mark));
  if (url.scheme != "http" && url.scheme != "https") {
    return bad_url(text, "only http and https are understood");
  }
  std::string_view rest = text.substr(mark + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  if (authority.contains('@')) return bad_url(text, "it holds a user name");
  std::string_view host;
  std::string_view port;
  if (!split_authority(authority, host, port)) return bad_url(text, "it names no host");
  const auto number = port.empty() ? default_port(url.scheme) : parse_u64(port);
  if (!number || *number == 0 || *number > 65'535) return bad_url(text, "its port is no port");
  url.host = to_lower(host);
  url.port = static_cast<std::uint16_t>(*number);
  url.target = rest.substr(authority.size());
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

}  // namespace sextant::net
