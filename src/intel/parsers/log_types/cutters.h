#pragma once
// How log types cut a line that is no JSON: by a pattern, at separators, or by its keys. Each takes
// time in proportion to the line (a pattern: times its own size, which is bounded).
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "intel/parsers/cutter.h"

namespace re2 {  // NOLINT(readability-identifier-naming): the library's
class RE2;
}

namespace sextant::intel {

// Longer lines are malformed where a pattern reads them.
inline constexpr std::size_t kPatternLineBytesMax = 64 * 1024;
// How large a pattern may be compiled, in RE2's instructions: a line takes at most line times
// instructions times groups steps, without backtracking.
inline constexpr int kPatternSizeMax = 2'000;

// A pattern of RE2's syntax that matches whole lines; its groups with names are the fields.
class LinePattern {
 public:
  // Invalid: it is none, has no group with a name, or is too large.
  static Result<std::shared_ptr<const LinePattern>> compile(const std::string& text);
  const std::vector<std::string>& groups() const { return groups_; }  // in their order
  const re2::RE2& expression() const { return *expression_; }
  const std::vector<int>& numbers() const { return numbers_; }  // of the groups with names

 private:
  std::shared_ptr<const re2::RE2> expression_;
  std::vector<std::string> groups_;
  std::vector<int> numbers_;
};

struct Delimited {
  char separator = ',';
  char quote = '"';             // 0: none; doubled inside of quotes it stands for itself
  std::size_t columns = 0;      // that a line has
  std::size_t columns_min = 0;  // fewer make it malformed
};

struct KeyValue {
  char separator = ' ';  // between pairs, any number of them
  char assign = '=';
  char quote = '"';  // around values that hold separators; a backslash before a character is it
};

// The fields are the pattern's groups, in their order. `pattern` must stay.
std::unique_ptr<Cutter> make_pattern_cutter(const LinePattern& pattern);
std::unique_ptr<Cutter> make_delimited_cutter(const Delimited& how);
// `keys` are the fields, and must stay. Pairs of other keys, and what is no pair, are the rest.
std::unique_ptr<Cutter> make_key_value_cutter(const KeyValue& how,
                                              const std::vector<std::string>& keys);

}  // namespace sextant::intel
