#include "store/keys.h"

#include <utility>

#include "core/strings.h"

namespace sextant::store::keys {
namespace {

// "<head>/<tail>" behind the prefix.
std::optional<std::pair<std::string_view, std::string_view>> split_behind(std::string_view prefix,
                                                                          std::string_view key) {
  if (!key.starts_with(prefix)) return std::nullopt;
  key.remove_prefix(prefix.size());
  const auto slash = key.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return std::pair{key.substr(0, slash), key.substr(slash + 1)};
}

}  // namespace

std::string scoped(std::string_view kind, const Scope& scope) {
  std::string key(kind);
  key.append("/").append(scope.account.text()).append("/").append(scope.region.text()).append("/");
  return key;
}

std::string ordered(std::uint64_t number) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(number & 0xFF);
    number >>= 8;
  }
  return bytes;
}

std::string delivery(const Scope& scope, const DeliveryId& id) {
  return deliveries(scope) + id.text();
}
std::string deliveries(const Scope& scope) { return scoped("delivery", scope); }
std::string due_all(const Scope& scope) { return scoped("due", scope); }
std::string due_of(const Scope& scope, const FunctionName& function) {
  return due_all(scope) + function.text() + "/";
}
std::string due(const Scope& scope, const FunctionName& function, Time when, const DeliveryId& id) {
  return due_of(scope, function) +
         ordered(static_cast<std::uint64_t>(when.time_since_epoch().count())) + id.text();
}

std::optional<DueKey> parse_due(const Scope& scope, std::string_view key) {
  constexpr std::size_t kTimeBytes = 8;
  const auto parts = split_behind(due_all(scope), key);
  if (!parts || parts->second.size() <= kTimeBytes) return std::nullopt;
  const auto [function, rest] = *parts;
  std::uint64_t micros = 0;
  for (const char c : rest.substr(0, kTimeBytes))
    micros = micros << 8 | static_cast<std::uint8_t>(c);
  return DueKey{FunctionName(std::string(function)),
                Time(Duration(static_cast<std::int64_t>(micros))),
                DeliveryId(std::string(rest.substr(kTimeBytes)))};
}

std::string inline_body(std::string_view body_id) { return "body/" + std::string(body_id); }
std::string body_references(std::string_view body_id) {
  return "bodyref/" + std::string(body_id) + "/";
}
std::string object_referrer(std::string_view bucket, std::string_view key) {
  return "o/" + std::string(bucket) + "/" + std::string(key);
}
std::string part_referrer(std::string_view upload_id, int part_number) {
  return "p/" + std::string(upload_id) + "/" + std::to_string(part_number);
}
std::string delivery_referrer(const DeliveryId& id) { return "d/" + id.text(); }
std::string body_reference(std::string_view body_id, std::string_view referrer) {
  return body_references(body_id) + std::string(referrer);
}

std::string buckets(const Scope& scope) { return scoped("s3bucket", scope); }
std::string bucket(const Scope& scope, const BucketName& name) {
  return buckets(scope) + name.text();
}
std::string objects(const Scope& scope, const BucketName& bucket) {
  return scoped("s3object", scope) + bucket.text() + "/";
}
std::string object(const Scope& scope, const BucketName& bucket, std::string_view key) {
  return objects(scope, bucket) + std::string(key);
}
std::string uploads(const Scope& scope, const BucketName& bucket) {
  return scoped("s3upload", scope) + bucket.text() + "/";
}
std::string upload(const Scope& scope, const BucketName& bucket, std::string_view upload_id) {
  return uploads(scope, bucket) + std::string(upload_id);
}
std::string parts(const Scope& scope, std::string_view upload_id) {
  return scoped("s3part", scope) + std::string(upload_id) + "/";
}
std::string part(const Scope& scope, std::string_view upload_id, int part_number) {
  return parts(scope, upload_id) + ordered(static_cast<std::uint64_t>(part_number));
}

std::string lake_tables(const Scope& scope) { return scoped("lakefile", scope); }
std::string lake_files(const Scope& scope, const TableName& table) {
  return lake_tables(scope) + table.text() + "/";
}
std::string lake_file(const Scope& scope, const TableName& table, std::string_view path) {
  return lake_files(scope, table) + std::string(path);
}
std::string lake_removed_all(const Scope& scope) { return scoped("lakeremoved", scope); }
std::string lake_removed_from(const Scope& scope, const TableName& table) {
  return lake_removed_all(scope) + table.text() + "/";
}
std::string lake_removed(const Scope& scope, const TableName& table, std::string_view path) {
  return lake_removed_from(scope, table) + std::string(path);
}

std::string lake_checkpoints(const Scope& scope, const TableName& table) {
  return scoped("lakecheckpoints", scope) + table.text();
}

std::string lake_schemas(const Scope& scope) { return scoped("lakeschema", scope); }
std::string lake_schema(const Scope& scope, const TableName& table, std::string_view schema_id) {
  return lake_schemas(scope) + table.text() + "/" + std::string(schema_id);
}

std::optional<LakeSchemaKey> parse_lake_schema(const Scope& scope, std::string_view key) {
  const auto parts = split_behind(lake_schemas(scope), key);
  if (!parts) return std::nullopt;
  return LakeSchemaKey{TableName(std::string(parts->first)), std::string(parts->second)};
}

std::string apps(const Scope& scope) { return scoped("app", scope); }
std::string app(const Scope& scope, std::string_view name) {
  return apps(scope) + std::string(name);
}
std::string function_revision(const Scope& scope, const FunctionName& function,
                              std::string_view revision) {
  return scoped("functionrevision", scope) + function.text() + "/" + std::string(revision);
}
std::string stacks(const Scope& scope) { return scoped("stack", scope); }
std::string stack(const Scope& scope, std::string_view name) {
  return stacks(scope) + std::string(name);
}
std::string change_sets(const Scope& scope, std::string_view stack) {
  return all_change_sets(scope) + std::string(stack) + "/";
}
std::string all_change_sets(const Scope& scope) { return scoped("changeset", scope); }
std::string change_set(const Scope& scope, std::string_view stack, std::string_view name) {
  return change_sets(scope, stack) + std::string(name);
}
std::string configuration(const Scope& scope) { return scoped("configuration", scope) + "0"; }
std::string data_scope() { return "datascope/0"; }
std::string access_keys() { return "accesskey/"; }
std::string access_key(std::string_view access_key_id) {
  return access_keys() + std::string(access_key_id);
}
std::string users(const Scope& scope) { return scoped("user", scope); }
std::string user(const Scope& scope, std::string_view name) {
  return users(scope) + to_lower(name);
}
std::string roles(const Scope& scope) { return scoped("role", scope); }
std::string role(const Scope& scope, std::string_view name) {
  return roles(scope) + to_lower(name);
}
std::string policies(const Scope& scope) { return scoped("policy", scope); }
std::string policy(const Scope& scope, std::string_view name) {
  return policies(scope) + to_lower(name);
}
std::string identities(const Scope& scope) { return scoped("identities", scope) + "0"; }
std::string node_secret(std::string_view name) { return "nodesecret/" + std::string(name); }

std::string intake_sources(const Scope& scope) { return scoped("intakesource", scope); }
std::string intake_source(const Scope& scope, std::string_view name) {
  return intake_sources(scope) + std::string(name);
}
std::string intake_batch(const Scope& scope, std::string_view source, std::string_view batch_id) {
  return scoped("intakebatch", scope) + std::string(source) + "/" + std::string(batch_id);
}

std::string inventory_snapshots(const Scope& scope) { return scoped("inventorysnapshot", scope); }
std::string inventory_snapshot(const Scope& scope, std::string_view series, Time time,
                               std::string_view version, std::uint64_t part) {
  return inventory_snapshots(scope) + std::string(series) + "/" +
         ordered(static_cast<std::uint64_t>(time.time_since_epoch().count())) +
         std::string(version) + "/" + ordered(part);
}
std::string all_inventory_series(const Scope& scope) { return scoped("inventoryseries", scope); }
std::string inventory_series(const Scope& scope, std::string_view series, std::uint64_t part) {
  return all_inventory_series(scope) + std::string(series) + "/" + ordered(part);
}

std::string audit_sealed(const Scope& scope) { return scoped("auditsealed", scope) + "0"; }

std::string audit_digest_stream(const Scope& scope) { return scoped("auditdigest", scope) + "0"; }
std::string audit_stream(const Scope& scope) { return scoped("audit", scope) + "0"; }
std::string lake_stream(const Scope& scope, const TableName& table) {
  return scoped("lake", scope) + table.text();
}
std::string config_stream(const Scope& scope) { return scoped("config", scope) + "0"; }

}  // namespace sextant::store::keys
