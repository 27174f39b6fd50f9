#pragma once
// The policies that AWS itself manages (arn:aws:iam::aws:policy/…) and templates attach most often.
// Source of each: docs.aws.amazon.com/aws-managed-policy/latest/reference/.
#include <optional>
#include <string_view>

namespace sextant::guard {

// The document of that ARN, or nullopt when it is not in the box.
std::optional<std::string_view> find_managed_policy(std::string_view arn);

}  // namespace sextant::guard
