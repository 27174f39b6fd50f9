#pragma once
// Splits an http or https URL into what a client needs: where to connect and what to ask for. Pure.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant::net {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target;  // path and query, at least "/"; without the fragment

  bool is_tls() const { return scheme == "https"; }
  // As a Host header has it: the port only when it is not the scheme's own.
  std::string authority() const;
};

// Errors: Invalid (other schemes, user names and passwords, no host, a port that is none, control
// characters).
Result<Url> parse_url(std::string_view text);

}  // namespace sextant::net
