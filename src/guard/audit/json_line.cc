#include "guard/audit/json_line.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>

#include "core/encoding.h"
#include "core/json.h"

namespace sextant::guard {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }
std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

// How many bytes of a well-formed UTF-8 character begin `text`; 0 when none does.
std::size_t character_bytes(std::string_view text) {
  for (std::size_t count = 1; count <= 4 && count <= text.size(); ++count) {
    if (valid_utf8(text.substr(0, count))) return count;
  }
  return 0;
}

std::string repaired(std::string_view text) {
  std::string good;
  while (!text.empty()) {
    const auto count = character_bytes(text);
    good.append(count == 0 ? kReplacement : text.substr(0, count));
    text.remove_prefix(count == 0 ? 1 : count);
  }
  return good;
}

}  // namespace

void JsonLine::key(std::string_view name) {
  const bool first = text_.empty() || text_.back() == '{' || text_.back() == '[';
  if (!first) text_.push_back(',');
  if (name.empty()) return;
  text_.push_back('"');
  text_.append(name);
  text_.append("\":");
}

void JsonLine::begin(std::string_view name, char bracket) {
  key(name);
  text_.push_back(bracket);
}

void JsonLine::end(char bracket) { text_.push_back(bracket); }

void JsonLine::cut(std::size_t size) { text_.resize(size); }

void JsonLine::text(std::string_view name, std::string_view value) {
  key(name);
  valid_utf8(value) ? quoted(value) : quoted(repaired(value));
}

void JsonLine::number(std::string_view name, std::uint64_t value) {
  key(name);
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  text_.append(digits, end);
}

void JsonLine::boolean(std::string_view name, bool value) {
  key(name);
  text_.append(value ? "true" : "false");
}

void JsonLine::null(std::string_view name) {
  key(name);
  text_.append("null");
}

void JsonLine::value(std::string_view name, const boost::json::value& value) {
  key(name);
  plain(value);
}

// A flat list of cases, read one by one.
// NOLINTNEXTLINE(readability-function-cognitive-complexity)
void JsonLine::plain(const boost::json::value& value) {
  if (const auto* text = value.if_string()) {
    valid_utf8(view(*text)) ? quoted(view(*text)) : quoted(repaired(view(*text)));
  } else if (const auto* object = value.if_object()) {
    text_.push_back('{');
    for (const auto& [name, member] : *object) {
      if (text_.back() != '{') text_.push_back(',');
      valid_utf8(view(name)) ? quoted(view(name)) : quoted(repaired(view(name)));
      text_.push_back(':');
      plain(member);
    }
    text_.push_back('}');
  } else if (const auto* list = value.if_array()) {
    text_.push_back('[');
    for (const auto& item : *list) {
      if (text_.back() != '[') text_.push_back(',');
      plain(item);
    }
    text_.push_back(']');
  } else {
    text_.append(json::to_text(value));
  }
}

void JsonLine::quoted(std::string_view value) {
  text_.push_back('"');
  std::size_t written = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    text_.append(value.substr(written, i - written));
    escaped(c);
    written = i + 1;
  }
  text_.append(value.substr(written));
  text_.push_back('"');
}

void JsonLine::escaped(char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (c == '"' || c == '\\') {
    text_.push_back('\\');
    text_.push_back(c);
    return;
  }
  text_.append("\\u00");
  text_.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
  text_.push_back(kHex[static_cast<unsigned char>(c) & 0xF]);
}

}  // namespace sextant::guard
