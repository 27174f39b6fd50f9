#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "cli/node_client.h"
#include "core/file.h"
#include "core/json.h"
#include "deploy/policy_check.h"
#include "guard/iam/validate.h"
#include "server/commands/policy_command.h"
#include "server/commands/template_input.h"
#include "template/policy_places.h"

namespace sextant::server {
namespace {

using guard::iam::Finding;
using guard::iam::PolicyKind;
using guard::iam::Severity;

struct CheckOptions {
  std::vector<std::string> files;
  std::string kind = "auto";
  std::string output = "text";
  bool strict = false;
  TemplateInput input;
};

const std::map<std::string, PolicyKind> kKinds{{"identity", PolicyKind::RoleInline},
                                               {"role-inline", PolicyKind::RoleInline},
                                               {"user-inline", PolicyKind::UserInline},
                                               {"managed", PolicyKind::Managed},
                                               {"boundary", PolicyKind::Boundary},
                                               {"session", PolicyKind::Session},
                                               {"trust", PolicyKind::Trust},
                                               {"bucket", PolicyKind::Bucket},
                                               {"resource", PolicyKind::Resource},
                                               {"scp", PolicyKind::ServiceControl},
                                               {"rcp", PolicyKind::ResourceControl}};

struct Located {
  model::Position at;
  Finding finding;
};

bool has_member(const json::Value& value, std::string_view name) {
  return value.is_object() && json::find(value.get_object(), name) != nullptr;
}

// Whoever names a principal is a resource's policy; without a resource, a role's trust.
PolicyKind guess_kind(const std::string& text) {
  const auto value = json::parse(text);
  if (!value || !has_member(*value, "Statement")) return PolicyKind::RoleInline;
  const auto& statement = value->get_object().at("Statement");
  const auto& first = statement.is_array() && !statement.get_array().empty()
                          ? statement.get_array().front()
                          : statement;
  if (!has_member(first, "Principal") && !has_member(first, "NotPrincipal"))
    return PolicyKind::RoleInline;
  const bool resource = has_member(first, "Resource") || has_member(first, "NotResource");
  return resource ? PolicyKind::Resource : PolicyKind::Trust;
}

model::Position place_of(const std::string& file, const std::string& text, const Finding& finding) {
  if (finding.at.line > 0)
    return {file, static_cast<int>(finding.at.line), static_cast<int>(finding.at.column)};
  const auto at = templates::place_of(text, finding.path);
  return {file, at.line, at.column};
}

class Check {
 public:
  explicit Check(const CheckOptions& options) : options_(options) {}

  Result<> look_at(const std::string& file) {
    SX_TRY_AS(const auto text, within(file, read_file(file)));
    const auto resources = templates::place_of(text, {"Resources"});
    const bool is_template =
        resources != templates::place_of(text, {}) || text.starts_with("Resources:");
    if (is_template) {
      look_at_template(file, text);
    } else {
      look_at_policy(file, text);
    }
    return {};
  }

  const std::vector<Located>& found() const { return found_; }
  bool failed() const {
    return std::ranges::any_of(found_, [this](const Located& each) {
      return options_.strict || each.finding.severity == Severity::Error;
    });
  }

 private:
  void look_at_policy(const std::string& file, const std::string& text) {
    const auto kind = options_.kind == "auto" ? guess_kind(text) : kKinds.at(options_.kind);
    for (auto& finding : guard::iam::validate(text, kind)) {
      auto at = place_of(file, text, finding);
      found_.push_back({std::move(at), std::move(finding)});
    }
  }

  void look_at_template(const std::string& file, const std::string& text) {
    templates::ParseOptions parse;
    parse.check_policy = deploy::check_policy;
    parse.on_warning = [this](const templates::Diagnostic& warning) {
      add(warning, Severity::Warning);
    };
    const auto app = parse_template_file(file, text, options_.input, std::move(parse));
    if (app) return;
    for (const auto& error : app.error()) add(error, Severity::Error);
  }
  void add(const templates::Diagnostic& diagnostic, Severity severity) {
    found_.push_back({diagnostic.at,
                      {.severity = severity,
                       .code = "Template",
                       .path = {},
                       .message = diagnostic.message,
                       .hint = diagnostic.hint}});
  }

  const CheckOptions& options_;
  std::vector<Located> found_;
};

std::string_view name_of(Severity severity) {
  return severity == Severity::Error ? "error" : "warning";
}

void print_text(const Located& located) {
  const auto& [at, finding] = located;
  std::string line = at.file;
  if (at.line > 0) line += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  line += ": " + std::string(name_of(finding.severity)) + ": ";
  if (finding.code != "Template") line += "[" + finding.code + "] ";
  if (!finding.sid.empty()) line += "statement " + finding.sid + ": ";
  line += finding.message;
  if (!finding.hint.empty()) line += "; " + finding.hint;
  std::printf("%s\n", line.c_str());
}

boost::json::object to_json(const Located& located) {
  const auto& [at, finding] = located;
  return {{"file", at.file},      {"line", at.line},
          {"column", at.column},  {"severity", name_of(finding.severity)},
          {"code", finding.code}, {"path", guard::iam::path_text(finding.path)},
          {"sid", finding.sid},   {"message", finding.message},
          {"hint", finding.hint}};
}

cli::ExitCode run(const CheckOptions& options) {
  Check check(options);
  for (const auto& file : options.files) {
    if (auto looked = check.look_at(file); !looked) {
      cli::report(looked.error());
      return cli::ExitCode::Usage;
    }
  }
  if (options.output == "json") {
    boost::json::array findings;
    for (const auto& located : check.found()) findings.push_back(to_json(located));
    std::printf("%s\n", json::to_pretty_text(findings).c_str());
  } else {
    for (const auto& located : check.found()) print_text(located);
  }
  return check.failed() ? cli::ExitCode::Failed : cli::ExitCode::Ok;
}

}  // namespace

void add_policy_check(CLI::App& command, cli::ExitCode& exit) {
  auto options = std::make_shared<CheckOptions>();
  auto* check = command.add_subcommand(
      "check", "Grammar, unknown names, sizes and warnings of policy documents and templates");
  check->add_option("files", options->files, "Policy documents (JSON) or templates")
      ->required()
      ->check(CLI::ExistingFile);
  std::vector<std::string> kinds{"auto"};
  for (const auto& [name, kind] : kKinds) kinds.push_back(name);
  check->add_option("--kind", options->kind, "Where the policies are attached")
      ->check(CLI::IsMember(kinds))
      ->capture_default_str();
  check->add_flag("--strict", options->strict, "Warnings fail too");
  check->add_option("--output", options->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  add_template_options(*check, options->input);
  check->callback([options, &exit] { exit = run(*options); });
}

}  // namespace sextant::server
