#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <optional>

#include "cli/node_client.h"
#include "cli/text_table.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/strings.h"
#include "guard/iam/evaluate.h"
#include "guard/iam/simulate.h"
#include "server/commands/policy_command.h"

namespace sextant::server {
namespace {

struct SimulateOptions {
  PolicyFiles files;
  std::vector<std::string> principals;
  std::vector<std::string> actions;
  std::vector<std::string> resources;
  std::vector<std::string> context;  // key=value
  std::string table;
  std::string output = "text";
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
  sdk::Decision decision;
  bool allowed() const { return decision.verdict == sdk::Verdict::Allow; }
  bool wrong() const { return row.expect ? *row.expect != allowed() : !allowed(); }
};

sdk::ConditionContext context_of(const std::vector<std::string>& pairs) {
  sdk::ConditionContext context;
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    context[pair.substr(0, equals)].push_back(pair.substr(equals + 1));
  }
  return context;
}

std::vector<Row> rows_of(const SimulateOptions& options) {
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

Result<Answered> answer(const Row& row, const LoadedPolicies& policies, const Scope& scope) {
  SX_TRY_AS(auto principal, guard::iam::principal_of(row.principal));
  SX_TRY_AS(auto call, guard::iam::call_of({.scope = scope,
                                            .principal = std::move(principal),
                                            .action = row.action,
                                            .resource = row.resource,
                                            .context = row.context,
                                            .time = SystemClock().now()}));
  auto decision = guard::iam::evaluate(call, policies.policies_for(call));
  return Answered{row, std::move(call), std::move(decision)};
}

Result<std::vector<Answered>> answer_all(const SimulateOptions& options,
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
    SX_TRY_AS(auto answered, answer(row, policies, options.files.template_input.scope()));
    answers.push_back(std::move(answered));
  }
  return answers;
}

boost::json::object to_json(const Answered& answered, const LoadedPolicies& policies) {
  boost::json::array statements;
  for (const auto& label : answered.decision.deciding_statements)
    statements.emplace_back(policies.place_of(label));
  boost::json::object object{
      {"principal", answered.row.principal}, {"action", answered.row.action},
      {"resource", answered.row.resource},   {"decision", answered.allowed() ? "Allow" : "Deny"},
      {"reason", answered.decision.reason},  {"statements", std::move(statements)}};
  if (answered.row.expect) object["asExpected"] = !answered.wrong();
  return object;
}

void print_table(const std::vector<Answered>& answers, const LoadedPolicies& policies) {
  cli::TextTable table({"decision", "principal", "action", "resource", "decided by"});
  for (const auto& answered : answers) {
    const auto& statements = answered.decision.deciding_statements;
    std::string decision = answered.allowed() ? "Allow" : "Deny";
    if (answered.row.expect && answered.wrong()) decision += " (unexpected)";
    table.add({decision, answered.row.principal, answered.row.action, answered.row.resource,
               statements.empty() ? "" : policies.place_of(statements.back())});
  }
  std::printf("%s", table.text().c_str());
}

cli::ExitCode usage(const Error& error) {
  cli::report(error);
  return cli::ExitCode::Usage;
}

cli::ExitCode simulate(const SimulateOptions& options) {
  const auto policies = LoadedPolicies::load(options.files);
  if (!policies) return usage(policies.error());
  const auto answers = answer_all(options, *policies);
  if (!answers) return usage(answers.error());
  if (options.output == "json") {
    boost::json::array array;
    for (const auto& answered : *answers) array.push_back(to_json(answered, *policies));
    std::printf("%s\n", json::to_pretty_text(array).c_str());
  } else {
    print_table(*answers, *policies);
  }
  const bool wrong = std::ranges::any_of(*answers, &Answered::wrong);
  return wrong ? cli::ExitCode::Failed : cli::ExitCode::Ok;
}

boost::json::object to_json(const guard::iam::StatementReport& report,
                            const LoadedPolicies& policies) {
  return {{"statement", policies.place_of(report.label)},
          {"layer", report.layer},
          {"effect", report.effect == guard::iam::Effect::Allow ? "Allow" : "Deny"},
          {"applies", report.applies()},
          {"missing", report.missing()}};
}

void print_explanation(const Answered& answered,
                       const std::vector<guard::iam::StatementReport>& reports,
                       const LoadedPolicies& policies) {
  std::printf("%s\n", answered.allowed() ? "Allow" : "Deny");
  if (!answered.decision.reason.empty()) std::printf("%s\n", answered.decision.reason.c_str());
  for (const auto& label : answered.decision.deciding_statements)
    std::printf("  decided by %s\n", policies.place_of(label).c_str());
  if (reports.empty()) std::printf("  no statement speaks of %s\n", answered.call.action.c_str());
  for (const auto& report : reports) {
    const char* effect = report.effect == guard::iam::Effect::Allow ? "Allow" : "Deny";
    const auto missing = report.missing();
    std::printf("  %s in %s %s: %s\n", effect, report.layer.c_str(),
                policies.place_of(report.label).c_str(),
                report.applies() ? "applies" : ("does not apply: " + missing).c_str());
  }
}

cli::ExitCode explain(const SimulateOptions& options) {
  const auto policies = LoadedPolicies::load(options.files);
  if (!policies) return usage(policies.error());
  const auto answers = answer_all(options, *policies);
  if (!answers) return usage(answers.error());
  boost::json::array array;
  for (const auto& answered : *answers) {
    const auto reports = guard::iam::explain(answered.call, policies->policies_for(answered.call));
    if (options.output != "json") {
      print_explanation(answered, reports, *policies);
      continue;
    }
    auto object = to_json(answered, *policies);
    auto& list = object["explanation"].emplace_array();
    for (const auto& report : reports) list.push_back(to_json(report, *policies));
    array.push_back(std::move(object));
  }
  if (options.output == "json") std::printf("%s\n", json::to_pretty_text(array).c_str());
  const bool wrong = std::ranges::any_of(*answers, &Answered::wrong);
  return wrong ? cli::ExitCode::Failed : cli::ExitCode::Ok;
}

void add_question_options(CLI::App& command, SimulateOptions& options) {
  command.add_option("--principal", options.principals,
                     "Who calls: ARN of a user, role, session or root, a service, or *");
  command.add_option("--action", options.actions, "Action, like s3:GetObject; may repeat");
  command.add_option("--resource", options.resources, "ARN of the resource; may repeat")
      ->capture_default_str();
  command
      .add_option("--context", options.context,
                  "Condition key of the request as key=value; may repeat")
      ->check(
          [](const std::string& text) { return text.contains('=') ? "" : "must be key=value"; });
  command
      .add_option("--table", options.table,
                  "JSON array of {principal, action, resource, context, expect}")
      ->check(CLI::ExistingFile);
  command.add_option("--output", options.output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  add_policy_options(command, options.files);
}

}  // namespace

void add_policy_simulate(CLI::App& command, cli::ExitCode& exit) {
  auto options = std::make_shared<SimulateOptions>();
  auto* simulated = command.add_subcommand("simulate", "What the gate would answer");
  add_question_options(*simulated, *options);
  simulated->callback([options, &exit] { exit = simulate(*options); });
}

void add_policy_explain(CLI::App& command, cli::ExitCode& exit) {
  auto options = std::make_shared<SimulateOptions>();
  auto* explained =
      command.add_subcommand("explain", "Why: which statements decide, and what others lack");
  add_question_options(*explained, *options);
  explained->callback([options, &exit] { exit = explain(*options); });
}

}  // namespace sextant::server
