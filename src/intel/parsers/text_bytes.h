#pragma once
// Bytes of logs that a text column must not hold.
#include <string>
#include <string_view>

namespace sextant::intel {

// Whether all bytes are ASCII and none is NUL: then text needs no closer look.
bool is_plain(std::string_view bytes);

// `bytes` as UTF-8 text without NUL: each NUL, and each byte that belongs to no well-formed
// sequence (Unicode 15, table 3-7), becomes \xHH. Overwrites `out`.
void escape_into(std::string_view bytes, std::string& out);

}  // namespace sextant::intel
