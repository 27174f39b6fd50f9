#pragma once
// Collects what the readers of the resource types understood, and joins what stands apart in a
// template: policies with their roles, bucket policies and SAM's events with their buckets.
#include <string>
#include <vector>

#include "core/strings.h"
#include "model/app.h"
#include "template/evaluator.h"
#include "template/properties.h"
#include "template/resource.h"
#include "template/template.h"

namespace sextant::templates {

class AppBuilder {
 public:
  AppBuilder(const ParseOptions& options, const StackNames& names, const Resources& resources,
             Evaluator& evaluator, Diagnostics& diagnostics);

  // Reads one resource whose condition holds.
  void read(const Resource& resource);
  // After all resources.
  model::App finish() &&;

  // For the readers.
  const ParseOptions& options() const { return options_; }
  const StackNames& names() const { return names_; }
  model::App& app() { return app_; }
  Diagnostics& diagnostics() { return diagnostics_; }
  model::Position position(Where at) const { return diagnostics_.position(at); }
  std::string name_of(const Resource& resource) { return evaluator_.name_of(resource); }
  std::string arn_of(const Resource& resource) { return evaluator_.arn_of(resource); }
  const Resource* find(std::string_view logical_id) const;

  // AWS::IAM::Policy, and the Roles of a managed policy: exactly one of document and ARN is set.
  struct Attachment {
    Where at;
    std::string owner;
    std::vector<std::string> roles;
    model::Policy policy = {};
    std::string managed_arn = {};
  };
  void attach(Attachment attachment) { attachments_.push_back(std::move(attachment)); }

  struct BucketPolicy {
    Where at;
    std::string bucket;
    std::string document;
  };
  void add_bucket_policy(BucketPolicy policy) { bucket_policies_.push_back(std::move(policy)); }

  // A bucket's own notification, or a SAM event's, which also implies the permission.
  struct BucketEvent {
    Where at;
    std::string bucket;
    model::Notification notification;
  };
  void add_event(BucketEvent event) { events_.push_back(std::move(event)); }

  // Reports an ARN that is no managed policy's, or one of AWS's that is not in the box.
  void check_managed_policy(const std::string& arn, Where at);

 private:
  void join_attachment(const Attachment& attachment);
  void join_bucket_policy(const BucketPolicy& policy);
  void join_event(const BucketEvent& event);
  model::Bucket* find_bucket(const std::string& name, Where at);
  // A name means one role: add_unique_in_iam.
  model::Role* find_role(const std::string& name, const Attachment& attachment);

  const ParseOptions& options_;
  const StackNames& names_;
  const Resources& resources_;
  Evaluator& evaluator_;
  Diagnostics& diagnostics_;
  model::App app_;
  std::vector<Attachment> attachments_;
  std::vector<BucketPolicy> bucket_policies_;
  std::vector<BucketEvent> events_;
};

// Puts a resource under its key, and reports when the key is taken by another one.
template <typename T>
void add_unique(AppBuilder& builder, std::map<std::string, T>& into, std::string key, T resource,
                const Resource& declared, std::string_view what) {
  if (into.contains(key)) {
    builder.diagnostics().add(declared.at,
                              "two resources are the same " + std::string(what) + " '" + key + "'",
                              "give one of them another name");
    return;
  }
  into.emplace(std::move(key), std::move(resource));
}

// The same for what has an ARN and yet one name in the whole account, as IAM has it: a role's
// sessions are told apart by its name alone.
template <typename T>
void add_unique_in_iam(AppBuilder& builder, std::map<std::string, T>& into, T resource,
                       const Resource& declared, std::string_view what) {
  for (const auto& [other_arn, other] : into) {
    if (other.name.empty() || !iequals(other.name, resource.name)) continue;
    builder.diagnostics().add(declared.at,
                              "two resources are the same " + std::string(what) + " '" +
                                  resource.name + "': in IAM, path and case make no difference",
                              "give one of them another name");
    return;
  }
  auto arn = resource.arn;
  into.emplace(std::move(arn), std::move(resource));
}

}  // namespace sextant::templates
