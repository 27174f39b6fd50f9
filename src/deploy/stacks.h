#pragma once
// Stacks and change sets as CloudFormation has them, over the deployer: templates in, deployed apps
// out. Every change is one commit, so a stack is never seen half made and needs no rollback.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deploy/caller_permissions.h"
#include "deploy/deployer.h"
#include "deploy/stack_record.h"
#include "template/template.h"

namespace sextant::deploy {

// What native functions there are; from the server's catalogue.
struct HandlerRules {
  std::vector<std::string_view> known_functions = {};
  std::function<Result<>(std::string_view handler)> check_handler = {};
  // Whether its variables make sense to its stages.
  std::function<Result<>(const model::Function& function)> check_function = {};
};

// A parameter as UpdateStack gives it: a value, or the one it has.
struct ParameterChoice {
  std::string name;
  std::optional<std::string> value = std::nullopt;  // nullopt: UsePreviousValue
};

struct StackRequest {
  std::string name;
  std::optional<std::string> template_text = std::nullopt;  // nullopt: UsePreviousTemplate
  std::vector<ParameterChoice> parameters = {};
  std::vector<std::string> capabilities = {};
  std::optional<std::map<std::string, std::string>> tags = std::nullopt;  // nullopt: as they are
};

struct ChangeSetRequest {
  StackRequest stack;
  std::string name;
  std::string description = {};
  std::optional<store::StackAction> action = std::nullopt;  // Create or Update; nullopt: as it fits
};

struct DoneDeploy {
  StackRecord stack;
  std::vector<std::string> warnings;  // of its policies, with their places in the template
};

// Errors carry CloudFormation's names: ValidationError, AlreadyExistsException,
// InsufficientCapabilitiesException, OperationInProgressException, ChangeSetNotFound,
// InvalidChangeSetStatus; AccessDenied when the caller may not do itself what the deploy would do
// (caller_permissions.h): then nothing changes, and the stack's events say why. Any thread; calls
// that change something block until it is durable.
class Stacks {
 public:
  Stacks(DeployParts parts, HandlerRules rules, Judge judge);

  Result<DoneDeploy> create(const StackRequest& request, const Permitted& permitted);
  // ValidationError "No updates are to be performed." when nothing would change.
  Result<DoneDeploy> update(const StackRequest& request, const Permitted& permitted);
  // Of a stack that is not there: nothing happens.
  Result<> remove(const std::string& name, const Permitted& permitted);

  // By name or id. ValidationError "… does not exist".
  Result<StackRecord> find(const std::string& name) const;
  Result<std::vector<StackRecord>> list() const;
  Result<model::App> app_of(const StackRecord& stack) const;
  Result<templates::Summary> validate(const std::string& template_text) const;

  // Stored for a day; without changes as Failed, with AWS's reason. A stack that it would create
  // has a name, no id.
  Result<ChangeSetRecord> create_change_set(const ChangeSetRequest& request,
                                            const Permitted& permitted);
  // By the stack's name or id and its own, or by its id alone (stack is empty): then the call was
  // judged without knowing the stack, and is judged on it here (AccessDenied).
  Result<ChangeSetRecord> find_change_set(const std::string& stack, const std::string& name,
                                          const Permitted& permitted) const;
  Result<std::vector<ChangeSetRecord>> list_change_sets(const std::string& stack) const;
  Result<> remove_change_set(const std::string& stack, const std::string& name,
                             const Permitted& permitted);
  Result<> execute_change_set(const std::string& stack, const std::string& name,
                              const Permitted& permitted);

 private:
  struct Prepared;  // deploy/prepared_deploy.h
  struct Existing {
    std::optional<StackRecord> record = std::nullopt;
    std::optional<std::uint64_t> read_at = std::nullopt;  // the stored record's version, if any
    StackInput input = {};  // what the request asks for, with what it takes over
    // Asked for by a change set, which shows what a transform made of the template before it is
    // executed: CAPABILITY_AUTO_EXPAND means nothing to it (CreateChangeSet, API Reference).
    bool by_change_set = false;
  };
  Result<Existing> read(const std::string& name_or_id) const;
  Result<Prepared> prepare(const std::string& name, store::StackAction action, Existing existing,
                           std::string stack_id, const RequestId& request_id) const;
  Result<model::App> parse(const StackRecord& record, std::vector<std::string>& warnings) const;
  Result<> check_functions(const model::App& app) const;
  Judge judge_for(const Permitted& permitted) const;
  // Gives whom the app's policies name their unique ids. ValidationError: nobody has that name.
  Result<> bind(const std::string& name, Prepared& prepared) const;
  Result<> check_caller(const Prepared& prepared, const Permitted& permitted) const;
  Result<DoneDeploy> apply(Prepared prepared, const Permitted& permitted);
  std::string make_id(std::string_view kind, std::string_view name) const;
  Result<ChangeSetRecord> draft(const ChangeSetRequest& request, const RequestId& request_id) const;
  Result<> check_stack(const ChangeSetRecord& set, const Permitted& permitted) const;
  Result<StackInput> input_of(const StackRequest& request,
                              const std::optional<StackRecord>& record) const;

  const DeployParts parts_;
  const HandlerRules rules_;
  const Judge judge_;
  Deployer deployer_;
};

}  // namespace sextant::deploy
