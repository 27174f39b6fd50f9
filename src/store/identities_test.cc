#include "store/identities.h"

#include <gtest/gtest.h>

#include "adapters/memory/store.h"
#include "model/codec.h"
#include "model/model_test_app.h"
#include "ports/commit.h"
#include "store/configuration.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

class IdentitiesTest : public testing::Test {
 protected:
  void commit(ports::Batch batch) { ASSERT_TRUE(ports::commit(store, std::move(batch))); }
  void put(const std::string& key, std::string value) {
    commit({.puts = {{.key = key, .value = std::move(value)}}});
  }
  static IdentityRecord user(const std::string& name, const std::string& path = "/") {
    return {.kind = IdentityKind::User,
            .name = name,
            .path = path,
            .id = "AIDAABCDEFGHIJKLMNOPQ",
            .arn = "arn:aws:iam::000000000000:user" + path + name};
  }
  ManualClock clock{Time(std::chrono::seconds(1'800'000'000))};
  adapters::MemoryStore store{clock};
};

TEST_F(IdentitiesTest, NamesDifferInMoreThanCase) {
  put(keys::user(kScope, "Ada"), encode(user("Ada")));
  const auto opened = *ConfigurationStore::open(store, kScope);
  const auto now = opened->current();
  ASSERT_NE(find_identity(*now, IdentityKind::User, "aDA"), nullptr);
  EXPECT_EQ(find_identity(*now, IdentityKind::User, "ada")->name, "Ada");
  EXPECT_EQ(find_identity(*now, IdentityKind::Role, "Ada"), nullptr);
  EXPECT_NE(find_identity_by_arn(*now, user("Ada").arn), nullptr);
  EXPECT_EQ(find_identity_by_arn(*now, user("ada").arn), nullptr) << "an ARN is exact";
}

TEST_F(IdentitiesTest, OnlyTheseKeysAreReadAgain) {
  put(keys::user(kScope, "ada"), encode(user("ada")));
  const auto opened = *ConfigurationStore::open(store, kScope);
  int heard = 0;
  const auto listening = opened->listen([&](const auto&) { ++heard; });
  commit({.puts = {{.key = keys::user(kScope, "bob"), .value = encode(user("bob"))},
                   {.key = keys::user(kScope, "eve"), .value = encode(user("eve"))}},
          .erases = {keys::user(kScope, "ada")}});
  ASSERT_TRUE(opened->refresh_identities({keys::user(kScope, "bob"), keys::user(kScope, "ada")}));
  const auto& users = opened->current()->identities->users;
  EXPECT_TRUE(users.contains("bob"));
  EXPECT_FALSE(users.contains("ada"));
  EXPECT_FALSE(users.contains("eve"));
  EXPECT_EQ(heard, 2);
  ASSERT_TRUE(opened->refresh());
  EXPECT_TRUE(opened->current()->identities->users.contains("eve"));
}

TEST_F(IdentitiesTest, WhatStacksDeclareIsSeenToo) {
  const auto app = model::full_app();
  put(keys::app(kScope, "demo"), model::encode(app));
  const auto opened = *ConfigurationStore::open(store, kScope);
  const auto now = opened->current();
  const std::string arn = "arn:aws:iam::000000000000:role/collector";
  const auto role = find_identity_by_arn(*now, arn);
  ASSERT_NE(role, nullptr);
  EXPECT_EQ(role->name, "collector");
  EXPECT_TRUE(role->id.starts_with("AROA") && role->id.size() == 21) << role->id;
  EXPECT_EQ(role->trust_policy, app.roles.at(arn).trust_policy);
  EXPECT_EQ(stack_of(*now, arn), "demo");
  EXPECT_EQ(stack_of(*now, user("ada").arn), "");
  for (const auto& [policy_arn, policy] : app.managed_policies) {
    ASSERT_NE(find_policy(*now, policy_arn), nullptr);
    EXPECT_EQ(find_policy(*now, policy_arn)->versions.front().document, policy.document);
  }
  const auto aws = find_policy(*now, "arn:aws:iam::aws:policy/service-role/AWSLambdaRole");
  ASSERT_NE(aws, nullptr);
  EXPECT_EQ(aws->path, "/service-role/");
  EXPECT_EQ(find_policy(*now, "arn:aws:iam::aws:policy/AWSLambdaRole"), nullptr);
}

TEST_F(IdentitiesTest, ADamagedRecordIsNamed) {
  put(keys::role(kScope, "broken"), "\x7Fnonsense");
  const auto opened = ConfigurationStore::open(store, kScope);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::Corrupt);
  EXPECT_TRUE(opened.error().message.contains("broken")) << opened.error().message;
}

}  // namespace
}  // namespace sextant::store
