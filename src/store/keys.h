#pragma once
// The registry of keys: every key in the state store and every stream name is made and taken apart
// here, and nowhere else. A key is kind/account/region/…, the kind naming the record that it holds
// (delivery.h, s3_records.h, lake_records.h …). Layout and versions: docs/formats/state-store.md.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/id.h"

namespace sextant::store::keys {

// "kind/000000000000/us-east-1/"
std::string scoped(std::string_view kind, const Scope& scope);
// Eight bytes, big-endian, so that bytewise order is numeric order.
std::string ordered(std::uint64_t number);

std::string data_scope();  // whose data folder it is

// Deliveries and what they wait for.
std::string delivery(const Scope& scope, const DeliveryId& id);
std::string deliveries(const Scope& scope);  // prefix
std::string due(const Scope& scope, const FunctionName& function, Time when, const DeliveryId& id);
std::string due_of(const Scope& scope, const FunctionName& function);  // prefix
std::string due_all(const Scope& scope);                               // prefix
struct DueKey {
  FunctionName function;
  Time when;
  DeliveryId id;
};
// What due() made the key of; nullopt: it is no such key of this scope.
std::optional<DueKey> parse_due(const Scope& scope, std::string_view key);

// Bytes that records refer to: the inline ones themselves, and who refers to which (S3 objects,
// deliveries).
std::string inline_body(std::string_view body_id);
std::string body_reference(std::string_view body_id, std::string_view referrer);
std::string body_references(std::string_view body_id);  // prefix
std::string object_referrer(std::string_view bucket, std::string_view key);
std::string part_referrer(std::string_view upload_id, int part_number);
std::string delivery_referrer(const DeliveryId& id);

// S3.
std::string bucket(const Scope& scope, const BucketName& name);
std::string buckets(const Scope& scope);  // prefix
std::string object(const Scope& scope, const BucketName& bucket, std::string_view key);
std::string objects(const Scope& scope, const BucketName& bucket);  // prefix
std::string upload(const Scope& scope, const BucketName& bucket, std::string_view upload_id);
std::string uploads(const Scope& scope, const BucketName& bucket);  // prefix
std::string part(const Scope& scope, std::string_view upload_id, int part_number);
std::string parts(const Scope& scope, std::string_view upload_id);  // prefix

// Lake.
std::string lake_file(const Scope& scope, const TableName& table, std::string_view path);
std::string lake_files(const Scope& scope, const TableName& table);  // prefix
std::string lake_tables(const Scope& scope);                         // prefix of all files
std::string lake_schema(const Scope& scope, const TableName& table, std::string_view schema_id);
std::string lake_schemas(const Scope& scope);  // prefix of all tables' schemas
// Files that left their table and may still be read.
std::string lake_removed(const Scope& scope, const TableName& table, std::string_view path);
std::string lake_removed_from(const Scope& scope, const TableName& table);  // prefix
std::string lake_removed_all(const Scope& scope);                           // prefix
// What was written as checkpoints of the table's Delta log.
std::string lake_checkpoints(const Scope& scope, const TableName& table);
struct LakeSchemaKey {
  TableName table;
  std::string schema_id;
};
// As parse_due().
std::optional<LakeSchemaKey> parse_lake_schema(const Scope& scope, std::string_view key);

// Configuration: one record an app (stack), one a principal.
std::string app(const Scope& scope, std::string_view name);
std::string apps(const Scope& scope);                          // prefix
std::string stack(const Scope& scope, std::string_view name);  // what the app was deployed from
std::string stacks(const Scope& scope);                        // prefix
std::string change_set(const Scope& scope, std::string_view stack, std::string_view name);
std::string change_sets(const Scope& scope, std::string_view stack);  // prefix
std::string all_change_sets(const Scope& scope);                      // prefix
std::string configuration(const Scope& scope);  // put by every deploy: two at once cannot both win
std::string function_revision(const Scope& scope, const FunctionName& function,
                              std::string_view revision);
std::string access_key(std::string_view access_key_id);
std::string access_keys();  // prefix
// Users, roles and policies that IAM's API made. Names differ in more than case.
std::string user(const Scope& scope, std::string_view name);
std::string users(const Scope& scope);  // prefix
std::string role(const Scope& scope, std::string_view name);
std::string roles(const Scope& scope);  // prefix
std::string policy(const Scope& scope, std::string_view name);
std::string policies(const Scope& scope);        // prefix
std::string identities(const Scope& scope);      // put by every change of them: no two at once
std::string node_secret(std::string_view name);  // the wrapped master key

// The HTTP intake: who may push, and what was taken.
std::string intake_sources(const Scope& scope);  // prefix
std::string intake_source(const Scope& scope, std::string_view name);
std::string intake_batch(const Scope& scope, std::string_view source, std::string_view batch_id);

// The inventory: snapshots that have landed and are not yet part of their series; the series.
// `series` is a hash of its name; both are cut into numbered parts.
std::string inventory_snapshot(const Scope& scope, std::string_view series, Time time,
                               std::string_view version, std::uint64_t part);
std::string inventory_snapshots(const Scope& scope);  // prefix
std::string inventory_series(const Scope& scope, std::string_view series, std::uint64_t part);
std::string all_inventory_series(const Scope& scope);  // prefix

// Up to where the audit log is sealed.
std::string audit_sealed(const Scope& scope);

// Streams.
std::string audit_stream(const Scope& scope);
std::string audit_digest_stream(const Scope& scope);
std::string lake_stream(const Scope& scope, const TableName& table);  // manifest changes
std::string config_stream(const Scope& scope);                        // versioned change feed

}  // namespace sextant::store::keys
