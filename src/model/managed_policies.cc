#include "model/managed_policies.h"

#include <algorithm>
#include <utility>

namespace sextant::model {
namespace {

constexpr std::string_view kPrefix = "arn:aws:iam::aws:policy/";

constexpr std::pair<std::string_view, std::string_view> kManagedPolicies[] = {
    {"AdministratorAccess",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})"},
    {"AmazonS3FullAccess",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
         "Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}})"},
    {"AmazonS3ReadOnlyAccess",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
         "Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*",
                   "s3-object-lambda:List*"],"Resource":"*"}})"},
    {"AWSXRayDaemonWriteAccess",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
         "Action":["xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules",
                   "xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],
         "Resource":"*"}})"},
    {"service-role/AWSLambdaBasicExecutionRole",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
         "Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],
         "Resource":"*"}})"},
    {"service-role/AWSLambdaKinesisExecutionRole",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
         "Action":["kinesis:DescribeStream","kinesis:DescribeStreamSummary",
                   "kinesis:GetRecords","kinesis:GetShardIterator","kinesis:ListShards",
                   "kinesis:ListStreams","kinesis:SubscribeToShard","logs:CreateLogGroup",
                   "logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}})"},
    {"service-role/AWSLambdaRole",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
         "Action":"lambda:InvokeFunction","Resource":"*"}})"},
    {"service-role/AWSLambdaSQSQueueExecutionRole",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",
         "Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes",
                   "logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],
         "Resource":"*"}})"},
};

}  // namespace

std::optional<std::string_view> find_managed_policy(std::string_view arn) {
  if (!arn.starts_with(kPrefix)) return std::nullopt;
  const auto name = arn.substr(kPrefix.size());
  const auto* found = std::ranges::find(kManagedPolicies, name,
                                        &std::pair<std::string_view, std::string_view>::first);
  if (found == std::end(kManagedPolicies)) return std::nullopt;
  return found->second;
}

std::vector<std::string_view> managed_policy_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, document] : kManagedPolicies) names.push_back(name);
  return names;
}

std::optional<std::string> managed_policy_arn(std::string_view name) {
  for (const auto& [known, document] : kManagedPolicies) {
    const auto slash = known.rfind('/');
    const auto plain = slash == std::string_view::npos ? known : known.substr(slash + 1);
    if (name == known || name == plain) return std::string(kPrefix) + std::string(known);
  }
  return std::nullopt;
}

}  // namespace sextant::model
