#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "adapters/memory/store.h"
#include "core/json.h"
#include "guard/snapshot_policy_source.h"
#include "model/codec.h"
#include "services/sts/sts_service.h"
#include "store/keys.h"
#include "tests/support/temporary_folder.h"

namespace sextant::services::sts {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};
const std::string kRole = "arn:aws:iam::000000000000:role/reader";

class Sts : public testing::Test {
 protected:
  Sts() {
    model::App app;
    app.name = "app";
    model::Role role;
    role.name = "reader";
    role.arn = kRole;
    role.tags = {{"team", "blue"}};
    role.trust_policy =
        R"({"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ada"},
             "Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"42"}}},
            {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ada"},
             "Action":"sts:TagSession","Condition":{"StringEquals":{"aws:RequestTag/case":"7"}}},
            {"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}]})";
    role.inline_policies = {
        {"read", R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}})"}};
    app.roles[kRole] = role;
    ports::Batch batch;
    batch.puts.push_back({store::keys::app(kScope, "app"), model::encode(app)});
    for (const char* name : {"ada", "eve"}) {
      const store::IdentityRecord record{
          .name = name, .id = user(name).principal_id, .arn = user(name).arn};
      batch.puts.push_back({store::keys::user(kScope, name), store::encode(record)});
    }
    EXPECT_TRUE(ports::commit(store_, std::move(batch)));
    EXPECT_TRUE(configuration_->refresh());
    policies_.swap(guard::PolicySnapshot::make(*configuration_->current()));
  }

  static sdk::Principal user(const std::string& name) {
    return {.kind = sdk::PrincipalKind::User,
            .account = kScope.account,
            .arn = "arn:aws:iam::000000000000:user/" + name,
            .principal_id = "AIDA" + name,
            .access_key_id = "AKIAUSER"};
  }

  struct Told {
    std::string error = "(no reply)";
    boost::json::object result = {};
  };
  Told call(std::string_view operation, const sdk::Principal& who,
            boost::json::object parameters = {}) {
    Told told;
    for (const auto& row : table_) {
      if (row.name != operation) continue;
      gate_.run(row, {.principal = who}, {.parameters = std::move(parameters)},
                [&](Result<sdk::Output> output) {
                  told.error = output ? "" : output.error().name + ": " + output.error().message;
                  if (output) told.result = std::move(output->result);
                });
      break;
    }
    return told;
  }

  sdk::Principal principal_of(const boost::json::object& result) {
    const auto& keys = result.at("Credentials").as_object();
    const auto opened = credentials_->open_session(
        json::text_or(keys, "AccessKeyId"), json::text_or(keys, "SessionToken"), clock_.now());
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? (*opened)->principal : sdk::Principal{};
  }

  test::TemporaryFolder folder_;
  ManualClock clock_{Time(std::chrono::seconds(1'800'000'000))};
  adapters::MemoryStore store_{clock_};
  std::unique_ptr<guard::CredentialStore> credentials_ =
      *guard::CredentialStore::open(kScope, clock_, store_, store_, folder_.path());
  std::unique_ptr<store::ConfigurationStore> configuration_ =
      *store::ConfigurationStore::open(store_, kScope);
  guard::SnapshotPolicySource policies_{guard::PolicySnapshot::make(std::vector<model::App>{})};
  guard::AuditLog audit_{kScope, clock_, store_};
  guard::Gate gate_{kScope, clock_, policies_, audit_};
  guard::OperationTable table_ = operations({.scope = kScope,
                                             .clock = clock_,
                                             .credentials = *credentials_,
                                             .configuration = *configuration_,
                                             .gate = gate_});
};

TEST_F(Sts, TheRecordNamesTheSessionAndWhatElseWasAsked) {
  const auto request = [](const char* value) {
    return boost::json::object{
        {"RoleArn", kRole},
        {"RoleSessionName", "case-7"},
        {"ExternalId", "42"},
        {"Tags", boost::json::array{boost::json::object{{"Key", "case"}, {"Value", value}}}}};
  };
  const auto told = call("AssumeRole", user("ada"), request("7"));
  ASSERT_EQ(told.error, "");
  call("AssumeRole", user("ada"), request("8"));
  const auto all = *store_.read(store::keys::audit_stream(kScope), 1, 100, 1 << 20);
  ASSERT_EQ(all.size(), 2u) << "one a call";
  EXPECT_FALSE(all[0].payload.contains(
      json::text_or(told.result.at("Credentials").as_object(), "SessionToken")));
  const auto good = boost::json::parse(all[0].payload);
  EXPECT_EQ(json::text_or(good.at("requestParameters").as_object(), "roleArn"), kRole);
  const auto& credentials = good.at("responseElements").at("credentials").as_object();
  EXPECT_EQ(credentials.at("accessKeyId"), told.result.at("Credentials").at("AccessKeyId"));
  EXPECT_FALSE(credentials.contains("secretAccessKey") || credentials.contains("sessionToken"));
  const auto asked = [](const boost::json::value& record) {
    const auto& decisions = record.at("additionalEventData").at("decisions").as_array();
    EXPECT_EQ(decisions.size(), 1u);
    return decisions.at(0);
  };
  EXPECT_EQ(asked(good).at("action"), "sts:TagSession");
  EXPECT_EQ(json::text_or(asked(good).as_object(), "resource"), kRole);
  EXPECT_EQ(asked(good).at("decision"), "Allow");
  const auto bad = boost::json::parse(all[1].payload);
  EXPECT_EQ(bad.at("errorCode"), "AccessDenied");
  EXPECT_TRUE(bad.at("responseElements").is_null());
  EXPECT_EQ(bad.at("additionalEventData").at("decision"), "Allow") << "of sts:AssumeRole";
  EXPECT_EQ(asked(bad).at("decision"), "Deny");
  EXPECT_TRUE(std::string(asked(bad).at("reason").as_string()).contains("sts:TagSession"));
}

TEST_F(Sts, TellsTheCallerWhoTheyAre) {
  const auto told = call("GetCallerIdentity", user("ada"));
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(told.result, (boost::json::object{{"UserId", "AIDAada"},
                                              {"Account", "000000000000"},
                                              {"Arn", "arn:aws:iam::000000000000:user/ada"}}));
  EXPECT_TRUE(call("GetCallerIdentity", {}).error.starts_with("AccessDenied"));
}

TEST_F(Sts, ARoleIsAssumedByWhomItTrusts) {
  const boost::json::object request{
      {"RoleArn", kRole}, {"RoleSessionName", "case-7"}, {"ExternalId", "42"}};
  const auto told = call("AssumeRole", user("ada"), request);
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(json::text_or(told.result.at("AssumedRoleUser").as_object(), "Arn"),
            "arn:aws:sts::000000000000:assumed-role/reader/case-7");
  EXPECT_EQ(json::text_or(told.result.at("Credentials").as_object(), "Expiration"),
            "2027-01-15T09:00:00Z");
  const auto session = principal_of(told.result);
  EXPECT_EQ(session.kind, sdk::PrincipalKind::AssumedRole);
  EXPECT_EQ(session.role_arn, kRole);
  EXPECT_EQ(session.session_tags.at("team"), "blue");

  auto without = request;
  without.erase("ExternalId");
  EXPECT_TRUE(call("AssumeRole", user("ada"), without)
                  .error.starts_with("AccessDenied: User: arn:aws:iam::000000000000:user/ada is "
                                     "not authorized to perform: sts:AssumeRole on resource: " +
                                     kRole));
  EXPECT_TRUE(call("AssumeRole", user("eve"), request).error.starts_with("AccessDenied"));
  auto nowhere = request;
  nowhere["RoleArn"] = kRole + "x";
  EXPECT_TRUE(call("AssumeRole", user("ada"), nowhere).error.starts_with("AccessDenied"));
}

TEST_F(Sts, ASessionPolicyNarrowsTheSession) {
  boost::json::object request{
      {"RoleArn", kRole},
      {"RoleSessionName", "narrow"},
      {"ExternalId", "42"},
      {"Policy",
       R"({"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}})"}};
  const auto told = call("AssumeRole", user("ada"), request);
  ASSERT_EQ(told.error, "");
  const auto may = [&](const std::string& action) {
    sdk::Call asked;
    asked.scope = kScope;
    asked.principal = principal_of(told.result);
    asked.service = "s3";
    asked.action = action;
    asked.resource = "arn:aws:s3:::b/k";
    return gate_.judge(asked).verdict == sdk::Verdict::Allow;
  };
  EXPECT_TRUE(may("s3:GetObject"));
  EXPECT_FALSE(may("s3:PutObject"));
  request["Policy"] = R"({"Statement":{"Effect":"Allow","Action":"s3:Gett","Resource":"*"}})";
  EXPECT_TRUE(
      call("AssumeRole", user("ada"), request).error.starts_with("MalformedPolicyDocument"));
}

TEST_F(Sts, ManagedSessionPoliciesLimitItToo) {
  const auto arn = [](std::string_view text) { return boost::json::object{{"arn", text}}; };
  const auto read_only = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
  boost::json::object request{{"RoleArn", kRole},
                              {"RoleSessionName", "narrow"},
                              {"ExternalId", "42"},
                              {"PolicyArns", boost::json::array{arn(read_only)}}};
  const auto told = call("AssumeRole", user("ada"), request);
  ASSERT_EQ(told.error, "");
  const auto session = principal_of(told.result);
  EXPECT_EQ(session.session_policy_arns, std::vector<std::string>{read_only});
  const auto may = [&](const sdk::Principal& who, const std::string& action) {
    sdk::Call asked;
    asked.scope = kScope;
    asked.principal = who;
    asked.service = "s3";
    asked.action = action;
    asked.resource = "arn:aws:s3:::b/k";
    return gate_.judge(asked).verdict == sdk::Verdict::Allow;
  };
  EXPECT_TRUE(may(session, "s3:GetObject"));
  EXPECT_FALSE(may(session, "s3:PutObject"));
  auto gone = session;
  gone.session_policy_arns.emplace_back("arn:aws:iam::000000000000:policy/gone");
  EXPECT_FALSE(may(gone, "s3:GetObject"));

  request["PolicyArns"] = boost::json::array{arn("arn:aws:iam::000000000000:policy/none")};
  EXPECT_TRUE(call("AssumeRole", user("ada"), request).error.contains("does not exist"));
  request["PolicyArns"] = "";
  EXPECT_EQ(call("AssumeRole", user("ada"), request).error, "");
  request["PolicyArns"] = boost::json::array(11, arn(read_only));
  EXPECT_TRUE(call("AssumeRole", user("ada"), request).error.starts_with("ValidationError"));
  request["PolicyArns"] = boost::json::array{arn(read_only)};
  request["Policy"] =
      R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::)" +
      std::string(1'950, 'b') + R"("}})";
  EXPECT_TRUE(call("AssumeRole", user("ada"), request).error.starts_with("PackedPolicyTooLarge"));
}

TEST_F(Sts, TagsAreARightOfTheirOwn) {
  const auto request = [](std::string_view value) {
    return boost::json::object{
        {"RoleArn", kRole},
        {"RoleSessionName", "tagged"},
        {"ExternalId", "42"},
        {"Tags", boost::json::array{boost::json::object{{"Key", "case"}, {"Value", value}}}}};
  };
  const auto told = call("AssumeRole", user("ada"), request("7"));
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(principal_of(told.result).session_tags.at("case"), "7");
  EXPECT_TRUE(call("AssumeRole", user("ada"), request("8")).error.contains("sts:TagSession"));

  // May do everything, but the role does not let them tag its sessions.
  const sdk::Principal root{.kind = sdk::PrincipalKind::Root,
                            .account = kScope.account,
                            .arn = "arn:aws:iam::000000000000:root",
                            .principal_id = "000000000000"};
  EXPECT_TRUE(call("AssumeRole", root, request("7")).error.contains("sts:TagSession"));
  auto untagged = request("7");
  untagged.erase("Tags");
  EXPECT_EQ(call("AssumeRole", root, untagged).error, "");
}

TEST_F(Sts, ASessionsTagOutranksTheRolesWhateverItsCase) {
  const auto tag = [](std::string_view key, std::string_view value) {
    return boost::json::object{{"Key", key}, {"Value", value}};
  };
  boost::json::object request{{"RoleArn", kRole},
                              {"RoleSessionName", "tagged"},
                              {"ExternalId", "42"},
                              {"Tags", boost::json::array{tag("case", "7"), tag("TEAM", "red")}}};
  const auto told = call("AssumeRole", user("ada"), request);
  ASSERT_EQ(told.error, "");
  EXPECT_EQ(principal_of(told.result).session_tags,
            (std::map<std::string, std::string>{{"case", "7"}, {"TEAM", "red"}}));
  request["Tags"] = boost::json::array{tag("case", "7"), tag("Case", "7")};
  EXPECT_TRUE(call("AssumeRole", user("ada"), request).error.contains("Duplicate tag keys"));
}

TEST_F(Sts, SessionsDieAtTheirDeadline) {
  const auto told = call("GetSessionToken", user("ada"), {{"DurationSeconds", "900"}});
  ASSERT_EQ(told.error, "");
  const auto& keys = told.result.at("Credentials").as_object();
  EXPECT_EQ(principal_of(told.result).arn, "arn:aws:iam::000000000000:user/ada");
  clock_.advance(std::chrono::seconds(900));
  const auto late = credentials_->open_session(json::text_or(keys, "AccessKeyId"),
                                               json::text_or(keys, "SessionToken"), clock_.now());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().name, "ExpiredToken");
}

TEST_F(Sts, WhatMakesNoSenseIsRefused) {
  for (const char* seconds : {"899", "3601", "-1", "an hour", ""}) {
    EXPECT_TRUE(call("AssumeRole", user("ada"),
                     {{"RoleArn", kRole},
                      {"RoleSessionName", "session"},
                      {"ExternalId", "42"},
                      {"DurationSeconds", seconds}})
                    .error.starts_with("ValidationError"))
        << seconds;
  }
  for (const char* name : {"", "a", "with space", "sl/ash"}) {
    EXPECT_TRUE(call("AssumeRole", user("ada"), {{"RoleArn", kRole}, {"RoleSessionName", name}})
                    .error.starts_with("ValidationError"))
        << name;
  }
  EXPECT_TRUE(call("AssumeRole", user("ada"), {{"RoleArn", "reader"}, {"RoleSessionName", "ab"}})
                  .error.starts_with("ValidationError"));
  auto session = user("ada");
  session.access_key_id = "ASIASESSION";
  EXPECT_EQ(call("GetSessionToken", session).error,
            "AccessDenied: Cannot call GetSessionToken with session credentials");
}

}  // namespace
}  // namespace sextant::services::sts
