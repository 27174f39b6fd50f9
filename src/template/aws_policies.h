#pragma once
// AWS's managed policies that are in the box, and SAM's policy templates: the ones that mean
// something for the services that the node has.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sextant::templates {

struct AwsPolicy {
  std::string_view arn;
  std::string_view name;
  std::string_view document;  // JSON
};

const AwsPolicy* find_aws_policy(std::string_view arn);  // nullptr when there is none
std::vector<std::string_view> aws_policy_arns();
// The ARN of a name as SAM's Policies takes it: "AmazonS3ReadOnlyAccess".
std::optional<std::string> aws_policy_arn_of(std::string_view name);

// SAM's policy templates that take one parameter, BucketName.
std::vector<std::string_view> bucket_policy_templates();
// The policy document (JSON) for that bucket; nullopt when no template has that name.
std::optional<std::string> expand_bucket_policy(std::string_view policy_template,
                                                std::string_view bucket);

}  // namespace sextant::templates
