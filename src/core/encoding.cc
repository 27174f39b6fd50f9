#include "core/encoding.h"

#include <simdjson.h>

#include <array>
#include <cstdint>

namespace sextant {
namespace {

constexpr std::string_view kHexLower = "0123456789abcdef";
constexpr std::string_view kHexUpper = "0123456789ABCDEF";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::int8_t kNoDigit = -1;

constexpr std::array<std::int8_t, 256> make_base64_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kBase64.size(); ++i) {
    values[static_cast<std::uint8_t>(kBase64[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr auto kBase64Values = make_base64_values();

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return kNoDigit;
}

constexpr bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// The value of `count` base64 digits, or nothing if one of them is none.
std::optional<std::uint32_t> base64_group(std::string_view digits) {
  std::uint32_t group = 0;
  for (const char c : digits) {
    const std::int8_t value = kBase64Values[static_cast<std::uint8_t>(c)];
    if (value == kNoDigit) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(value);
  }
  return group;
}

// The last two or three digits; bits beyond the last byte must be zero, so that bytes have one
// text.
bool append_base64_tail(std::string_view digits, std::string& bytes) {
  const auto group = base64_group(digits);
  if (!group) return false;
  if (digits.size() == 2) {
    bytes.push_back(static_cast<char>(*group >> 4));
    return (*group & 0xF) == 0;
  }
  bytes.push_back(static_cast<char>(*group >> 10));
  bytes.push_back(static_cast<char>(*group >> 2));
  return (*group & 0x3) == 0;
}

}  // namespace

std::string hex(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text.push_back(kHexLower[byte >> 4]);
    text.push_back(kHexLower[byte & 0xF]);
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high == kNoDigit || low == kNoDigit) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view three = bytes.substr(i, 3);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < three.size() ? static_cast<std::uint8_t>(three[k]) : 0u);
    }
    text.push_back(kBase64[group >> 18]);
    text.push_back(kBase64[group >> 12 & 0x3F]);
    text.push_back(three.size() > 1 ? kBase64[group >> 6 & 0x3F] : '=');
    text.push_back(three.size() > 2 ? kBase64[group & 0x3F] : '=');
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  if (text.ends_with("==")) {
    padding = 2;
  } else if (text.ends_with('=')) {
    padding = 1;
  }
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::string_view whole = text.substr(0, text.size() - (padding == 0 ? 0 : 4));
  for (; !whole.empty(); whole.remove_prefix(4)) {
    const auto group = base64_group(whole.substr(0, 4));
    if (!group) return std::nullopt;
    bytes.push_back(static_cast<char>(*group >> 16));
    bytes.push_back(static_cast<char>(*group >> 8));
    bytes.push_back(static_cast<char>(*group));
  }
  if (padding != 0 && !append_base64_tail(text.substr(text.size() - 4, 4 - padding), bytes)) {
    return std::nullopt;
  }
  return bytes;
}

std::string uri_encode(std::string_view text, Slash slash) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || (c == '/' && slash == Slash::Keep)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    encoded.push_back('%');
    encoded.push_back(kHexUpper[byte >> 4]);
    encoded.push_back(kHexUpper[byte & 0xF]);
  }
  return encoded;
}

std::optional<std::string> uri_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : kNoDigit;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : kNoDigit;
    if (high == kNoDigit || low == kNoDigit) return std::nullopt;
    decoded.push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return decoded;
}

bool valid_utf8(std::string_view text) { return simdjson::validate_utf8(text); }

}  // namespace sextant
