#include "guard/snapshot_policy_source.h"

#include <gtest/gtest.h>

#include "guard/iam/evaluate.h"
#include "guard/iam/iam_test_support.h"

namespace sextant::guard {
namespace {

namespace test = iam::test;

constexpr auto kFunction = "arn:aws:lambda:us-east-1:111122223333:function:parse";
constexpr auto kRole = "arn:aws:iam::111122223333:role/r";

// Of the stack's role.
sdk::Principal session() {
  auto principal = test::session();
  principal.principal_id = store::derived_id("AROA", kRole) + ":s";
  return principal;
}

std::string document(const std::string& statement) {
  return R"({"Version":"2012-10-17","Statement":)" + statement + "}";
}

// A bucket whose notifications invoke a function that reads it: as templates make them.
model::App an_app() {
  model::App app;
  model::Role role;
  role.name = "r";
  role.arn = kRole;
  role.trust_policy = document(
      R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}})");
  role.inline_policies = {
      {.name = "read", .document = document(test::allow("s3:GetObject", "arn:aws:s3:::logs/*"))}};
  app.roles[role.arn] = role;
  model::Function function;
  function.name = FunctionName("parse");
  function.arn = kFunction;
  function.role_arn = role.arn;
  app.functions["parse"] = function;
  model::Permission permission;
  permission.statement_id = "FromBucket";
  permission.function = FunctionName("parse");
  permission.action = "lambda:InvokeFunction";
  permission.principal = "s3.amazonaws.com";
  permission.source_arn = "arn:aws:s3:::logs";
  permission.source_account = test::kAccount;
  app.permissions = {permission};
  model::Bucket bucket;
  bucket.name = BucketName("logs");
  bucket.arn = "arn:aws:s3:::logs";
  bucket.policy =
      document(test::allow("s3:ListBucket", "arn:aws:s3:::logs",
                           R"("Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"})"));
  app.buckets["logs"] = bucket;
  return app;
}

sdk::Decision judge(const std::vector<model::App>& apps, const sdk::Call& call) {
  const SnapshotPolicySource source(PolicySnapshot::make(apps));
  return iam::evaluate(call, source.policies_for(call));
}
bool allowed(const std::vector<model::App>& apps, const sdk::Call& call) {
  return judge(apps, call).verdict == sdk::Verdict::Allow;
}

sdk::Call invoke_by_s3(const std::string& bucket_arn) {
  auto call = test::call(test::service(), "lambda:InvokeFunction", kFunction);
  call.context["aws:SourceArn"] = {bucket_arn};
  call.context["aws:SourceAccount"] = {test::kAccount};
  return call;
}

TEST(PolicySnapshot, PermissionsLetTheirServiceInvoke) {
  EXPECT_TRUE(allowed({an_app()}, invoke_by_s3("arn:aws:s3:::logs")));
  EXPECT_EQ(judge({an_app()}, invoke_by_s3("arn:aws:s3:::logs")).deciding_statements,
            std::vector<std::string>{std::string(kFunction) + "#FromBucket"});
  EXPECT_FALSE(allowed({an_app()}, invoke_by_s3("arn:aws:s3:::others")));
  EXPECT_FALSE(allowed({}, invoke_by_s3("arn:aws:s3:::logs")));
  auto alias = invoke_by_s3("arn:aws:s3:::logs");
  alias.resource += ":live";  // the permission names the function, not the alias
  EXPECT_FALSE(allowed({an_app()}, alias));
}

TEST(PolicySnapshot, PrincipalsOfPermissions) {
  model::Permission permission;
  permission.statement_id = "S";
  permission.action = "lambda:InvokeFunction";
  for (const auto& [principal, text] :
       {std::pair<const char*, const char*>{"*", R"("Principal":"*")"},
        {"111122223333", R"("Principal":{"AWS":"111122223333"})"},
        {"s3.amazonaws.com", R"("Principal":{"Service":"s3.amazonaws.com"})"}}) {
    permission.principal = principal;
    const auto made = permission_document(permission, kFunction);
    EXPECT_NE(made.find(text), std::string::npos) << made;
    EXPECT_TRUE(iam::parse_policy(made, iam::PolicyUse::Resource, "p")) << made;
  }
}

TEST(PolicySnapshot, RolesHaveTheirPolicies) {
  const auto read = [](const std::string& key) {
    return test::call(session(), "s3:GetObject", "arn:aws:s3:::" + key);
  };
  EXPECT_TRUE(allowed({an_app()}, read("logs/a/b")));
  EXPECT_EQ(judge({an_app()}, read("logs/a")).deciding_statements,
            std::vector<std::string>{std::string(kRole) + "/read#Statement[0]"});
  EXPECT_FALSE(allowed({an_app()}, read("others/a")));
  auto stranger = read("logs/a");
  stranger.principal = test::session("unknown");
  EXPECT_FALSE(allowed({an_app()}, stranger));

  auto bounded = an_app();
  model::ManagedPolicy boundary;
  boundary.arn = "arn:aws:iam::111122223333:policy/b";
  boundary.document = document(test::allow("s3:GetObject", "arn:aws:s3:::logs/open/*"));
  bounded.managed_policies[boundary.arn] = boundary;
  bounded.roles[kRole].permissions_boundary_arn = boundary.arn;
  EXPECT_TRUE(allowed({bounded}, read("logs/open/a")));
  EXPECT_FALSE(allowed({bounded}, read("logs/a")));
}

TEST(PolicySnapshot, AttachedPoliciesOfOursAndOfAws) {
  auto app = an_app();
  app.roles[kRole].managed_policy_arns = {"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"};
  const auto call = test::call(session(), "s3:ListBucket", "arn:aws:s3:::any");
  EXPECT_TRUE(allowed({app}, call));
  app.roles[kRole].managed_policy_arns = {"arn:aws:iam::111122223333:policy/gone"};
  EXPECT_FALSE(allowed({app}, test::call(session(), "s3:GetObject", "arn:aws:s3:::logs/a")));
  EXPECT_NE(judge({app}, call).reason.find("policy/gone cannot be evaluated"), std::string::npos);
}

TEST(PolicySnapshot, BucketPoliciesCoverTheirObjectsAndTrustPoliciesTheirRole) {
  EXPECT_TRUE(allowed({an_app()}, test::call(test::user(), "s3:ListBucket", "arn:aws:s3:::logs")));
  EXPECT_FALSE(
      allowed({an_app()}, test::call(test::user("bob"), "s3:ListBucket", "arn:aws:s3:::logs")));
  auto app = an_app();
  app.buckets["logs"].policy = "not JSON";
  EXPECT_FALSE(allowed({app}, test::call(test::root(), "s3:GetObject", "arn:aws:s3:::logs/a")));
  EXPECT_TRUE(allowed({app}, test::call(test::root(), "s3:GetObject", "arn:aws:s3:::other/a")));

  auto assume = test::call(test::service("lambda.amazonaws.com"), "sts:AssumeRole", kRole);
  assume.context["aws:SourceArn"] = {kFunction};
  assume.context["aws:SourceAccount"] = {test::kAccount};
  EXPECT_TRUE(allowed({an_app()}, assume));
  assume.principal = test::service("states.amazonaws.com");
  EXPECT_FALSE(allowed({an_app()}, assume));
}

TEST(SnapshotPolicySource, SessionPoliciesLimitAndASwapCountsAtOnce) {
  SnapshotPolicySource source(PolicySnapshot::make({an_app()}));
  auto call = test::call(session(), "s3:GetObject", "arn:aws:s3:::logs/a");
  const auto verdict = [&] { return iam::evaluate(call, source.policies_for(call)).verdict; };
  EXPECT_EQ(verdict(), sdk::Verdict::Allow);
  call.principal.session_policy = document(test::allow("s3:PutObject"));
  EXPECT_EQ(verdict(), sdk::Verdict::Deny);
  EXPECT_EQ(verdict(), sdk::Verdict::Deny);  // from the cache
  call.principal.session_policy = "{";
  EXPECT_EQ(verdict(), sdk::Verdict::Deny);
  call.principal.session_policy = document(test::allow("s3:*"));
  EXPECT_EQ(verdict(), sdk::Verdict::Allow);
  source.swap(PolicySnapshot::make(std::vector<model::App>{}));
  EXPECT_EQ(verdict(), sdk::Verdict::Deny);
}

// A configuration with one user, whom a bucket's policy lets list it.
store::Configuration with_user(store::IdentityRecord user) {
  store::Configuration configuration;
  configuration.apps["demo"].app = an_app();
  user.kind = store::IdentityKind::User;
  user.arn = test::user(user.name).arn;
  user.id = test::user().principal_id;
  auto identities = std::make_shared<store::Identities>();
  identities->users[user.name] = std::make_shared<const store::IdentityRecord>(user);
  configuration.identities = identities;
  return configuration;
}
sdk::Decision judge(const store::Configuration& configuration, const sdk::Call& call) {
  SnapshotPolicySource source(PolicySnapshot::make(std::vector<model::App>{}));
  source.take(configuration);
  return iam::evaluate(call, source.policies_for(call));
}
bool allowed(const store::Configuration& configuration, const sdk::Call& call) {
  return judge(configuration, call).verdict == sdk::Verdict::Allow;
}

TEST(PolicySnapshot, UsersHaveTheirPoliciesAndBoundary) {
  const auto get = [](const std::string& key) {
    return test::call(test::user("ann"), "s3:GetObject", "arn:aws:s3:::logs/" + key);
  };
  store::IdentityRecord ann{.name = "ann"};
  EXPECT_FALSE(allowed(with_user(ann), get("a")));
  ann.inline_policies["read"] = document(test::allow("s3:GetObject", "*"));
  EXPECT_TRUE(allowed(with_user(ann), get("a")));
  ann.boundary_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
  EXPECT_TRUE(allowed(with_user(ann), get("a")));
  ann.boundary_arn = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess";
  EXPECT_FALSE(allowed(with_user(ann), get("a")));
  ann.boundary_arn.reset();
  ann.inline_policies.clear();
  ann.attached_policies = {"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"};
  EXPECT_TRUE(allowed(with_user(ann), get("a")));
}

TEST(PolicySnapshot, WhoIsGoneMayNothingWhateverAResourceSays) {
  const auto list = test::call(test::user("ann"), "s3:ListBucket", "arn:aws:s3:::logs");
  EXPECT_TRUE(allowed(with_user({.name = "ann"}), list));
  auto gone = with_user({.name = "ann"});
  gone.identities = std::make_shared<const store::Identities>();
  EXPECT_TRUE(judge(gone, list).reason.contains("does not exist any more"));
  auto before = list;
  before.principal.principal_id = "AIDAANOTHERONEOFOLD";  // of the one who was deleted
  EXPECT_FALSE(allowed(with_user({.name = "ann"}), before));
  // A role's session, too.
  const auto get = test::call(session(), "s3:GetObject", "arn:aws:s3:::logs/a");
  EXPECT_TRUE(allowed(gone, get));
  gone.apps.clear();
  EXPECT_TRUE(judge(gone, get).reason.contains("does not exist any more"));
}

// Of a role that IAM's API made and deleted, before a stack declared one of that name.
TEST(PolicySnapshot, ASessionOfAnotherRoleOfThatNameHasNothingOfAStacks) {
  const auto configuration = with_user({.name = "ann"});
  auto get = test::call(session(), "s3:GetObject", "arn:aws:s3:::logs/a");
  EXPECT_TRUE(allowed(configuration, get));
  get.principal.principal_id = "AROAABCDEFGHIJKLMNOPQ:s";
  EXPECT_TRUE(judge(configuration, get).reason.contains("does not exist any more"));
  EXPECT_FALSE(allowed({an_app()}, get));
}

TEST(PolicySnapshot, ATrustPolicyMeansWhoeverItMeantWhenItWasPut) {
  store::IdentityRecord role{.kind = store::IdentityKind::Role,
                             .name = "made",
                             .id = "AROAABCDEFGHIJKLMNOPQ",
                             .arn = "arn:aws:iam::111122223333:role/made"};
  role.trust_policy = document(
      R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"}})");
  const auto asked = [&] {
    auto configuration = with_user({.name = "ann"});
    auto identities = std::make_shared<store::Identities>(*configuration.identities);
    identities->roles["made"] = std::make_shared<const store::IdentityRecord>(role);
    configuration.identities = identities;
    return allowed(configuration, test::call(test::user("ann"), "sts:AssumeRole", role.arn));
  };
  role.trusted_ids = {{"arn:aws:iam::111122223333:user/ann", test::user().principal_id}};
  EXPECT_TRUE(asked());
  role.trusted_ids = {{"arn:aws:iam::111122223333:user/ann", "AIDAANOTHERONEOFOLD"}};
  EXPECT_FALSE(asked());
}

TEST(PolicySnapshot, TagsAreThoseOfTheUserNow) {
  SnapshotPolicySource source(PolicySnapshot::make(std::vector<model::App>{}));
  source.take(with_user({.name = "ann", .tags = {{"team", "blue"}}}));
  EXPECT_EQ(source.current(test::user("ann")).session_tags.at("team"), "blue");
  // By the unique id: whoever was called otherwise when its key was made has another name now.
  EXPECT_EQ(source.current(test::user("anne")).arn, test::user("ann").arn);
  auto bob = test::user("bob");
  bob.principal_id = "AIDABOB";
  EXPECT_TRUE(source.current(bob).session_tags.empty());
  EXPECT_TRUE(source.current(test::root()).session_tags.empty());
}

}  // namespace
}  // namespace sextant::guard
