#pragma once
// The policies that a question of `sextant policy` is judged by: from files, and from a template.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "guard/iam/applied_policies.h"
#include "sdk/call.h"
#include "server/commands/template_input.h"
#include "server/commands/template_policies.h"

namespace sextant::server {

struct PolicyFiles {
  std::vector<std::string> identity;
  std::vector<std::string> resource;
  std::vector<std::string> trust;
  std::vector<std::string> boundary;
  std::vector<std::string> session;
  // One text a level of the organisation, the root first: "a.json,b.json".
  std::vector<std::string> service_control;
  std::vector<std::string> resource_control;
  std::string template_file;
  TemplateInput template_input;
};
void add_policy_options(CLI::App& command, PolicyFiles& files);

// A statement as people look for it.
struct StatementSource {
  std::string policy;     // the file, or the ARN of what the policy belongs to
  std::string statement;  // its Sid, or "Statement[2]"
  model::Position at;     // line 0: not known
  // "policy.json:7:5 (Sid)", "template.yaml:12:9 (Sid of arn:…)"
  std::string text() const;
};

class LoadedPolicies {
 public:
  // Errors: as read_file; Invalid names the file and what is wrong with it.
  static Result<LoadedPolicies> load(const PolicyFiles& files);

  guard::iam::AppliedPolicies policies_for(const sdk::Call& call) const;
  StatementSource source_of(const std::string& label) const;

 private:
  guard::iam::AppliedPolicies given_;
  std::optional<TemplatePolicies> of_template_;
  std::map<std::string, std::string> texts_;  // by file
};

}  // namespace sextant::server
