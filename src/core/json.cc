#include "core/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <exception>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/json_defect.h"

namespace sextant::json {
namespace {

namespace bj = boost::json;

// Builds values on Boost's stack and remembers the keys of every open object.
class UniqueKeyHandler {
 public:
  // NOLINTBEGIN(readability-identifier-naming): Boost asks for these names.
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)
  using Failure = bj::error_code;

  Value release() { return stack_.release(); }
  const std::optional<std::string>& duplicate() const { return duplicate_; }

  bool on_document_begin(Failure&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(Failure&) { return true; }
  bool on_object_begin(Failure&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t members, Failure&) {
    keys_.pop_back();
    stack_.push_object(members);
    return true;
  }
  bool on_array_begin(Failure&) { return true; }
  bool on_array_end(std::size_t items, Failure&) {
    stack_.push_array(items);
    return true;
  }
  bool on_key_part(bj::string_view part, std::size_t, Failure&) {
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(bj::string_view part, std::size_t, Failure& failure) {
    key_.append(part.data(), part.size());
    stack_.push_key(part);
    if (!keys_.back().insert(key_).second) {
      duplicate_ = key_;
      failure = bj::error::extra_data;
      return false;
    }
    key_.clear();
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, Failure&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t, Failure&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(bj::string_view, Failure&) { return true; }
  bool on_int64(std::int64_t value, bj::string_view, Failure&) {
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, bj::string_view, Failure&) {
    stack_.push_uint64(value);
    return true;
  }
  // Boost reads 1e400 as infinity, which has no JSON text.
  bool on_double(double value, bj::string_view, Failure& failure) {
    if (!std::isfinite(value)) {
      failure = bj::error::exponent_overflow;
      return false;
    }
    stack_.push_double(value);
    return true;
  }
  bool on_bool(bool value, Failure&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(Failure&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(bj::string_view, Failure&) { return true; }
  bool on_comment(bj::string_view, Failure&) { return true; }

 private:
  bj::value_stack stack_;
  std::vector<std::set<std::string>> keys_;
  std::string key_;
  std::optional<std::string> duplicate_;
};

TextPosition position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? offset + 1 : offset - newline;
  return {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column)};
}

std::string why_refused(const UniqueKeyHandler& handler, const bj::error_code& failure) {
  if (handler.duplicate()) return "key '" + *handler.duplicate() + "' is there twice";
  if (failure == bj::error::too_deep) return "nested deeper than " + std::to_string(kDepthMax);
  if (failure == bj::error::incomplete) return "the text ends too early";
  return failure.message();
}

std::expected<Value, Defect> read_or_throw(std::string_view text) {
  bj::parse_options options;
  options.max_depth = kDepthMax;
  bj::basic_parser<UniqueKeyHandler> parser(options);
  bj::error_code failure;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), failure);
  if (!failure && used < text.size()) failure = bj::error::extra_data;
  if (!failure) return parser.handler().release();
  return std::unexpected(
      Defect{.why = why_refused(parser.handler(), failure), .at = position_of(text, used)});
}

void append_pretty(const Value& value, std::size_t depth, std::string& out);

void append_line_start(std::size_t depth, std::string& out) {
  out.push_back('\n');
  out.append(2 * depth, ' ');
}

void append_object(const Object& object, std::size_t depth, std::string& out) {
  out.push_back('{');
  bool first = true;
  for (const auto& member : object) {
    if (!std::exchange(first, false)) out.push_back(',');
    append_line_start(depth + 1, out);
    out.append(bj::serialize(member.key())).append(": ");
    append_pretty(member.value(), depth + 1, out);
  }
  if (!object.empty()) append_line_start(depth, out);
  out.push_back('}');
}

void append_array(const Array& array, std::size_t depth, std::string& out) {
  out.push_back('[');
  bool first = true;
  for (const auto& item : array) {
    if (!std::exchange(first, false)) out.push_back(',');
    append_line_start(depth + 1, out);
    append_pretty(item, depth + 1, out);
  }
  if (!array.empty()) append_line_start(depth, out);
  out.push_back(']');
}

// As people write it, 0.00818 and not 8.18E-3, and still no whole number when it is read again.
void append_double(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out.append("null");  // JSON has no others
    return;
  }
  const auto before = out.size();
  fmt::format_to(std::back_inserter(out), "{}", value);
  if (out.find_first_of(".e", before) == std::string::npos) out.append(".0");
}

void append_scalar(const Value& value, std::string& out) {
  if (value.is_double()) return append_double(value.get_double(), out);
  out.append(bj::serialize(value));
}

void append_pretty(const Value& value, std::size_t depth, std::string& out) {
  if (const auto* object = value.if_object()) return append_object(*object, depth, out);
  if (const auto* array = value.if_array()) return append_array(*array, depth, out);
  append_scalar(value, out);
}

bool has_double(const Value& value) {
  if (const auto* array = value.if_array()) return std::ranges::any_of(*array, has_double);
  if (const auto* object = value.if_object()) {
    return std::ranges::any_of(*object,
                               [](const auto& member) { return has_double(member.value()); });
  }
  return value.is_double();
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the value
void append_compact(const Value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    char before = '{';
    for (const auto& member : *object) {
      out.push_back(std::exchange(before, ','));
      out.append(bj::serialize(member.key())).push_back(':');
      append_compact(member.value(), out);
    }
    out.append(object->empty() ? "{}" : "}");
  } else if (const auto* array = value.if_array()) {
    char before = '[';
    for (const auto& item : *array) {
      out.push_back(std::exchange(before, ','));
      append_compact(item, out);
    }
    out.append(array->empty() ? "[]" : "]");
  } else {
    append_scalar(value, out);
  }
}

}  // namespace

Error Defect::error() const {
  if (at.line == 0) return {code, why};
  return {code, "not valid JSON at line " + std::to_string(at.line) + ", column " +
                    std::to_string(at.column) + ": " + why};
}

std::expected<Value, Defect> read(std::string_view text) {
  try {
    return read_or_throw(text);
  } catch (const std::exception& error) {
    return std::unexpected(Defect{.code = Code::Exhausted,
                                  .why = std::string("JSON text is too large: ") + error.what()});
  }
}

Result<Value> parse(std::string_view text) {
  auto value = read(text);
  if (!value) return std::unexpected(value.error().error());
  return std::move(*value);
}

std::string to_text(const Value& value) {
  if (!has_double(value)) return bj::serialize(value);  // which is quicker
  std::string text;
  append_compact(value, text);
  return text;
}

std::string to_pretty_text(const Value& value) {
  std::string text;
  append_pretty(value, 0, text);
  return text;
}

void append_text(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte >= 0x20) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xFu];
    }
  }
  out += '"';
}

const Value* find(const Object& object, std::string_view name) { return object.if_contains(name); }

std::string text_or(const Object& object, std::string_view name, std::string_view otherwise) {
  const Value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::string(otherwise);
  return std::string(value->get_string());
}

}  // namespace sextant::json
