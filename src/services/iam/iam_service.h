#pragma once
// IAM: users, roles, managed policies and access keys that the gate decides by from the moment the
// call returns. Roles and policies of stacks are seen here too; only their template changes them.
#include "core/clock.h"
#include "core/id.h"
#include "guard/keys/credential_store.h"
#include "guard/operation.h"
#include "guard/policy_source.h"
#include "ports/state_store.h"
#include "store/configuration.h"

namespace sextant::services::iam {

// All outlive the table.
struct IamParts {
  Scope scope;
  const Clock& clock;
  const ports::StateStore& state;
  guard::CredentialStore& credentials;
  store::ConfigurationStore& configuration;
  const guard::PolicySource& policies;
};

// Protocol version 2010-05-08.
guard::OperationTable operations(IamParts parts);

}  // namespace sextant::services::iam
