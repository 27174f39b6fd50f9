#pragma once
// The node's own log: one JSON object a line on standard error (time, level, message, fields).
// Never secrets, never payloads.
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sextant::log {

enum class Level { Info, Warn, Error };
using Field = std::pair<std::string_view, std::string>;

void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::Info, message, fields);
}
inline void warn(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::Warn, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::Error, message, fields);
}

}  // namespace sextant::log
