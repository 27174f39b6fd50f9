#include "guard/intake_role.h"

#include <gtest/gtest.h>

#include "adapters/memory/store.h"
#include "guard/authenticate.h"
#include "guard/iam/evaluate.h"
#include "guard/snapshot_policy_source.h"
#include "ports/commit.h"
#include "store/configuration.h"
#include "store/keys.h"
#include "tests/support/temporary_folder.h"

namespace sextant::guard {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};

store::IntakeSource web() {
  return {.name = "web-1",
          .kind = "alb",
          .bucket = "alb-logs",
          .prefix = "intake/web-1/",
          .token_id = "sxi_0000000000000000"};
}

bool may(const std::string& action, const std::string& resource) {
  const SnapshotPolicySource policies(PolicySnapshot::make(store::Configuration{}));
  sdk::Call call;
  call.scope = kScope;
  call.principal = intake_principal(kScope, web());
  call.action = action;
  call.service = action.substr(0, action.find(':'));
  call.resource = resource;
  return iam::evaluate(call, policies.policies_for(call)).verdict == sdk::Verdict::Allow;
}

TEST(IntakeRole, MayPushItsOwnKindIntoItsOwnPlaceAndNothingElse) {
  EXPECT_TRUE(may("sextant:PutIntakeBatch", intake_arn(kScope, "alb", "web-1")));
  EXPECT_TRUE(may("s3:PutObject", "arn:aws:s3:::alb-logs/intake/web-1/2026/b1"));
  const std::pair<const char*, std::string> refused[] = {
      {"sextant:PutIntakeBatch", intake_arn(kScope, "waf", "web-1")},
      {"sextant:PutIntakeBatch", intake_arn(kScope, "alb", "web-2")},
      {"sextant:PutIntakeBatch", intake_arn(kScope, "alb", "web-11")},
      {"sextant:PutIntakeBatch", "*"},
      {"sextant:CreateIntakeSource", intake_arn(kScope, "alb", "web-1")},
      {"sextant:RevokeIntakeSource", intake_arn(kScope, "alb", "web-1")},
      {"sextant:ListIntakeSources", "*"},
      {"sextant:GetStatus", "*"},
      {"s3:PutObject", "arn:aws:s3:::alb-logs/intake/web-2/b1"},
      {"s3:PutObject", "arn:aws:s3:::alb-logs/b1"},
      {"s3:PutObject", "arn:aws:s3:::waf-logs/intake/web-1/b1"},
      {"s3:GetObject", "arn:aws:s3:::alb-logs/intake/web-1/b1"},
      {"s3:DeleteObject", "arn:aws:s3:::alb-logs/intake/web-1/b1"},
      {"sts:AssumeRole", "arn:aws:iam::000000000000:role/any"},
  };
  for (const auto& [action, resource] : refused)
    EXPECT_FALSE(may(action, resource)) << action << " " << resource;
}

TEST(IntakeRole, OnlyItsSessionsAreSources) {
  EXPECT_EQ(intake_source_of(intake_principal(kScope, web())), "web-1");
  sdk::Principal other;
  other.kind = sdk::PrincipalKind::AssumedRole;
  other.account = kScope.account;
  other.role_arn = "arn:aws:iam::000000000000:role/SextantIntake";
  other.session_tags = {{"Source", "web-1"}};
  EXPECT_EQ(intake_source_of(other), "");
  other = intake_principal(kScope, web());
  other.kind = sdk::PrincipalKind::User;
  EXPECT_EQ(intake_source_of(other), "");
}

class TokenInARequest : public testing::Test {
 protected:
  TokenInARequest() {
    auto source = web();
    source.token_id = token.id;
    source.token_sha256 = token.sha256;
    ports::Batch batch;
    batch.puts.push_back(
        {.key = store::keys::intake_source(kScope, source.name), .value = store::encode(source)});
    EXPECT_TRUE(ports::commit(store, std::move(batch)));
    credentials = *CredentialStore::open(kScope, clock, store, store, folder.path());
    tokens = *IntakeTokens::open(kScope, store);
  }
  Result<Authenticated> authenticate(const Headers& headers,
                                     std::string_view service = "sextant") const {
    const Authenticator authenticator(*credentials, kScope.region, tokens.get());
    return authenticator.authenticate(
        {.method = "POST", .path = "/_sextant/intake/alb", .query = "", .headers = headers},
        service, clock.now());
  }

  ManualClock clock{Time(std::chrono::seconds(1'800'000'000))};
  adapters::MemoryStore store{clock};
  test::TemporaryFolder folder;
  const IntakeToken token = make_intake_token();
  std::unique_ptr<CredentialStore> credentials;
  std::unique_ptr<IntakeTokens> tokens;
};

TEST_F(TokenInARequest, SaysWhichSourceItIs) {
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER   "}) {
    const auto known = authenticate({{"Authorization", scheme + token.text}});
    ASSERT_TRUE(known) << scheme;
    EXPECT_EQ(known->principal.arn, "arn:aws:sts::000000000000:assumed-role/SextantIntake/web-1");
    EXPECT_EQ(known->principal.access_key_id, token.id);
    EXPECT_EQ(known->payload, PayloadKind::Unsigned);
  }
}

TEST_F(TokenInARequest, IsRefusedWhenItIsNone) {
  const std::pair<Headers, const char*> rows[] = {
      {{{"Authorization", "Bearer " + token.id}}, "InvalidClientTokenId"},
      {{{"Authorization", "Bearer " + token.text + ", x"}}, "InvalidClientTokenId"},
      {{{"Authorization", "Bearer x"}}, "InvalidClientTokenId"},
      {{{"Authorization", token.text}}, "InvalidRequest"},
      {{{"Authorization", "Bearer " + token.text}, {"authorization", "Bearer x"}},
       "InvalidRequest"},
      {{}, "MissingAuthenticationToken"},
  };
  for (const auto& [headers, name] : rows) {
    const auto refused = authenticate(headers);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().name, name) << refused.error().message;
  }
  EXPECT_FALSE(authenticate({{"Authorization", "Bearer"}}));
  EXPECT_FALSE(authenticate({{"Authorization", "Bearer "}}));
}

TEST_F(TokenInARequest, CountsForOurOwnEndpointsOnly) {
  for (const char* service : {"s3", "iam", "cloudformation", "sts"})
    EXPECT_FALSE(authenticate({{"Authorization", "Bearer " + token.text}}, service)) << service;
}

TEST_F(TokenInARequest, NamesItselfInTheRecordWithoutItsSecret) {
  const Headers headers{{"Authorization", "Bearer " + token.text}};
  EXPECT_TRUE(has_token(headers));
  const SignedRequest request{.method = "POST", .path = "/", .query = "", .headers = headers};
  EXPECT_EQ(claimed_access_key(request), token.id);
}

}  // namespace
}  // namespace sextant::guard
