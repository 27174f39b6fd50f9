#include "deploy/principal_ids.h"

#include <gtest/gtest.h>

namespace sextant::deploy {
namespace {

const Scope kScope{AccountId("000000000000"), Region("us-east-1")};
const std::string kIam = "arn:aws:iam::000000000000:";
const std::string kAda = kIam + "user/ada";
const std::string kStackRole = kIam + "role/of-stack";

std::string naming(const std::string& principal) {
  return R"({"Statement":{"Effect":"Allow","Principal":{"AWS":")" + principal + R"("}}})";
}

class PrincipalIds : public testing::Test {
 protected:
  PrincipalIds() { make_user("ada", "AIDAFIRST"); }

  void make_user(const std::string& name, const std::string& id) {
    identities_.users[name] = std::make_shared<const store::IdentityRecord>(
        store::IdentityRecord{.name = name, .id = id, .arn = kIam + "user/" + name});
  }
  static model::App app_of(const std::string& principal) {
    model::App app;
    auto& role = app.roles[kStackRole];
    role.name = "of-stack";
    role.arn = kStackRole;
    role.trust_policy = naming(principal);
    auto& bucket = app.buckets["b"];
    bucket.name = BucketName("b");
    bucket.policy = naming(principal);
    auto& permission = app.permissions.emplace_back();
    permission.statement_id = "s";
    permission.function = FunctionName("f");
    permission.action = "lambda:InvokeFunction";
    permission.principal = principal;
    permission.logical_id = "May";
    return app;
  }
  std::vector<std::string> bind(const model::App& before, model::App& app, const Apps& apps = {}) {
    return bind_principals(kScope, before, apps, identities_, app);
  }

  store::Identities identities_;
};

using Ids = std::map<std::string, std::string>;

TEST_F(PrincipalIds, AreThoseOfTheDayOfTheDeploy) {
  auto app = app_of(kAda);
  EXPECT_TRUE(bind({}, app).empty());
  EXPECT_EQ(app.roles[kStackRole].trusted_ids, (Ids{{kAda, "AIDAFIRST"}}));
  EXPECT_EQ(app.buckets["b"].policy_ids, (Ids{{kAda, "AIDAFIRST"}}));
  EXPECT_EQ(app.permissions[0].principal_id, "AIDAFIRST");
}

TEST_F(PrincipalIds, StayAsLongAsThePolicyDoes) {
  auto before = app_of(kAda);
  EXPECT_TRUE(bind({}, before).empty());
  make_user("ada", "AIDASECOND");
  auto same = app_of(kAda);
  EXPECT_TRUE(bind(before, same).empty());
  EXPECT_EQ(same, before);
  identities_.users.clear();
  EXPECT_TRUE(bind(before, same).empty());
  EXPECT_EQ(same, before);
  make_user("ada", "AIDASECOND");
  auto changed = app_of(kAda);
  changed.buckets["b"].policy->insert(1, " ");
  EXPECT_TRUE(bind(before, changed).empty());
  EXPECT_EQ(changed.buckets["b"].policy_ids, (Ids{{kAda, "AIDASECOND"}}));
  EXPECT_EQ(changed.roles[kStackRole].trusted_ids, (Ids{{kAda, "AIDAFIRST"}}));
}

TEST_F(PrincipalIds, ANameThatNobodyHasIsRefused) {
  const auto nobody = kIam + "user/eve";
  auto app = app_of(nobody);
  EXPECT_EQ(bind({}, app),
            (std::vector<std::string>{
                "role 'of-stack': Invalid principal in policy: \"AWS\":\"" + nobody + "\"",
                "bucket 'b': Invalid principal in policy: \"AWS\":\"" + nobody + "\"",
                "permission 'May': Invalid principal in policy: \"AWS\":\"" + nobody + "\""}));
  // The path is part of who it is.
  auto elsewhere = app_of(kIam + "user/soc/ada");
  EXPECT_EQ(bind({}, elsewhere).size(), 3u);
}

// Its own, which the same deploy makes, and another stack's.
TEST_F(PrincipalIds, RolesOfStacksHaveTheirs) {
  const auto other_arn = kIam + "role/team/of-another";
  Apps apps;
  apps["other"].roles[other_arn].arn = other_arn;
  for (const auto& arn : {kStackRole, other_arn}) {
    const auto id = store::derived_id("AROA", arn);
    auto app = app_of(arn);
    EXPECT_TRUE(bind({}, app, apps).empty()) << arn;
    EXPECT_EQ(app.roles[kStackRole].trusted_ids, (Ids{{arn, id}}));
    EXPECT_EQ(app.buckets["b"].policy_ids, (Ids{{arn, id}}));
    EXPECT_EQ(app.permissions[0].principal_id, id);
  }
  auto nobodys = app_of(other_arn);
  EXPECT_EQ(bind({}, nobodys).size(), 3u);
}

TEST_F(PrincipalIds, OthersAreWhatTheyAreCalled) {
  for (const auto& other :
       {std::string("s3.amazonaws.com"), std::string("000000000000"), std::string("*"),
        kIam + "root", std::string("arn:aws:iam::111122223333:user/ada"),
        std::string("arn:aws:sts::000000000000:assumed-role/r/s")}) {
    auto app = app_of(other);
    EXPECT_TRUE(bind({}, app).empty()) << other;
    EXPECT_EQ(app, app_of(other));
  }
}

}  // namespace
}  // namespace sextant::deploy
