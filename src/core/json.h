#pragma once
// JSON text to values and back, by Boost.JSON with limits. Include <boost/json.hpp> where values
// are touched.
#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

inline constexpr std::size_t kDepthMax = 64;

// Invalid with line and column of the first error. Duplicate keys are refused too, since two
// readers of one policy must not disagree, and numbers beyond the range of double. Exhausted: no
// memory.
Result<Value> parse(std::string_view text);
// Numbers in `value` must be finite: JSON has no text for others.
std::string to_text(const Value& value);
std::string to_pretty_text(const Value& value);
// Appends `text` quoted and escaped: for those who write JSON by the million and build no values.
void append_text(std::string& out, std::string_view text);

// Members by name, with the type they must have: nullptr / default when absent or of another type.
const Value* find(const Object& object, std::string_view name);
std::string text_or(const Object& object, std::string_view name, std::string_view otherwise = {});

}  // namespace sextant::json
