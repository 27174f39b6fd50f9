#pragma once
// The policies that AWS itself manages (arn:aws:iam::aws:policy/…) and templates attach most often.
// Source of each: docs.aws.amazon.com/aws-managed-policy/latest/reference/.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sextant::model {

// The document of that ARN, or nullopt when it is not in the box.
std::optional<std::string_view> find_managed_policy(std::string_view arn);

// The names there are, as they stand behind "arn:aws:iam::aws:policy/".
std::vector<std::string_view> managed_policy_names();
// The ARN of a name with or without its path ("AWSLambdaBasicExecutionRole"), as SAM's Policies
// take it.
std::optional<std::string> managed_policy_arn(std::string_view name);

}  // namespace sextant::model
