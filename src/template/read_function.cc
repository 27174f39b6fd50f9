// AWS::Serverless::Function with its events, AWS::Lambda::Permission.
#include <algorithm>
#include <iterator>

#include "core/function_code.h"
#include "core/strings.h"
#include "core/suggest.h"
#include "template/function_role.h"
#include "template/resource_types.h"
#include "template/s3_events.h"

namespace sextant::templates {
namespace {

constexpr std::size_t kEnvironmentBytesMax = 4096;  // Lambda's

const std::vector<std::string_view> kRuntimes = {"sextant.native"};

std::vector<std::string> stages_of(const std::string& handler) {
  std::vector<std::string> stages;
  std::size_t begin = 0;
  for (;;) {
    const auto bar = handler.find('|', begin);
    stages.push_back(handler.substr(begin, bar - begin));
    if (bar == std::string::npos) return stages;
    begin = bar + 1;
  }
}

// "parsers.*" is known: any parser whose log type is the function's code.
std::string family_of(const std::string& stage) {
  return stage.substr(0, std::min(stage.rfind('.'), stage.size())) + ".*";
}

// What to do about a stage that nobody knows.
std::string hint_for(const std::string& stage, const std::vector<std::string_view>& functions) {
  std::vector<std::string_view> named;
  std::ranges::copy_if(functions, std::back_inserter(named),
                       [](std::string_view id) { return !id.ends_with(".*"); });
  auto hint = did_you_mean(stage, named);
  if (std::ranges::find(functions, family_of(stage)) == functions.end()) return hint;
  if (!hint.empty()) hint += " Or ";
  return hint + "give its log type: CodeUri: " + stage.substr(stage.rfind('.') + 1) +
         ".yaml, for `sextant deploy`, or the text itself as InlineCode";
}

bool is_known(const std::string& stage, const std::vector<std::string_view>& functions,
              const model::Function& function) {
  if (functions.empty() || std::ranges::find(functions, stage) != functions.end()) return true;
  return function.environment.contains(std::string(kCodeVariable)) &&
         std::ranges::find(functions, family_of(stage)) != functions.end();
}

// True when every stage is known; the chain as a whole is the caller's to check.
bool check_stages(const ParseOptions& options, const model::Function& function,
                  Properties& properties) {
  bool known = true;
  for (const auto& stage : stages_of(function.handler)) {
    if (is_known(stage, options.known_functions, function)) continue;
    known = false;
    properties.report(
        "Handler",
        stage.empty() ? "the handler '" + function.handler + "' has an empty stage"
                      : "there is no native function '" + stage + "'",
        stage.empty() ? "write stages as a|b|c" : hint_for(stage, options.known_functions));
  }
  return known;
}

// A log type; "-" and nothing are what a function without code has.
void read_code(Properties& properties, model::Function& function) {
  const auto code = properties.text("InlineCode");
  if (code && !trim(*code).empty() && trim(*code) != "-")
    function.environment[std::string(kCodeVariable)] = *code;
}

void read_handler(AppBuilder& builder, Properties& properties, model::Function& function) {
  const auto handler = properties.required_text("Handler");
  if (!handler) return;
  function.handler = *handler;
  const auto& options = builder.options();
  if (!check_stages(options, function, properties) || !options.check_handler) return;
  const auto checked = options.check_handler(*handler);
  if (!checked) {
    properties.report("Handler",
                      "the handler '" + *handler + "' cannot run: " + checked.error().message);
  }
}

void read_runtime(Properties& properties) {
  const auto runtime = properties.required_text("Runtime");
  if (!runtime || std::ranges::find(kRuntimes, *runtime) != kRuntimes.end()) return;
  std::string hint = did_you_mean(*runtime, kRuntimes);
  if (hint.empty()) hint = "use " + one_of(kRuntimes);
  properties.report("Runtime", "there is no runtime '" + *runtime + "'", std::move(hint));
}

bool valid_variable(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inside = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return name.size() >= 2 && letter(name.front()) && std::ranges::all_of(name, inside);
}

// Lambda sets these itself.
bool reserved_variable(std::string_view name) {
  constexpr std::string_view kReserved[] = {
      "AWS_REGION",        "AWS_DEFAULT_REGION",     "AWS_ACCESS_KEY",
      "AWS_ACCESS_KEY_ID", "AWS_SECRET_KEY",         "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "AWS_EXECUTION_ENV"};
  return std::ranges::find(kReserved, name) != std::end(kReserved) ||
         name.starts_with("AWS_LAMBDA_FUNCTION_");
}

void read_environment(Properties& properties, model::Function& function) {
  const auto* node = properties.map("Environment");
  if (node == nullptr) return;
  Properties environment(*node, "Environment of " + properties.owner(), properties.diagnostics());
  const auto* variables = environment.map("Variables");
  environment.finish();
  if (variables == nullptr) return;
  Properties values(*variables, "Variables of " + properties.owner(), properties.diagnostics());
  std::size_t bytes = 0;
  for (const auto& member : variables->members) {
    if (!valid_variable(member.name) || reserved_variable(member.name)) {
      properties.diagnostics().add(member.at, "'" + member.name + "' cannot be a variable's name",
                                   reserved_variable(member.name)
                                       ? "it is reserved: the platform sets it"
                                       : "use at least two letters, digits and '_'");
    }
    const auto value = values.text(member.name);
    if (!value) continue;
    bytes += member.name.size() + value->size();
    function.environment[member.name] = *value;
  }
  if (bytes > kEnvironmentBytesMax)
    properties.report("Environment", "the variables have more than 4 KiB together");
}

void read_failure_destination(const Node& node, Properties& properties, model::RetryPolicy& retry) {
  Properties config(node, "DestinationConfig", properties.diagnostics());
  config.refuse("OnSuccess", "a native function's success has no destination");
  if (const auto* failure = config.map("OnFailure")) {
    Properties destination(*failure, "OnFailure", properties.diagnostics());
    const auto type = destination.text("Type");
    if (type && *type != "S3Bucket") {
      destination.report("Type", "'Type' of OnFailure is '" + *type + "'",
                         "failed events go to a bucket: use S3Bucket");
    }
    retry.on_failure_arn = destination.required_text("Destination");
    if (retry.on_failure_arn && !retry.on_failure_arn->starts_with("arn:aws:s3:::")) {
      destination.report("Destination", "'" + *retry.on_failure_arn + "' is no bucket's ARN",
                         "use !GetAtt Bucket.Arn");
    }
    destination.finish();
  }
  config.finish();
}

void read_invoke_config(Properties& properties, model::Function& function) {
  const auto* node = properties.map("EventInvokeConfig");
  if (node == nullptr) return;
  Properties config(*node, "EventInvokeConfig", properties.diagnostics());
  auto& retry = function.retry;
  retry.retries_max = config.number("MaximumRetryAttempts", 0, 2).value_or(retry.retries_max);
  retry.event_age_max_s =
      config.number("MaximumEventAgeInSeconds", 60, 21'600).value_or(retry.event_age_max_s);
  if (const auto* destination = config.map("DestinationConfig"))
    read_failure_destination(*destination, properties, retry);
  config.finish();
}

void read_tags(Properties& properties, model::Function& function) {
  const auto* node = properties.map("Tags");
  if (node == nullptr) return;
  Properties tags(*node, "Tags of " + properties.owner(), properties.diagnostics());
  for (const auto& member : node->members) {
    if (const auto value = tags.text(member.name)) function.tags[member.name] = *value;
  }
}

model::Permission bucket_permission(AppBuilder& builder, const model::Function& function,
                                    std::string_view event, const std::string& bucket) {
  model::Permission permission;
  permission.logical_id = function.logical_id + std::string(event) + "Permission";
  permission.statement_id = builder.names().generated(permission.logical_id);
  permission.function = function.name;
  permission.action = "lambda:InvokeFunction";
  permission.principal = "s3.amazonaws.com";
  permission.source_arn = StackNames::bucket_arn(bucket);
  permission.source_account = builder.names().scope.account.text();
  return permission;
}

void read_s3_event(AppBuilder& builder, const Member& event, const Node& node,
                   const model::Function& function) {
  Properties properties(node, "event '" + event.name + "'", builder.diagnostics());
  const auto bucket = properties.required_text("Bucket");
  model::Notification notification;
  properties.require("Events");
  notification.events = properties.texts_or_text("Events");
  if (properties.has("Events"))
    check_event_names(notification.events, properties.where("Events"), builder.diagnostics());
  const auto filter = read_filter(properties);
  properties.finish();
  if (!bucket) return;
  notification.prefix = filter.prefix;
  notification.suffix = filter.suffix;
  notification.function_arn = function.arn;
  notification.id = notification_id(notification);
  builder.add_event({.at = properties.where("Bucket"),
                     .bucket = *bucket,
                     .notification = std::move(notification)});
  builder.app().permissions.push_back(bucket_permission(builder, function, event.name, *bucket));
}

void read_events(AppBuilder& builder, Properties& properties, const model::Function& function) {
  const auto* node = properties.map("Events");
  if (node == nullptr) return;
  for (const auto& member : node->members) {
    Properties event(member.value, "event '" + member.name + "'", builder.diagnostics());
    const auto type = event.required_text("Type");
    event.require("Properties");
    const auto* inner = event.map("Properties");
    event.finish();
    if (type && *type != "S3") {
      event.report("Type", "events of type '" + *type + "' are not supported", "use S3");
    } else if (inner != nullptr) {
      read_s3_event(builder, member, *inner, function);
    }
  }
}

std::string read_role_arn(AppBuilder& builder, const Resource& resource, Properties& properties) {
  if (!properties.has("Role")) return make_implied_role(builder, resource, properties);
  const auto role = properties.text("Role").value_or("");
  for (const auto* name : {"Policies", "PermissionsBoundary"}) {
    if (properties.any(name) == nullptr) continue;
    properties.report(name, "'" + std::string(name) + "' does nothing beside 'Role'",
                      "put it into the role");
  }
  if (!role.empty() && (!role.starts_with("arn:aws:iam::") || !role.contains(":role/"))) {
    properties.report("Role", "'" + role + "' is no role's ARN", "use !GetAtt RoleLogicalId.Arn");
  }
  return role;
}

// What SAM takes and a native function has no use for.
void pass_over(Properties& properties) {
  for (const auto* name : {"CodeUri", "Description"}) properties.any(name);
  const auto package = properties.text("PackageType");
  if (package && *package != "Zip")
    properties.report("PackageType", "container images do not run here", "leave it out");
}

}  // namespace

void read_function(AppBuilder& builder, const Resource& resource, Properties& properties) {
  model::Function function;
  properties.any("FunctionName");
  const std::string name = builder.name_of(resource);
  check_name_rule(properties, "FunctionName", name, function_name_problem(name));
  function.name = FunctionName(name);
  function.arn = builder.arn_of(resource);
  function.logical_id = resource.logical_id;
  function.position = builder.position(resource.at);
  read_runtime(properties);
  read_code(properties, function);
  read_handler(builder, properties, function);
  function.role_arn = read_role_arn(builder, resource, properties);
  read_environment(properties, function);
  function.timeout_s = properties.number("Timeout", 1, 900).value_or(function.timeout_s);
  function.memory_mib = properties.number("MemorySize", 128, 10'240).value_or(function.memory_mib);
  function.reserved_concurrency = properties.number("ReservedConcurrentExecutions", 0, 1'000);
  read_invoke_config(properties, function);
  read_tags(properties, function);
  read_events(builder, properties, function);
  pass_over(properties);
  add_unique(builder, builder.app().functions, name, std::move(function), resource, "function");
}

void read_permission(AppBuilder& builder, const Resource& resource, Properties& properties) {
  model::Permission permission;
  permission.logical_id = resource.logical_id;
  permission.statement_id = builder.names().generated(resource.logical_id);
  permission.action = properties.required_text("Action").value_or("");
  permission.principal = properties.required_text("Principal").value_or("");
  permission.source_arn = properties.text("SourceArn");
  permission.source_account = properties.text("SourceAccount");
  auto function = properties.required_text("FunctionName").value_or("");
  if (function.starts_with("arn:")) function = function.substr(function.rfind(':') + 1);
  permission.function = FunctionName(function);
  if (!permission.action.empty() && !permission.action.starts_with("lambda:"))
    properties.report("Action", "'Action' is '" + permission.action + "'",
                      "use lambda:InvokeFunction");
  const bool service = permission.principal.ends_with(".amazonaws.com");
  if (service && !permission.source_arn) {
    properties.report("Principal", "a service may invoke the function for anybody's resource",
                      "add SourceArn, and SourceAccount for a bucket");
  }
  builder.app().permissions.push_back(std::move(permission));
}

}  // namespace sextant::templates
