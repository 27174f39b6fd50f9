// links: guard store model sdk ports core
// Judges cases as sextant policy simulate would, for a second evaluator to compare with
// (tests/oracle/iam):
//   iam_tool < cases.jsonl
// One case (tests/support/iam_case.h) a line in, one array of its answers a line out: "Allowed",
// "ExplicitlyDenied", "ImplicitlyDenied" or "Defective", or {"error"} for a line that is no case.
#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <string>

#include "core/json.h"
#include "guard/iam/evaluate.h"
#include "tests/support/iam_case.h"

namespace {

using namespace sextant;

const char* answer(const sdk::Call& call, const guard::iam::AppliedPolicies& policies) {
  const auto decision = guard::iam::evaluate(call, policies);
  if (decision.verdict == sdk::Verdict::Allow) return "Allowed";
  if (!decision.deciding_statements.empty()) return "ExplicitlyDenied";
  return decision.reason.contains(" cannot be evaluated: ") ? "Defective" : "ImplicitlyDenied";
}

json::Value answers(const std::string& line) {
  const auto made = test::IamCaseReader::read(line);
  if (!made) return json::Object{{"error", made.error().message}};
  json::Array found;
  for (const auto& call : made->calls) found.emplace_back(answer(call, made->policies));
  return found;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::printf("%s\n", json::to_text(answers(line)).c_str());
    std::fflush(stdout);
  }
}
