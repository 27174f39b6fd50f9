#pragma once
// The questions of `sextant policy simulate|explain`, from options or from a table, and their
// answers with all that is to be said of them.
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "guard/iam/evaluate.h"
#include "guard/iam/explain.h"
#include "sdk/call.h"
#include "server/commands/policy_files.h"

namespace sextant::server {

struct QuestionOptions {
  std::vector<std::string> principals;
  std::vector<std::string> actions;
  std::vector<std::string> resources;
  std::vector<std::string> context;  // key=value
  std::string table;
};

struct Row {
  std::string principal;
  std::string action;
  std::string resource = "*";
  sdk::ConditionContext context = {};
  std::optional<bool> expect = std::nullopt;  // allowed
};

struct Answered {
  Row row;
  sdk::Call call;
  guard::iam::Judgement judged;
  std::vector<guard::iam::StatementReport> reports;
  std::string lacking;             // "an Allow in service control policy, level 2 (ou.json)"
  std::vector<std::string> notes;  // what the answer hangs on; a misspelt action

  bool allowed() const { return judged.decision.verdict == sdk::Verdict::Allow; }
  bool wrong() const { return row.expect ? *row.expect != allowed() : !allowed(); }
};

// Invalid: nothing is asked, or a question that is none.
Result<std::vector<Answered>> answer_all(const QuestionOptions& options, const Scope& scope,
                                         const LoadedPolicies& policies);

}  // namespace sextant::server
