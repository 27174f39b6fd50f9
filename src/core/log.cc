#include "core/log.h"

#include <unistd.h>

#include <cerrno>

#include "core/clock.h"
#include "core/encoding.h"
#include "core/time_text.h"

namespace sextant::log {
namespace {

std::string_view level_name(Level level) {
  switch (level) {
    case Level::Info: return "info";
    case Level::Warn: return "warn";
    case Level::Error: return "error";
  }
  return "?";
}

// Strings here may come from anywhere: control characters are escaped, so that one event is one
// line, and in a string that is not UTF-8 every byte beyond ASCII becomes '?'.
void append_quoted(std::string& line, std::string_view text) {
  const bool keep_high_bytes = valid_utf8(text);
  line.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line.push_back('\\');
      line.push_back(c);
    } else if (byte < 0x20 || byte == 0x7F) {
      line.append("\\u00").append(hex({&c, 1}));
    } else {
      line.push_back(byte < 0x80 || keep_high_bytes ? c : '?');
    }
  }
  line.push_back('"');
}

void append_member(std::string& line, std::string_view name, std::string_view value) {
  line.push_back(line.empty() ? '{' : ',');
  append_quoted(line, name);
  line.push_back(':');
  append_quoted(line, value);
}

}  // namespace

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  std::string line;
  append_member(line, "time", iso8601(SystemClock().now()));
  append_member(line, "level", level_name(level));
  append_member(line, "message", message);
  for (const auto& [name, value] : fields) append_member(line, name, value);
  line.append("}\n");
  // One write() a line: lines of several threads and processes do not mix. What cannot be written
  // is lost; a log that blocks or fails its writer would be worse.
  while (::write(STDERR_FILENO, line.data(), line.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace sextant::log
