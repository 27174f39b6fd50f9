#pragma once
// Bytes of logs that a text column must not hold.
#include <string>
#include <string_view>

namespace sextant::intel {

struct FirstLine {
  std::size_t length = 0;  // to the newline, or to the end of the text
  bool plain = true;       // all ASCII and no NUL: needs no closer look
};
// Both in one pass.
FirstLine first_line(std::string_view text);

bool is_plain(std::string_view text);  // the same of all of it, newlines too

// `bytes` as UTF-8 text without NUL: each NUL, and each byte that belongs to no well-formed
// sequence (Unicode 15, table 3-7), becomes \xHH. Overwrites `out`. In a JSON string the backslash
// is written "\\\\", so that the string's text has it.
void escape_into(std::string_view bytes, std::string& out, std::string_view backslash = "\\");

}  // namespace sextant::intel
