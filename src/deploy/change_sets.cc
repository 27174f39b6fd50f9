// The part of Stacks that is about change sets.
#include "deploy/prepared_deploy.h"
#include "deploy/stack_errors.h"
#include "deploy/stack_names.h"
#include "deploy/stacks.h"
#include "store/keys.h"

namespace sextant::deploy {
namespace {

using store::StackAction;

constexpr auto kKeptFor = std::chrono::hours(24);
constexpr const char* kNoChanges =
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set.";

std::unexpected<Error> no_change_set(const std::string& name) {
  return fail(Code::NotFound, "ChangeSet [" + name + "] does not exist", "ChangeSetNotFound");
}

Result<> check_action(const ChangeSetRequest& request, bool exists) {
  const auto& stack = request.stack.name;
  if (!valid_change_set_name(request.name))
    return invalid("a change set's name has letters, digits and '-' and begins with a letter");
  if (request.action == StackAction::Create && exists) {
    return invalid("Stack [" + stack +
                   "] already exists and cannot be created again with the "
                   "changeSet [" +
                   request.name + "].");
  }
  if (request.action == StackAction::Update && !exists)
    return invalid("Stack [" + stack + "] does not exist");
  if (!exists && !valid_stack_name(stack)) return bad_stack_name(stack);
  return {};
}

}  // namespace

Result<ChangeSetRecord> Stacks::draft(const ChangeSetRequest& request,
                                      const RequestId& request_id) const {
  SX_TRY_AS(auto existing, read(request.stack.name));
  const bool exists = existing.record && is_made(*existing.record);
  if (existing.record && !exists && request.action == StackAction::Update)
    return not_made(existing.record->id);
  SX_TRY(check_action(request, exists));
  const auto stack = exists ? existing.record->name : request.stack.name;
  if (!exists) existing.record.reset();
  SX_TRY_AS(existing.input, input_of(request.stack, existing.record));
  existing.by_change_set = true;
  auto stack_id = exists ? existing.record->id : make_id("stack", stack);
  const auto action = exists ? StackAction::Update : StackAction::Create;
  const auto tags_before = exists ? existing.record->input.tags : existing.input.tags;
  SX_TRY_AS(auto prepared, prepare(stack, action, std::move(existing), stack_id, request_id));
  ChangeSetRecord record{.id = make_id("changeSet", request.name),
                         .name = request.name,
                         .stack = stack,
                         .stack_id = std::move(stack_id),
                         .description = request.description,
                         .action = action,
                         .status = ChangeSetStatus::Ready,
                         .reason = {},
                         .created = parts_.clock.now(),
                         .input = prepared.record.input,
                         .changes = std::move(prepared.changes)};
  const bool same =
      exists && prepared.deployed.apps[stack] == *prepared.app && tags_before == record.input.tags;
  if (same) {
    record.status = ChangeSetStatus::Failed;
    record.reason = kNoChanges;
  }
  return record;
}

Result<ChangeSetRecord> Stacks::create_change_set(const ChangeSetRequest& request,
                                                  const Permitted& permitted) {
  SX_TRY_AS(auto record, draft(request, permitted.call.request_id));
  ports::Batch batch;
  const auto key = store::keys::change_set(parts_.scope, record.stack, record.name);
  batch.conditions.push_back({key, std::nullopt});
  batch.puts.push_back({key, encode(record), parts_.clock.now() + kKeptFor});
  permitted.will_answer({{"Id", record.id}, {"StackId", record.stack_id}});
  const auto committed = permitted.commit(std::move(batch));
  if (committed) return record;
  if (committed.error().code != Code::Conflict) return std::unexpected(committed.error());
  return fail(Code::Conflict, "ChangeSet " + record.name + " already exists",
              "AlreadyExistsException");
}

Result<std::vector<ChangeSetRecord>> Stacks::list_change_sets(const std::string& stack) const {
  std::vector<ChangeSetRecord> records;
  const auto name = stack_name_of(parts_.scope, stack);
  if (!name) return records;
  const auto prefix = name->empty() ? store::keys::all_change_sets(parts_.scope)
                                    : store::keys::change_sets(parts_.scope, *name);
  SX_TRY(ports::for_each(parts_.state, prefix, [&](const ports::Entry& entry) -> Result<> {
    SX_TRY_AS(auto record, decode_change_set(entry.value));
    if (!is_arn(stack) || record.stack_id == stack) records.push_back(std::move(record));
    return {};
  }));
  return records;
}

// Of a call that named the set alone: whether its caller may make it on the set's stack.
Result<> Stacks::check_stack(const ChangeSetRecord& set, const Permitted& permitted) const {
  auto call = permitted.call;
  call.resource = set.stack_id;
  auto decision = judge_for(permitted)(call);
  if (decision.verdict == sdk::Verdict::Allow) return {};
  return fail(Code::Denied, std::move(decision.reason), "AccessDenied");
}

Result<ChangeSetRecord> Stacks::find_change_set(const std::string& stack, const std::string& name,
                                                const Permitted& permitted) const {
  if (stack.empty() && !is_arn(name))
    return invalid("StackName must be specified if ChangeSetName is not specified as an ARN.");
  SX_TRY_AS(auto records, list_change_sets(stack));
  for (auto& record : records) {
    if (record.id != name && record.name != name) continue;
    if (stack.empty()) SX_TRY(check_stack(record, permitted));
    return std::move(record);
  }
  return no_change_set(name);
}

Result<> Stacks::remove_change_set(const std::string& stack, const std::string& name,
                                   const Permitted& permitted) {
  const auto record = find_change_set(stack, name, permitted);
  if (!record && record.error().name == "ChangeSetNotFound") return {};
  if (!record) return std::unexpected(record.error());
  ports::Batch batch;
  batch.erases.push_back(store::keys::change_set(parts_.scope, record->stack, record->name));
  SX_TRY(permitted.commit(std::move(batch)));
  return {};
}

Result<> Stacks::execute_change_set(const std::string& stack, const std::string& name,
                                    const Permitted& permitted) {
  SX_TRY_AS(auto set, find_change_set(stack, name, permitted));
  if (set.status != ChangeSetStatus::Ready) {
    return fail(Code::Invalid,
                "ChangeSet [" + set.id + "] cannot be executed in its current status of [FAILED]",
                "InvalidChangeSetStatus");
  }
  SX_TRY_AS(auto existing, read(set.stack));
  if (existing.record && !is_made(*existing.record)) existing.record.reset();
  const bool exists = existing.record.has_value();
  const bool fits =
      set.action == StackAction::Update ? exists && existing.record->id == set.stack_id : !exists;
  if (!fits) {
    return fail(
        Code::Invalid,
        "ChangeSet [" + set.id + "] cannot be executed: the stack was made or removed since",
        "InvalidChangeSetStatus");
  }
  existing.input = std::move(set.input);
  existing.by_change_set = true;
  SX_TRY_AS(auto prepared, prepare(set.stack, set.action, std::move(existing), set.stack_id,
                                   permitted.call.request_id));
  const auto key = store::keys::change_set(parts_.scope, set.stack, set.name);
  auto erasing = permitted;
  erasing.commit = [&](ports::Batch batch) {
    batch.erases.push_back(key);
    return permitted.commit(std::move(batch));
  };
  SX_TRY(apply(std::move(prepared), erasing));
  return {};
}

}  // namespace sextant::deploy
