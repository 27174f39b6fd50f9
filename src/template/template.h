#pragma once
// SAM and CloudFormation text to a validated app. Nothing that the node would ignore is taken in
// silence: what is not understood is refused with its place and what to do. Pure: no files, no
// network, no clock.
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/result.h"
#include "model/app.h"
#include "template/diagnostics.h"

namespace sextant::templates {

// Where a policy document stands: inline with a role, alone, at a bucket, or as a role's trust.
enum class PolicyUse { Identity, Managed, Resource, Trust };

// Something wrong (or, as a warning, risky) in a policy document.
struct PolicyFinding {
  bool warning = false;
  bool form = false;              // of the document's form, which is checked here too
  std::vector<std::string> path;  // "Statement", "0", "Action"; empty: the whole document
  std::string message;
  std::string hint = {};
};

// A policy document of the template and where its statements stand, in their order.
struct PolicyPlace {
  std::string document;  // JSON text, as the app has it
  std::string owner;     // the resource that it is written in: "AWS::IAM::Role 'Collector'"
  std::vector<model::Position> statements;
};

struct ParseOptions {
  Scope scope;
  std::string stack_name;
  std::string stack_id = {};  // what AWS::StackId stands for; "": the template may not ask
  std::map<std::string, std::string> parameters = {};
  // Ids that a handler may name, for "did you mean"; empty: check_handler alone decides.
  std::vector<std::string_view> known_functions = {};
  // Whether the whole handler ("parsers.alb|lake.land") can run: its stages exist and fit.
  std::function<Result<>(std::string_view handler)> check_handler = {};
  // What is to be said of a policy document (JSON text), beyond the form checked here.
  std::function<std::vector<PolicyFinding>(std::string_view document, PolicyUse use)> check_policy =
      {};
  std::function<void(const Diagnostic&)> on_warning = {};  // what is risky, but not refused
  std::function<void(const PolicyPlace&)> on_policy = {};  // each document of the template
  std::string file_name = "template.yaml";                 // for messages
};

using Parsed = std::expected<model::App, std::vector<Diagnostic>>;
Parsed parse_template(std::string_view text, const ParseOptions& options);

struct ParameterDeclaration {
  std::string name;
  std::string type;
  std::optional<std::string> otherwise = std::nullopt;  // Default
  bool no_echo = false;                                 // a secret: never shown
  std::string description = {};
};

// What can be said of a template before it gets its parameters.
struct Summary {
  std::string description;
  std::vector<ParameterDeclaration> parameters;
  std::vector<std::string> transforms;
  std::vector<std::string> resource_types;  // sorted, each once
  // CAPABILITY_IAM or CAPABILITY_NAMED_IAM for roles and policies, CAPABILITY_AUTO_EXPAND for SAM.
  std::vector<std::string> capabilities;
};
std::expected<Summary, std::vector<Diagnostic>> summarize(std::string_view text,
                                                          std::string file_name = "template.yaml");

}  // namespace sextant::templates
