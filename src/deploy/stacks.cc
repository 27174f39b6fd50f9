#include "deploy/stacks.h"

#include <algorithm>

#include "core/random.h"
#include "deploy/change_classes.h"
#include "deploy/policy_check.h"
#include "deploy/prepared_deploy.h"
#include "deploy/principal_ids.h"
#include "deploy/stack_errors.h"
#include "deploy/stack_names.h"
#include "store/keys.h"

namespace sextant::deploy {

using store::StackAction;

namespace {

std::unexpected<Error> template_error(const std::vector<templates::Diagnostic>& findings) {
  return invalid("Template error: " + std::to_string(findings.size()) +
                 (findings.size() == 1 ? " finding\n" : " findings\n") +
                 templates::to_text(findings));
}

// CAPABILITY_NAMED_IAM includes CAPABILITY_IAM.
Result<> check_capabilities(const templates::Summary& summary,
                            const std::vector<std::string>& given, bool by_change_set) {
  const auto has = [&](std::string_view name) {
    return std::ranges::find(given, name) != given.end();
  };
  std::string missing;
  for (const auto& needed : summary.capabilities) {
    if (has(needed) || (needed == "CAPABILITY_IAM" && has("CAPABILITY_NAMED_IAM"))) continue;
    if (needed == "CAPABILITY_AUTO_EXPAND" && by_change_set) continue;
    missing += (missing.empty() ? "" : ", ") + needed;
  }
  if (missing.empty()) return {};
  return fail(Code::Invalid, "Requires capabilities : [" + missing + "]",
              "InsufficientCapabilitiesException");
}

std::vector<ShownParameter> shown_parameters(const templates::Summary& summary,
                                             const StackInput& input) {
  std::vector<ShownParameter> shown;
  for (const auto& declared : summary.parameters) {
    const auto given = input.parameters.find(declared.name);
    std::string value =
        given != input.parameters.end() ? given->second : declared.otherwise.value_or("");
    shown.push_back({declared.name, declared.no_echo ? "****" : std::move(value)});
  }
  return shown;
}

}  // namespace

Stacks::Stacks(DeployParts parts, HandlerRules rules, Judge judge)
    : parts_(parts),
      rules_(std::move(rules)),
      judge_(std::move(judge)),
      deployer_(std::move(parts)) {}

std::string Stacks::make_id(std::string_view kind, std::string_view name) const {
  return "arn:aws:cloudformation:" + parts_.scope.region.text() + ":" +
         parts_.scope.account.text() + ":" + std::string(kind) + "/" + std::string(name) + "/" +
         make_uuid();
}

// Nothing where no stack has that name, or the one of that name has another id.
Result<Stacks::Existing> Stacks::read(const std::string& name_or_id) const {
  const auto name = stack_name_of(parts_.scope, name_or_id);
  if (!name) return Existing{};
  SX_TRY_AS(const auto entry, parts_.state.get(store::keys::stack(parts_.scope, *name)));
  if (!entry) return Existing{};
  SX_TRY_AS(auto record, within("stored stack '" + *name + "'", decode_stack(entry->value)));
  if (is_arn(name_or_id) && record.id != name_or_id) return Existing{};
  return Existing{.record = std::move(record), .read_at = entry->version};
}

Result<StackRecord> Stacks::find(const std::string& name) const {
  SX_TRY_AS(auto existing, read(name));
  if (!existing.record) return no_stack(name);
  return std::move(*existing.record);
}

Result<std::vector<StackRecord>> Stacks::list() const {
  std::vector<StackRecord> stacks;
  SX_TRY(ports::for_each(parts_.state, store::keys::stacks(parts_.scope),
                         [&](const ports::Entry& entry) -> Result<> {
                           SX_TRY_AS(auto record, decode_stack(entry.value));
                           stacks.push_back(std::move(record));
                           return {};
                         }));
  return stacks;
}

Result<model::App> Stacks::app_of(const StackRecord& stack) const {
  SX_TRY_AS(auto deployed, deployer_.read());
  const auto app = deployed.apps.find(stack.name);
  if (app == deployed.apps.end() && !is_made(stack)) return model::App{};
  if (app == deployed.apps.end()) return no_stack(stack.name);
  return std::move(app->second);
}

Result<templates::Summary> Stacks::validate(const std::string& template_text) const {
  auto summary = templates::summarize(template_text);
  if (!summary) return template_error(summary.error());
  return std::move(*summary);
}

// Template, parameters and tags that the request asks for, with what it takes over from the stack.
Result<StackInput> Stacks::input_of(const StackRequest& request,
                                    const std::optional<StackRecord>& record) const {
  StackInput input;
  if (!request.template_text && !record)
    return invalid("Either Template URL or Template Body must be specified.");
  input.template_text =
      request.template_text ? *request.template_text : record->input.template_text;
  for (const auto& choice : request.parameters) {
    if (choice.value) {
      input.parameters[choice.name] = *choice.value;
      continue;
    }
    if (!record) return invalid("Parameter " + choice.name + " has no previous value to use");
    const auto previous = record->input.parameters.find(choice.name);
    if (previous != record->input.parameters.end())
      input.parameters[choice.name] = previous->second;  // otherwise it had its default
  }
  input.capabilities = request.capabilities;
  if (request.tags) {
    input.tags = *request.tags;
  } else if (record) {
    input.tags = record->input.tags;
  }
  return input;
}

Result<model::App> Stacks::parse(const StackRecord& record,
                                 std::vector<std::string>& warnings) const {
  const templates::ParseOptions options{.scope = parts_.scope,
                                        .stack_name = record.name,
                                        .stack_id = record.id,
                                        .parameters = record.input.parameters,
                                        .known_functions = rules_.known_functions,
                                        .check_handler = rules_.check_handler,
                                        .check_policy = check_policy,
                                        .on_warning = [&](const templates::Diagnostic& warning) {
                                          warnings.push_back(templates::to_text(warning));
                                        }};
  auto parsed = templates::parse_template(record.input.template_text, options);
  if (!parsed) return template_error(parsed.error());
  SX_TRY(check_functions(*parsed));
  return std::move(*parsed);
}

Result<> Stacks::check_functions(const model::App& app) const {
  if (!rules_.check_function) return {};
  std::vector<templates::Diagnostic> findings;
  for (const auto& [name, function] : app.functions) {
    const auto checked = rules_.check_function(function);
    if (checked) continue;
    findings.push_back(
        {function.position, "function '" + name + "' cannot run: " + checked.error().message, {}});
  }
  if (findings.empty()) return {};
  return template_error(findings);
}

Result<Stacks::Prepared> Stacks::prepare(const std::string& name, StackAction action,
                                         Existing existing, std::string stack_id,
                                         const RequestId& request_id) const {
  Prepared prepared;
  SX_TRY_AS(prepared.deployed, deployer_.read());
  const auto now = parts_.clock.now();
  prepared.before = existing.record;
  prepared.read_at = existing.read_at;
  if (existing.record) {
    prepared.record = std::move(*existing.record);
    prepared.record.updated = now;
  } else {
    prepared.record.id = std::move(stack_id);
    prepared.record.name = name;
    prepared.record.created = now;
  }
  auto& record = prepared.record;
  record.input = std::move(existing.input);
  SX_TRY_AS(prepared.app, parse(record, prepared.warnings));
  SX_TRY_AS(const auto summary, validate(record.input.template_text));
  SX_TRY(check_capabilities(summary, record.input.capabilities, existing.by_change_set));
  record.description = summary.description;
  record.parameters = shown_parameters(summary, record.input);
  SX_TRY(bind(name, prepared));
  SX_TRY_AS(prepared.changes, deployer_.plan(prepared.deployed, name, prepared.app));
  auto apps = prepared.deployed.apps;
  apps[name] = *prepared.app;
  for (auto& warning : find_warnings(apps, name)) prepared.warnings.push_back(std::move(warning));
  record.history.push_back({.stack = name,
                            .action = action,
                            .time = now,
                            .request_id = request_id,
                            .changes = prepared.changes});
  if (record.history.size() > kHistoryMax) record.history.erase(record.history.begin());
  return prepared;
}

// What the gate says stands in the call's record.
Judge Stacks::judge_for(const Permitted& permitted) const {
  return [this, &permitted](const sdk::Call& inner) {
    auto decision = judge_(inner);
    permitted.asked(inner, decision);
    return decision;
  };
}

Result<> Stacks::bind(const std::string& name, Prepared& prepared) const {
  const auto& [apps, identities, version] = prepared.deployed;
  const auto before = apps.find(name);
  const model::App none;
  const auto problems = bind_principals(parts_.scope, before == apps.end() ? none : before->second,
                                        apps, identities, *prepared.app);
  if (problems.empty()) return {};
  std::string text;
  for (const auto& problem : problems) text += (text.empty() ? "" : "\n") + problem;
  return invalid(std::move(text));
}

// A refused deploy leaves its reasons in the stack's history and nothing else.
Result<> Stacks::check_caller(const Prepared& prepared, const Permitted& permitted) const {
  const auto& name = prepared.record.name;
  const auto deployed = prepared.deployed.apps.find(name);
  const model::App none;
  const auto needed =
      needed_calls(parts_.scope, deployed == prepared.deployed.apps.end() ? none : deployed->second,
                   prepared.app ? *prepared.app : none);
  auto refused = find_refused(permitted.call, needed, judge_for(permitted));
  if (refused.empty()) return {};
  Error error{.code = Code::Denied, .message = {}, .name = "AccessDenied"};
  for (const auto& failure : refused) {
    if (!error.message.empty()) error.message += "\n";
    error.message += failure.resource.logical_id + ": " + failure.reason;
  }
  auto record = prepared.before.value_or(prepared.record);
  auto attempt = prepared.record.history.back();
  attempt.changes.clear();
  attempt.failures = std::move(refused);
  if (!prepared.before) record.history.clear();
  record.history.push_back(std::move(attempt));
  if (record.history.size() > kHistoryMax) record.history.erase(record.history.begin());
  const auto kept = deployer_.keep_failure(prepared.deployed, {record, prepared.read_at});
  if (!kept && kept.error().code != Code::Conflict) return std::unexpected(kept.error());
  return std::unexpected(std::move(error));
}

Result<DoneDeploy> Stacks::apply(Prepared prepared, const Permitted& permitted) {
  SX_TRY(check_caller(prepared, permitted));
  const model::App none;
  const auto before = prepared.deployed.apps.find(prepared.record.name);
  permitted.note(change_classes(before == prepared.deployed.apps.end() ? none : before->second,
                                prepared.app ? *prepared.app : none));
  SX_TRY(deployer_.apply(prepared.deployed, prepared.app, {prepared.record, prepared.read_at},
                         permitted.commit));
  return DoneDeploy{std::move(prepared.record), std::move(prepared.warnings)};
}

Result<DoneDeploy> Stacks::create(const StackRequest& request, const Permitted& permitted) {
  if (!valid_stack_name(request.name)) return bad_stack_name(request.name);
  SX_TRY_AS(auto existing, read(request.name));
  if (existing.record && is_made(*existing.record)) {
    return fail(Code::Conflict, "Stack [" + request.name + "] already exists",
                "AlreadyExistsException");
  }
  existing.record.reset();
  SX_TRY_AS(existing.input, input_of(request, existing.record));
  SX_TRY_AS(auto prepared, prepare(request.name, StackAction::Create, std::move(existing),
                                   make_id("stack", request.name), permitted.call.request_id));
  permitted.will_answer({{"StackId", prepared.record.id}});
  return apply(std::move(prepared), permitted);
}

Result<DoneDeploy> Stacks::update(const StackRequest& request, const Permitted& permitted) {
  SX_TRY_AS(auto existing, read(request.name));
  if (!existing.record) return no_stack(request.name);
  const auto known = *existing.record;
  if (!is_made(known)) return not_made(known.id);
  SX_TRY_AS(existing.input, input_of(request, existing.record));
  SX_TRY_AS(auto prepared, prepare(known.name, StackAction::Update, std::move(existing), known.id,
                                   permitted.call.request_id));
  const auto& before = prepared.deployed.apps[known.name];
  if (before == *prepared.app && known.input.tags == prepared.record.input.tags)
    return invalid("No updates are to be performed.");
  permitted.will_answer({{"StackId", known.id}});
  return apply(std::move(prepared), permitted);
}

Result<> Stacks::remove(const std::string& name, const Permitted& permitted) {
  SX_TRY_AS(auto existing, read(name));
  auto& record = existing.record;
  if (!record) return {};
  Prepared prepared;
  SX_TRY_AS(prepared.deployed, deployer_.read());
  SX_TRY_AS(prepared.changes, deployer_.plan(prepared.deployed, record->name, std::nullopt));
  prepared.before = record;
  prepared.read_at = existing.read_at;
  prepared.record = std::move(*record);
  prepared.record.history.push_back({.stack = prepared.record.name,
                                     .action = StackAction::Delete,
                                     .time = parts_.clock.now(),
                                     .request_id = permitted.call.request_id,
                                     .changes = prepared.changes});
  SX_TRY(apply(std::move(prepared), permitted));
  return {};
}

}  // namespace sextant::deploy
