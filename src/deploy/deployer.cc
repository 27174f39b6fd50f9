#include "deploy/deployer.h"

#include "core/log.h"
#include "deploy/bucket_changes.h"
#include "model/codec.h"
#include "ports/in_doubt.h"
#include "store/keys.h"
#include "store/s3_records.h"

namespace sextant::deploy {
namespace {

const model::App& app_or_none(const Apps& apps, const std::string& stack) {
  static const model::App kNone;
  const auto found = apps.find(stack);
  return found == apps.end() ? kNone : found->second;
}

std::unexpected<Error> refuse(const std::vector<std::string>& problems) {
  std::string text;
  for (const auto& problem : problems) text += (text.empty() ? "" : "\n") + problem;
  return fail(Code::Invalid, std::move(text), "ValidationError");
}

// Of buckets that no stack declares.
Result<std::vector<std::string>> plain_buckets(const DeployParts& parts) {
  std::vector<std::string> names;
  SX_TRY(ports::for_each(parts.state, store::keys::buckets(parts.scope),
                         [&](const ports::Entry& entry) -> Result<> {
                           SX_TRY_AS(const auto record, store::decode_bucket(entry.value));
                           if (record.app.empty()) names.push_back(record.name);
                           return {};
                         }));
  return names;
}

// The app's record, put or erased; the change feed's entry; the configuration's own record.
void add_records(const DeployParts& parts, const std::optional<model::App>& after,
                 const StackRecord& record, ports::Batch& batch) {
  namespace keys = store::keys;
  batch.puts.push_back({keys::configuration(parts.scope), record.name});
  const auto app = keys::app(parts.scope, record.name);
  const auto stack = keys::stack(parts.scope, record.name);
  if (after) {
    batch.puts.push_back({app, model::encode(*after)});
    batch.puts.push_back({stack, encode(record)});
  } else {
    batch.erases.push_back(app);
    batch.erases.push_back(stack);
  }
  batch.appends.push_back({keys::config_stream(parts.scope), store::encode(record.history.back())});
}

// Everything that the deploy was decided on is still so.
void add_conditions(const DeployParts& parts, const Deployed& deployed, const StackWrite& stack,
                    ports::Batch& batch) {
  namespace keys = store::keys;
  batch.conditions.push_back({keys::configuration(parts.scope), deployed.configuration_version});
  batch.conditions.push_back({keys::stack(parts.scope, stack.record.name), stack.read_at});
}

// After a commit that may have happened. When the next batch is told it has, or never will.
void take_up(const DeployParts& parts) {
  auto decided = ports::commit(parts.log, {});
  auto taken = decided ? parts.configuration.refresh() : std::unexpected(decided.error());
  if (!taken)
    log::warn("a deploy may count only after the next start", {{"error", taken.error().message}});
}

}  // namespace

Result<Deployed> Deployer::read() const {
  Deployed deployed;
  // Its version first: whoever deploys after this makes the batch's condition fail.
  SX_TRY_AS(const auto entry, parts_.state.get(store::keys::configuration(parts_.scope)));
  if (entry) deployed.configuration_version = entry->version;
  SX_TRY_AS(deployed.identities, store::load_identities(parts_.state, parts_.scope));
  const auto prefix = store::keys::apps(parts_.scope);
  SX_TRY(ports::for_each(parts_.state, prefix, [&](const ports::Entry& app) -> Result<> {
    const auto name = app.key.substr(prefix.size());
    SX_TRY_AS(deployed.apps[name],
              within("stored app '" + name + "'", model::decode_app(app.value)));
    return {};
  }));
  return deployed;
}

Result<std::vector<model::ResourceChange>> Deployer::plan(
    const Deployed& deployed, const std::string& stack,
    const std::optional<model::App>& after) const {
  const auto& before = app_or_none(deployed.apps, stack);
  Apps apps = deployed.apps;
  apps.erase(stack);
  if (after) apps[stack] = *after;
  SX_TRY_AS(const auto buckets, plain_buckets(parts_));
  auto problems = find_problems(parts_.scope, apps, stack, buckets, deployed.identities);
  const model::App none;
  for (const auto* bucket : removed_buckets(before, after ? *after : none)) {
    if (bucket->retained) continue;
    const auto empty = check_empty(parts_, bucket->name);
    if (!empty) problems.push_back(empty.error().message);
  }
  for (const auto* bucket : added_buckets(before, after ? *after : none)) {
    ports::Batch unused;
    const auto added = add_bucket(parts_, stack, bucket->name, unused);
    if (!added) problems.push_back(added.error().message);
  }
  if (!problems.empty()) return refuse(problems);
  return model::describe_changes(before, after ? *after : none);
}

Result<> Deployer::keep_failure(const Deployed& deployed, const StackWrite& stack) const {
  ports::Batch batch;
  add_conditions(parts_, deployed, stack, batch);
  batch.puts.push_back({store::keys::stack(parts_.scope, stack.record.name), encode(stack.record)});
  SX_TRY(ports::commit(parts_.log, std::move(batch)));
  return {};
}

Result<> Deployer::apply(const Deployed& deployed, const std::optional<model::App>& after,
                         const StackWrite& stack, const Commit& commit) {
  std::lock_guard lock(applying_);
  const auto& name = stack.record.name;
  const auto& before = app_or_none(deployed.apps, name);
  const model::App none;
  ports::Batch batch;
  BucketRemoval removal(parts_);
  for (const auto* bucket : removed_buckets(before, after ? *after : none))
    SX_TRY(removal.remove(*bucket, batch));
  for (const auto* bucket : added_buckets(before, after ? *after : none))
    SX_TRY(add_bucket(parts_, name, bucket->name, batch));
  add_conditions(parts_, deployed, stack, batch);
  add_records(parts_, after, stack.record, batch);
  const auto committed = commit(std::move(batch));
  if (!committed && committed.error().code == Code::Conflict) {
    return fail(
        Code::Conflict,
        "another deploy, or a call of IAM's, changed the configuration meanwhile; try again",
        "OperationInProgressException");
  }
  if (!committed && ports::may_have_happened(committed.error())) take_up(parts_);
  if (!committed) return std::unexpected(committed.error());
  removal.keep();
  return parts_.configuration.refresh();
}

}  // namespace sextant::deploy
