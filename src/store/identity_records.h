#pragma once
// Users, roles and managed policies that IAM's API made, as they are stored. Roles and policies of
// stacks are part of their app (model/app.h). Format: docs/formats/identities.md.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace sextant::store {

enum class IdentityKind { User = 1, Role = 2 };  // stored numbers

struct IdentityRecord {
  IdentityKind kind = IdentityKind::User;
  std::string name = {};
  std::string path = "/";
  std::string id = {};  // AIDA…, AROA…: never given again
  std::string arn = {};
  Time created = {};
  std::map<std::string, std::string> inline_policies = {};  // documents by name
  std::vector<std::string> attached_policies = {};          // ARNs, in the order of attachment
  std::optional<std::string> boundary_arn = std::nullopt;
  std::map<std::string, std::string> tags = {};
  // of a role:
  std::string trust_policy = {};
  // Unique ids of the users and roles that the trust policy names by ARN, as they were when it was
  // put: who is made anew under an old name is not trusted.
  std::map<std::string, std::string> trusted_ids = {};
  std::string description = {};
  int session_max_s = 3'600;
  friend bool operator==(const IdentityRecord&, const IdentityRecord&) = default;
};

struct PolicyVersion {
  int number = 1;  // "v1"
  std::string document = {};
  Time created = {};
  friend bool operator==(const PolicyVersion&, const PolicyVersion&) = default;
};

struct PolicyRecord {
  std::string name = {};
  std::string path = "/";
  std::string id = {};  // ANPA…
  std::string arn = {};
  Time created = {};
  Time updated = {};
  std::string description = {};
  std::map<std::string, std::string> tags = {};
  std::vector<PolicyVersion> versions = {};  // by number, ascending; the default one is among them
  int default_version = 1;
  int next_version = 2;  // numbers are not given twice
  friend bool operator==(const PolicyRecord&, const PolicyRecord&) = default;
};

// nullptr when there is no such version.
const PolicyVersion* find_version(const PolicyRecord& policy, int number);

std::string encode(const IdentityRecord& identity);
Result<IdentityRecord> decode_identity(std::string_view bytes);  // Corrupt
std::string encode(const PolicyRecord& policy);
Result<PolicyRecord> decode_policy(std::string_view bytes);  // Corrupt

}  // namespace sextant::store
