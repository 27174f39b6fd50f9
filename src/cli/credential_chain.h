#pragma once
// Whose keys read the logs that are elsewhere: the places that AWS's tools look at, in their order,
// and then perhaps a role. Keys that end are renewed before they do.
#include <mutex>
#include <optional>

#include "cli/credential_places.h"
#include "core/clock.h"

namespace sextant::cli {

class CredentialChain {
 public:
  // `options` as resolved() gives them; `clock` outlives the chain.
  CredentialChain(SourceOptions options, Environment environment, const Clock& clock);

  // Keys that hold for minutes. When renewing fails, those of before, as long as they hold. Any
  // thread; one of them renews, the others wait. NotFound says where it looked; else the error of
  // the place that failed.
  Result<sigv4::Credentials> keys();

 private:
  Result<TemporaryCredentials> find_own() const;
  Result<TemporaryCredentials> find() const;

  const SourceOptions options_;
  const Environment environment_;
  const Clock& clock_;
  std::mutex mutex_;
  std::optional<TemporaryCredentials> found_;  // under mutex_
  Time look_again_ = {};                       // under mutex_
};

}  // namespace sextant::cli
