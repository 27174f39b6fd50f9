// What must hold of every evaluation, tried on random policies and calls from a small world in
// which most things collide.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "guard/iam/iam_test_support.h"

namespace sextant::guard::iam {
namespace {

constexpr int kRounds = 2'000;
constexpr std::size_t kPolicies = 40;  // of each kind; compiling is what takes time

class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    for (std::size_t i = 0; i < kPolicies; ++i) {
      identity_.push_back(make_policy(PolicyUse::Identity));
      resource_.push_back(make_policy(PolicyUse::Resource));
    }
    for (std::size_t i = 0; i < kPolicies; ++i) {
      one_allow_.push_back(test::policy(statement("Allow", false)));
      one_deny_.push_back(test::policy(statement("Deny", false)));
      resource_allow_.push_back(test::resource_policy(statement("Allow", true)));
      resource_deny_.push_back(test::resource_policy(statement("Deny", true)));
    }
  }

  std::string pick(std::initializer_list<const char*> from) {
    return *(from.begin() + static_cast<std::ptrdiff_t>(random_() % from.size()));
  }
  bool chance(unsigned one_in) { return random_() % one_in == 0; }

  std::string statement(const char* effect, bool principal) {
    std::string text = std::string(R"({"Effect":")") + effect + R"(",")" +
                       pick({"Action", "Action", "NotAction"}) + R"(":")" +
                       pick({"*", "s3:*", "s3:GetObject", "s3:Put*", "lambda:*"}) + R"(",")" +
                       pick({"Resource", "Resource", "NotResource"}) + R"(":")" +
                       pick({"*", "arn:aws:s3:::a/*", "arn:aws:s3:::b/k", "arn:aws:s3:::?/k"}) +
                       "\"";
    if (principal) {
      text += std::string(",\"") + pick({"Principal", "Principal", "NotPrincipal"}) + "\":" +
              pick({R"("*")", R"({"AWS":"111122223333"})", R"({"AWS":"444455556666"})",
                    R"({"AWS":"arn:aws:iam::111122223333:user/ann"})",
                    R"({"AWS":"arn:aws:iam::111122223333:role/r"})",
                    R"({"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"})"});
    }
    if (chance(2)) {
      text += std::string(R"(,"Condition":{")") +
              pick({"StringEquals", "StringNotEquals", "StringLikeIfExists",
                    "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals"}) +
              R"(":{"k:x":)" + pick({R"("1")", R"(["1","2"])", R"("*")"}) + "}}";
    }
    return text + "}";
  }

  PolicyPtr policy(PolicyUse use) {
    return any(use == PolicyUse::Resource ? resource_ : identity_);
  }
  PolicyPtr one_allow() { return any(one_allow_); }
  PolicyPtr one_deny() { return any(one_deny_); }
  PolicyPtr resource_allow() { return any(resource_allow_); }
  PolicyPtr resource_deny() { return any(resource_deny_); }

  PolicyPtr make_policy(PolicyUse use) {
    std::string statements;
    const auto count = 1 + random_() % 3;
    for (std::size_t i = 0; i < count; ++i) {
      statements +=
          (i == 0 ? "" : ",") + statement(chance(4) ? "Deny" : "Allow", use == PolicyUse::Resource);
    }
    return test::policy(statements, use);
  }
  std::vector<PolicyPtr> policies(PolicyUse use, std::size_t count_max) {
    std::vector<PolicyPtr> made(random_() % (count_max + 1));
    for (auto& one : made) one = policy(use);
    return made;
  }

  AppliedPolicies applied() {
    AppliedPolicies all;
    all.identity = policies(PolicyUse::Identity, 3);
    all.resource = policies(PolicyUse::Resource, 2);
    if (chance(3)) all.boundary = {policy(PolicyUse::Identity)};
    if (chance(4)) all.session = {policy(PolicyUse::Identity)};
    if (chance(6)) all.service_control = {{policy(PolicyUse::Identity)}};
    if (chance(6)) all.resource_control = {{policy(PolicyUse::Resource)}};
    return all;
  }

  sdk::Call call() {
    sdk::Principal principals[] = {test::user(),
                                   test::session(),
                                   test::root(),
                                   {},
                                   test::session("r", "s", test::kOtherAccount)};
    auto made = test::call(principals[random_() % std::size(principals)],
                           pick({"s3:GetObject", "s3:PutObject", "lambda:Invoke"}),
                           pick({"arn:aws:s3:::a/k", "arn:aws:s3:::b/k", "arn:aws:s3:::ab/k"}));
    if (chance(2)) made.context["k:x"] = {pick({"1", "2", "3"})};
    if (chance(8)) made.context["k:x"].emplace_back("2");
    return made;
  }

  template <typename List>
  void shuffle(List& list) {
    std::ranges::shuffle(list, random_);
  }

 private:
  PolicyPtr any(const std::vector<PolicyPtr>& from) { return from[random_() % from.size()]; }

  std::mt19937 random_;
  std::vector<PolicyPtr> identity_, resource_, one_allow_, one_deny_, resource_allow_,
      resource_deny_;
};

class Property : public testing::Test {
 protected:
  World world{20'260'702};
};

TEST_F(Property, ADenyThatAppliesWins) {
  const auto everything = test::policy(test::deny("*"));
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    auto policies = world.applied();
    policies.identity.push_back(everything);
    ASSERT_FALSE(test::allowed(made, policies));
  }
}

TEST_F(Property, AnotherAllowNeverRemovesAccess) {
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    auto policies = world.applied();
    if (!test::allowed(made, policies)) continue;
    policies.identity.push_back(world.one_allow());
    policies.resource.push_back(world.resource_allow());
    ASSERT_TRUE(test::allowed(made, policies));
  }
}

TEST_F(Property, AnotherDenyNeverAddsAccess) {
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    auto policies = world.applied();
    if (test::allowed(made, policies)) continue;
    policies.identity.push_back(world.one_deny());
    policies.resource.push_back(world.resource_deny());
    ASSERT_FALSE(test::allowed(made, policies));
  }
}

TEST_F(Property, ALimitNeverAddsAccess) {
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    auto policies = world.applied();
    if (test::allowed(made, policies)) continue;
    if (policies.boundary.empty()) policies.boundary = {world.policy(PolicyUse::Identity)};
    if (policies.session.empty()) policies.session = {world.policy(PolicyUse::Identity)};
    policies.service_control.push_back({world.policy(PolicyUse::Identity)});
    ASSERT_FALSE(test::allowed(made, policies));
  }
}

TEST_F(Property, OrderDoesNotMatter) {
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    auto policies = world.applied();
    const bool before = test::allowed(made, policies);
    world.shuffle(policies.identity);
    world.shuffle(policies.resource);
    ASSERT_EQ(test::allowed(made, policies), before);
  }
}

TEST_F(Property, ARefusalAlwaysSaysWhyAndAnAllowNamesItsStatement) {
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    const auto decision = evaluate(made, world.applied());
    const bool is_allow = decision.verdict == sdk::Verdict::Allow;
    ASSERT_EQ(decision.reason.empty(), is_allow);
    if (is_allow && made.principal.kind != sdk::PrincipalKind::Root) {
      ASSERT_FALSE(decision.deciding_statements.empty());
    }
  }
}

}  // namespace
}  // namespace sextant::guard::iam
