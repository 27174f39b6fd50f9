#pragma once
// A form of the Query protocol as nested values: "Tags.member.2.Key=x" is member Key of the second
// of Tags.
#include <boost/json/object.hpp>
#include <string_view>

#include "core/result.h"

namespace sextant::api::query {

inline constexpr std::size_t kFormFieldsMax = 2'000;
inline constexpr std::size_t kFormDepthMax = 8;

// Leaves are strings. Invalid ("MalformedQueryString"): a broken escape, too many or too deep
// names, a name that is both value and structure, list items that are not numbered 1, 2, 3, …
Result<boost::json::object> parse_form(std::string_view text);

}  // namespace sextant::api::query
