#include "server/commands/policy_questions.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/strings.h"
#include "core/suggest.h"
#include "guard/iam/name_checks.h"
#include "guard/iam/simulate.h"

namespace sextant::server {
namespace {

using guard::iam::StatementReport;

sdk::ConditionContext context_of(const std::vector<std::string>& pairs) {
  sdk::ConditionContext context;
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    context[pair.substr(0, equals)].push_back(pair.substr(equals + 1));
  }
  return context;
}

std::vector<Row> rows_of(const QuestionOptions& options) {
  const std::vector<std::string> everything{"*"};
  std::vector<Row> rows;
  for (const auto& principal : options.principals) {
    for (const auto& action : options.actions) {
      for (const auto& resource : options.resources.empty() ? everything : options.resources)
        rows.push_back({principal, action, resource, context_of(options.context)});
    }
  }
  return rows;
}

Result<sdk::ConditionContext> context_in(const boost::json::object& object) {
  sdk::ConditionContext context;
  const auto* members = json::find(object, "context");
  if (members == nullptr) return context;
  if (!members->is_object()) return fail(Code::Invalid, "context is an object of keys and values");
  for (const auto& [key, value] : members->get_object()) {
    auto& values = context[std::string(key)];
    const auto add = [&](const json::Value& each) {
      values.push_back(each.is_string() ? std::string(each.get_string()) : json::to_text(each));
    };
    if (!value.is_array()) add(value);
    if (value.is_array()) std::ranges::for_each(value.get_array(), add);
  }
  return context;
}

Result<Row> row_in(const json::Value& value) {
  if (!value.is_object()) return fail(Code::Invalid, "must be an object");
  const auto& object = value.get_object();
  Row row{.principal = json::text_or(object, "principal"),
          .action = json::text_or(object, "action"),
          .resource = json::text_or(object, "resource", "*")};
  SX_TRY_AS(row.context, context_in(object));
  if (row.principal.empty() || row.action.empty())
    return fail(Code::Invalid, "needs principal and action");
  const auto expect = to_lower(json::text_or(object, "expect"));
  if (!expect.empty() && expect != "allow" && expect != "deny")
    return fail(Code::Invalid, "expect is Allow or Deny, not " + expect);
  if (!expect.empty()) row.expect = expect == "allow";
  return row;
}

// A JSON array of {principal, action, resource, context, expect}.
Result<std::vector<Row>> read_table(const std::string& file) {
  SX_TRY_AS(const auto text, read_file(file));
  SX_TRY_AS(const auto value, json::parse(text));
  if (!value.is_array()) return fail(Code::Invalid, "must be a JSON array of questions");
  std::vector<Row> rows;
  for (std::size_t i = 0; i < value.get_array().size(); ++i) {
    SX_TRY_AS(auto row, within("question " + std::to_string(i + 1), row_in(value.get_array()[i])));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string joined(const std::vector<std::string>& words) {
  return listed({words.begin(), words.end()});
}

// What had to allow and does not.
std::string lacking_of(const guard::iam::Judgement& judged,
                       const guard::iam::AppliedPolicies& policies) {
  if (judged.lacking.empty()) return {};
  const auto names = guard::iam::policies_in(policies, judged.lacking, judged.level);
  auto text = "an Allow in " + std::string(judged.lacking);
  if (judged.level > 0) text += ", level " + std::to_string(judged.level);
  return text + (names.empty() ? " (there is none)" : " (" + joined(names) + ")");
}

std::string doubt_text(const StatementReport& report, const LoadedPolicies& policies) {
  const auto keys = report.doubtful_keys();
  const char* effect = report.effect == guard::iam::Effect::Allow ? "Allow" : "Deny";
  return std::string("in doubt: the question gives no ") + joined(keys) + "; with it, " + effect +
         " " + policies.source_of(report.label).text() +
         (report.applies() ? " may apply no more" : " may apply");
}

std::vector<std::string> notes_of(const Answered& answered, const LoadedPolicies& policies) {
  std::vector<std::string> notes;
  if (const auto problem = guard::iam::action_problem(answered.row.action)) {
    notes.push_back(problem->message + (problem->hint.empty() ? "" : "; " + problem->hint));
  }
  for (const auto* report : guard::iam::doubts(answered.judged, answered.reports))
    notes.push_back(doubt_text(*report, policies));
  return notes;
}

Result<Answered> answer(const Row& row, const LoadedPolicies& policies, const Scope& scope) {
  SX_TRY_AS(auto principal, guard::iam::principal_of(row.principal));
  SX_TRY_AS(auto call, guard::iam::call_of({.scope = scope,
                                            .principal = std::move(principal),
                                            .action = row.action,
                                            .resource = row.resource,
                                            .context = row.context,
                                            .time = SystemClock().now()}));
  const auto applied = policies.policies_for(call);
  Answered answered{
      .row = row, .call = std::move(call), .judged = {}, .reports = {}, .lacking = {}, .notes = {}};
  answered.judged = guard::iam::judge(answered.call, applied);
  answered.reports = guard::iam::explain(answered.call, applied);
  answered.lacking = lacking_of(answered.judged, applied);
  answered.notes = notes_of(answered, policies);
  return answered;
}

}  // namespace

Result<std::vector<Answered>> answer_all(const QuestionOptions& options, const Scope& scope,
                                         const LoadedPolicies& policies) {
  auto rows = rows_of(options);
  if (!options.table.empty()) {
    SX_TRY_AS(auto more, within(options.table, read_table(options.table)));
    rows.insert(rows.end(), more.begin(), more.end());
  }
  if (rows.empty())
    return fail(Code::Invalid, "nothing is asked: give --principal and --action, or --table");
  std::vector<Answered> answers;
  for (const auto& row : rows) {
    SX_TRY_AS(auto answered, answer(row, policies, scope));
    answers.push_back(std::move(answered));
  }
  return answers;
}

}  // namespace sextant::server
