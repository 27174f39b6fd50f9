#include "guard/keys/credential_store.h"

#include <algorithm>
#include <utility>

#include "core/credentials_file.h"
#include "core/encoding.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/random.h"
#include "core/wire.h"
#include "guard/keys/node_keys.h"
#include "guard/keys/principal_record.h"
#include "store/keys.h"

namespace sextant::guard {
namespace {

constexpr std::uint8_t kAccessKeyVersion = 1;
constexpr std::uint8_t kSessionVersion = 1;
constexpr std::string_view kSessionContext = "session";

enum AccessKeyField { kSealedSecret = 1, kPrincipal = 2, kCreated = 3, kInactive = 4 };
enum SessionField { kSessionSecret = 1, kSessionPrincipal = 2, kExpires = 3 };

// "AKIA" or "ASIA" and 16 characters of base32's alphabet, as AWS makes them.
std::string make_id(std::string_view prefix) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id(prefix);
  for (const char c : random_bytes(16)) id.push_back(kAlphabet[static_cast<unsigned char>(c) % 32]);
  return id;
}

std::string make_secret() { return base64(random_bytes(30)); }  // 40 characters

std::string secret_context(std::string_view access_key_id) {
  return "accesskey/" + std::string(access_key_id);
}

std::unexpected<Error> invalid_token() {
  return fail(Code::Denied, "The provided token is malformed or otherwise invalid.",
              "InvalidToken");
}

// The node itself does not need the file, and who runs it may have put other keys there: so it goes
// on, and says what does not fit.
void check_credentials_file(const std::filesystem::path& file,
                            const std::vector<CredentialPtr>& roots) {
  const auto kept = read_credentials_file(file);
  const bool right = kept && std::ranges::any_of(roots, [&](const auto& root) {
                       return kept->access_key_id == root->principal.access_key_id &&
                              equal_constant_time(kept->secret_access_key, root->secret_access_key);
                     });
  if (right) return;
  log::error("the file does not hold a root key; remove it, and the next start writes it anew",
             {{"file", file.string()},
              {"reason", kept ? "its key is another one" : kept.error().message}});
}

}  // namespace

CredentialStore::CredentialStore(Scope scope, const Clock& clock, const ports::StateStore& state,
                                 ports::CommitLog& log, SealingKey data_key)
    : scope_(std::move(scope)),
      clock_(clock),
      state_(state),
      log_(log),
      data_key_(std::move(data_key)) {}

Result<std::unique_ptr<CredentialStore>> CredentialStore::open(
    Scope scope, const Clock& clock, const ports::StateStore& state, ports::CommitLog& log,
    const std::filesystem::path& data_folder) {
  SX_TRY_AS(auto data_key, open_data_key(data_folder / kMasterKeyFile, state, log));
  std::unique_ptr<CredentialStore> store(
      new CredentialStore(std::move(scope), clock, state, log, std::move(data_key)));
  SX_TRY(store->load());
  SX_TRY(store->ensure_root_key(data_folder / kCredentialsFile));
  return store;
}

Result<> CredentialStore::load() {
  Snapshot all;
  const auto prefix = store::keys::access_keys();
  SX_TRY(ports::for_each(state_, prefix, [&](const ports::Entry& entry) -> Result<> {
    const auto id = entry.key.substr(prefix.size());
    SX_TRY_AS(auto credential, within("access key " + id, decode(id, entry.value)));
    all.emplace(id, std::make_shared<const Credential>(std::move(credential)));
    return {};
  }));
  snapshot_.with(
      [&](auto& current) { current = std::make_shared<const Snapshot>(std::move(all)); });
  return {};
}

Result<> CredentialStore::refresh(const std::string& access_key_id) {
  SX_TRY_AS(const auto entry, state_.get(store::keys::access_key(access_key_id)));
  CredentialPtr fresh;
  if (entry) {
    SX_TRY_AS(auto credential, decode(access_key_id, entry->value));
    fresh = std::make_shared<const Credential>(std::move(credential));
  }
  snapshot_.with([&](auto& current) {
    auto next = std::make_shared<Snapshot>(*current);
    if (fresh != nullptr) {
      (*next)[access_key_id] = fresh;
    } else {
      next->erase(access_key_id);
    }
    current = std::move(next);
  });
  return {};
}

std::vector<CredentialPtr> CredentialStore::active_root_keys() const {
  auto keys = keys_of(scope_.account.text());
  std::erase_if(keys, [](const auto& key) { return !key->active; });
  return keys;
}

Result<> CredentialStore::ensure_root_key(const std::filesystem::path& file) {
  const auto roots = active_root_keys();
  if (roots.empty()) {
    ports::Batch batch;
    const auto keys = make_access_key({.kind = sdk::PrincipalKind::Root,
                                       .account = scope_.account,
                                       .arn = "arn:aws:iam::" + scope_.account.text() + ":root",
                                       .principal_id = scope_.account.text()},
                                      batch);
    SX_TRY(ports::commit(log_, std::move(batch)));
    SX_TRY(refresh(keys.access_key_id));
    return write_credentials_file(file, keys);
  }
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) {
    check_credentials_file(file, roots);
    return {};
  }
  const auto& root = *roots.front();
  return write_credentials_file(file, {.access_key_id = root.principal.access_key_id,
                                       .secret_access_key = root.secret_access_key});
}

std::vector<CredentialPtr> CredentialStore::keys_of(std::string_view owner_id) const {
  const auto snapshot = snapshot_.with([](const auto& current) { return current; });
  std::vector<CredentialPtr> keys;
  for (const auto& [id, credential] : *snapshot) {
    if (credential->principal.principal_id == owner_id) keys.push_back(credential);
  }
  std::ranges::sort(keys, {}, [](const auto& key) {
    return std::pair(key->created, std::string_view(key->principal.access_key_id));
  });
  return keys;
}

CredentialPtr CredentialStore::find(std::string_view access_key_id) const {
  const auto snapshot = snapshot_.with([](const auto& current) { return current; });
  const auto found = snapshot->find(std::string(access_key_id));
  return found == snapshot->end() || !found->second->active ? nullptr : found->second;
}

sigv4::Credentials CredentialStore::make_access_key(const sdk::Principal& owner,
                                                    ports::Batch& batch) const {
  Credential credential{.principal = owner,
                        .secret_access_key = make_secret(),
                        .created = clock_.now(),
                        .active = true};
  credential.principal.access_key_id = make_id("AKIA");
  const auto key = store::keys::access_key(credential.principal.access_key_id);
  batch.conditions.push_back({.key = key});
  batch.puts.push_back({.key = key, .value = encode(credential)});
  return {.access_key_id = credential.principal.access_key_id,
          .secret_access_key = credential.secret_access_key};
}

void CredentialStore::set_status(const Credential& credential, KeyStatus status,
                                 ports::Batch& batch) const {
  auto changed = credential;
  changed.active = status == KeyStatus::Active;
  batch.puts.push_back({.key = store::keys::access_key(credential.principal.access_key_id),
                        .value = encode(changed)});
}

void CredentialStore::erase(const Credential& credential, ports::Batch& batch) const {
  batch.erases.push_back(store::keys::access_key(credential.principal.access_key_id));
}

std::string CredentialStore::encode(const Credential& credential) const {
  const auto context = secret_context(credential.principal.access_key_id);
  return wire::Writer(kAccessKeyVersion)
      .text(kSealedSecret, data_key_.seal(credential.secret_access_key, context))
      .text(kPrincipal, guard::encode(credential.principal))
      .time(kCreated, credential.created)
      .number(kInactive, credential.active ? 0 : 1)
      .finish();
}

Result<Credential> CredentialStore::decode(std::string_view access_key_id,
                                           std::string_view record) const {
  SX_TRY_AS(auto reader, wire::Reader::open(record, kAccessKeyVersion));
  Credential credential;
  std::string sealed;
  while (reader.next()) {
    switch (reader.field()) {
      case kSealedSecret: sealed = std::string(reader.text()); break;
      case kPrincipal: {
        SX_TRY_AS(credential.principal, decode_principal(reader.text()));
        break;
      }
      case kCreated: credential.created = reader.time(); break;
      case kInactive: credential.active = reader.number() == 0; break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  SX_TRY_AS(credential.secret_access_key, data_key_.open(sealed, secret_context(access_key_id)));
  return credential;
}

SessionCredentials CredentialStore::issue_session(sdk::Principal principal,
                                                  Duration lifetime) const {
  const auto now = clock_.now();
  principal.access_key_id = make_id("ASIA");
  if (!principal.session_started) principal.session_started = now;
  SessionCredentials session;
  session.expires = now + lifetime;
  session.keys.access_key_id = principal.access_key_id;
  session.keys.secret_access_key = make_secret();
  const auto content = wire::Writer(kSessionVersion)
                           .text(kSessionSecret, session.keys.secret_access_key)
                           .text(kSessionPrincipal, guard::encode(principal))
                           .time(kExpires, session.expires)
                           .finish();
  session.keys.session_token = base64(data_key_.seal(content, kSessionContext));
  return session;
}

Result<CredentialPtr> CredentialStore::open_session(std::string_view access_key_id,
                                                    std::string_view token, Time now) const {
  const auto sealed = from_base64(token);
  if (!sealed) return invalid_token();
  const auto content = data_key_.open(*sealed, kSessionContext);
  if (!content) return invalid_token();
  SX_TRY_AS(auto reader, wire::Reader::open(*content, kSessionVersion));
  auto credential = std::make_shared<Credential>();
  Time expires;
  while (reader.next()) {
    switch (reader.field()) {
      case kSessionSecret: credential->secret_access_key = std::string(reader.text()); break;
      case kSessionPrincipal: {
        SX_TRY_AS(credential->principal, decode_principal(reader.text()));
        break;
      }
      case kExpires: expires = reader.time(); break;
      default: break;
    }
  }
  SX_TRY(reader.finish());
  if (!equal_constant_time(credential->principal.access_key_id, access_key_id)) {
    return invalid_token();
  }
  if (now >= expires) {
    return fail(Code::Denied, "The provided token has expired.", "ExpiredToken");
  }
  return CredentialPtr(std::move(credential));
}

}  // namespace sextant::guard
