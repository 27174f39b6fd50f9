#include "guard/policy_cache.h"

#include <gtest/gtest.h>

namespace sextant::guard {
namespace {

using iam::PolicyUse;

constexpr auto kAll = R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";

TEST(PolicyCache, CompilesWhatIsNewAndForgetsWhatIsGone) {
  PolicyCache cache;
  const auto first = cache.compile(kAll, PolicyUse::Identity, "a");
  EXPECT_EQ(cache.compile(kAll, PolicyUse::Identity, "a"), first);
  EXPECT_NE(cache.compile(kAll, PolicyUse::Identity, "b"), first);
  EXPECT_NE(cache.compile(kAll, PolicyUse::Trust, "a"), first);
  EXPECT_NE(cache.compile("{}", PolicyUse::Identity, "a"), first);
  EXPECT_EQ(cache.size(), 4u);
  cache.settle();
  EXPECT_EQ(cache.compile(kAll, PolicyUse::Identity, "a"), first);
  cache.settle();
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_TRUE(cache.compile("{}", PolicyUse::Identity, "a")->defect().has_value());
}

}  // namespace
}  // namespace sextant::guard
