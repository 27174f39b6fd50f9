#pragma once
// Cuts lines at their spaces, each field in its place (tokens.h).
#include "intel/parsers/cutter.h"
#include "intel/parsers/table_reader.h"
#include "intel/parsers/tokens.h"

namespace sextant::intel {

class SpaceCutter final : public Cutter {
 public:
  explicit SpaceCutter(const Format& format) : format_(format) {}  // which must stay
  std::optional<std::string> cut(std::string_view line, CutLine& into) override;

 private:
  const Format& format_;
  Tokens tokens_;
};

// Why a line of `count` fields is no entry of a format; nullopt when it has as many as the format
// has or once had.
std::optional<std::string> wrong_count(const Format& format, std::size_t count);
std::string unclosed_quote(std::size_t count);  // in the field behind `count` others

}  // namespace sextant::intel
