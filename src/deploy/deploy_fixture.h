#pragma once
// For the tests of deploy: CloudFormation's operations through a real gate, over a store in memory.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "adapters/memory/store.h"
#include "core/json.h"
#include "deploy/operations.h"
#include "guard/gate.h"
#include "guard/snapshot_policy_source.h"
#include "model/codec.h"
#include "store/identities.h"
#include "store/keys.h"
#include "store/s3_records.h"

namespace sextant::deploy {

class DeployTest : public testing::Test {
 protected:
  static inline const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

  DeployTest() : configuration_(*store::ConfigurationStore::open(store_, kScope)) {}

  // "" or "Name: message".
  struct Told {
    std::string error;
    boost::json::object result;
  };
  Told run(std::string_view operation, boost::json::object parameters) {
    for (const auto& row : table_) {
      if (row.name != operation) continue;
      Told told{.error = "(no reply)", .result = {}};
      guard::Caller caller;
      caller.principal = caller_;
      caller.request_id = RequestId("request-1");
      gate_.run(row, std::move(caller), {.parameters = std::move(parameters)},
                [&](Result<sdk::Output> output) {
                  told.error = output ? "" : output.error().name + ": " + output.error().message;
                  if (output) told.result = std::move(output->result);
                });
      return told;
    }
    return {.error = "(no such operation)", .result = {}};
  }
  Told deploy(std::string_view operation, const std::string& text,
              const std::string& stack = "demo") {
    return run(operation, {{"StackName", stack},
                           {"TemplateBody", text},
                           {"Capabilities",
                            boost::json::array{"CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"}}});
  }
  bool has(const std::string& key) const { return store_.get(key)->has_value(); }
  bool has_bucket(const std::string& name) const {
    return has(store::keys::bucket(kScope, BucketName(name)));
  }
  void put(const std::string& key, const std::string& value) {
    ports::Batch batch;
    batch.puts.push_back({key, value});
    ASSERT_TRUE(ports::commit(store_, std::move(batch)));
  }
  void put_object(const std::string& bucket) {
    put(store::keys::object(kScope, BucketName(bucket), "k"), store::encode(store::ObjectRecord{}));
  }
  std::vector<ports::StreamRecord> stream(const std::string& name) const {
    return *store_.read(name, 1, 1'000, 1 << 24);
  }

  // From here on a session of a role calls, which may what the policy says (on top of all of
  // CloudFormation).
  void call_as_role(const std::string& statements) {
    model::Role role;
    role.name = "deployer";
    role.arn = "arn:aws:iam::000000000000:role/deployer";
    role.trust_policy =
        R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}})";
    role.inline_policies = {
        {"p",
         R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"cloudformation:*","Resource":"*"},)" +
             statements + "]}"}};
    model::App app;
    app.roles[role.arn] = role;
    policies_.swap(guard::PolicySnapshot::make(std::vector{app}));
    caller_ = {.kind = sdk::PrincipalKind::AssumedRole,
               .account = kScope.account,
               .arn = "arn:aws:sts::000000000000:assumed-role/deployer/ci",
               .principal_id = store::derived_id("AROA", role.arn) + ":ci",
               .role_arn = role.arn};
  }

  const sdk::Principal root_{.kind = sdk::PrincipalKind::Root,
                             .account = kScope.account,
                             .arn = "arn:aws:iam::000000000000:root",
                             .principal_id = "000000000000"};
  sdk::Principal caller_ = root_;
  ManualClock clock_{Time(std::chrono::seconds(1'800'000'000))};
  adapters::MemoryStore store_{clock_};
  std::unique_ptr<store::ConfigurationStore> configuration_;
  guard::SnapshotPolicySource policies_{guard::PolicySnapshot::make(std::vector<model::App>{})};
  guard::AuditLog audit_{kScope, clock_, store_};
  guard::Gate gate_{kScope, clock_, policies_, audit_};
  Stacks stacks_{DeployParts{.scope = kScope,
                             .clock = clock_,
                             .log = store_,
                             .state = store_,
                             .configuration = *configuration_},
                 HandlerRules{.known_functions = {"parsers.alb", "lake.land"},
                              .check_function = [](const model::Function& function) -> Result<> {
                                if (function.environment.contains("WRONG"))
                                  return fail(Code::Invalid, "WRONG is not known");
                                return {};
                              }},
                 [this](const sdk::Call& call) { return gate_.judge(call); }};
  guard::OperationTable table_ = cloudformation_operations(stacks_);
};

// A function with its role, fed by a bucket; lines may follow.
inline const std::string kCollector = R"(
Transform: AWS::Serverless-2016-10-31
Description: collects
Parameters:
  Seconds: {Type: Number, Default: 60}
  Secret: {Type: String, Default: hush, NoEcho: true}
Outputs:
  Bucket: {Value: !Ref Logs}
Resources:
  Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: logs}}
  Collector:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: collector
      Runtime: sextant.native
      Handler: parsers.alb|lake.land
      Timeout: !Ref Seconds
      Events: {Put: {Type: S3, Properties: {Bucket: !Ref Logs, Events: "s3:ObjectCreated:*"}}}
)";

}  // namespace sextant::deploy
