#pragma once
// Calls and policies for the tests of guard/iam: short to write, complete enough to be judged.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "guard/iam/evaluate.h"
#include "guard/iam/policy.h"
#include "sdk/call.h"

namespace sextant::guard::iam::test {

inline constexpr auto kAccount = "111122223333";
inline constexpr auto kOtherAccount = "444455556666";

inline PolicyPtr policy(const std::string& statements, PolicyUse use = PolicyUse::Identity,
                        const std::string& version = "2012-10-17") {
  auto parsed = parse_policy(R"({"Version":")" + version + R"(","Statement":[)" + statements + "]}",
                             use, "p");
  EXPECT_TRUE(parsed) << parsed.error().message << " in " << statements;
  return parsed ? *parsed : std::make_shared<const Policy>("p", Error{});
}
inline PolicyPtr resource_policy(const std::string& statements) {
  return policy(statements, PolicyUse::Resource);
}
inline std::string allow(const std::string& action, const std::string& resource = "*",
                         const std::string& more = "") {
  return R"({"Effect":"Allow","Action":")" + action + R"(","Resource":")" + resource + "\"" +
         (more.empty() ? "" : "," + more) + "}";
}
inline std::string deny(const std::string& action, const std::string& resource = "*",
                        const std::string& more = "") {
  auto text = allow(action, resource, more);
  return text.replace(text.find("Allow"), 5, "Deny");
}
inline std::string for_principal(const std::string& principal) {
  return R"("Principal":)" + principal;
}

inline sdk::Principal user(const std::string& name = "ann", const std::string& account = kAccount) {
  return {.kind = sdk::PrincipalKind::User,
          .account = AccountId(account),
          .arn = "arn:aws:iam::" + account + ":user/" + name,
          .principal_id = "AIDA0123456789ABCDEF"};
}
inline sdk::Principal session(const std::string& role = "r", const std::string& name = "s",
                              const std::string& account = kAccount) {
  return {.kind = sdk::PrincipalKind::AssumedRole,
          .account = AccountId(account),
          .arn = "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + name,
          .principal_id = "AROA0123456789ABCDEF:" + name,
          .role_arn = "arn:aws:iam::" + account + ":role/" + role};
}
inline sdk::Principal root(const std::string& account = kAccount) {
  return {.kind = sdk::PrincipalKind::Root,
          .account = AccountId(account),
          .arn = "arn:aws:iam::" + account + ":root",
          .principal_id = account};
}
inline sdk::Principal service(const std::string& name = "s3.amazonaws.com") {
  sdk::Principal principal;
  principal.kind = sdk::PrincipalKind::Service;
  principal.service = name;
  return principal;
}

inline sdk::Call call(sdk::Principal principal, const std::string& action = "s3:GetObject",
                      const std::string& resource = "arn:aws:s3:::bucket/key") {
  sdk::Call made;
  made.scope = {AccountId(kAccount), Region("us-east-1")};
  made.principal = std::move(principal);
  made.service = action.substr(0, action.find(':'));
  made.operation = action.substr(action.find(':') + 1);
  made.action = action;
  made.resource = resource;
  made.time = Time(std::chrono::seconds(1'800'000'000));  // 2027-01-15T08:00:00Z
  made.source_ip = "192.0.2.7";
  return made;
}

inline bool allowed(const sdk::Call& made, const AppliedPolicies& policies) {
  return evaluate(made, policies).verdict == sdk::Verdict::Allow;
}

}  // namespace sextant::guard::iam::test
