#include "guard/keys/intake_tokens.h"

#include <gtest/gtest.h>

#include "adapters/memory/store.h"
#include "core/encoding.h"
#include "ports/commit.h"
#include "store/keys.h"

namespace sextant::guard {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

class IntakeTokensTest : public testing::Test {
 protected:
  std::string add(const std::string& name) {
    const auto token = make_intake_token();
    const store::IntakeSource source{
        .name = name, .kind = "alb", .token_id = token.id, .token_sha256 = token.sha256};
    put(name, store::encode(source));
    return token.text;
  }
  void put(const std::string& name, std::string value) {
    ports::Batch batch;
    batch.puts.push_back(
        {.key = store::keys::intake_source(kScope, name), .value = std::move(value)});
    ASSERT_TRUE(ports::commit(store, std::move(batch)));
  }
  void erase(const std::string& name) {
    ports::Batch batch;
    batch.erases.push_back(store::keys::intake_source(kScope, name));
    ASSERT_TRUE(ports::commit(store, std::move(batch)));
  }
  ManualClock clock{Time(std::chrono::seconds(1'800'000'000))};
  adapters::MemoryStore store{clock};
};

TEST_F(IntakeTokensTest, ATokenIsItsSourcesAndNobodyElses) {
  const auto web = add("web");
  const auto dns = add("dns");
  const auto tokens = *IntakeTokens::open(kScope, store);
  ASSERT_NE(tokens->find(web), nullptr);
  EXPECT_EQ(tokens->find(web)->name, "web");
  EXPECT_EQ(tokens->find(dns)->name, "dns");
  EXPECT_EQ(tokens->all().size(), 2u);
  EXPECT_EQ(tokens->all().front()->name, "dns");
  // The id of one with the secret of the other.
  EXPECT_EQ(tokens->find(web.substr(0, 21) + dns.substr(21)), nullptr);
  for (std::size_t at = 0; at < web.size(); ++at) {
    auto changed = web;
    changed[at] = changed[at] == '0' ? '1' : '0';
    EXPECT_EQ(tokens->find(changed), nullptr) << at;
  }
  for (const auto& other : {std::string(), web.substr(1), web + "0", web.substr(0, 20)})
    EXPECT_EQ(tokens->find(other), nullptr) << other;
}

TEST_F(IntakeTokensTest, WhatIsStoredIsNotTheToken) {
  const auto text = add("web");
  const auto stored = store.get(store::keys::intake_source(kScope, "web"));
  ASSERT_TRUE(stored && *stored);
  EXPECT_EQ((*stored)->value.find(text.substr(21)), std::string::npos);
  EXPECT_EQ((*stored)->value.find(*from_hex(text.substr(21))), std::string::npos);
}

TEST_F(IntakeTokensTest, ChangesCountFromTheirRefresh) {
  const auto tokens = *IntakeTokens::open(kScope, store);
  const auto first = add("web");
  EXPECT_EQ(tokens->find(first), nullptr);
  ASSERT_TRUE(tokens->refresh("web"));
  EXPECT_NE(tokens->find(first), nullptr);
  const auto second = add("web");
  ASSERT_TRUE(tokens->refresh("web"));
  EXPECT_EQ(tokens->find(first), nullptr);
  EXPECT_NE(tokens->find(second), nullptr);
  erase("web");
  ASSERT_TRUE(tokens->refresh("web"));
  EXPECT_EQ(tokens->find(second), nullptr);
  EXPECT_EQ(tokens->find_source("web"), nullptr);
}

TEST_F(IntakeTokensTest, ADamagedRecordIsNamed) {
  put("web", "\x09");
  const auto opened = IntakeTokens::open(kScope, store);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::Corrupt);
  EXPECT_NE(opened.error().message.find("intakesource"), std::string::npos);
}

TEST(IntakeToken, IsNamedByItsFirstPart) {
  const auto token = make_intake_token();
  EXPECT_EQ(intake_token_id(token.text), token.id);
  EXPECT_EQ(token.text.size(), 85u);
  EXPECT_NE(make_intake_token().text, token.text);
  EXPECT_EQ(intake_token_id("sxi_" + std::string(81, 'z')), "");
  EXPECT_EQ(intake_token_id("AKIA"), "");
}

}  // namespace
}  // namespace sextant::guard
