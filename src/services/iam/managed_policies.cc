#include "model/managed_policies.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/encoding.h"
#include "core/strings.h"
#include "services/iam/documents.h"
#include "services/iam/handlers.h"
#include "services/iam/paging.h"
#include "services/iam/policy_usage.h"
#include "services/iam/shapes.h"

namespace sextant::services::iam {
namespace {

using boost::json::object;
using guard::iam::PolicyKind;

constexpr std::size_t kPoliciesMax = 1'500;
constexpr std::size_t kVersionsMax = 5;

std::string version_text(int number) { return "v" + std::to_string(number); }

object shown_policy(const store::PolicyRecord& policy, const Usage& usage, Detail detail) {
  object shown{{"PolicyName", policy.name},
               {"PolicyId", policy.id},
               {"Arn", policy.arn},
               {"Path", policy.path},
               {"DefaultVersionId", version_text(policy.default_version)},
               {"AttachmentCount", usage.attachments},
               {"PermissionsBoundaryUsageCount", usage.boundaries},
               {"IsAttachable", true},
               {"CreateDate", shown_time(policy.created)},
               {"UpdateDate", shown_time(policy.updated)}};
  if (detail == Detail::Listed) return shown;
  if (!policy.description.empty()) shown["Description"] = policy.description;
  if (!policy.tags.empty()) shown["Tags"] = shown_tags(policy.tags);
  return shown;
}

object shown_version(const store::PolicyRecord& policy, const store::PolicyVersion& version) {
  return {{"VersionId", version_text(version.number)},
          {"IsDefaultVersion", version.number == policy.default_version},
          {"CreateDate", shown_time(version.created)}};
}

Usage usage_of(const Request& request, const std::string& arn) {
  return policy_usage(request.configuration)[arn];
}

Result<std::string> managed_document(const Request& request) {
  SX_TRY_AS(auto document, document_of(request, "PolicyDocument", PolicyKind::Managed));
  const auto most = guard::iam::size_max(PolicyKind::Managed);
  if (guard::iam::counted_size(document) <= most) return document;
  return limit_exceeded("Cannot exceed quota for PolicySize: " + std::to_string(most));
}

Result<int> version_number(const Request& request) {
  SX_TRY_AS(const auto text, required(request.parameters, "VersionId"));
  const auto number = text.substr(0, 1) == "v" ? parse_u64(std::string_view(text).substr(1))
                                               : std::optional<std::uint64_t>();
  if (number && *number > 0 && *number < 1'000'000) return static_cast<int>(*number);
  return validation_error("1 validation error detected: Value '" + text.substr(0, 100) +
                          "' at 'versionId' failed to satisfy constraint: Member must satisfy "
                          "regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?");
}

std::unexpected<Error> no_such_version(const store::PolicyRecord& policy, int number) {
  return no_such_entity("Policy " + policy.arn + " version " + version_text(number) +
                        " does not exist or is not attachable.");
}

// Names differ in more than case, also from those of stacks.
bool is_taken(const Request& request, const std::string& name) {
  const auto& configuration = request.configuration;
  if (configuration.identities->policies.contains(to_lower(name))) return true;
  return std::ranges::any_of(configuration.apps, [&](const auto& deployed) {
    return std::ranges::any_of(deployed.second.app.managed_policies, [&](const auto& policy) {
      return iequals(policy.second.name, name);
    });
  });
}

std::vector<store::PolicyRecordPtr> all_policies(const Request& request, std::string_view scope) {
  std::vector<store::PolicyRecordPtr> all;
  const auto& configuration = request.configuration;
  if (scope != "AWS") {
    for (const auto& [name, policy] : configuration.identities->policies) all.push_back(policy);
    for (const auto& [stack, deployed] : configuration.apps) {
      for (const auto& [arn, policy] : deployed.app.managed_policies)
        all.push_back(store::find_policy(configuration, arn));
    }
  }
  if (scope != "Local") {
    for (const auto name : model::managed_policy_names())
      all.push_back(store::find_policy(configuration, std::string(kAwsPolicyPrefix).append(name)));
  }
  std::ranges::sort(all, {}, [](const auto& policy) { return std::string_view(policy->arn); });
  return all;
}

// What the filters of ListPolicies let through.
Result<bool> is_wanted(const Request& request, const store::PolicyRecord& policy,
                       const Usage& usage) {
  SX_TRY_AS(const auto prefix, path_prefix_of(request.parameters));
  const auto filter = optional_text(request.parameters, "PolicyUsageFilter").value_or("");
  const bool only_attached =
      optional_text(request.parameters, "OnlyAttached").value_or("false") == "true";
  const bool used = filter == "PermissionsBoundary" ? usage.boundaries > 0
                    : filter == "PermissionsPolicy" ? usage.attachments > 0
                                                    : true;
  return policy.path.starts_with(prefix) && used &&
         (!only_attached || usage.attachments + usage.boundaries > 0);
}

}  // namespace

Answer create_policy(const Request& request) {
  SX_TRY_AS(auto name, required_name(request.parameters, "PolicyName", kPolicyNameMax));
  SX_TRY_AS(auto path, path_of(request.parameters));
  SX_TRY_AS(auto description, description_of(request.parameters));
  SX_TRY_AS(auto tags, tags_of(request.parameters));
  SX_TRY_AS(auto document, managed_document(request));
  if (tags.size() > kTagsMax) return too_many_tags();
  if (is_taken(request, name))
    return already_exists("A policy called " + name +
                          " already exists. Duplicate names are not allowed.");
  if (request.configuration.identities->policies.size() >= kPoliciesMax)
    return limit_exceeded("Cannot exceed quota for PoliciesPerAccount: 1500");
  const auto now = request.parts.clock.now();
  store::PolicyRecord policy{.name = std::move(name),
                             .path = std::move(path),
                             .id = make_unique_id("ANPA"),
                             .created = now,
                             .updated = now,
                             .description = std::move(description),
                             .tags = std::move(tags)};
  policy.arn =
      "arn:aws:iam::" + request.parts.scope.account.text() + ":policy" + policy.path + policy.name;
  policy.versions.push_back({.number = 1, .document = std::move(document), .created = now});
  request.draft.put(policy);
  request.draft.concerns_stacks();
  return object{{"Policy", shown_policy(policy, {}, Detail::Whole)}};
}

Answer get_policy(const Request& request) {
  SX_TRY_AS(const auto policy, named_policy(request));
  return object{{"Policy", shown_policy(*policy, usage_of(request, policy->arn), Detail::Whole)}};
}

Answer list_policies(const Request& request) {
  const auto scope = optional_text(request.parameters, "Scope").value_or("All");
  auto usage = policy_usage(request.configuration);
  std::vector<store::PolicyRecordPtr> wanted;
  for (const auto& policy : all_policies(request, scope)) {
    SX_TRY_AS(const bool is, is_wanted(request, *policy, usage[policy->arn]));
    if (is) wanted.push_back(policy);
  }
  return page(
      request.parameters, "Policies", wanted, [](const auto& policy) { return policy->arn; },
      [&](const auto& policy) {
        return shown_policy(*policy, usage[policy->arn], Detail::Listed);
      });
}

Answer delete_policy(const Request& request) {
  SX_TRY_AS(const auto policy, own_policy(request));
  const auto usage = usage_of(request, policy.arn);
  if (usage.attachments + usage.boundaries > 0)
    return delete_conflict("Cannot delete a policy attached to entities.");
  if (policy.versions.size() > 1) {
    return delete_conflict(
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.");
  }
  request.draft.erase(policy);
  request.draft.concerns_stacks();
  return object{};
}

Answer create_policy_version(const Request& request) {
  SX_TRY_AS(auto policy, own_policy(request));
  SX_TRY_AS(auto document, managed_document(request));
  if (policy.versions.size() >= kVersionsMax) {
    return limit_exceeded(
        "A managed policy can have up to 5 versions. Before you create a new version, you must "
        "delete an existing version.");
  }
  const store::PolicyVersion version{.number = policy.next_version++,
                                     .document = std::move(document),
                                     .created = request.parts.clock.now()};
  policy.versions.push_back(version);
  if (optional_text(request.parameters, "SetAsDefault") == "true")
    policy.default_version = version.number;
  policy.updated = version.created;
  request.draft.put(policy);
  return object{{"PolicyVersion", shown_version(policy, version)}};
}

Answer get_policy_version(const Request& request) {
  SX_TRY_AS(const auto policy, named_policy(request));
  SX_TRY_AS(const auto number, version_number(request));
  const auto* version = store::find_version(*policy, number);
  if (version == nullptr) return no_such_version(*policy, number);
  auto shown = shown_version(*policy, *version);
  shown["Document"] = uri_encode(version->document);
  return object{{"PolicyVersion", std::move(shown)}};
}

Answer list_policy_versions(const Request& request) {
  SX_TRY_AS(const auto policy, named_policy(request));
  // At most five, so that their order as text is their order but for a tenth version: sorted here.
  auto versions = policy->versions;
  const auto key_of = [](const auto& version) {
    return std::to_string(1'000'000 - version.number);
  };
  std::ranges::sort(versions, {}, key_of);
  return page(request.parameters, "Versions", versions, key_of,
              [&](const auto& version) { return shown_version(*policy, version); });
}

Answer delete_policy_version(const Request& request) {
  SX_TRY_AS(auto policy, own_policy(request));
  SX_TRY_AS(const auto number, version_number(request));
  if (store::find_version(policy, number) == nullptr) return no_such_version(policy, number);
  if (number == policy.default_version)
    return delete_conflict("Cannot delete the default version of a policy.");
  std::erase_if(policy.versions, [&](const auto& version) { return version.number == number; });
  request.draft.put(policy);
  return object{};
}

Answer set_default_policy_version(const Request& request) {
  SX_TRY_AS(auto policy, own_policy(request));
  SX_TRY_AS(const auto number, version_number(request));
  if (store::find_version(policy, number) == nullptr) return no_such_version(policy, number);
  policy.default_version = number;
  policy.updated = request.parts.clock.now();
  request.draft.put(policy);
  return object{};
}

}  // namespace sextant::services::iam
