#pragma once
// The tests beside a log type: lines, and what must become of them (docs/guide/log-types.md).
// `sextant parse --test` runs them, and so do our own tests.
#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "intel/parsers/log_types/log_type.h"

namespace sextant::intel {

struct LogTypeCases {
  std::string log_type;  // the file of the log type, relative to this one
  struct Column {
    std::string name;
    std::string value;  // "": it has none
  };
  struct Case {
    yaml::Where at;
    std::string path;  // of the object
    Time received;     // when it arrived: 1970 unless the case says it
    std::string line;  // or several, of an object
    std::vector<Column> expected;
    std::string malformed;  // a part of the reason; "": it must be an entry
  };
  std::vector<Case> cases;
};

std::expected<LogTypeCases, LogTypeFindings> parse_log_type_cases(std::string_view text);

// What is not as the cases say, each with the place of its case; empty: all is well.
LogTypeFindings run_log_type_cases(const Parser& parser, const LogTypeCases& cases);

}  // namespace sextant::intel
