// What must hold of every evaluation, tried on random policies and calls from a small world in
// which most things collide.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "guard/iam/explain.h"
#include "guard/iam/iam_test_support.h"
#include "guard/iam/organisation.h"

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
    if (chance(4)) all.service_control = levels(PolicyUse::Identity);
    if (chance(4)) all.resource_control = levels(PolicyUse::Resource);
    return all;
  }
  // Of an organisation: one to three, each with one or two policies.
  std::vector<std::vector<PolicyPtr>> levels(PolicyUse use) {
    std::vector<std::vector<PolicyPtr>> made(1 + random_() % 3);
    for (auto& level : made) {
      level = {policy(use)};
      if (chance(2)) level.push_back(policy(use));
    }
    return made;
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

// Whichever layer says it, if it binds the call.
TEST_F(Property, ADenyThatAppliesWins) {
  const auto everything = test::policy(test::deny("*"));
  const auto to_everybody =
      test::resource_policy(test::deny("*", "*", test::for_principal(R"("*")")));
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    const auto before = world.applied();
    const auto denied_in = [&](const auto& add) {
      auto policies = before;
      add(policies);
      return !test::allowed(made, policies);
    };
    ASSERT_TRUE(denied_in([&](auto& all) { all.identity.push_back(everything); }));
    ASSERT_TRUE(denied_in([&](auto& all) { all.resource.push_back(to_everybody); }));
    ASSERT_TRUE(denied_in([&](auto& all) { all.session.push_back(everything); }));
    if (bound_by_resource_control(made)) {
      ASSERT_TRUE(denied_in([&](auto& all) { all.resource_control.push_back({to_everybody}); }));
    }
    if (bound_by_service_control(made.principal)) {
      ASSERT_TRUE(denied_in([&](auto& all) { all.service_control.push_back({everything}); }));
    }
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
    policies.resource_control.push_back({world.policy(PolicyUse::Resource)});
    ASSERT_FALSE(test::allowed(made, policies));
  }
}

// Each alone, so that none hides another. What a resource control policy allows grants nothing.
TEST_F(Property, AResourceControlPolicyNeverAddsAccess) {
  const auto everything =
      test::resource_policy(test::allow("*", "*", test::for_principal(R"("*")")));
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    auto policies = world.applied();
    const bool before = test::allowed(made, policies);
    policies.resource_control.push_back({everything});
    ASSERT_EQ(test::allowed(made, policies), before);
    policies.resource_control.back() = {world.policy(PolicyUse::Resource)};
    ASSERT_LE(test::allowed(made, policies), before);
  }
}

TEST_F(Property, OrderDoesNotMatter) {
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    auto policies = world.applied();
    const bool before = test::allowed(made, policies);
    world.shuffle(policies.identity);
    world.shuffle(policies.resource);
    world.shuffle(policies.service_control);
    world.shuffle(policies.resource_control);
    for (auto& level : policies.resource_control) world.shuffle(level);
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

// The explanation and the decision are two walks over the same statements: they must agree.
TEST_F(Property, AnExplanationFitsTheDecision) {
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    const auto policies = world.applied();
    const bool is_allow = test::allowed(made, policies);
    const auto reports = explain(made, policies);
    const auto applies = [&](Effect effect, bool own) {
      return std::ranges::any_of(reports, [&](const StatementReport& report) {
        const bool counts = !own || report.layer == "identity-based policy" ||
                            report.layer == "resource-based policy";
        return report.effect == effect && counts && report.applies();
      });
    };
    if (applies(Effect::Deny, true)) {
      ASSERT_FALSE(is_allow);
    }
    if (is_allow && made.principal.kind != sdk::PrincipalKind::Root) {
      ASSERT_TRUE(applies(Effect::Allow, true));
    }
    for (const auto& report : reports) ASSERT_EQ(report.applies(), report.missing().empty());
  }
}

// What hangs on no statement in doubt does not change by what the call did not say.
TEST_F(Property, WhatIsNotInDoubtStaysWhateverIsAdded) {
  int settled = 0;
  for (int i = 0; i < kRounds; ++i) {
    auto made = world.call();
    made.context.clear();
    const auto policies = world.applied();
    const auto judged = judge(made, policies);
    if (!doubts(judged, explain(made, policies)).empty()) continue;
    ++settled;
    const bool before = judged.decision.verdict == sdk::Verdict::Allow;
    for (const char* value : {"1", "2", "3"}) {
      made.context["k:x"] = {value};
      ASSERT_EQ(test::allowed(made, policies), before);
    }
  }
  EXPECT_GT(settled, kRounds / 20);
}

// A layer is named when, and only when, an Allow is what is missing.
TEST_F(Property, ALayerThatLacksAnAllowHasNone) {
  for (int i = 0; i < kRounds; ++i) {
    const auto made = world.call();
    const auto policies = world.applied();
    const auto judged = judge(made, policies);
    ASSERT_EQ(judged.lacking.empty(), !judged.decision.reason.contains("because no "));
    if (judged.lacking.empty() || judged.lacking == "resource-based policy") continue;
    for (const auto& report : explain(made, policies)) {
      const bool of_layer = report.layer == judged.lacking && report.level == judged.level;
      ASSERT_FALSE(of_layer && report.effect == Effect::Allow && report.applies());
    }
  }
}

// Of plain operators on one value that both can read, exactly one of x and Not-x holds.
TEST_F(Property, AnOperatorAndItsOppositeComplementEachOther) {
  struct Opposites {
    const char* one;
    const char* other;
    std::initializer_list<const char*> values;
  };
  const std::initializer_list<const char*> texts{"a", "A", "ab", "a*", "?", "", "b"};
  const std::initializer_list<const char*> numbers{"0",   "-1",  "1",
                                                   "1.0", "1.5", "9007199254740993"};
  const std::initializer_list<const char*> dates{"2026-01-01T00:00:00Z", "2026-01-01",
                                                 "2026-01-01T00:00:01Z", "1767225600"};
  const std::initializer_list<const char*> arns{
      "arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::*", "arn:aws:sqs:us-east-1:111122223333:q"};
  const Opposites pairs[] = {
      {"StringEquals", "StringNotEquals", texts},
      {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", texts},
      {"StringLike", "StringNotLike", texts},
      {"NumericEquals", "NumericNotEquals", numbers},
      {"NumericLessThan", "NumericGreaterThanEquals", numbers},
      {"NumericGreaterThan", "NumericLessThanEquals", numbers},
      {"DateEquals", "DateNotEquals", dates},
      {"DateLessThan", "DateGreaterThanEquals", dates},
      {"DateGreaterThan", "DateLessThanEquals", dates},
      {"ArnEquals", "ArnNotEquals", arns},
      {"ArnLike", "ArnNotLike", arns},
      {"IpAddress", "NotIpAddress", {"192.0.2.7", "192.0.2.0/24", "2001:db8::1", "2001:db8::/32"}},
  };
  const auto holds = [](const char* name, const std::string& operand, const std::string& value) {
    const auto condition =
        R"("Condition":{")" + std::string(name) + R"(":{"k:x":")" + operand + "\"}}";
    auto made = test::call(test::user());
    made.context["k:x"] = {value};
    return test::allowed(made, {.identity = {test::policy(test::allow("*", "*", condition))}});
  };
  for (const auto& [one, other, values] : pairs) {
    for (const std::string operand : values) {
      for (const std::string value : values) {
        // A range or a pattern is no value of a request.
        if (value.find_first_of("/*?") != std::string::npos) continue;
        EXPECT_NE(holds(one, operand, value), holds(other, operand, value))
            << one << " " << operand << " of " << value;
      }
    }
  }
}

}  // namespace
}  // namespace sextant::guard::iam
