#include "template/app_builder.h"

#include <algorithm>

#include "core/suggest.h"
#include "model/managed_policies.h"
#include "template/s3_events.h"

namespace sextant::templates {

AppBuilder::AppBuilder(const ParseOptions& options, const StackNames& names,
                       const Resources& resources, Evaluator& evaluator, Diagnostics& diagnostics)
    : options_(options),
      names_(names),
      resources_(resources),
      evaluator_(evaluator),
      diagnostics_(diagnostics) {
  app_.name = options.stack_name;
}

const Resource* AppBuilder::find(std::string_view logical_id) const {
  const auto found = resources_.find(logical_id);
  return found == resources_.end() ? nullptr : &found->second;
}

void AppBuilder::read(const Resource& resource) {
  if (resource.type == nullptr || resource.type->read == nullptr || resource.implied) return;
  const Node empty = make_node(Node::Kind::Map, resource.at);
  const auto* written = resource.properties();
  const Node evaluated = evaluator_.value(written == nullptr ? empty : *written);
  Properties properties(
      evaluated, std::string(resource.type->name) + " '" + resource.logical_id + "'", diagnostics_);
  resource.type->read(*this, resource, properties);
  properties.finish();
}

model::App AppBuilder::finish() && {
  for (const auto& attachment : attachments_) join_attachment(attachment);
  for (const auto& policy : bucket_policies_) join_bucket_policy(policy);
  for (const auto& event : events_) join_event(event);
  return std::move(app_);
}

void AppBuilder::check_managed_policy(const std::string& arn, Where at) {
  constexpr std::string_view kOfAws = "arn:aws:iam::aws:policy/";
  if (model::find_managed_policy(arn)) return;
  if (arn.starts_with(kOfAws)) {
    diagnostics_.add(at, "AWS's policy '" + arn + "' is not one of those in the box",
                     did_you_mean(arn.substr(kOfAws.size()), model::managed_policy_names()));
  } else if (!arn.starts_with("arn:aws:iam::")) {
    diagnostics_.add(at, "'" + arn + "' is no managed policy's ARN",
                     "use !Ref of an AWS::IAM::ManagedPolicy, or arn:aws:iam::aws:policy/…");
  }
}

model::Role* AppBuilder::find_role(const std::string& name, const Attachment& attachment) {
  std::vector<std::string_view> known;
  for (auto& [arn, role] : app_.roles) {
    if (role.name == name) return &role;
    known.push_back(role.name);
  }
  diagnostics_.add(
      attachment.at,
      attachment.owner + " attaches to role '" + name + "', which this template does not make",
      did_you_mean(name, known));
  return nullptr;
}

void AppBuilder::join_attachment(const Attachment& attachment) {
  for (const auto& name : attachment.roles) {
    auto* role = find_role(name, attachment);
    if (role == nullptr) continue;
    if (!attachment.managed_arn.empty()) {
      auto& arns = role->managed_policy_arns;
      if (std::ranges::find(arns, attachment.managed_arn) == arns.end())
        arns.push_back(attachment.managed_arn);
      continue;
    }
    auto& policies = role->inline_policies;
    if (std::ranges::find(policies, attachment.policy.name, &model::Policy::name) !=
        policies.end()) {
      diagnostics_.add(
          attachment.at,
          "role '" + name + "' has two policies named '" + attachment.policy.name + "'",
          "rename one of them");
      continue;
    }
    policies.push_back(attachment.policy);
  }
}

model::Bucket* AppBuilder::find_bucket(const std::string& name, Where at) {
  const auto found = app_.buckets.find(name);
  if (found != app_.buckets.end()) return &found->second;
  std::vector<std::string_view> known;
  for (const auto& [key, bucket] : app_.buckets) known.push_back(key);
  diagnostics_.add(at, "this template makes no bucket named '" + name + "'",
                   did_you_mean(name, known));
  return nullptr;
}

void AppBuilder::join_bucket_policy(const BucketPolicy& policy) {
  auto* bucket = find_bucket(policy.bucket, policy.at);
  if (bucket == nullptr) return;
  if (bucket->policy) {
    diagnostics_.add(policy.at, "bucket '" + policy.bucket + "' has two bucket policies",
                     "put their statements into one");
    return;
  }
  bucket->policy = policy.document;
}

void AppBuilder::join_event(const BucketEvent& event) {
  auto* bucket = find_bucket(event.bucket, event.at);
  if (bucket == nullptr) return;
  for (const auto& other : bucket->notifications) {
    if (!overlap(other, event.notification)) continue;
    diagnostics_.add(event.at,
                     "bucket '" + event.bucket +
                         "' would notify twice of one event: this notification overlaps another",
                     "give them prefixes or suffixes that exclude each other");
    return;
  }
  bucket->notifications.push_back(event.notification);
}

}  // namespace sextant::templates
