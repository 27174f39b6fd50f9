#pragma once
// How a line is cut into the texts of a format's fields: at its spaces (space_cutter.h), by the
// names of a JSON object (json_cutter.h), or as a kind of log has it.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "intel/parsers/line_reader.h"

namespace sextant::intel {

struct CutLine {
  // One for each field of the format; to be set, to the empty text where the line has none. Those
  // that Cutter::used() does not name are left alone.
  std::span<std::string_view> fields;
  std::string_view rest;  // what no field takes, raw
};

// For one delivery.
class Cutter {
 public:
  virtual ~Cutter() = default;
  // The texts that cut() gives for these lines are used until the next call of this.
  virtual void group(std::span<const Line>) {}
  // nullopt, or why the line is no entry.
  virtual std::optional<std::string> cut(std::string_view line, CutLine& into) = 0;
  // A line that says which fields the next ones have (Parser::heading).
  virtual void heading(std::string_view) {}
  virtual bool is_current(std::string_view /*heading*/) const { return true; }
  // The fields that lines can have now, by number; empty: all.
  virtual std::span<const std::size_t> used() const { return {}; }
};

}  // namespace sextant::intel
