#pragma once
// `sextant policy check|simulate|explain`: what the policy commands have in common. They work on
// files, without a node.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "core/id.h"
#include "core/result.h"
#include "guard/iam/applied_policies.h"
#include "guard/snapshot_policy_source.h"
#include "model/app.h"
#include "sdk/call.h"
#include "template/diagnostics.h"
#include "template/template.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace sextant::server {

struct TemplateInput {
  std::vector<std::string> parameters;  // Name=Value
  std::string account = "000000000000";
  std::string region = "us-east-1";
  Scope scope() const { return {AccountId(account), Region(region)}; }
};
void add_template_options(CLI::App& command, TemplateInput& input);
// Parses a template that is deployed as stack "check"; `options` says what to look at.
templates::Parsed parse_template_file(const std::string& file, const std::string& text,
                                      const TemplateInput& input, templates::ParseOptions options);

// Policies from files (--identity, --resource-policy, …) and from a template's roles and buckets.
struct PolicyFiles {
  std::vector<std::string> identity;
  std::vector<std::string> resource;
  std::vector<std::string> trust;
  std::vector<std::string> boundary;
  std::vector<std::string> session;
  std::vector<std::string> service_control;
  std::string template_file;
  TemplateInput template_input;
};
void add_policy_options(CLI::App& command, PolicyFiles& files);

class LoadedPolicies {
 public:
  // Errors: as read_file; Invalid names the file and what is wrong with it.
  static Result<LoadedPolicies> load(const PolicyFiles& files);

  guard::iam::AppliedPolicies policies_for(const sdk::Call& call) const;
  // "policy.json:7:5" of "policy.json#Sid" where that is known, else the label itself.
  std::string place_of(const std::string& label) const;

 private:
  guard::iam::AppliedPolicies given_;
  std::shared_ptr<const guard::PolicySnapshot> snapshot_;
  std::map<std::string, std::string> texts_;  // by file
};

void add_policy_check(CLI::App& command, cli::ExitCode& exit);
void add_policy_simulate(CLI::App& command, cli::ExitCode& exit);
void add_policy_explain(CLI::App& command, cli::ExitCode& exit);

}  // namespace sextant::server
