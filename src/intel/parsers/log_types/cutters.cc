#include "intel/parsers/log_types/cutters.h"

#include <re2/re2.h>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace sextant::intel {
namespace {

constexpr std::size_t kGroupsMax = 256;
constexpr std::int64_t kPatternMemoryBytes = 8 << 20;

// Texts that are not as they stand in the line: they stay until the next group of lines.
class GroupTexts {
 public:
  void clear() { used_ = 0; }
  std::string& next() {
    if (used_ == texts_.size()) texts_.emplace_back();
    auto& text = texts_[used_++];
    text.clear();
    return text;
  }

 private:
  std::deque<std::string> texts_;
  std::size_t used_ = 0;
};

class PatternCutter final : public Cutter {
 public:
  explicit PatternCutter(const LinePattern& pattern)
      : pattern_(pattern),
        matched_(static_cast<std::size_t>(
            pattern.numbers().empty() ? 1 : pattern.numbers().back() + 1)) {}
  std::optional<std::string> cut(std::string_view line, CutLine& into) override {
    if (line.size() > kPatternLineBytesMax)
      return "the line is longer than 64 KiB, and a pattern reads it";
    const bool matches = pattern_.expression().Match({line.data(), line.size()}, 0, line.size(),
                                                     re2::RE2::ANCHOR_BOTH, matched_.data(),
                                                     static_cast<int>(matched_.size()));
    if (!matches) return "it does not match the pattern";
    for (std::size_t i = 0; i < into.fields.size(); ++i) {
      if (i >= pattern_.numbers().size()) {
        into.fields[i] = {};
        continue;
      }
      const auto& group = matched_[static_cast<std::size_t>(pattern_.numbers()[i])];
      into.fields[i] = {group.data(), group.size()};
    }
    return std::nullopt;
  }

 private:
  const LinePattern& pattern_;
  std::vector<re2::StringPiece> matched_;
};

class DelimitedCutter final : public Cutter {
 public:
  explicit DelimitedCutter(const Delimited& how) : how_(how) {}
  void group(std::span<const Line>) override { texts_.clear(); }
  std::optional<std::string> cut(std::string_view line, CutLine& into) override {
    std::size_t count = 0;
    for (bool more = true; more && count < how_.columns; ++count) {
      if (!take_field(line, into.fields[count], more))
        return "the quote of field " + std::to_string(count + 1) + " is not closed";
      if (!more) line = {};
    }
    if (count < how_.columns_min) {
      return "it has " + std::to_string(count) + " fields, and its kind " +
             (how_.columns_min == how_.columns ? "" : "at least ") +
             std::to_string(how_.columns_min);
    }
    for (; count < into.fields.size(); ++count) into.fields[count] = {};
    into.rest = line;
    return std::nullopt;
  }

 private:
  // The field that `line` begins with, off it with its separator; `more`: there was one.
  bool take_field(std::string_view& line, std::string_view& field, bool& more) {
    if (how_.quote != 0 && line.starts_with(how_.quote)) return take_quoted(line, field, more);
    const auto end = line.find(how_.separator);
    field = line.substr(0, end);
    more = end != std::string_view::npos;
    if (more) line.remove_prefix(end + 1);
    return true;
  }

  bool take_quoted(std::string_view& line, std::string_view& field, bool& more) {
    std::size_t at = 1;
    bool doubled = false;
    for (;; at += 2, doubled = true) {
      at = line.find(how_.quote, at);
      if (at == std::string_view::npos) return false;
      if (at + 1 == line.size() || line[at + 1] != how_.quote) break;
    }
    field = line.substr(1, at - 1);
    if (doubled) {
      auto& text = texts_.next();
      for (std::size_t i = 0; i < field.size(); ++i) {
        text += field[i];
        if (field[i] == how_.quote) ++i;
      }
      field = text;
    }
    line.remove_prefix(at + 1);
    if (!line.empty() && line.front() != how_.separator) return false;
    more = !line.empty();
    if (more) line.remove_prefix(1);
    return true;
  }

  const Delimited how_;
  GroupTexts texts_;
};

class KeyValueCutter final : public Cutter {
 public:
  KeyValueCutter(const KeyValue& how, const std::vector<std::string>& keys) : how_(how) {
    for (std::size_t field = 0; field < keys.size(); ++field) fields_.emplace(keys[field], field);
  }
  void group(std::span<const Line>) override { texts_.clear(); }
  std::optional<std::string> cut(std::string_view line, CutLine& into) override {
    std::ranges::fill(into.fields, std::string_view());
    auto& rest = texts_.next();
    bool any = false;
    while (!line.empty()) {
      if (line.front() == how_.separator) {
        line.remove_prefix(1);
        continue;
      }
      Pair pair;
      if (!take_pair(line, pair))
        return "the quote of '" + std::string(pair.key) + "' is not closed";
      any = any || pair.is_pair;
      keep(pair, into, rest);
    }
    if (!any) return std::string("it has no pair of a key and a value");
    into.rest = rest;
    return std::nullopt;
  }

 private:
  struct Pair {
    bool is_pair = false;
    std::string_view key;
    std::string_view value;
    std::string_view raw;
  };

  bool take_pair(std::string_view& line, Pair& pair) {
    const auto begin = line;
    const char ends[] = {how_.assign, how_.separator};
    const auto end = std::min(line.find_first_of({ends, 2}), line.size());
    pair.key = line.substr(0, end);
    pair.is_pair = end > 0 && end < line.size() && line[end] == how_.assign;
    line.remove_prefix(std::min(end + (pair.is_pair || end == 0 ? 1 : 0), line.size()));
    if (pair.is_pair && !take_value(line, pair.value)) return false;
    pair.raw = begin.substr(0, begin.size() - line.size());
    return true;
  }

  bool take_value(std::string_view& line, std::string_view& value) {
    if (how_.quote == 0 || !line.starts_with(how_.quote)) {
      value = line.substr(0, line.find(how_.separator));
      line.remove_prefix(value.size());
      return true;
    }
    std::size_t at = 1;
    bool escaped = false;
    while (at < line.size() && line[at] != how_.quote) {
      const bool escape = line[at] == '\\';
      escaped = escaped || escape;
      at += escape ? 2 : 1;
    }
    if (at >= line.size()) return false;
    value = escaped ? unescaped(line.substr(1, at - 1)) : line.substr(1, at - 1);
    line.remove_prefix(at + 1);
    return true;
  }

  std::string_view unescaped(std::string_view value) {
    auto& text = texts_.next();
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '\\' && i + 1 < value.size()) ++i;
      text += value[i];
    }
    return text;
  }

  // A key that comes again is kept with what no field takes.
  void keep(const Pair& pair, CutLine& into, std::string& rest) const {
    const auto found = pair.is_pair ? fields_.find(pair.key) : fields_.end();
    if (found != fields_.end() && into.fields[found->second].data() == nullptr) {
      into.fields[found->second] = pair.value;
      return;
    }
    if (!rest.empty()) rest += how_.separator;
    rest += pair.raw;
  }

  const KeyValue how_;
  std::map<std::string, std::size_t, std::less<>> fields_;
  GroupTexts texts_;
};

}  // namespace

Result<std::shared_ptr<const LinePattern>> LinePattern::compile(const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemoryBytes);
  auto expression = std::make_shared<const re2::RE2>(text, options);
  if (!expression->ok())
    return fail(Code::Invalid, "it is no pattern of RE2: " + expression->error());
  if (expression->ProgramSize() > kPatternSizeMax) {
    return fail(Code::Invalid, "it is too large: " + std::to_string(expression->ProgramSize()) +
                                   " steps, and " + std::to_string(kPatternSizeMax) +
                                   " are the most; repeat less often than {n} times");
  }
  auto pattern = std::make_shared<LinePattern>();
  for (const auto& [number, name] : expression->CapturingGroupNames()) {
    pattern->numbers_.push_back(number);
    pattern->groups_.push_back(name);
  }
  if (pattern->groups_.empty())
    return fail(Code::Invalid, "it has no group with a name: write (?P<name>…)");
  if (pattern->groups_.size() > kGroupsMax)
    return fail(Code::Invalid, "it has more than 256 groups");
  pattern->expression_ = std::move(expression);
  return pattern;
}

std::unique_ptr<Cutter> make_pattern_cutter(const LinePattern& pattern) {
  return std::make_unique<PatternCutter>(pattern);
}

std::unique_ptr<Cutter> make_delimited_cutter(const Delimited& how) {
  return std::make_unique<DelimitedCutter>(how);
}

std::unique_ptr<Cutter> make_key_value_cutter(const KeyValue& how,
                                              const std::vector<std::string>& keys) {
  return std::make_unique<KeyValueCutter>(how, keys);
}

}  // namespace sextant::intel
