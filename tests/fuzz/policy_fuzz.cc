// A policy document, compiled for each use and asked: it never crashes, a decision always has its
// reason, and a policy that only allows never denies what was allowed without it.
// links: guard
#include "guard/iam/policy.h"

#include "guard/iam/evaluate.h"
#include "guard/iam/validate.h"
#include "tests/fuzz/fuzz_input.h"

using namespace sextant;
using namespace sextant::guard::iam;

namespace {

sdk::Call make_call() {
  sdk::Call call;
  call.scope = {AccountId("111122223333"), Region("us-east-1")};
  call.principal = {.kind = sdk::PrincipalKind::User,
                    .account = call.scope.account,
                    .arn = "arn:aws:iam::111122223333:user/ann",
                    .principal_id = "AIDA0123456789ABCDEF"};
  call.service = "s3";
  call.action = "s3:GetObject";
  call.resource = "arn:aws:s3:::bucket/key";
  call.source_ip = "192.0.2.1";
  call.context = {{"k:x", {"a"}}, {"k:y", {"a", "b"}}, {"aws:SecureTransport", {"true"}}};
  return call;
}

bool only_allows(const Policy& policy) {
  for (const auto& statement : policy.statements()) {
    if (statement.effect == Effect::Deny) return false;
  }
  return !policy.defect();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sdk::Call kCall = make_call();
  static const PolicyPtr kAll =
      policy_or_defect(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
                       PolicyUse::Identity, "all");
  const auto text = fuzz::as_text(data, size);
  for (const auto use : {PolicyUse::Identity, PolicyUse::Resource, PolicyUse::Trust}) {
    const auto parsed = parse_policy(text, use, "p");
    const auto policy = policy_or_defect(text, use, "p");
    SX_CHECK(parsed.has_value() == !policy->defect());
    AppliedPolicies policies;
    (use == PolicyUse::Identity ? policies.identity : policies.resource).push_back(policy);
    const auto alone = evaluate(kCall, policies);
    SX_CHECK((alone.verdict == sdk::Verdict::Allow) == alone.reason.empty());
    SX_CHECK(parsed || alone.verdict != sdk::Verdict::Allow);
    policies.identity.push_back(kAll);
    const auto with_all = evaluate(kCall, policies);
    if (only_allows(*policy)) SX_CHECK(with_all.verdict == sdk::Verdict::Allow);
    if (alone.verdict == sdk::Verdict::Allow) SX_CHECK(with_all.verdict == sdk::Verdict::Allow);
  }
  for (const auto kind : {PolicyKind::Managed, PolicyKind::Bucket, PolicyKind::Trust}) {
    const auto findings = validate(text, kind);
    for (const auto& finding : findings)
      SX_CHECK(!finding.code.empty() && !finding.message.empty());
    // Nothing that the evaluator refuses passes the validator.
    if (!parse_policy(text, use_of(kind), "p")) SX_CHECK(!findings.empty());
  }
  return 0;
}
