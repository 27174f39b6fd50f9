#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/node_client.h"
#include "cli/package_code.h"
#include "core/encoding.h"
#include "core/file.h"
#include "core/json.h"
#include "core/xml.h"
#include "template/template.h"

namespace sextant::cli {
namespace {

struct DeployOptions {
  NodeOptions node;
  std::string file;
  std::string stack;
  std::vector<std::string> parameters;
  bool check_only = false;
};

std::string stack_name_of(const DeployOptions& options) {
  if (!options.stack.empty()) return options.stack;
  auto path = std::filesystem::absolute(options.file);
  auto name = path.stem().string();
  if (name == "template")
    name = path.parent_path().filename().string();  // apps/threat_intel/template.yaml
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
  return name;
}

// `kept`: parameters whose value of the last deploy stays.
std::string form(std::string_view action, const DeployOptions& options, const std::string& text,
                 const std::vector<std::string>& kept = {}) {
  std::string body =
      "Action=" + std::string(action) + "&Version=2010-05-15&TemplateBody=" + uri_encode(text);
  if (action == "ValidateTemplate") return body;
  body += "&StackName=" + uri_encode(stack_name_of(options));
  int index = 0;
  for (const char* capability : {"CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"}) {
    body += "&Capabilities.member." + std::to_string(++index) + "=" + capability;
  }
  index = 0;
  for (const auto& parameter : options.parameters) {
    const auto equals = parameter.find('=');
    const auto prefix = "&Parameters.member." + std::to_string(++index);
    body += prefix + ".ParameterKey=" + uri_encode(parameter.substr(0, equals)) + prefix +
            ".ParameterValue=" + uri_encode(parameter.substr(equals + 1));
  }
  for (const auto& name : kept) {
    const auto prefix = "&Parameters.member." + std::to_string(++index);
    body += prefix + ".ParameterKey=" + uri_encode(name) + prefix + ".UsePreviousValue=true";
  }
  return body;
}

Result<net::ClientResponse> cloudformation(NodeClient& client, std::string body) {
  return client.call({.service = "cloudformation",
                      .method = "POST",
                      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                      .body = std::move(body)});
}

// All that can be said without the node's functions; the node checks handlers and policies when the
// template is deployed.
Result<> check_form(const DeployOptions& options, const std::string& text) {
  templates::ParseOptions how{
      .scope = {AccountId("000000000000"), Region(options.node.region)},
      .stack_name = stack_name_of(options),
      .stack_id = "arn:aws:cloudformation:" + options.node.region + ":000000000000:stack/check",
      .file_name = options.file};
  for (const auto& parameter : options.parameters) {
    const auto equals = parameter.find('=');
    how.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  const auto app = templates::parse_template(text, how);
  if (app) return {};
  return fail(Code::Invalid, "Template error:\n" + templates::to_text(app.error()));
}

struct Outcome {
  std::string done;  // "created"
  std::vector<std::string> warnings = {};
};

Outcome outcome_of(std::string done, std::string_view action, const std::string& body) {
  Outcome outcome{.done = std::move(done)};
  const auto answer = xml::parse(body);
  const auto* result = answer ? answer->child(std::string(action) + "Result") : nullptr;
  const auto* warnings = result == nullptr ? nullptr : result->child("Warnings");
  if (warnings == nullptr) return outcome;
  for (const auto& warning : warnings->children) outcome.warnings.push_back(warning.text);
  return outcome;
}

// The names in Parameters of an answer.
std::set<std::string> parameters_in(const xml::Element* holder) {
  std::set<std::string> names;
  const auto* list = holder == nullptr ? nullptr : holder->child("Parameters");
  if (list == nullptr) return names;
  for (const auto& member : list->children) names.insert(member.text_of("ParameterKey"));
  return names;
}

std::set<std::string> parameters_of_stack(NodeClient& client, const DeployOptions& options) {
  const auto described =
      cloudformation(client, "Action=DescribeStacks&Version=2010-05-15&StackName=" +
                                 uri_encode(stack_name_of(options)));
  const auto answer = described ? xml::parse(described->body) : Result<xml::Element>();
  if (!described || !answer) return {};
  const auto* result = answer->child("DescribeStacksResult");
  const auto* stacks = result == nullptr ? nullptr : result->child("Stacks");
  return parameters_in(stacks == nullptr ? nullptr : stacks->child("member"));
}

// As `aws cloudformation deploy` has it: what the template declares, the stack has and the command
// line does not give keeps its value. None for a new stack, or one that may not be looked at.
std::vector<std::string> kept_parameters(NodeClient& client, const DeployOptions& options,
                                         const std::string& text) {
  const auto validated = cloudformation(client, form("ValidateTemplate", options, text));
  const auto answer = validated ? xml::parse(validated->body) : Result<xml::Element>();
  if (!validated || !answer) return {};
  const auto has = parameters_of_stack(client, options);
  std::vector<std::string> kept;
  for (const auto& name : parameters_in(answer->child("ValidateTemplateResult"))) {
    const bool given = std::ranges::any_of(options.parameters, [&](const std::string& parameter) {
      return parameter.starts_with(name + "=");
    });
    if (has.contains(name) && !given) kept.push_back(name);
  }
  return kept;
}

// An update when the stack is there, a creation otherwise; the name of what was done.
Result<Outcome> deploy(NodeClient& client, const DeployOptions& options, const std::string& text) {
  if (options.check_only) {
    SX_TRY(check_form(options, text));
    SX_TRY(cloudformation(client, form("ValidateTemplate", options, text)));
    return Outcome{.done = "valid"};
  }
  const auto kept = kept_parameters(client, options, text);
  auto updated = cloudformation(client, form("UpdateStack", options, text, kept));
  if (updated) return outcome_of("updated", "UpdateStack", updated->body);
  if (updated.error().message.contains("No updates are to be performed"))
    return Outcome{.done = "unchanged"};
  // Of a stack whose creation failed nothing is there.
  const auto& told = updated.error().message;
  const bool missing = told.starts_with("Stack with id ") && told.ends_with(" does not exist");
  if (!missing && !told.contains("is in ROLLBACK_COMPLETE state"))
    return std::unexpected(std::move(updated).error());
  SX_TRY_AS(const auto created, cloudformation(client, form("CreateStack", options, text)));
  return outcome_of("created", "CreateStack", created.body);
}

bool is_of_template(const Error& error) { return error.message.starts_with("Template error:"); }

// The node knows the template by its text alone and gives it a name of its own in each line.
Error with_file_name(Error error, const std::string& file) {
  const auto its_name = "\n" + templates::ParseOptions{}.file_name + ":";
  const auto name = "\n" + file + ":";
  for (std::size_t at = 0; (at = error.message.find(its_name, at)) != std::string::npos;
       at += name.size()) {
    error.message.replace(at, its_name.size(), name);
  }
  error.name.clear();
  return error;
}

std::string with_file_name(const std::string& warning, const std::string& file) {
  const auto its_name = templates::ParseOptions{}.file_name;
  return warning.starts_with(its_name) ? file + warning.substr(its_name.size()) : warning;
}

ExitCode run(const DeployOptions& options) {
  auto text = read_file(options.file);
  if (!text) return report_usage(text.error());
  text = package_code(*text, options.file);
  if (!text) return report_usage(text.error());
  auto client = NodeClient::open(options.node);
  if (!client) return report_usage(client.error());
  auto done = deploy(*client, options, *text);
  if (!done && is_of_template(done.error()))
    return report_usage(with_file_name(std::move(done).error(), options.file));
  if (!done) return report(std::move(done).error().within(options.file));
  for (auto& warning : done->warnings) warning = with_file_name(warning, options.file);
  if (options.node.json()) {
    boost::json::object result{{"StackName", stack_name_of(options)}, {"Result", done->done}};
    auto& warnings = result["Warnings"].emplace_array();
    for (const auto& warning : done->warnings) warnings.emplace_back(warning);
    std::printf("%s\n", json::to_text(result).c_str());
  } else {
    for (const auto& warning : done->warnings)
      std::fprintf(stderr, "warning: %s\n", warning.c_str());
    std::printf("stack '%s': %s\n", stack_name_of(options).c_str(), done->done.c_str());
  }
  return ExitCode::Ok;
}

}  // namespace

void add_deploy(CLI::App& program, ExitCode& exit) {
  auto options = std::make_shared<DeployOptions>();
  auto* command =
      program.add_subcommand("deploy", "Deploy an app from a SAM or CloudFormation template");
  command->add_option("template", options->file, "The template's file")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("--stack-name", options->stack,
                      "Name of the stack (default: the template's file or folder)");
  command
      ->add_option("--parameter", options->parameters,
                   "Name=Value of a template parameter; may repeat. Others keep the value of the "
                   "last deploy, or have the template's default")
      ->allow_extra_args(false)  // one each: the template may follow
      ->check(
          [](const std::string& text) { return text.contains('=') ? "" : "must be Name=Value"; });
  command->add_flag("--check", options->check_only,
                    "Only say whether the template is valid; handlers and policies are checked "
                    "when it is deployed");
  add_node_options(*command, options->node);
  command->callback([options, &exit] { exit = run(*options); });
}

}  // namespace sextant::cli
