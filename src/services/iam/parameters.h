#pragma once
// Parameters of IAM's API and AWS's rules for them. Errors: Invalid ("ValidationError", with AWS's
// text where it is known).
#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sextant::services::iam {

using Tags = std::map<std::string, std::string>;

inline constexpr std::size_t kUserNameMax = 64;
inline constexpr std::size_t kRoleNameMax = 64;
inline constexpr std::size_t kPolicyNameMax = 128;
inline constexpr std::size_t kTagsMax = 50;

std::unexpected<Error> validation_error(std::string message);

// A text that must be there: "UserName".
Result<std::string> required(const boost::json::object& parameters, std::string_view name);
std::optional<std::string> optional_text(const boost::json::object& parameters,
                                         std::string_view name);
// [\w+=,.@-]{1,max}
Result<std::string> required_name(const boost::json::object& parameters, std::string_view name,
                                  std::size_t length_max);
// "/" when none is given.
Result<std::string> path_of(const boost::json::object& parameters, std::string_view name = "Path");
// Of lists: "/" when none is given.
Result<std::string> path_prefix_of(const boost::json::object& parameters);
// "" when none is given.
Result<std::string> description_of(const boost::json::object& parameters);
Result<int> number_of(const boost::json::object& parameters, std::string_view name, int least,
                      int most, int otherwise);

// Tags: [{Key, Value}]. Also Invalid ("InvalidInput"): a key twice, or one that begins with "aws:".
Result<Tags> tags_of(const boost::json::object& parameters);
// Keys are compared without case, kept as written: a new spelling takes the old one's place.
void merge(const Tags& added, Tags& tags);

}  // namespace sextant::services::iam
