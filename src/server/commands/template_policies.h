#pragma once
// The policies of a template as the gate would see them deployed, and where each of their
// statements stands in it.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "guard/iam/applied_policies.h"
#include "guard/snapshot_policy_source.h"
#include "model/app.h"
#include "sdk/call.h"
#include "server/commands/template_input.h"
#include "template/template.h"

namespace sextant::server {

// "Statement", "2": the path of the statement that a label's part behind "#" means, a Sid or
// "Statement[2]". Empty: the document has none of that name.
std::vector<std::string> statement_path(const std::string& document, std::string_view name);

class TemplatePolicies {
 public:
  // Errors: as read_file; Invalid with every fault of the template.
  static Result<TemplatePolicies> load(const std::string& file, const TemplateInput& input);

  // A role's session is of the role as the template declares it.
  guard::iam::AppliedPolicies policies_for(sdk::Call call) const {
    call.principal.principal_id.clear();
    return snapshot_->policies_for(call);
  }
  // Of "policy#Sid"; nullopt when the template has no such policy. What the template only implies
  // (a function's trust, the permission of an event) stands where its function does.
  std::optional<model::Position> place_of(std::string_view label) const;

 private:
  struct Origin {
    std::string document;
    std::string logical_id;  // of the resource that has it
    model::Position otherwise;
  };
  void take(const model::App& app);
  const templates::PolicyPlace* written(const Origin& origin) const;

  std::string text_;
  std::vector<templates::PolicyPlace> places_;
  std::map<std::string, std::vector<Origin>, std::less<>> origins_;  // by the policy's name
  std::shared_ptr<const guard::PolicySnapshot> snapshot_;
};

}  // namespace sextant::server
