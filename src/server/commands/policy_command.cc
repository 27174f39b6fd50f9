#include "server/commands/policy_command.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "core/file.h"
#include "core/json.h"
#include "guard/iam/policy.h"
#include "server/commands/commands.h"
#include "template/policy_places.h"

namespace sextant::server {
namespace {

using guard::iam::PolicyPtr;
using guard::iam::PolicyUse;

class FileReader {
 public:
  explicit FileReader(std::map<std::string, std::string>& texts) : texts_(texts) {}

  Result<> read(const std::vector<std::string>& files, PolicyUse use,
                std::vector<PolicyPtr>& policies) {
    for (const auto& file : files) {
      SX_TRY_AS(auto text, within(file, read_file(file)));
      SX_TRY_AS(auto policy, within(file, guard::iam::parse_policy(text, use, file)));
      policies.push_back(std::move(policy));
      texts_[file] = std::move(text);
    }
    return {};
  }

 private:
  std::map<std::string, std::string>& texts_;
};

// The path of the statement that a label's part behind "#" means: a Sid, or "Statement[2]".
std::vector<std::string> statement_path(const std::string& text, const std::string& name) {
  const auto value = json::parse(text);
  if (!value || !value->is_object()) return {};
  const auto* statements = json::find(value->get_object(), "Statement");
  if (statements == nullptr || !statements->is_array()) return {"Statement"};
  for (std::size_t i = 0; i < statements->get_array().size(); ++i) {
    const auto& statement = statements->get_array()[i];
    const bool named =
        name == "Statement[" + std::to_string(i) + "]" ||
        (statement.is_object() && json::text_or(statement.get_object(), "Sid") == name);
    if (named) return {"Statement", std::to_string(i)};
  }
  return {};
}

Result<std::shared_ptr<const guard::PolicySnapshot>> snapshot_of(const PolicyFiles& files) {
  const auto& file = files.template_file;
  SX_TRY_AS(const auto text, within(file, read_file(file)));
  auto app = parse_template_file(file, text, files.template_input, {});
  if (!app) return fail(Code::Invalid, templates::to_text(app.error()));
  return guard::PolicySnapshot::make(std::vector{std::move(*app)});
}

}  // namespace

void add_template_options(CLI::App& command, TemplateInput& input) {
  command
      .add_option("--parameter", input.parameters, "Name=Value of a template parameter; may repeat")
      ->allow_extra_args(false)  // one each: the files may follow
      ->check(
          [](const std::string& text) { return text.contains('=') ? "" : "must be Name=Value"; });
  command.add_option("--account", input.account, "Account that the calls are made in")
      ->capture_default_str();
  command.add_option("--region", input.region, "Region that the calls are made in")
      ->capture_default_str();
}

templates::Parsed parse_template_file(const std::string& file, const std::string& text,
                                      const TemplateInput& input, templates::ParseOptions options) {
  options.scope = input.scope();
  options.stack_name = "check";
  options.stack_id = "arn:aws:cloudformation:" + input.region + ":" + input.account +
                     ":stack/check/00000000-0000-0000-0000-000000000000";
  options.file_name = file;
  for (const auto& parameter : input.parameters) {
    const auto equals = parameter.find('=');
    options.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  return templates::parse_template(text, options);
}

void add_policy_options(CLI::App& command, PolicyFiles& files) {
  const auto add = [&](const char* name, std::vector<std::string>& into, const char* help) {
    command.add_option(name, into, help)->check(CLI::ExistingFile);
  };
  add("--identity", files.identity, "Policy of the principal; may repeat");
  add("--resource-policy", files.resource, "Policy of the resource; may repeat");
  add("--trust", files.trust, "Trust policy of the role that is the resource");
  add("--boundary", files.boundary, "Permissions boundary of the principal");
  add("--session", files.session, "Session policy of the principal");
  add("--scp", files.service_control, "Service control policies of the organisation, one level");
  command
      .add_option("--template", files.template_file,
                  "Template whose roles, buckets and permissions count as well")
      ->check(CLI::ExistingFile);
  add_template_options(command, files.template_input);
}

Result<LoadedPolicies> LoadedPolicies::load(const PolicyFiles& files) {
  LoadedPolicies loaded;
  FileReader reader(loaded.texts_);
  SX_TRY(reader.read(files.identity, PolicyUse::Identity, loaded.given_.identity));
  SX_TRY(reader.read(files.resource, PolicyUse::Resource, loaded.given_.resource));
  SX_TRY(reader.read(files.trust, PolicyUse::Trust, loaded.given_.resource));
  SX_TRY(reader.read(files.boundary, PolicyUse::Identity, loaded.given_.boundary));
  SX_TRY(reader.read(files.session, PolicyUse::Identity, loaded.given_.session));
  if (!files.service_control.empty()) {
    SX_TRY(reader.read(files.service_control, PolicyUse::Identity,
                       loaded.given_.service_control.emplace_back()));
  }
  if (!files.template_file.empty()) {
    SX_TRY_AS(loaded.snapshot_, snapshot_of(files));
  }
  return loaded;
}

guard::iam::AppliedPolicies LoadedPolicies::policies_for(const sdk::Call& call) const {
  auto applied = given_;
  if (snapshot_ == nullptr) return applied;
  const auto deployed = snapshot_->policies_for(call);
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(applied.identity, deployed.identity);
  append(applied.resource, deployed.resource);
  append(applied.boundary, deployed.boundary);
  return applied;
}

std::string LoadedPolicies::place_of(const std::string& label) const {
  const auto mark = label.rfind('#');
  const auto file = texts_.find(label.substr(0, mark));
  if (mark == std::string::npos || file == texts_.end()) return label;
  const auto name = label.substr(mark + 1);
  const auto at = templates::place_of(file->second, statement_path(file->second, name));
  if (at.line == 0) return label;
  return file->first + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + " (" +
         name + ")";
}

void add_policy(CLI::App& program, cli::ExitCode& exit) {
  auto* command = program.add_subcommand(
      "policy", "Check policies, and ask what they would allow, without a node");
  command->require_subcommand(1);
  add_policy_check(*command, exit);
  add_policy_simulate(*command, exit);
  add_policy_explain(*command, exit);
}

}  // namespace sextant::server
