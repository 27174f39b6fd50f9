#include "store/scope_record.h"

#include <gtest/gtest.h>

#include "adapters/memory/store.h"
#include "core/encoding.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

const Scope kFirst{AccountId("111111111111"), Region("eu-west-1")};

class ScopeRecord : public testing::Test {
 protected:
  Result<> claim(const Scope& scope) { return claim_for(scope, store_, store_); }
  ManualClock clock_{Time()};
  adapters::MemoryStore store_{clock_};
};

TEST_F(ScopeRecord, TheFirstScopeKeepsTheFolder) {
  ASSERT_TRUE(claim(kFirst));
  EXPECT_TRUE(claim(kFirst));
  for (const auto& other : {Scope{kFirst.account, Region("us-east-1")},
                            Scope{AccountId("000000000000"), kFirst.region}}) {
    const auto refused = claim(other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Invalid);
    EXPECT_TRUE(refused.error().message.contains("--account 111111111111 --region eu-west-1"));
  }
  EXPECT_TRUE(claim(kFirst));
}

TEST_F(ScopeRecord, VersionOneIsGolden) {
  ASSERT_TRUE(claim(kFirst));
  EXPECT_EQ(hex((*store_.get(keys::data_scope()))->value),
            "010a0c3131313131313131313131311209"
            "65752d776573742d31");
}

TEST_F(ScopeRecord, DamagedItSaysSo) {
  ports::Batch batch;
  batch.puts.push_back({keys::data_scope(), "\x01\x0a"});
  ASSERT_TRUE(ports::commit(store_, std::move(batch)));
  const auto claimed = claim(kFirst);
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, Code::Corrupt);
}

}  // namespace
}  // namespace sextant::store
