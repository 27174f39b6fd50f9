#include "dispatch/revisions.h"

#include <utility>

#include "core/log.h"
#include "model/codec.h"
#include "store/keys.h"

namespace sextant::dispatch {
namespace {

constexpr std::chrono::seconds kUnusableFileFor{10};

}  // namespace

Revisions::Revisions(Scope scope, const Clock& clock,
                     const store::ConfigurationStore& configuration,
                     const sdk::Catalogue& catalogue, std::string data_folder,
                     ports::CommitLog& log, const ports::StateStore& state)
    : scope_(std::move(scope)),
      clock_(clock),
      configuration_(configuration),
      catalogue_(catalogue),
      data_folder_(std::move(data_folder)),
      log_(log),
      state_(state) {}

PreparedRevision Revisions::prepare(const model::Function& function) const {
  SX_TRY_AS(auto pipeline, runtime::native::Pipeline::prepare(catalogue_, function, data_folder_));
  return Revision{std::make_shared<model::Function>(function), std::move(pipeline)};
}

// The function's record by revision, so that an attempt after a restart prepares the same one
// again. An app of this one function is its stored form.
Result<> Revisions::keep(const Revision& revision) {
  const auto key = store::keys::function_revision(scope_, revision.function->name,
                                                  revision.pipeline->revision());
  SX_TRY_AS(const auto kept, state_.get(key));
  if (kept) return {};
  model::App app;
  app.functions[revision.function->name.text()] = *revision.function;
  ports::Batch batch;
  batch.puts.push_back({key, model::encode(app)});
  SX_TRY(ports::commit(log_, std::move(batch)));
  return {};
}

PreparedRevision Revisions::newest(const FunctionName& name) {
  const auto configuration = configuration_.current();
  const auto deployed = configuration->functions.find(name);
  if (deployed == configuration->functions.end()) {
    return fail(Code::NotFound, "function '" + name.text() + "' is not deployed",
                "ResourceNotFoundException");
  }
  const auto current = [&] {
    return newest_.with([&](const auto& all) {
      const auto found = all.find(name);
      return found == all.end() ? Revision{} : found->second;
    });
  };
  const auto is_current = [&](const Revision& revision) {
    return revision.pipeline && *revision.function == deployed->second &&
           !revision.pipeline->stale();
  };
  if (auto revision = current(); is_current(revision)) return revision;
  std::lock_guard lock(preparing_);
  auto before = current();
  if (is_current(before)) return before;  // another thread was first
  const bool fallback = before.pipeline && *before.function == deployed->second;
  if (fallback && clock_.now() < not_before_[name]) return before;
  auto prepared = prepare(deployed->second);
  if (!prepared && fallback) {
    not_before_[name] = clock_.now() + kUnusableFileFor;
    log::error("a changed data file cannot be used; the function goes on with the one before",
               {{"function", name.text()}, {"error", prepared.error().error.message}});
    return before;
  }
  if (!prepared) return prepared;
  SX_TRY(keep(*prepared));
  newest_.with([&](auto& all) { all[name] = *prepared; });
  return prepared;
}

PreparedRevision Revisions::pinned(const FunctionName& name, const std::string& id) {
  auto current = newest(name);
  if (id.empty() || (current && current->pipeline->revision() == id)) return current;
  SX_TRY_AS(const auto entry, state_.get(store::keys::function_revision(scope_, name, id)));
  if (!entry) return current;
  SX_TRY_AS(const auto app, model::decode_app(entry->value));
  const auto found = app.functions.find(name.text());
  if (found == app.functions.end())
    return fail(Code::Corrupt, "stored revision '" + id + "' has no function");
  std::lock_guard lock(preparing_);
  auto prepared = prepare(found->second);
  if (prepared && prepared->pipeline->revision() == id) return prepared;
  log::warn("an attempt's revision can no longer be prepared; it goes on with the newest",
            {{"function", name.text()}, {"revision", id}});
  return current;
}

std::string Revisions::newest_id(const FunctionName& function) const {
  return newest_.with([&](const auto& all) {
    const auto found = all.find(function);
    return found == all.end() ? std::string() : found->second.pipeline->revision();
  });
}

}  // namespace sextant::dispatch
