#include "template/policy_places.h"

#include <gtest/gtest.h>

namespace sextant::templates {
namespace {

constexpr std::string_view kPolicy = R"({
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow",
     "Action": ["s3:GetObject",
                "s3:PutObject"],
     "Condition": {"StringEquals": {"aws:username": "a"}}}
  ]
})";

TEST(PolicyPlaces, FollowsAPathAsFarAsItLeads) {
  const auto at = [](const std::vector<std::string>& path) { return place_of(kPolicy, path); };
  EXPECT_EQ(at({}), (Where{1, 1}));
  EXPECT_EQ(at({"Statement"}), (Where{3, 3}));
  EXPECT_EQ(at({"Statement", "0"}), (Where{4, 5}));
  EXPECT_EQ(at({"Statement", "0", "Action", "1"}), (Where{6, 17}));
  EXPECT_EQ(at({"Statement", "0", "Condition", "StringEquals", "aws:username"}), (Where{7, 37}));
  EXPECT_EQ(at({"Statement", "0", "Resource"}), (Where{4, 5}));
  EXPECT_EQ(at({"Statement", "7", "Action"}), (Where{3, 3}));
  EXPECT_EQ(at({"Nothing"}), (Where{1, 1}));
}

TEST(PolicyPlaces, TextsThatCannotBeReadHaveNone) {
  EXPECT_EQ(place_of("", {"Statement"}), (Where{}));
  EXPECT_EQ(place_of("{\"a\": [", {"a"}), (Where{}));
}

}  // namespace
}  // namespace sextant::templates
