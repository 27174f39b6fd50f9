#include "store/configuration.h"

#include "core/wire.h"
#include "model/codec.h"
#include "store/keys.h"

namespace sextant::store {
namespace {

FunctionName function_of(const std::string& arn) {
  const auto colon = arn.rfind(':');
  return FunctionName(colon == std::string::npos ? arn : arn.substr(colon + 1));
}

void add_app(const model::App& app, Configuration& configuration) {
  for (const auto& [name, function] : app.functions)
    configuration.functions[function.name] = function;
  for (const auto& [name, table] : app.tables) configuration.tables[table.name] = table;
  for (const auto& [arn, role] : app.roles) configuration.roles[arn] = role;
  for (const auto& [name, bucket] : app.buckets) {
    for (const auto& notification : bucket.notifications) {
      configuration.subscriptions[bucket.name].push_back(
          {notification, function_of(notification.function_arn)});
    }
  }
}

// When the stack was made; the rest of its record is deploy's (docs/formats/stack.md).
Result<Time> created_of(const ports::StateStore& state, const Scope& scope,
                        const std::string& stack) {
  constexpr int kCreated = 4;
  SX_TRY_AS(const auto entry, state.get(keys::stack(scope, stack)));
  if (!entry) return Time{};
  SX_TRY_AS(auto reader, wire::Reader::open(entry->value, 1));
  while (reader.next()) {
    if (reader.field() == kCreated) return reader.time();
  }
  return Time{};
}

Result<std::shared_ptr<const Configuration>> load(const ports::StateStore& state,
                                                  const Scope& scope) {
  auto configuration = std::make_shared<Configuration>();
  const auto prefix = keys::apps(scope);
  SX_TRY(ports::for_each(state, prefix, [&](const ports::Entry& entry) -> Result<> {
    const auto name = entry.key.substr(prefix.size());
    SX_TRY_AS(auto app, within("stored app '" + name + "'", model::decode_app(entry.value)));
    add_app(app, *configuration);
    SX_TRY_AS(const auto created,
              within("stored stack '" + name + "'", created_of(state, scope, name)));
    configuration->apps[name] = {std::move(app), entry.version, created};
    return {};
  }));
  SX_TRY_AS(auto identities, load_identities(state, scope));
  configuration->identities = std::make_shared<const Identities>(std::move(identities));
  return configuration;
}

}  // namespace

Result<std::unique_ptr<ConfigurationStore>> ConfigurationStore::open(const ports::StateStore& state,
                                                                     Scope scope) {
  std::unique_ptr<ConfigurationStore> store(new ConfigurationStore(state, std::move(scope)));
  SX_TRY(store->refresh());
  return store;
}

std::shared_ptr<const Configuration> ConfigurationStore::current() const {
  return current_.with([](const auto& current) { return current; });
}

Result<> ConfigurationStore::refresh() {
  std::lock_guard lock(refreshing_);
  SX_TRY_AS(auto loaded, load(state_, scope_));
  publish(std::move(loaded));
  return {};
}

Result<> ConfigurationStore::refresh_identities(const std::vector<std::string>& keys) {
  std::lock_guard lock(refreshing_);
  auto next = std::make_shared<Configuration>(*current());
  auto identities = std::make_shared<Identities>(*next->identities);
  SX_TRY(reload(state_, scope_, keys, *identities));
  next->identities = std::move(identities);
  publish(std::move(next));
  return {};
}

// Under the lock.
void ConfigurationStore::publish(std::shared_ptr<const Configuration> next) {
  current_.with([&](auto& current) { current = next; });
  for (const auto* listener : listeners_) (*listener)(next);
}

ConfigurationStore::Listening ConfigurationStore::listen(Listener listener) {
  Listening listening(new Listener(std::move(listener)), {this});
  std::lock_guard lock(refreshing_);
  (*listening)(current());
  listeners_.push_back(listening.get());
  return listening;
}

void ConfigurationStore::EndListening::operator()(const Listener* listener) const {
  {
    std::lock_guard lock(store->refreshing_);
    std::erase(store->listeners_, listener);
  }
  delete listener;
}

}  // namespace sextant::store
