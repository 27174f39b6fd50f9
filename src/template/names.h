#pragma once
// Names and ARNs of what a template declares. Names that the template does not give are made from
// stack and logical id, and are the same at every deploy.
#include <string>
#include <string_view>

#include "core/id.h"

namespace sextant::templates {

struct StackNames {
  Scope scope;
  std::string stack;
  std::string stack_id;

  // "stack-Logical-1A2B3C4D5E6F", at most 64 characters; the bucket form is in lower case, at
  // most 63.
  std::string generated(std::string_view logical_id) const;
  std::string generated_bucket(std::string_view logical_id) const;

  std::string function_arn(std::string_view name) const;
  std::string role_arn(std::string_view path, std::string_view name) const;
  std::string policy_arn(std::string_view path, std::string_view name) const;
  std::string database_arn(std::string_view name) const;
  std::string table_arn(std::string_view database, std::string_view name) const;
  static std::string bucket_arn(std::string_view name);
};

// What a name of each kind must look like; nullptr when it does, otherwise the rule in words.
const char* bucket_name_problem(std::string_view name);
const char* function_name_problem(std::string_view name);
const char* role_name_problem(std::string_view name);
const char* policy_name_problem(std::string_view name);
const char* lake_name_problem(std::string_view name);  // databases and tables
const char* iam_path_problem(std::string_view path);

}  // namespace sextant::templates
