#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>

#include "core/json.h"
#include "core/strings.h"
#include "guard/iam/role_session.h"
#include "guard/iam/validate.h"
#include "services/sts/handlers.h"
#include "store/identities.h"

namespace sextant::services::sts {
namespace {

using boost::json::object;
using Tags = std::map<std::string, std::string>;

constexpr std::size_t kTagsMax = 50;
constexpr std::size_t kPolicyArnsMax = 10;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::Invalid, std::move(message), "ValidationError");
}

// [\w+=,.@-]{2,64}
bool is_session_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("_+=,.@-").contains(c);
         });
}

Result<Tags> tags_of(const object& parameters) {
  Tags tags;
  const auto* list = json::find(parameters, "Tags");
  if (list == nullptr || !list->is_array()) return tags;
  for (const auto& item : list->get_array()) {
    if (!item.is_object()) return invalid("Tags is a list of keys and values");
    const auto key = json::text_or(item.get_object(), "Key");
    const auto value = json::text_or(item.get_object(), "Value");
    if (key.empty() || key.size() > 128 || value.size() > 256)
      return invalid("a session tag has a key of 1 to 128 characters and a value of at most 256");
    if (std::ranges::any_of(tags, [&](const auto& tag) { return iequals(tag.first, key); }))
      return invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    tags[key] = value;
  }
  if (tags.size() > kTagsMax) return invalid("a session has at most 50 tags");
  return tags;
}

// A session that assumes a further role (role chaining) gets an hour at most.
DurationLimits limits_of(const store::IdentityRecord& role, const sdk::Principal& caller) {
  const bool chained = caller.kind == sdk::PrincipalKind::AssumedRole;
  return {.most = chained ? 3'600 : role.session_max_s};
}

// Tags of a session are a right of their own: the caller's, and the role's trust policy's.
Result<> may_tag(const StsParts& parts, guard::Permit& permit, const Tags& tags) {
  if (tags.empty()) return {};
  auto tagging = permit.call();
  tagging.operation = "TagSession";
  tagging.action = "sts:TagSession";
  const auto decision = parts.gate.judge(tagging);
  permit.asked(tagging, decision);
  if (decision.verdict == sdk::Verdict::Allow) return {};
  return fail(Code::Denied, decision.reason, "AccessDenied");
}

Result<std::optional<std::string>> session_policy_of(const object& parameters) {
  const auto* given = json::find(parameters, "Policy");
  if (given == nullptr || !given->is_string()) return std::nullopt;
  std::string document(given->get_string());
  for (const auto& finding : guard::iam::validate(document, guard::iam::PolicyKind::Session)) {
    if (finding.severity == guard::iam::Severity::Warning) continue;
    return fail(
        Code::Invalid,
        guard::iam::path_text(finding.path) + (finding.path.empty() ? "" : ": ") + finding.message,
        "MalformedPolicyDocument");
  }
  return document;
}

// ARNs of managed policies: they and the policy given as text limit the session together.
Result<std::vector<std::string>> policy_arns_of(const StsParts& parts, const object& parameters) {
  std::vector<std::string> arns;
  const auto* list = json::find(parameters, "PolicyArns");
  const bool empty = list != nullptr && list->is_string() && list->get_string().empty();
  if (list == nullptr || empty) return arns;  // an empty list is sent as an empty text
  if (!list->is_array() || list->get_array().size() > kPolicyArnsMax)
    return invalid("PolicyArns is a list of at most 10 managed policies");
  const auto configuration = parts.configuration.current();
  for (const auto& item : list->get_array()) {
    if (!item.is_object()) return invalid("an entry of PolicyArns has an arn");
    auto arn = json::text_or(item.get_object(), "arn");
    if (store::find_policy(*configuration, arn) == nullptr) {
      return invalid("PolicyArns: policy " + arn.substr(0, 200) +
                     " does not exist or is not attachable.");
    }
    arns.push_back(std::move(arn));
  }
  return arns;
}

Result<> take_session_policies(const StsParts& parts, const object& parameters,
                               sdk::Principal& principal) {
  SX_TRY_AS(principal.session_policy, session_policy_of(parameters));
  SX_TRY_AS(principal.session_policy_arns, policy_arns_of(parts, parameters));
  std::size_t size = principal.session_policy ? principal.session_policy->size() : 0;
  for (const auto& arn : principal.session_policy_arns) size += arn.size();
  const auto most = guard::iam::size_max(guard::iam::PolicyKind::Session);
  if (principal.session_policy_arns.empty() || size <= most) return {};
  return fail(Code::Invalid,
              "Packed policy consumes " + std::to_string(100 * size / most) +
                  "% of allotted space, please use smaller policy.",
              "PackedPolicyTooLarge");
}

}  // namespace

Result<guard::Target> assume_role_target(const Scope&, const sdk::Input& input) {
  const auto& parameters = input.parameters;
  const auto role = json::text_or(parameters, "RoleArn");
  // AWS's bound.
  if (role.size() > 2'048) return invalid("'roleArn' may have at most 2,048 characters");
  if (!role.starts_with("arn:aws:iam::") || !role.contains(":role/"))
    return invalid("'" + role + "' at 'roleArn' is not the ARN of a role");
  const auto session = json::text_or(parameters, "RoleSessionName");
  if (!is_session_name(session)) {
    return invalid("1 validation error detected: Value '" + session +
                   "' at 'roleSessionName' failed to satisfy constraint: Member must satisfy "
                   "regular expression pattern: [\\w+=,.@-]*");
  }
  for (const char* unsupported :
       {"SerialNumber", "TokenCode", "SourceIdentity", "TransitiveTagKeys"}) {
    if (json::find(parameters, unsupported) != nullptr)
      return invalid(std::string(unsupported) + " is not supported");
  }
  SX_TRY_AS(const auto tags, tags_of(parameters));
  guard::Target target{.resource = role};
  target.context["sts:RoleSessionName"] = {session};
  const auto external_id = json::text_or(parameters, "ExternalId");
  if (!external_id.empty()) target.context["sts:ExternalId"] = {external_id};
  for (const auto& [key, value] : tags) {
    target.context["aws:RequestTag/" + key] = {value};
    target.context["aws:TagKeys"].push_back(key);
  }
  return target;
}

Answer assume_role(const StsParts& parts, guard::Permit& permit, const object& parameters) {
  const auto& call = permit.call();
  const auto role = store::find_identity_by_arn(*parts.configuration.current(), call.resource);
  if (role == nullptr)
    return fail(Code::Denied, "there is no role " + call.resource, "AccessDenied");
  SX_TRY_AS(const auto lifetime, duration_of(parameters, limits_of(*role, call.principal)));
  SX_TRY_AS(const auto tags, tags_of(parameters));
  SX_TRY(may_tag(parts, permit, tags));
  const auto session = json::text_or(parameters, "RoleSessionName");
  auto principal = guard::iam::role_session(parts.scope.account, *role, session);
  SX_TRY(take_session_policies(parts, parameters, principal));
  for (const auto& [key, value] : tags) {  // each outranks the role's of that key
    std::erase_if(principal.session_tags, [&](const auto& tag) { return iequals(tag.first, key); });
    principal.session_tags[key] = value;
  }
  const object user{{"AssumedRoleId", principal.principal_id}, {"Arn", principal.arn}};
  return object{
      {"Credentials", to_json(parts.credentials.issue_session(std::move(principal), lifetime))},
      {"AssumedRoleUser", user}};
}

}  // namespace sextant::services::sts
