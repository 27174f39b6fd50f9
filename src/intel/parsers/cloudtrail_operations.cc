#include "intel/parsers/cloudtrail_operations.h"

#include <algorithm>
#include <cstddef>

namespace sextant::intel {
namespace {

struct Operation {
  std::string_view name;
  Categories categories;
};

// As Elastic's integration for AWS has them; in the order of their names.
constexpr Operation kOperations[] = {
    {"AddUserToGroup", {"iam", "group,change"}},
    {"AssumeRole", {"authentication", "info"}},
    {"AttachGroupPolicy", {"iam", "group,change"}},
    {"AttachUserPolicy", {"iam", "user,change"}},
    {"ChangePassword", {"iam", "user,change"}},
    {"ConsoleLogin", {"authentication", "info"}},
    {"CreateAccessKey", {"iam", "user,change"}},
    {"CreateBucket", {"file", "creation"}},
    {"CreateGroup", {"iam", "group,creation"}},
    {"CreateKeyPair", {"iam", "admin,creation"}},
    {"CreateUser", {"iam", "user,creation"}},
    {"CreateVirtualMFADevice", {"iam", "user,change"}},
    {"DeactivateMFADevice", {"iam", "user,change"}},
    {"DeleteAccessKey", {"iam", "user,change"}},
    {"DeleteBucket", {"file", "deletion"}},
    {"DeleteGroup", {"iam", "group,deletion"}},
    {"DeleteGroupPolicy", {"iam", "group,change"}},
    {"DeleteSSHPublicKey", {"iam", "user,change"}},
    {"DeleteUser", {"iam", "user,deletion"}},
    {"DeleteUserPermissionsBoundary", {"iam", "user,change"}},
    {"DeleteUserPolicy", {"iam", "user,change"}},
    {"DeleteVirtualMFADevice", {"iam", "user,change"}},
    {"DetachGroupPolicy", {"iam", "group,change"}},
    {"DetachUserPolicy", {"iam", "user,change"}},
    {"EnableMFADevice", {"iam", "user,change"}},
    {"GetGroup", {"iam", "group,info"}},
    {"GetGroupPolicy", {"iam", "group,info"}},
    {"GetUser", {"iam", "user,info"}},
    {"GetUserPolicy", {"iam", "user,info"}},
    {"ListAttachedGroupPolicies", {"iam", "group,info"}},
    {"ListAttachedUserPolicies", {"iam", "user,info"}},
    {"ListGroupPolicies", {"iam", "group,info"}},
    {"ListGroups", {"iam", "group,info"}},
    {"ListGroupsForUser", {"iam", "group,info"}},
    {"ListUserPolicies", {"iam", "user,info"}},
    {"ListUserTags", {"iam", "user,info"}},
    {"ListUsers", {"iam", "user,info"}},
    {"PutGroupPolicy", {"iam", "group,change"}},
    {"PutUserPermissionsBoundary", {"iam", "user,change"}},
    {"PutUserPolicy", {"iam", "user,change"}},
    {"RemoveUserFromGroup", {"iam", "group,change"}},
    {"SetDefaultPolicyVersion", {"iam", "admin,change"}},
    {"SetSecurityTokenServicePreferences", {"iam", "admin,change"}},
    {"TagUser", {"iam", "user,change"}},
    {"UntagUser", {"iam", "user,change"}},
    {"UpdateAccessKey", {"iam", "user,change"}},
    {"UpdateAccountPasswordPolicy", {"iam", "admin,change"}},
    {"UpdateGroup", {"iam", "group,change"}},
    {"UpdateLoginProfile", {"iam", "user,change"}},
    {"UpdateRole", {"iam", "admin,change"}},
    {"UpdateSSHPublicKey", {"iam", "user,change"}},
    {"UpdateUser", {"iam", "user,change"}},
};
static_assert(std::ranges::is_sorted(kOperations, {}, &Operation::name));

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// How many digits the text ends in.
std::size_t digits_behind(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[text.size() - 1 - count])) ++count;
  return count;
}

// "2020_05_31", "20150331"; what is no date is not cut.
std::string_view without_date(std::string_view text) {
  const auto digits = digits_behind(text);
  if (digits == 8 && text.substr(text.size() - 8).starts_with("20")) {
    return text.substr(0, text.size() - 8);
  }
  if (digits != 2 || text.size() < 10) return text;
  const auto date = text.substr(text.size() - 10);
  const bool joined = date[4] == '_' && date[7] == '_';
  return joined && date.starts_with("20") ? text.substr(0, text.size() - 10) : text;
}

}  // namespace

Categories categories_of(std::string_view operation) {
  const auto* const found = std::ranges::lower_bound(kOperations, operation, {}, &Operation::name);
  if (found == std::end(kOperations) || found->name != operation) return {};
  return found->categories;
}

std::string_view without_version(std::string_view event_name) {
  const auto digits = digits_behind(event_name);
  const auto rest = event_name.substr(0, event_name.size() - digits);
  if (digits > 0 && rest.ends_with('v')) {
    const auto dated = rest.substr(0, rest.size() - 1);
    const auto bare = without_date(dated);
    return bare.size() < dated.size() ? bare : event_name;
  }
  const auto bare = without_date(event_name);
  return bare.empty() ? event_name : bare;
}

}  // namespace sextant::intel
