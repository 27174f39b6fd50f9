#include "template/aws_policies.h"

#include <algorithm>
#include <array>

namespace sextant::templates {
namespace {

constexpr std::array kPolicies = {
    AwsPolicy{
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "AWSLambdaBasicExecutionRole",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":)"
        R"(["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]})"},
    AwsPolicy{"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "AmazonS3ReadOnlyAccess",
              R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":)"
              R"(["s3:Get*","s3:List*","s3:Describe*"],"Resource":"*"}]})"},
    AwsPolicy{"arn:aws:iam::aws:policy/AmazonS3FullAccess", "AmazonS3FullAccess",
              R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",)"
              R"("Resource":"*"}]})"},
    AwsPolicy{"arn:aws:iam::aws:policy/AdministratorAccess", "AdministratorAccess",
              R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*",)"
              R"("Resource":"*"}]})"},
};

// Actions on the bucket and on its objects; SAM's S3FullAccessPolicy keeps them apart, the others
// do not.
struct BucketTemplate {
  std::string_view name;
  std::string_view on_both;
  std::string_view on_bucket;
  std::string_view on_objects;
};
constexpr std::array kBucketTemplates = {
    BucketTemplate{"S3ReadPolicy",
                   R"("s3:GetObject","s3:ListBucket","s3:GetBucketLocation","s3:GetObjectVersion",)"
                   R"("s3:GetLifecycleConfiguration")",
                   "", ""},
    BucketTemplate{"S3WritePolicy",
                   R"("s3:PutObject","s3:PutObjectAcl","s3:PutLifecycleConfiguration")", "", ""},
    BucketTemplate{"S3CrudPolicy",
                   R"("s3:GetObject","s3:ListBucket","s3:GetBucketLocation","s3:GetObjectVersion",)"
                   R"("s3:PutObject","s3:PutObjectAcl","s3:GetLifecycleConfiguration",)"
                   R"("s3:PutLifecycleConfiguration","s3:DeleteObject")",
                   "", ""},
    BucketTemplate{"S3FullAccessPolicy", "",
                   R"("s3:ListBucket","s3:GetBucketLocation","s3:GetLifecycleConfiguration",)"
                   R"("s3:PutLifecycleConfiguration")",
                   R"("s3:GetObject","s3:GetObjectAcl","s3:GetObjectVersion","s3:PutObject",)"
                   R"("s3:PutObjectAcl","s3:DeleteObject","s3:DeleteObjectTagging",)"
                   R"("s3:DeleteObjectVersionTagging","s3:GetObjectTagging",)"
                   R"("s3:GetObjectVersionTagging","s3:PutObjectTagging",)"
                   R"("s3:PutObjectVersionTagging")"},
};

void add_statement(std::string& statements, std::string_view actions, const std::string& resource) {
  if (actions.empty()) return;
  if (!statements.empty()) statements += ",";
  statements += R"({"Effect":"Allow","Action":[)" + std::string(actions) + R"(],"Resource":)" +
                resource + "}";
}

}  // namespace

const AwsPolicy* find_aws_policy(std::string_view arn) {
  const auto* found = std::ranges::find(kPolicies, arn, &AwsPolicy::arn);
  return found == kPolicies.end() ? nullptr : found;
}

std::vector<std::string_view> aws_policy_arns() {
  std::vector<std::string_view> arns;
  for (const auto& policy : kPolicies) arns.push_back(policy.arn);
  return arns;
}

std::optional<std::string> aws_policy_arn_of(std::string_view name) {
  const auto* found = std::ranges::find(kPolicies, name, &AwsPolicy::name);
  if (found == kPolicies.end()) return std::nullopt;
  return std::string(found->arn);
}

std::vector<std::string_view> bucket_policy_templates() {
  std::vector<std::string_view> names;
  for (const auto& row : kBucketTemplates) names.push_back(row.name);
  return names;
}

std::optional<std::string> expand_bucket_policy(std::string_view policy_template,
                                                std::string_view bucket) {
  const auto* found = std::ranges::find(kBucketTemplates, policy_template, &BucketTemplate::name);
  if (found == kBucketTemplates.end()) return std::nullopt;
  const std::string arn = "arn:aws:s3:::" + std::string(bucket);
  const std::string on_bucket = "\"" + arn + "\"";
  const std::string on_objects = "\"" + arn + "/*\"";
  std::string statements;
  add_statement(statements, found->on_both, "[" + on_bucket + "," + on_objects + "]");
  add_statement(statements, found->on_objects, on_objects);
  add_statement(statements, found->on_bucket, on_bucket);
  return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

}  // namespace sextant::templates
