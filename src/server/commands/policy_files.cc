#include "server/commands/policy_files.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <utility>

#include "core/file.h"
#include "core/strings.h"
#include "guard/iam/policy.h"
#include "guard/iam/validate.h"
#include "template/policy_places.h"

namespace sextant::server {
namespace {

using guard::iam::PolicyPtr;
using guard::iam::PolicyUse;
using Levels = std::vector<std::vector<PolicyPtr>>;

constexpr auto kResourceControlFull = "RCPFullAWSAccess";

class FileReader {
 public:
  explicit FileReader(std::map<std::string, std::string>& texts) : texts_(texts) {}

  Result<> read(const std::vector<std::string>& files, PolicyUse use,
                std::vector<PolicyPtr>& policies) {
    for (const auto& file : files) SX_TRY(read_one(file, use, policies));
    return {};
  }

  Result<> read_levels(const std::vector<std::string>& levels, PolicyUse use, Levels& into) {
    for (const auto& level : levels) {
      const auto files = split(level, ',');
      SX_TRY(read({files.begin(), files.end()}, use, into.emplace_back()));
    }
    return {};
  }

 private:
  // Also AWS's own, by its name.
  Result<> read_one(const std::string& file, PolicyUse use, std::vector<PolicyPtr>& policies) {
    const auto of_aws = guard::iam::full_access_policy(file);
    if (of_aws && !std::filesystem::exists(file)) {
      SX_TRY_AS(auto policy, within(file, guard::iam::parse_policy(*of_aws, use, file)));
      policies.push_back(std::move(policy));
      return {};
    }
    SX_TRY_AS(auto text, within(file, read_file(file)));
    SX_TRY_AS(auto policy, within(file, guard::iam::parse_policy(text, use, file)));
    policies.push_back(std::move(policy));
    texts_[file] = std::move(text);
    return {};
  }

  std::map<std::string, std::string>& texts_;
};

}  // namespace

void add_policy_options(CLI::App& command, PolicyFiles& files) {
  const auto add = [&](const char* name, std::vector<std::string>& into, const char* help) {
    command.add_option(name, into, help)->check(CLI::ExistingFile);
  };
  add("--identity", files.identity, "Policy of the principal; may repeat");
  add("--resource-policy", files.resource, "Policy of the resource; may repeat");
  add("--trust", files.trust, "Trust policy of the role that is the resource");
  add("--boundary", files.boundary, "Permissions boundary of the principal");
  add("--session-policy,--session", files.session, "Session policy of the principal; may repeat");
  command
      .add_option("--scp", files.service_control,
                  "Service control policies of one level of the organisation, joined by commas; "
                  "once a level, the root first. FullAWSAccess is AWS's own")
      ->allow_extra_args(false);
  command
      .add_option("--rcp", files.resource_control,
                  "Resource control policies of one level, as --scp; RCPFullAWSAccess is always "
                  "among them")
      ->allow_extra_args(false);
  command
      .add_option("--template", files.template_file,
                  "Template whose roles, buckets and permissions count as well")
      ->check(CLI::ExistingFile);
  add_template_options(command, files.template_input);
}

std::string StatementSource::text() const {
  if (at.line == 0) return policy + "#" + statement;
  const auto place = at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  return place + " (" + statement + (at.file == policy ? "" : " of " + policy) + ")";
}

Result<LoadedPolicies> LoadedPolicies::load(const PolicyFiles& files) {
  LoadedPolicies loaded;
  auto& given = loaded.given_;
  FileReader reader(loaded.texts_);
  SX_TRY(reader.read(files.identity, PolicyUse::Identity, given.identity));
  SX_TRY(reader.read(files.resource, PolicyUse::Resource, given.resource));
  SX_TRY(reader.read(files.trust, PolicyUse::Trust, given.resource));
  SX_TRY(reader.read(files.boundary, PolicyUse::Identity, given.boundary));
  SX_TRY(reader.read(files.session, PolicyUse::Identity, given.session));
  SX_TRY(reader.read_levels(files.service_control, PolicyUse::Identity, given.service_control));
  SX_TRY(reader.read_levels(files.resource_control, PolicyUse::Resource, given.resource_control));
  for (auto& level : given.resource_control)  // nobody can detach it
    SX_TRY(reader.read({kResourceControlFull}, PolicyUse::Resource, level));
  if (!files.template_file.empty()) {
    SX_TRY_AS(loaded.of_template_,
              TemplatePolicies::load(files.template_file, files.template_input));
  }
  return loaded;
}

guard::iam::AppliedPolicies LoadedPolicies::policies_for(const sdk::Call& call) const {
  auto applied = given_;
  if (!of_template_) return applied;
  const auto deployed = of_template_->policies_for(call);
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(applied.identity, deployed.identity);
  append(applied.resource, deployed.resource);
  append(applied.boundary, deployed.boundary);
  return applied;
}

StatementSource LoadedPolicies::source_of(const std::string& label) const {
  for (auto mark = label.find('#'); mark != std::string::npos; mark = label.find('#', mark + 1)) {
    const auto file = texts_.find(label.substr(0, mark));
    if (file == texts_.end()) continue;
    const auto name = label.substr(mark + 1);
    const auto path = statement_path(file->second, name);
    const auto at = path.empty() ? templates::Where{} : templates::place_of(file->second, path);
    return {file->first, name, {file->first, at.line, at.column}};
  }
  const auto mark = label.find('#');
  StatementSource source{label.substr(0, mark),
                         mark == std::string::npos ? std::string() : label.substr(mark + 1),
                         {}};
  if (of_template_) source.at = of_template_->place_of(label).value_or(model::Position{});
  return source;
}

}  // namespace sextant::server
