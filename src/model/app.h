#pragma once
// An app as plain, validated data: what a template declares, with all intrinsics resolved. deploy/
// compares two of these; everything else reads the one that is deployed.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/id.h"

namespace sextant::model {

// Where something stands in the template, for messages: "template.yaml:12:5".
struct Position {
  std::string file;
  int line = 0;  // 1-based; 0: nowhere
  int column = 0;
  friend bool operator==(const Position&, const Position&) {
    return true;
  }  // moving text changes nothing
};

// A policy document as JSON text; guard/iam gives it its meaning.
struct Policy {
  std::string name;
  std::string document;
  friend bool operator==(const Policy&, const Policy&) = default;
};

struct Role {
  std::string name;
  std::string arn;
  std::string trust_policy;  // AssumeRolePolicyDocument
  std::vector<Policy> inline_policies;
  std::vector<std::string> managed_policy_arns;
  std::optional<std::string> permissions_boundary_arn;
  std::map<std::string, std::string> tags;
  std::string logical_id = {};  // its name inside the template
  Position position;
  // Unique ids of this account's users and roles that the trust policy names by ARN, as they were
  // when it was deployed: who is made anew under an old name is not trusted.
  std::map<std::string, std::string> trusted_ids = {};
  friend bool operator==(const Role&, const Role&) = default;
};

// AWS::IAM::ManagedPolicy.
struct ManagedPolicy {
  std::string name;
  std::string arn;
  std::string document;
  std::string logical_id = {};  // its name inside the template
  Position position;
  friend bool operator==(const ManagedPolicy&, const ManagedPolicy&) = default;
};

enum class Runtime { Native };

struct RetryPolicy {                          // EventInvokeConfig
  int retries_max = 2;                        // 0 to 2, as Lambda's asynchronous invocation
  int event_age_max_s = 21'600;               // 60 to 21,600
  std::optional<std::string> on_failure_arn;  // destination: a bucket's ARN
  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

struct Function {
  FunctionName name;
  std::string arn;
  Runtime runtime = Runtime::Native;
  std::string handler;  // "parsers.alb|enrichers.geoip|lake.land"
  std::string role_arn;
  std::map<std::string, std::string> environment;
  int timeout_s = 3;     // 1 to 900
  int memory_mib = 128;  // 128 to 10,240
  std::optional<int> reserved_concurrency;
  RetryPolicy retry;
  std::map<std::string, std::string> tags;
  std::string logical_id = {};  // its name inside the template
  Position position;
  friend bool operator==(const Function&, const Function&) = default;
};

// AWS::Lambda::Permission, or what a SAM event implies: one statement of a function's resource
// policy.
struct Permission {
  std::string statement_id;
  FunctionName function;
  std::string action;     // "lambda:InvokeFunction"
  std::string principal;  // "s3.amazonaws.com", an account, an ARN
  std::optional<std::string> source_arn;
  std::optional<std::string> source_account;
  std::string logical_id = {};
  std::string principal_id = {};  // as Role::trusted_ids, of a user or role; "" for others
  friend bool operator==(const Permission&, const Permission&) = default;
};

struct Notification {  // NotificationConfiguration.LambdaConfigurations[]
  std::string id;
  std::vector<std::string> events;  // "s3:ObjectCreated:*"
  std::string prefix;
  std::string suffix;
  std::string function_arn;
  friend bool operator==(const Notification&, const Notification&) = default;
};

struct Bucket {
  BucketName name;
  std::string arn;
  std::vector<Notification> notifications;
  std::optional<std::string> policy;  // AWS::S3::BucketPolicy, JSON text
  std::map<std::string, std::string> tags;
  bool retained = false;  // DeletionPolicy: Retain: it outlives the app
  std::string logical_id = {};
  Position position;
  std::map<std::string, std::string> policy_ids = {};  // of the policy, as Role::trusted_ids
  friend bool operator==(const Bucket&, const Bucket&) = default;
};

struct Database {  // AWS::Glue::Database
  std::string name;
  std::string arn;
  std::string logical_id = {};
  Position position;
  friend bool operator==(const Database&, const Database&) = default;
};

struct Column {
  std::string name;
  std::string type;  // Glue/Hive type: string, bigint, timestamp, struct<…>
  friend bool operator==(const Column&, const Column&) = default;
};

struct Table {  // AWS::Glue::Table
  std::string database;
  TableName name;
  std::string arn;
  std::vector<Column> columns;  // may be empty: the functions that land in it know
  std::map<std::string, std::string> parameters;
  bool retained = false;  // DeletionPolicy: Retain: its rows outlive the app
  std::string logical_id = {};
  Position position;
  friend bool operator==(const Table&, const Table&) = default;
};

struct App {
  std::string name;                                       // the stack's
  std::map<std::string, Role> roles;                      // by ARN
  std::map<std::string, ManagedPolicy> managed_policies;  // by ARN
  std::map<std::string, Function> functions;              // by name
  std::vector<Permission> permissions;
  std::map<std::string, Bucket> buckets;           // by name
  std::map<std::string, Database> databases = {};  // by name
  std::map<std::string, Table> tables;             // by name
  std::map<std::string, std::string> outputs;
  friend bool operator==(const App&, const App&) = default;
};

}  // namespace sextant::model
