#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>

#include "cli/node_client.h"
#include "cli/text_table.h"
#include "core/json.h"
#include "server/commands/policy_command.h"
#include "server/commands/policy_questions.h"

namespace sextant::server {
namespace {

using guard::iam::StatementReport;

struct SimulateOptions {
  PolicyFiles files;
  QuestionOptions questions;
  std::string output = "text";
};

// What the commands have loaded and answered, ready to be shown.
struct Session {
  LoadedPolicies policies;
  std::vector<Answered> answers;
  bool is_wrong() const { return std::ranges::any_of(answers, &Answered::wrong); }
};
Result<Session> ask(const SimulateOptions& options) {
  SX_TRY_AS(auto policies, LoadedPolicies::load(options.files));
  SX_TRY_AS(auto answers,
            answer_all(options.questions, options.files.template_input.scope(), policies));
  return Session{std::move(policies), std::move(answers)};
}

const char* effect_text(const StatementReport& report) {
  return report.effect == guard::iam::Effect::Allow ? "Allow" : "Deny";
}
std::string layer_text(const StatementReport& report) {
  return report.level == 0 ? report.layer
                           : report.layer + " (level " + std::to_string(report.level) + ")";
}

boost::json::object to_json(const StatementSource& source) {
  boost::json::object object{{"policy", source.policy}, {"statement", source.statement}};
  if (source.at.line == 0) return object;
  object["file"] = source.at.file;
  object["line"] = source.at.line;
  object["column"] = source.at.column;
  return object;
}

boost::json::array texts(const std::vector<std::string>& lines) {
  boost::json::array array;
  for (const auto& line : lines) array.emplace_back(line);
  return array;
}

boost::json::object to_json(const Answered& answered, const LoadedPolicies& policies) {
  const auto& decision = answered.judged.decision;
  boost::json::array statements;
  boost::json::array sources;
  for (const auto& label : decision.deciding_statements) {
    const auto source = policies.source_of(label);
    statements.emplace_back(source.text());
    sources.push_back(to_json(source));
  }
  boost::json::object object{
      {"principal", answered.row.principal}, {"action", answered.row.action},
      {"resource", answered.row.resource},   {"decision", answered.allowed() ? "Allow" : "Deny"},
      {"reason", decision.reason},           {"statements", std::move(statements)},
      {"decidedBy", std::move(sources)},     {"lacking", answered.lacking},
      {"notes", texts(answered.notes)}};
  if (answered.row.expect) object["asExpected"] = !answered.wrong();
  return object;
}

// What decided, in a word: the statement, or what there is not.
std::string decided_by(const Answered& answered, const LoadedPolicies& policies) {
  const auto& statements = answered.judged.decision.deciding_statements;
  if (!statements.empty()) return policies.source_of(statements.back()).text();
  return answered.lacking.empty() ? "" : "lacks " + answered.lacking;
}

void print_table(const Session& session) {
  cli::TextTable table({"decision", "principal", "action", "resource", "decided by"});
  std::vector<std::string> notes;
  for (const auto& answered : session.answers) {
    std::string decision = answered.allowed() ? "Allow" : "Deny";
    if (answered.row.expect && answered.wrong()) decision += " (unexpected)";
    table.add({decision, answered.row.principal, answered.row.action, answered.row.resource,
               decided_by(answered, session.policies)});
    for (const auto& note : answered.notes) {
      if (std::ranges::find(notes, note) == notes.end()) notes.push_back(note);
    }
  }
  std::printf("%s", table.text().c_str());
  for (const auto& note : notes) std::printf("note: %s\n", note.c_str());
}

cli::ExitCode usage(const Error& error) {
  cli::report(error);
  return cli::ExitCode::Usage;
}

cli::ExitCode simulate(const SimulateOptions& options) {
  const auto session = ask(options);
  if (!session) return usage(session.error());
  if (options.output == "json") {
    boost::json::array array;
    for (const auto& answered : session->answers)
      array.push_back(to_json(answered, session->policies));
    std::printf("%s\n", json::to_pretty_text(array).c_str());
  } else {
    print_table(*session);
  }
  return session->is_wrong() ? cli::ExitCode::Failed : cli::ExitCode::Ok;
}

boost::json::object to_json(const StatementReport& report, const LoadedPolicies& policies) {
  return {{"statement", policies.source_of(report.label).text()},
          {"layer", layer_text(report)},
          {"effect", effect_text(report)},
          {"applies", report.applies()},
          {"missing", report.missing()},
          {"doubtful", texts(report.doubtful_keys())}};
}

void print_report(const StatementReport& report, const LoadedPolicies& policies) {
  const auto how = report.applies() ? "applies" : "does not apply: " + report.missing();
  std::printf("  %s in %s %s: %s\n", effect_text(report), layer_text(report).c_str(),
              policies.source_of(report.label).text().c_str(), how.c_str());
}

void print_explanation(const Answered& answered, const LoadedPolicies& policies) {
  const auto& decision = answered.judged.decision;
  std::printf("%s\n", answered.allowed() ? "Allow" : "Deny");
  if (!decision.reason.empty()) std::printf("%s\n", decision.reason.c_str());
  for (const auto& label : decision.deciding_statements)
    std::printf("  decided by %s\n", policies.source_of(label).text().c_str());
  if (!answered.lacking.empty()) std::printf("  lacks %s\n", answered.lacking.c_str());
  if (answered.reports.empty())
    std::printf("  no statement speaks of %s\n", answered.call.action.c_str());
  for (const auto& report : answered.reports) print_report(report, policies);
  for (const auto& note : answered.notes) std::printf("  note: %s\n", note.c_str());
}

cli::ExitCode explain(const SimulateOptions& options) {
  const auto session = ask(options);
  if (!session) return usage(session.error());
  boost::json::array array;
  for (const auto& answered : session->answers) {
    if (options.output != "json") {
      print_explanation(answered, session->policies);
      continue;
    }
    auto object = to_json(answered, session->policies);
    auto& list = object["explanation"].emplace_array();
    for (const auto& report : answered.reports) list.push_back(to_json(report, session->policies));
    array.push_back(std::move(object));
  }
  if (options.output == "json") std::printf("%s\n", json::to_pretty_text(array).c_str());
  return session->is_wrong() ? cli::ExitCode::Failed : cli::ExitCode::Ok;
}

void add_question_options(CLI::App& command, SimulateOptions& options) {
  auto& questions = options.questions;
  command.add_option("--principal", questions.principals,
                     "Who calls: ARN of a user, role, session or root, a service, or *");
  command.add_option("--action", questions.actions, "Action, like s3:GetObject; may repeat");
  command.add_option("--resource", questions.resources, "ARN of the resource; may repeat")
      ->capture_default_str();
  command
      .add_option("--context", questions.context,
                  "Condition key of the request as key=value; may repeat")
      ->check(
          [](const std::string& text) { return text.contains('=') ? "" : "must be key=value"; });
  command
      .add_option("--table", questions.table,
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
