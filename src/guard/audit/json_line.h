#pragma once
// Writes one compact JSON object front to back into a string: for audit records, which are made for
// every call and so must be cheap. Bytes that are no UTF-8 become U+FFFD: a record is always
// readable.
#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace sextant::guard {

class JsonLine {
 public:
  JsonLine() { text_.reserve(1'536); }

  void open(std::string_view name = {}) { begin(name, '{'); }
  void open_list(std::string_view name = {}) { begin(name, '['); }
  void close() { end('}'); }
  void close_list() { end(']'); }

  // Members of the object that is open; with an empty name, items of the list that is open.
  void text(std::string_view name, std::string_view value);
  void text_if(std::string_view name, std::string_view value) {  // left out when empty
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, std::uint64_t value);
  void boolean(std::string_view name, bool value);
  void null(std::string_view name);
  void value(std::string_view name, const boost::json::value& value);

  std::size_t size() const { return text_.size(); }
  // Forgets everything from that size on, which must have been the size before a member.
  void cut(std::size_t size);
  std::string finish() && { return std::move(text_); }

 private:
  void begin(std::string_view name, char bracket);
  void end(char bracket);
  void key(std::string_view name);
  void quoted(std::string_view value);
  void escaped(char c);
  void plain(const boost::json::value& value);

  std::string text_;
};

}  // namespace sextant::guard
