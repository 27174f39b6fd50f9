#pragma once
// Text forms of bytes: hex, base64 (RFC 4648 §4), percent-encoding (RFC 3986, as SigV4 wants it).
#include <optional>
#include <string>
#include <string_view>

namespace sextant {

std::string hex(std::string_view bytes);                     // lower case
std::optional<std::string> from_hex(std::string_view text);  // both cases
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(
    std::string_view text);  // strict: padding required, nothing else inside

// Encodes all but A-Z a-z 0-9 - . _ ~ ; '/' stays when keep_slash.
enum class Slash { Keep, Encode };
std::string uri_encode(std::string_view text, Slash slash = Slash::Encode);
std::optional<std::string> uri_decode(
    std::string_view text);  // nullopt on a broken escape; '+' stays '+'

bool valid_utf8(std::string_view text);

}  // namespace sextant
