#pragma once
// Who may sign requests: access keys, kept sealed in the state store and held in memory as one
// snapshot, and sessions, whose token carries everything sealed, so that nothing is stored of them.
// Lookups never touch the state store.
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "core/guarded.h"
#include "core/result.h"
#include "core/sigv4.h"
#include "guard/keys/sealing.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "sdk/call.h"

namespace sextant::guard {

struct Credential {
  sdk::Principal principal;  // with its access_key_id
  std::string secret_access_key;
  Time created;
  bool active = true;
};
using CredentialPtr = std::shared_ptr<const Credential>;

// Keys of a role session, as sts:AssumeRole hands them out.
struct SessionCredentials {
  sigv4::Credentials keys;
  Time expires;
};

inline constexpr std::string_view kMasterKeyFile = "master.key";
inline constexpr std::string_view kCredentialsFile = "credentials";

class CredentialStore {
 public:
  // At first start makes the master key, the data key and the root access key, and writes that one
  // to `credentials` (AWS shared-credentials format, 0600); writes the file again when it is
  // missing, and makes a root key when there is no active one. Blocks. `state` and `log` outlive
  // it. Errors: as open_data_key() and the ports; Corrupt (a record).
  static Result<std::unique_ptr<CredentialStore>> open(Scope scope, const Clock& clock,
                                                       const ports::StateStore& state,
                                                       ports::CommitLog& log,
                                                       const std::filesystem::path& data_folder);

  // The credential of an access key; null when there is none or it is inactive. Any thread.
  CredentialPtr find(std::string_view access_key_id) const;

  // The credential that a session token carries. Any thread. Denied: "InvalidToken" (not made here,
  // or for another access key), "ExpiredToken".
  Result<CredentialPtr> open_session(std::string_view access_key_id, std::string_view token,
                                     Time now) const;

  // Makes keys for a session: principal says who it is (role, tags, session policy). Any thread.
  SessionCredentials issue_session(sdk::Principal principal, Duration lifetime) const;

  // Makes an access key and puts it into the batch. It counts once the batch is durable and
  // refresh() ran.
  sigv4::Credentials make_access_key(const sdk::Principal& owner, ports::Batch& batch) const;
  // All keys of the user of that unique id, or of the root (its id is the account's), also inactive
  // ones, oldest first. Any thread.
  std::vector<CredentialPtr> keys_of(std::string_view owner_id) const;
  // Puts the key with another status into the batch, or its end. Either counts as make_access_key.
  enum class KeyStatus { Active, Inactive };
  void set_status(const Credential& credential, KeyStatus status, ports::Batch& batch) const;
  void erase(const Credential& credential, ports::Batch& batch) const;
  // Reads that key's record again, after it was made, changed or erased. Errors: Corrupt,
  // Unavailable.
  Result<> refresh(const std::string& access_key_id);

 private:
  using Snapshot = std::unordered_map<std::string, CredentialPtr>;

  CredentialStore(Scope scope, const Clock& clock, const ports::StateStore& state,
                  ports::CommitLog& log, SealingKey data_key);
  Result<> load();
  Result<> ensure_root_key(const std::filesystem::path& file);
  std::vector<CredentialPtr> active_root_keys() const;
  std::string encode(const Credential& credential) const;
  Result<Credential> decode(std::string_view access_key_id, std::string_view record) const;

  const Scope scope_;
  const Clock& clock_;
  const ports::StateStore& state_;
  ports::CommitLog& log_;
  const SealingKey data_key_;
  Guarded<std::shared_ptr<const Snapshot>> snapshot_{std::make_shared<const Snapshot>()};
};

}  // namespace sextant::guard
