#include "template/sam_policies.h"

#include <algorithm>
#include <array>

namespace sextant::templates {
namespace {

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
