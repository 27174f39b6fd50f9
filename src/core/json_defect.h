#pragma once
// Why a text is no JSON and where, for those who show its line; parse() of json.h says it in words.
#include <boost/json/fwd.hpp>
#include <expected>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/text_position.h"

namespace sextant::json {

struct Defect {
  Code code = Code::Invalid;  // Exhausted: no memory
  std::string why;            // "the text ends too early"
  TextPosition at = {};       // of the first byte that does not fit; nowhere when Exhausted

  // "not valid JSON at line 2, column 8: syntax error"
  Error error() const;
};

// As json::parse, which is this with the defect as an error.
std::expected<boost::json::value, Defect> read(std::string_view text);

}  // namespace sextant::json
