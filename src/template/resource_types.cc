#include "template/resource_types.h"

#include <algorithm>

namespace sextant::templates {
namespace {

std::string bucket_arn(const StackNames&, std::string_view, std::string_view name) {
  return StackNames::bucket_arn(name);
}
std::string function_arn(const StackNames& names, std::string_view, std::string_view name) {
  return names.function_arn(name);
}
std::string role_arn(const StackNames& names, std::string_view path, std::string_view name) {
  return names.role_arn(path, name);
}
std::string policy_arn(const StackNames& names, std::string_view path, std::string_view name) {
  return names.policy_arn(path, name);
}

}  // namespace

const std::vector<ResourceType>& resource_types() {
  static const std::vector<ResourceType> kTypes = {
      {.name = "AWS::Glue::Database",
       .naming = Naming::Required,
       .name_path = {"DatabaseInput", "Name"},
       .read = read_database},
      {.name = "AWS::Glue::Table",
       .naming = Naming::Required,
       .name_path = {"TableInput", "Name"},
       .can_be_retained = true,
       .read = read_table},
      {.name = "AWS::IAM::ManagedPolicy",
       .naming = Naming::Generated,
       .name_path = {"ManagedPolicyName"},
       .attribute = "PolicyArn",
       .arn = policy_arn,
       .ref_is_arn = true,
       .read = read_managed_policy},
      {.name = "AWS::IAM::Policy",
       .naming = Naming::Required,
       .name_path = {"PolicyName"},
       .read = read_policy},
      {.name = "AWS::IAM::Role",
       .naming = Naming::Generated,
       .name_path = {"RoleName"},
       .attribute = "Arn",
       .arn = role_arn,
       .read = read_role},
      {.name = "AWS::Lambda::Permission", .naming = Naming::None, .read = read_permission},
      {.name = "AWS::S3::Bucket",
       .naming = Naming::Bucket,
       .name_path = {"BucketName"},
       .attribute = "Arn",
       .arn = bucket_arn,
       .can_be_retained = true,
       .read = read_bucket},
      {.name = "AWS::S3::BucketPolicy", .naming = Naming::None, .read = read_bucket_policy},
      {.name = "AWS::Serverless::Function",
       .naming = Naming::Generated,
       .name_path = {"FunctionName"},
       .attribute = "Arn",
       .arn = function_arn,
       .read = read_function},
  };
  return kTypes;
}

const ResourceType* find_resource_type(std::string_view name) {
  const auto& types = resource_types();
  const auto found = std::ranges::find(types, name, &ResourceType::name);
  return found == types.end() ? nullptr : &*found;
}

std::map<std::string, std::string> read_tag_list(Properties& properties) {
  std::map<std::string, std::string> tags;
  const auto* list = properties.list("Tags");
  if (list == nullptr) return tags;
  for (const auto& item : list->items) {
    Properties tag(item, "a tag of " + properties.owner(), properties.diagnostics());
    const auto key = tag.required_text("Key");
    const auto value = tag.required_text("Value");
    tag.finish();
    if (key && value) tags[*key] = *value;
  }
  return tags;
}

void check_name_rule(Properties& properties, std::string_view property, const std::string& name,
                     const char* problem) {
  if (problem == nullptr || name.empty()) return;
  properties.report(property, "'" + name + "' cannot be the name of " + properties.owner(),
                    problem);
}

}  // namespace sextant::templates
