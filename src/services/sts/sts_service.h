#pragma once
// STS: who the caller is, and temporary credentials. Nothing is stored of a session: its token
// carries it, sealed (docs/adr/0012).
#include "core/clock.h"
#include "core/id.h"
#include "guard/gate.h"
#include "guard/keys/credential_store.h"
#include "guard/operation.h"
#include "store/configuration.h"

namespace sextant::services::sts {

// All outlive the table.
struct StsParts {
  Scope scope;
  const Clock& clock;
  const guard::CredentialStore& credentials;
  const store::ConfigurationStore& configuration;
  const guard::Gate& gate;
};

// GetCallerIdentity, AssumeRole, GetSessionToken.
guard::OperationTable operations(StsParts parts);

}  // namespace sextant::services::sts
