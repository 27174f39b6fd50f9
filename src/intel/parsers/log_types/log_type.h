#pragma once
// A kind of log that is described in YAML instead of C++ (docs/guide/log-types.md): how its lines
// are cut, and which column each field becomes. It is compiled to the same table of fields that the
// parsers in the box are, so its rows are made column by column, too.
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml.h"
#include "intel/parsers/line_reader.h"

namespace sextant::intel {

// It lies in the record of the function that has it.
inline constexpr std::size_t kLogTypeBytesMax = 128 * 1024;

struct LogTypeFinding {
  yaml::Where at;
  std::string message;  // what is wrong
  std::string hint;     // what to do; may be empty
};
using LogTypeFindings = std::vector<LogTypeFinding>;  // in the order of the text

// "nginx.yaml:12:5: there is no type 'adress'; did you mean 'address'?", one a line
std::string to_text(const LogTypeFindings& findings, std::string_view file);

// The parser that the text describes: its kind is the log type's name, its id "parsers.<name>". It
// and its copies hold all that they need. Pure; bounded in time and memory whatever the text is.
std::expected<Parser, LogTypeFindings> parse_log_type(std::string_view text);

}  // namespace sextant::intel
