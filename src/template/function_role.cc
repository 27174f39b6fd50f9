#include "template/function_role.h"

#include "core/suggest.h"
#include "model/managed_policies.h"
#include "template/policy_document.h"
#include "template/sam_policies.h"

namespace sextant::templates {
namespace {

using Kind = Node::Kind;

constexpr std::string_view kBasicPolicy =
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

// Reads one entry of Policies after the other into the role.
class PolicyList {
 public:
  PolicyList(AppBuilder& builder, model::Role& role, const std::string& owner)
      : builder_(builder), role_(role), owner_(owner) {}

  void take(const Node& node) {
    if (node.is(Kind::List)) {
      for (const auto& item : node.items) take_one(item);
    } else {
      take_one(node);
    }
  }

 private:
  void take_one(const Node& node) {
    if (node.is(Kind::Scalar)) return take_managed(node);
    if (!node.is(Kind::Map)) {
      if (!node.is(Kind::Broken))
        builder_.diagnostics().add(node.at,
                                   "a policy of " + owner_ + " is a name, an ARN or a map");
      return;
    }
    if (node.find("Statement") != nullptr) {
      add(policy_text(node, PolicyUse::Identity, owner_, builder_));
      return;
    }
    if (node.members.size() == 1) return take_template(node.members.front());
    builder_.diagnostics().add(node.at, "a policy of " + owner_ + " lacks 'Statement'",
                               "write a policy document, or one SAM policy template");
  }

  void take_managed(const Node& node) {
    std::string arn = node.text;
    if (!arn.starts_with("arn:")) {
      const auto known = model::managed_policy_arn(arn);
      if (!known) return report_unknown(node.at, arn);
      arn = *known;
    }
    builder_.check_managed_policy(arn, node.at);
    role_.managed_policy_arns.push_back(arn);
  }

  void report_unknown(Where at, const std::string& name) {
    builder_.diagnostics().add(at, "no policy of AWS in the box is named '" + name + "'",
                               did_you_mean(name, model::managed_policy_names()));
  }

  void take_template(const Member& member) {
    const auto known = bucket_policy_templates();
    Properties parameters(member.value, member.name, builder_.diagnostics());
    const auto bucket = parameters.any("BucketName");
    if (!expand_bucket_policy(member.name, "")) {
      std::string hint = did_you_mean(member.name, known);
      if (hint.empty()) hint = "known: " + listed(known) + "; or write the statements out";
      builder_.diagnostics().add(member.at, "unknown policy template '" + member.name + "'", hint);
      return;
    }
    const auto name = bucket == nullptr ? std::nullopt : parameters.required_text("BucketName");
    if (!parameters.has("BucketName")) parameters.require("BucketName");
    parameters.finish();
    if (!name) return;
    check_bucket(parameters, *name);
    if (bucket_name_problem(*name) == nullptr) add(*expand_bucket_policy(member.name, *name));
  }

  void check_bucket(Properties& parameters, const std::string& name) {
    if (const auto* problem = bucket_name_problem(name))
      parameters.report("BucketName", "'" + name + "' is no bucket's name", problem);
  }

  void add(std::string document) {
    role_.inline_policies.push_back(
        {role_.logical_id + "Policy" + std::to_string(role_.inline_policies.size()),
         std::move(document)});
  }

  AppBuilder& builder_;
  model::Role& role_;
  const std::string& owner_;
};

}  // namespace

std::string implied_role_id(std::string_view function) { return std::string(function) + "Role"; }

std::string make_implied_role(AppBuilder& builder, const Resource& function,
                              Properties& properties) {
  const auto* resource = builder.find(implied_role_id(function.logical_id));
  if (resource == nullptr || !resource->implied) return {};
  model::Role role;
  role.name = builder.name_of(*resource);
  role.arn = builder.arn_of(*resource);
  role.trust_policy = lambda_trust_policy();
  role.logical_id = resource->logical_id;
  role.position = builder.position(function.at);
  role.managed_policy_arns.emplace_back(kBasicPolicy);
  if (const auto* policies = properties.any("Policies"))
    PolicyList(builder, role, properties.owner()).take(*policies);
  role.permissions_boundary_arn = properties.text("PermissionsBoundary");
  if (role.permissions_boundary_arn) {
    builder.check_managed_policy(*role.permissions_boundary_arn,
                                 properties.where("PermissionsBoundary"));
  }
  std::string arn = role.arn;
  add_unique_in_iam(builder, builder.app().roles, std::move(role), *resource, "role");
  return arn;
}

}  // namespace sextant::templates
