#pragma once
// AWS's managed policies that are in the box, and SAM's policy templates: the ones that mean
// something for the services that the node has.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sextant::templates {

// The templates that take one parameter, BucketName.
std::vector<std::string_view> bucket_policy_templates();
// The policy document (JSON) for that bucket; nullopt when no template has that name.
std::optional<std::string> expand_bucket_policy(std::string_view policy_template,
                                                std::string_view bucket);

}  // namespace sextant::templates
