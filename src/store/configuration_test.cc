#include "store/configuration.h"

#include <gtest/gtest.h>

#include "adapters/memory/store.h"
#include "model/codec.h"
#include "model/model_test_app.h"
#include "ports/commit.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

class ConfigurationTest : public testing::Test {
 protected:
  void put(const std::string& stack, std::string value) {
    ports::Batch batch;
    batch.puts.push_back({keys::app(kScope, stack), std::move(value)});
    ASSERT_TRUE(ports::commit(store, std::move(batch)));
  }
  ManualClock clock{Time(std::chrono::seconds(1'800'000'000))};
  adapters::MemoryStore store{clock};
};

TEST_F(ConfigurationTest, IsEmptyBeforeTheFirstDeploy) {
  const auto opened = ConfigurationStore::open(store, kScope);
  ASSERT_TRUE(opened);
  EXPECT_TRUE((*opened)->current()->apps.empty());
}

TEST_F(ConfigurationTest, JoinsWhatAllAppsDeclare) {
  put("threat-intel", model::encode(model::full_app()));
  model::App other;
  other.name = "other";
  other.functions["f"].name = FunctionName("f");
  put("other", model::encode(other));
  const auto opened = ConfigurationStore::open(store, kScope);
  ASSERT_TRUE(opened) << opened.error().message;
  const auto now = (*opened)->current();
  EXPECT_EQ(now->apps.size(), 2u);
  EXPECT_EQ(now->apps.at("threat-intel").app, model::full_app());
  EXPECT_EQ(now->apps.at("other").version, (*store.get(keys::app(kScope, "other")))->version);
  EXPECT_EQ(now->functions.size(), 2u);
  EXPECT_EQ(now->tables.count(TableName("alb")), 1u);
  EXPECT_EQ(now->roles.count("arn:aws:iam::000000000000:role/collector"), 1u);
  const auto& subscriptions = now->subscriptions.at(BucketName("logs"));
  ASSERT_EQ(subscriptions.size(), 1u);
  EXPECT_EQ(subscriptions[0].function.text(), "collector");
  EXPECT_EQ(subscriptions[0].notification.prefix, "AWSLogs/");
}

TEST_F(ConfigurationTest, ARefreshTellsTheListenersAndLeavesOldSnapshotsAlone) {
  const auto opened = *ConfigurationStore::open(store, kScope);
  std::vector<std::size_t> heard;
  auto listening = opened->listen([&](const auto& now) { heard.push_back(now->apps.size()); });
  const auto before = opened->current();
  put("threat-intel", model::encode(model::full_app()));
  ASSERT_TRUE(opened->refresh());
  EXPECT_EQ(heard, (std::vector<std::size_t>{0, 1}));
  EXPECT_TRUE(before->apps.empty());
  EXPECT_EQ(opened->current()->apps.size(), 1u);
  listening.reset();
  ASSERT_TRUE(opened->refresh());
  EXPECT_EQ(heard.size(), 2u);
}

TEST_F(ConfigurationTest, ADamagedRecordIsNamedAndChangesNothing) {
  put("good", model::encode(model::full_app()));
  const auto opened = *ConfigurationStore::open(store, kScope);
  put("bad", "\x7Fnonsense");
  const auto refreshed = opened->refresh();
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code, Code::Corrupt);
  EXPECT_TRUE(refreshed.error().message.contains("bad")) << refreshed.error().message;
  EXPECT_EQ(opened->current()->apps.size(), 1u);
}

}  // namespace
}  // namespace sextant::store
