// AWS::S3::Bucket, AWS::S3::BucketPolicy.
#include "template/policy_document.h"
#include "template/resource_types.h"
#include "template/s3_events.h"

namespace sextant::templates {
namespace {

constexpr std::string_view kFunctionsOnly = "a bucket notifies functions; use LambdaConfigurations";

void read_lambda_configuration(AppBuilder& builder, const Node& node, const std::string& bucket,
                               Properties& properties) {
  Properties configuration(node, "a notification of " + properties.owner(),
                           properties.diagnostics());
  model::Notification notification;
  if (const auto event = configuration.required_text("Event")) {
    notification.events = {*event};
    check_event_names(notification.events, configuration.where("Event"), builder.diagnostics());
  }
  notification.function_arn = configuration.required_text("Function").value_or("");
  const auto filter = read_filter(configuration);
  configuration.finish();
  notification.prefix = filter.prefix;
  notification.suffix = filter.suffix;
  notification.id = notification_id(notification);
  builder.add_event({.at = node.at, .bucket = bucket, .notification = std::move(notification)});
}

void read_notifications(AppBuilder& builder, const std::string& bucket, Properties& properties) {
  const auto* node = properties.map("NotificationConfiguration");
  if (node == nullptr) return;
  Properties configuration(*node, "NotificationConfiguration", properties.diagnostics());
  configuration.refuse("TopicConfigurations", kFunctionsOnly);
  configuration.refuse("QueueConfigurations", kFunctionsOnly);
  configuration.refuse("EventBridgeConfiguration", kFunctionsOnly);
  if (const auto* list = configuration.list("LambdaConfigurations")) {
    for (const auto& item : list->items)
      read_lambda_configuration(builder, item, bucket, properties);
  }
  configuration.finish();
}

}  // namespace

void read_bucket(AppBuilder& builder, const Resource& resource, Properties& properties) {
  properties.any("BucketName");
  const std::string name = builder.name_of(resource);
  check_name_rule(properties, "BucketName", name, bucket_name_problem(name));
  model::Bucket bucket;
  bucket.name = BucketName(name);
  bucket.arn = builder.arn_of(resource);
  bucket.tags = read_tag_list(properties);
  bucket.retained = resource.retained;
  bucket.logical_id = resource.logical_id;
  bucket.position = builder.position(resource.at);
  read_notifications(builder, name, properties);
  add_unique(builder, builder.app().buckets, name, std::move(bucket), resource, "bucket");
}

void read_bucket_policy(AppBuilder& builder, const Resource&, Properties& properties) {
  AppBuilder::BucketPolicy policy;
  properties.require("PolicyDocument");
  if (const auto* document = properties.map("PolicyDocument"))
    policy.document = policy_text(*document, PolicyUse::Resource, properties.owner(), builder);
  const auto bucket = properties.required_text("Bucket");
  policy.at = properties.where("Bucket");
  if (!bucket) return;
  policy.bucket = *bucket;
  builder.add_bucket_policy(std::move(policy));
}

}  // namespace sextant::templates
