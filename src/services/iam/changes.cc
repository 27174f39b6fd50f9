#include "services/iam/changes.h"

#include <algorithm>
#include <future>
#include <utility>

#include "guard/iam/evaluate.h"
#include "store/keys.h"

namespace sextant::services::iam {
namespace {

constexpr int kAttemptsMax = 10;

std::unexpected<Error> concurrent_modification() {
  return fail(Code::Conflict,
              "The request was rejected because multiple requests to change this object were "
              "submitted simultaneously. Wait a few minutes and submit your request again.",
              "ConcurrentModification");
}

// The gate decided before the lock was taken: by another user of that name, other tags, another
// boundary?
bool still_holds(const guard::Target& now, const sdk::Call& judged) {
  const auto same_in = [](const sdk::ConditionContext& other, const auto& key) {
    const auto found = other.find(key.first);
    return found != other.end() && found->second == key.second;
  };
  return now.resource == judged.resource &&
         std::ranges::all_of(now.context,
                             [&](const auto& key) { return same_in(judged.context, key); }) &&
         std::ranges::all_of(judged.context, [&](const auto& key) {
           return !key.first.starts_with("iam:") || same_in(now.context, key);
         });
}

Result<ports::Committed> commit_and_wait(ports::Batch batch, guard::Permit& permit) {
  std::promise<Result<ports::Committed>> done;
  auto committed = done.get_future();
  permit.commit(std::move(batch),
                [&done](Result<ports::Committed> result) { done.set_value(std::move(result)); });
  return committed.get();
}

}  // namespace

Answer Changes::run(Handler handler, Subject subject, guard::Permit& permit,
                    const sdk::Input& input) {
  std::lock_guard lock(changing_);
  for (int attempts = 1;; ++attempts) {
    auto answer = attempt(handler, subject, permit, input);
    const bool again =
        !answer && answer.error().code == Code::Conflict && answer.error().name.empty();
    if (!again) return answer;
    if (attempts == kAttemptsMax) return concurrent_modification();
  }
}

Answer Changes::attempt(Handler handler, Subject subject, guard::Permit& permit,
                        const sdk::Input& input) {
  Draft draft(parts_.scope);
  SX_TRY(add_conditions(draft));
  const auto configuration = parts_.configuration.current();
  SX_TRY_AS(const auto target, target_of(subject, parts_.scope, input, *configuration));
  if (!still_holds(target, permit.call())) return concurrent_modification();
  auto answer =
      handler({.parts = parts_,
               .call = permit.call(),
               .parameters = input.parameters,
               .configuration = *configuration,
               .kind = kind_of(subject),
               .draft = draft,
               .ask = [&](const std::string& resource) { return ask(permit, resource); }});
  if (!answer) return answer;
  permit.will_answer(*answer);
  SX_TRY(commit(std::move(draft), permit));
  return answer;
}

Result<> Changes::ask(guard::Permit& permit, const std::string& resource) const {
  auto call = permit.call();
  call.resource = resource;
  const auto decision = guard::iam::evaluate(call, parts_.policies.policies_for(call));
  permit.asked(call, decision);
  if (decision.verdict == sdk::Verdict::Allow) return {};
  return fail(Code::Denied, decision.reason, "AccessDenied");
}

// Before the snapshot is read: whatever is committed after this makes the batch fail.
Result<> Changes::add_conditions(Draft& draft) const {
  for (const auto& key :
       {store::keys::identities(parts_.scope), store::keys::configuration(parts_.scope)}) {
    SX_TRY_AS(const auto entry, parts_.state.get(key));
    draft.batch_.conditions.push_back(
        {.key = key, .version = entry ? std::optional(entry->version) : std::nullopt});
  }
  return {};
}

Result<> Changes::commit(Draft draft, guard::Permit& permit) {
  auto& batch = draft.batch_;
  if (batch.puts.empty() && batch.erases.empty()) return {};
  const auto& operation = permit.call().operation;
  batch.puts.push_back({.key = store::keys::identities(parts_.scope), .value = operation});
  const auto configuration = store::keys::configuration(parts_.scope);
  if (draft.concerns_stacks_) {
    batch.puts.push_back({.key = configuration, .value = "iam:" + operation});
  } else {
    std::erase_if(batch.conditions,
                  [&](const auto& condition) { return condition.key == configuration; });
  }
  const auto committed = commit_and_wait(std::move(batch), permit);
  // Also when it is unknown whether it happened: the store knows.
  auto taken = parts_.configuration.refresh_identities(draft.identity_keys_);
  for (const auto& id : draft.access_key_ids_) {
    auto refreshed = parts_.credentials.refresh(id);
    if (taken && !refreshed) taken = std::move(refreshed);
  }
  if (!committed) return std::unexpected(committed.error());
  return taken;
}

}  // namespace sextant::services::iam
