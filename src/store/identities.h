#pragma once
// All users, roles and managed policies at one moment: those that IAM's API made, and those that
// stacks declare, which look the same from outside. Part of the configuration's snapshot
// (configuration.h).
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/result.h"
#include "model/app.h"
#include "ports/state_store.h"
#include "store/identity_records.h"

namespace sextant::store {

struct Configuration;  // store/configuration.h

using IdentityPtr = std::shared_ptr<const IdentityRecord>;
using PolicyRecordPtr = std::shared_ptr<const PolicyRecord>;

// What IAM's API made. By name in lower case: names differ in more than case.
struct Identities {
  std::map<std::string, IdentityPtr, std::less<>> users;
  std::map<std::string, IdentityPtr, std::less<>> roles;
  std::map<std::string, PolicyRecordPtr, std::less<>> policies;
};

// Errors: Corrupt (names the record), Unavailable.
Result<Identities> load_identities(const ports::StateStore& state, const Scope& scope);
// Reads the records of these keys again, after they were put or erased.
Result<> reload(const ports::StateStore& state, const Scope& scope,
                const std::vector<std::string>& keys, Identities& identities);

// The last part of "arn:aws:iam::000000000000:role/path/name".
std::string_view name_of_arn(std::string_view arn);

// Of the API or of a stack; nullptr when there is none. By ARN: exactly that one, its path
// included.
IdentityPtr find_identity(const Configuration& configuration, IdentityKind kind,
                          std::string_view name);
IdentityPtr find_identity_by_arn(const Configuration& configuration, std::string_view arn);
// Also those that AWS manages (model/managed_policies.h).
PolicyRecordPtr find_policy(const Configuration& configuration, std::string_view arn);

// The name of the stack that declares it, "" when IAM's API made it.
std::string stack_of(const Configuration& configuration, std::string_view arn);

// The unique id of what a stack declares or AWS manages ("AROA" of a role, "ANPA" of a policy). It
// is made of the ARN: what is declared anew has it again, and nothing that IAM's API makes ever
// has.
std::string derived_id(std::string_view prefix, std::string_view arn);

// As IAM shows what a stack declares.
IdentityRecord identity_of(const model::Role& role, Time created);
PolicyRecord policy_of(const model::ManagedPolicy& policy, Time created);
PolicyRecord aws_policy(std::string_view arn, std::string_view document);

}  // namespace sextant::store
