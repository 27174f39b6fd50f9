#include "guard/keys/node_keys.h"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>

#include "core/encoding.h"
#include "core/file.h"
#include "core/strings.h"
#include "core/wire.h"
#include "store/keys.h"

namespace sextant::guard {
namespace {

// "sextant-master-key-1 <base64>"
constexpr std::string_view kHeading = "sextant-master-key-1 ";
constexpr std::uint64_t kFileBytesMax = 1'024;
constexpr std::string_view kSecretName = "data-key";
constexpr std::string_view kSigningName = "signing-key";
constexpr std::uint8_t kRecordVersion = 1;
constexpr int kSealedField = 1;

std::filesystem::path next_of(const std::filesystem::path& path) { return path.string() + ".next"; }

Result<> check_private(const std::filesystem::path& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0 || (info.st_mode & 077) == 0) return {};
  return fail(Code::Denied, path.string() + " can be read by others: run chmod 600 on it");
}

Result<SealingKey> load_master_key(const std::filesystem::path& path) {
  SX_TRY_AS(const auto text, read_file(path, kFileBytesMax));
  SX_TRY(check_private(path));
  const auto line = trim(text);
  const auto bytes = line.starts_with(kHeading) ? from_base64(line.substr(kHeading.size()))
                                                : std::optional<std::string>();
  if (!bytes) return fail(Code::Corrupt, path.string() + " is not a master key");
  return within(path.string(), SealingKey::from_bytes(*bytes));
}

Result<> write_master_key(const std::filesystem::path& path, const SealingKey& key) {
  return write_file_atomic(path, std::string(kHeading) + base64(key.bytes()) + "\n", 0600);
}

std::string record_of(const SealingKey& data_key, const SealingKey& master) {
  return wire::Writer(kRecordVersion)
      .text(kSealedField, master.seal(data_key.bytes(), kSecretName))
      .finish();
}

Result<std::string> sealed_of(std::string_view record) {
  SX_TRY_AS(auto reader, wire::Reader::open(record, kRecordVersion));
  std::string sealed;
  while (reader.next()) {
    if (reader.field() == kSealedField) sealed = std::string(reader.text());
  }
  SX_TRY(reader.finish());
  return sealed;
}

Result<SealingKey> open_record(std::string_view record, const SealingKey& master) {
  SX_TRY_AS(const auto sealed, sealed_of(record));
  SX_TRY_AS(const auto bytes, within("the node's data key (is master.key the right one?)",
                                     master.open(sealed, kSecretName)));
  return SealingKey::from_bytes(bytes);
}

// Both keys, as they fit together: after a rotation that was cut short the right master key may
// still be the waiting one, which then takes its place.
struct NodeKeys {
  SealingKey master;
  SealingKey data;
};
Result<NodeKeys> open_stored(const std::filesystem::path& path, std::string_view record) {
  SX_TRY_AS(auto master, load_master_key(path));
  auto data = open_record(record, master);
  if (data) return NodeKeys{.master = std::move(master), .data = std::move(*data)};
  auto waiting = load_master_key(next_of(path));
  if (!waiting) return std::unexpected(std::move(data).error());
  SX_TRY_AS(auto opened, open_record(record, *waiting));
  SX_TRY(write_master_key(path, *waiting));
  return NodeKeys{.master = std::move(*waiting), .data = std::move(opened)};
}

Result<SealingKey> load_or_make_master_key(const std::filesystem::path& path) {
  auto loaded = load_master_key(path);
  if (loaded || loaded.error().code != Code::NotFound) return loaded;
  auto key = SealingKey::make();
  SX_TRY(write_master_key(path, key));
  return key;
}

}  // namespace

Result<SealingKey> open_data_key(const std::filesystem::path& path, const ports::StateStore& state,
                                 ports::CommitLog& log) {
  const auto name = store::keys::node_secret(kSecretName);
  SX_TRY_AS(const auto stored, state.get(name));
  if (stored) {
    SX_TRY_AS(auto keys, open_stored(path, stored->value));
    return std::move(keys.data);
  }
  SX_TRY_AS(const auto master, load_or_make_master_key(path));
  auto key = SealingKey::make();
  ports::Batch batch;
  batch.conditions.push_back({.key = name});
  batch.puts.push_back({.key = name, .value = record_of(key, master)});
  SX_TRY(ports::commit(log, std::move(batch)));
  return key;
}

Result<SigningKey> open_signing_key(const std::filesystem::path& path,
                                    const ports::StateStore& state, ports::CommitLog& log) {
  SX_TRY_AS(const auto data_key, open_data_key(path, state, log));
  const auto name = store::keys::node_secret(kSigningName);
  SX_TRY_AS(const auto stored, state.get(name));
  if (stored) {
    SX_TRY_AS(const auto sealed, sealed_of(stored->value));
    SX_TRY_AS(auto der, within("the node's signing key", data_key.open(sealed, kSigningName)));
    auto key = SigningKey::from_der(der);
    OPENSSL_cleanse(der.data(), der.size());
    return key;
  }
  auto key = SigningKey::make();
  auto der = key.der();
  const auto record =
      wire::Writer(kRecordVersion).text(kSealedField, data_key.seal(der, kSigningName)).finish();
  OPENSSL_cleanse(der.data(), der.size());
  ports::Batch batch;
  batch.conditions.push_back({.key = name});
  batch.puts.push_back({.key = name, .value = record});
  SX_TRY(ports::commit(log, std::move(batch)));
  return key;
}

Result<> rotate_master_key(const std::filesystem::path& path, const ports::StateStore& state,
                           ports::CommitLog& log) {
  const auto name = store::keys::node_secret(kSecretName);
  SX_TRY_AS(const auto stored, state.get(name));
  if (!stored) return fail(Code::NotFound, "this node has no data key yet: start it once");
  SX_TRY_AS(const auto keys, open_stored(path, stored->value));
  const auto next = SealingKey::make();
  SX_TRY(write_master_key(next_of(path), next));
  ports::Batch batch;
  batch.conditions.push_back({.key = name, .version = stored->version});
  batch.puts.push_back({.key = name, .value = record_of(keys.data, next)});
  SX_TRY(ports::commit(log, std::move(batch)));
  SX_TRY(write_master_key(path, next));
  std::error_code ignored;
  std::filesystem::remove(next_of(path), ignored);
  return {};
}

}  // namespace sextant::guard
