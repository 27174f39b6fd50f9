#pragma once
// Every stored field of the model, once: number, AWS's name, member. The codec and the comparison
// of two apps both walk these lists, so a field cannot be stored and then forgotten in a change
// set. Numbers are part of the stored format (docs/formats/app.md): never used again for something
// else.
#include <concepts>
#include <type_traits>

#include "model/app.h"

namespace sextant::model {

// The record or its const form: the decoder writes, the encoder and the comparison read.
template <typename T, typename Record>
concept RecordOf = std::same_as<std::remove_const_t<T>, Record>;

// Each calls visit(number, name, member) for every field.
template <typename Visit, RecordOf<Position> T>
void fields(Visit&& visit, T& position) {
  visit(1, "File", position.file);
  visit(2, "Line", position.line);
  visit(3, "Column", position.column);
}

template <typename Visit, RecordOf<Policy> T>
void fields(Visit&& visit, T& policy) {
  visit(1, "PolicyName", policy.name);
  visit(2, "PolicyDocument", policy.document);
}

template <typename Visit, RecordOf<Role> T>
void fields(Visit&& visit, T& role) {
  visit(1, "RoleName", role.name);
  visit(2, "Arn", role.arn);
  visit(3, "AssumeRolePolicyDocument", role.trust_policy);
  visit(4, "Policies", role.inline_policies);
  visit(5, "ManagedPolicyArns", role.managed_policy_arns);
  visit(6, "PermissionsBoundary", role.permissions_boundary_arn);
  visit(7, "Tags", role.tags);
  visit(8, "LogicalId", role.logical_id);
  visit(9, "Position", role.position);
  visit(10, "TrustedIds", role.trusted_ids);
}

template <typename Visit, RecordOf<ManagedPolicy> T>
void fields(Visit&& visit, T& policy) {
  visit(1, "ManagedPolicyName", policy.name);
  visit(2, "Arn", policy.arn);
  visit(3, "PolicyDocument", policy.document);
  visit(4, "LogicalId", policy.logical_id);
  visit(5, "Position", policy.position);
}

template <typename Visit, RecordOf<RetryPolicy> T>
void fields(Visit&& visit, T& retry) {
  visit(1, "MaximumRetryAttempts", retry.retries_max);
  visit(2, "MaximumEventAgeInSeconds", retry.event_age_max_s);
  visit(3, "OnFailure", retry.on_failure_arn);
}

template <typename Visit, RecordOf<Function> T>
void fields(Visit&& visit, T& function) {
  visit(1, "FunctionName", function.name);
  visit(2, "Arn", function.arn);
  visit(3, "Runtime", function.runtime);
  visit(4, "Handler", function.handler);
  visit(5, "Role", function.role_arn);
  visit(6, "Environment", function.environment);
  visit(7, "Timeout", function.timeout_s);
  visit(8, "MemorySize", function.memory_mib);
  visit(9, "ReservedConcurrentExecutions", function.reserved_concurrency);
  visit(10, "EventInvokeConfig", function.retry);
  visit(11, "Tags", function.tags);
  visit(12, "LogicalId", function.logical_id);
  visit(13, "Position", function.position);
}

template <typename Visit, RecordOf<Permission> T>
void fields(Visit&& visit, T& permission) {
  visit(1, "StatementId", permission.statement_id);
  visit(2, "FunctionName", permission.function);
  visit(3, "Action", permission.action);
  visit(4, "Principal", permission.principal);
  visit(5, "SourceArn", permission.source_arn);
  visit(6, "SourceAccount", permission.source_account);
  visit(7, "LogicalId", permission.logical_id);
  visit(8, "PrincipalId", permission.principal_id);
}

template <typename Visit, RecordOf<Notification> T>
void fields(Visit&& visit, T& notification) {
  visit(1, "Id", notification.id);
  visit(2, "Events", notification.events);
  visit(3, "Prefix", notification.prefix);
  visit(4, "Suffix", notification.suffix);
  visit(5, "Function", notification.function_arn);
}

template <typename Visit, RecordOf<Bucket> T>
void fields(Visit&& visit, T& bucket) {
  visit(1, "BucketName", bucket.name);
  visit(2, "Arn", bucket.arn);
  visit(3, "NotificationConfiguration", bucket.notifications);
  visit(4, "BucketPolicy", bucket.policy);
  visit(5, "Tags", bucket.tags);
  visit(6, "DeletionPolicy", bucket.retained);
  visit(7, "LogicalId", bucket.logical_id);
  visit(8, "Position", bucket.position);
  visit(9, "BucketPolicyIds", bucket.policy_ids);
}

template <typename Visit, RecordOf<Database> T>
void fields(Visit&& visit, T& database) {
  visit(1, "Name", database.name);
  visit(2, "Arn", database.arn);
  visit(3, "LogicalId", database.logical_id);
  visit(4, "Position", database.position);
}

template <typename Visit, RecordOf<Column> T>
void fields(Visit&& visit, T& column) {
  visit(1, "Name", column.name);
  visit(2, "Type", column.type);
}

template <typename Visit, RecordOf<Table> T>
void fields(Visit&& visit, T& table) {
  visit(1, "DatabaseName", table.database);
  visit(2, "Name", table.name);
  visit(3, "Arn", table.arn);
  visit(4, "Columns", table.columns);
  visit(5, "Parameters", table.parameters);
  visit(6, "DeletionPolicy", table.retained);
  visit(7, "LogicalId", table.logical_id);
  visit(8, "Position", table.position);
}

template <typename Visit, RecordOf<App> T>
void fields(Visit&& visit, T& app) {
  visit(1, "StackName", app.name);
  visit(2, "Roles", app.roles);
  visit(3, "ManagedPolicies", app.managed_policies);
  visit(4, "Functions", app.functions);
  visit(5, "Permissions", app.permissions);
  visit(6, "Buckets", app.buckets);
  visit(7, "Databases", app.databases);
  visit(8, "Tables", app.tables);
  visit(9, "Outputs", app.outputs);
}

}  // namespace sextant::model
