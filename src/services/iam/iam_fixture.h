#pragma once
// For tests of IAM's API: its operations through a real gate, over a store in memory.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "adapters/memory/store.h"
#include "core/json.h"
#include "guard/gate.h"
#include "guard/snapshot_policy_source.h"
#include "model/codec.h"
#include "services/iam/iam_service.h"
#include "store/keys.h"
#include "tests/support/temporary_folder.h"

namespace sextant::services::iam {

using boost::json::array;
using boost::json::object;

inline const std::string kArn = "arn:aws:iam::000000000000:";
inline const std::string kAllowAll =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
inline const std::string kTrustAccount =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"AWS":"arn:aws:iam::000000000000:root"}}})";

class IamTest : public testing::Test {
 protected:
  static inline const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

  static sdk::Principal root() {
    return {.kind = sdk::PrincipalKind::Root,
            .account = kScope.account,
            .arn = kArn + "root",
            .principal_id = "000000000000"};
  }

  struct Told {
    std::string error = "(no reply)";  // "", or AWS's code
    std::string message = {};
    object result = {};
  };
  Told call(std::string_view operation, object parameters, const sdk::Principal& who = root()) {
    Told told;
    for (const auto& row : table_) {
      if (row.name != operation) continue;
      gate_.run(row, {.principal = who}, {.parameters = std::move(parameters)},
                [&](Result<sdk::Output> output) {
                  told.error = output ? "" : output.error().name;
                  told.message = output ? "" : output.error().message;
                  if (output) told.result = std::move(output->result);
                });
      break;
    }
    return told;
  }
  // What must succeed.
  object made(std::string_view operation, object parameters) {
    auto told = call(operation, std::move(parameters));
    EXPECT_EQ(told.error, "") << operation << ": " << told.message;
    return std::move(told.result);
  }
  std::string refused(std::string_view operation, object parameters,
                      const sdk::Principal& who = root()) {
    return call(operation, std::move(parameters), who).error;
  }

  // A user as the authenticator sees it after it signed with a new key.
  sdk::Principal sign_in(const std::string& name) {
    const auto answer = made("CreateAccessKey", {{"UserName", name}});
    const auto id = json::text_or(answer.at("AccessKey").as_object(), "AccessKeyId");
    const auto found = credentials_->find(id);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? sdk::Principal{} : found->principal;
  }
  bool may(const sdk::Principal& who, const std::string& action, const std::string& resource) {
    sdk::Call asked;
    asked.scope = kScope;
    asked.principal = who;
    asked.service = action.substr(0, action.find(':'));
    asked.action = action;
    asked.resource = resource;
    asked.time = clock_.now();
    return gate_.judge(asked).verdict == sdk::Verdict::Allow;
  }
  std::size_t records() const {
    return store_.read(store::keys::audit_stream(kScope), 1, 100'000, 1 << 30)->size();
  }
  void deploy(const model::App& app) {
    ports::Batch batch;
    batch.puts.push_back({store::keys::app(kScope, app.name), model::encode(app)});
    ASSERT_TRUE(ports::commit(store_, std::move(batch)));
    ASSERT_TRUE(configuration_->refresh());
  }

  test::TemporaryFolder folder_;
  ManualClock clock_{Time(std::chrono::seconds(1'800'000'000))};
  adapters::MemoryStore store_{clock_};
  std::unique_ptr<guard::CredentialStore> credentials_ =
      *guard::CredentialStore::open(kScope, clock_, store_, store_, folder_.path());
  std::unique_ptr<store::ConfigurationStore> configuration_ =
      *store::ConfigurationStore::open(store_, kScope);
  guard::SnapshotPolicySource policies_{guard::PolicySnapshot::make(std::vector<model::App>{})};
  const store::ConfigurationStore::Listening policy_changes_ =
      configuration_->listen([this](const auto& now) { policies_.take(*now); });
  guard::AuditLog audit_{kScope, clock_, store_};
  guard::Gate gate_{kScope, clock_, policies_, audit_};
  guard::OperationTable table_ = operations({.scope = kScope,
                                             .clock = clock_,
                                             .state = store_,
                                             .credentials = *credentials_,
                                             .configuration = *configuration_,
                                             .policies = policies_});
};

}  // namespace sextant::services::iam
