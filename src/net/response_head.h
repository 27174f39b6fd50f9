#pragma once
// Writes the head of an answer: status line, the server's own headers, the handler's. Pure but for
// the Date.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace sextant::net {

// How the client learns where the answer's body ends.
struct Framing {
  enum class Kind { None, Length, Chunked, UntilClose };
  Kind kind = Kind::None;
  std::uint64_t length = 0;
};

// Without the Connection header and the empty line at its end; finish_head adds them. The handler's
// Content-Length, Transfer-Encoding, Date and Connection are left out: they are the server's.
// nullopt when a header's name or value could break the framing (control characters, no token).
std::optional<std::string> make_head(int status, const Headers& headers, const Framing& framing);
void finish_head(std::string& head, bool close);

// A whole short answer in plain text, which also says when to come back for 503.
std::string make_short_answer(int status, std::string_view text, bool close, bool with_body);

std::string_view reason_phrase(int status);

}  // namespace sextant::net
