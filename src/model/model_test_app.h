#pragma once
// An app that uses every field of the model, for the model's own tests.
#include "model/app.h"

namespace sextant::model {

inline const Position kTestPosition{.file = "template.yaml", .line = 12, .column = 5};

inline Role full_role() {
  Role role;
  role.name = "collector";
  role.arn = "arn:aws:iam::000000000000:role/collector";
  role.trust_policy = R"({"Version":"2012-10-17"})";
  role.inline_policies = {{.name = "read", .document = "{}"}, {.name = "", .document = ""}};
  role.managed_policy_arns = {"arn:aws:iam::aws:policy/ReadOnlyAccess"};
  role.permissions_boundary_arn = "arn:aws:iam::000000000000:policy/edge";
  role.tags = {{"team", "blue"}, {"empty", ""}};
  role.logical_id = "CollectorRole";
  role.position = kTestPosition;
  role.trusted_ids = {{"arn:aws:iam::000000000000:user/ada", "AIDA0123456789ABCDEFG"}};
  return role;
}

inline ManagedPolicy full_managed_policy() {
  ManagedPolicy policy;
  policy.name = "edge";
  policy.arn = "arn:aws:iam::000000000000:policy/edge";
  policy.document = "{}";
  policy.logical_id = "Edge";
  return policy;
}

inline Function full_function() {
  Function function;
  function.name = FunctionName("collector");
  function.arn = "arn:aws:lambda:us-east-1:000000000000:function:collector";
  function.handler = "parsers.alb|lake.land";
  function.role_arn = full_role().arn;
  function.environment = {{"KEEP_ORIGINAL", "false"}};
  function.timeout_s = 900;
  function.memory_mib = 512;
  function.reserved_concurrency = 0;
  function.retry = {
      .retries_max = 0, .event_age_max_s = 60, .on_failure_arn = "arn:aws:s3:::failed"};
  function.tags = {{"team", "blue"}};
  function.logical_id = "Collector";
  return function;
}

inline Permission full_permission() {
  return {.statement_id = "s1",
          .function = FunctionName("collector"),
          .action = "lambda:InvokeFunction",
          .principal = "s3.amazonaws.com",
          .source_arn = "arn:aws:s3:::logs",
          .source_account = "000000000000",
          .logical_id = "CollectorLogsPermission",
          .principal_id = "AIDA0123456789ABCDEFG"};
}

inline Bucket full_bucket() {
  Bucket bucket;
  bucket.name = BucketName("logs");
  bucket.arn = "arn:aws:s3:::logs";
  bucket.notifications = {{.id = "n1",
                           .events = {"s3:ObjectCreated:*"},
                           .prefix = "AWSLogs/",
                           .suffix = ".gz",
                           .function_arn = full_function().arn}};
  bucket.policy = "{}";
  bucket.tags = {{"team", "blue"}};
  bucket.retained = true;
  bucket.logical_id = "Logs";
  bucket.policy_ids = {{"arn:aws:iam::000000000000:user/ada", "AIDA0123456789ABCDEFG"}};
  return bucket;
}

inline Table full_table() {
  Table table;
  table.database = "sextant";
  table.name = TableName("alb");
  table.arn = "arn:aws:glue:us-east-1:000000000000:table/sextant/alb";
  table.columns = {{.name = "ts", .type = "timestamp"}};
  table.parameters = {{"classification", "parquet"}};
  table.retained = true;
  table.logical_id = "Alb";
  return table;
}

inline App full_app() {
  App app;
  app.name = "threat-intel";
  app.roles[full_role().arn] = full_role();
  app.managed_policies[full_managed_policy().arn] = full_managed_policy();
  app.functions["collector"] = full_function();
  app.permissions = {full_permission()};
  app.buckets["logs"] = full_bucket();
  app.databases["sextant"] = {
      .name = "sextant", .arn = "arn:db", .logical_id = "Lake", .position = kTestPosition};
  app.tables["alb"] = full_table();
  app.outputs = {{"Bucket", "logs"}};
  return app;
}

}  // namespace sextant::model
