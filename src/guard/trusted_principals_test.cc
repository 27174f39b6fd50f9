#include "guard/trusted_principals.h"

#include <gtest/gtest.h>

namespace sextant::guard {
namespace {

using Arns = std::vector<std::string>;

TEST(TrustedPrincipals, AreUsersAndRolesByArn) {
  const std::string user = "arn:aws:iam::000000000000:user/ada";
  const std::string role = "arn:aws:iam::000000000000:role/ci";
  const std::pair<std::string, Arns> table[] = {
      {R"({"Statement":{"Principal":{"AWS":")" + user + R"("}}})", {user}},
      {R"({"Statement":[{"Principal":{"AWS":[")" + role + R"(",")" + user +
           R"("]}},{"NotPrincipal":{"AWS":")" + user + R"("}}]})",
       {role, user}},
      {R"({"Statement":{"Principal":{"AWS":"arn:aws:iam::000000000000:root"}}})", {}},
      {R"({"Statement":{"Principal":{"AWS":"arn:aws:sts::000000000000:assumed-role/ci/s"}}})", {}},
      {R"({"Statement":{"Principal":{"Service":"lambda.amazonaws.com"}}})", {}},
      {R"({"Statement":{"Principal":"*"}})", {}},
      {R"({"Statement":{"Resource":")" + user + R"("}})", {}},
      {"[]", {}},
      {"no JSON", {}},
  };
  for (const auto& [document, expected] : table) EXPECT_EQ(trusted_arns(document), expected);
}

TEST(TrustedPrincipals, TheirIdsTakeTheirPlace) {
  const std::map<std::string, std::string> ids{{"arn:aws:iam::000000000000:user/ada", "AIDA1"}};
  EXPECT_EQ(
      with_names(
          R"({"Statement":[{"Principal":{"AWS":["arn:aws:iam::000000000000:user/ada","000000000000"]},"Sid":"arn:aws:iam::000000000000:user/ada"}]})",
          ids),
      R"({"Statement":[{"Principal":{"AWS":["AIDA1","000000000000"]},"Sid":"arn:aws:iam::000000000000:user/ada"}]})");
  EXPECT_EQ(with_names("no JSON", ids), "no JSON");
}

}  // namespace
}  // namespace sextant::guard
