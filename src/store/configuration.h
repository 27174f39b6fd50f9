#pragma once
// What is deployed, and who there is, as one immutable snapshot that readers hold without a lock. A
// deploy commits the app's record and an entry of the config stream in one batch, a call of IAM's
// API the records it changes; refresh() then swaps the snapshot.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/guarded.h"
#include "core/id.h"
#include "core/result.h"
#include "model/app.h"
#include "ports/state_store.h"
#include "store/identities.h"

namespace sextant::store {

struct DeployedApp {
  model::App app;
  std::uint64_t version = 0;  // of its record: the condition of the next deploy
  Time created = {};          // its stack
};

// A bucket's notification and the function it goes to.
struct Subscription {
  model::Notification notification;
  FunctionName function;
};

struct Configuration {
  std::map<std::string, DeployedApp> apps;            // by stack name
  std::map<FunctionName, model::Function> functions;  // of all apps
  std::map<BucketName, std::vector<Subscription>> subscriptions;
  std::map<TableName, model::Table> tables;
  std::map<std::string, model::Role> roles;  // by ARN; of all apps
  // What IAM's API made; never null.
  std::shared_ptr<const Identities> identities = std::make_shared<const Identities>();
};

class ConfigurationStore {
 public:
  // Reads all apps and identities. Errors: Corrupt (a record), Unavailable.
  static Result<std::unique_ptr<ConfigurationStore>> open(const ports::StateStore& state,
                                                          Scope scope);

  std::shared_ptr<const Configuration> current() const;  // any thread

  // Reads the records again and tells the listeners, in the order they were added, before it
  // returns. Called after a deploy is durable. One at a time.
  Result<> refresh();
  // The same for the identities and policies of these keys (keys::user, role, policy) only.
  Result<> refresh_identities(const std::vector<std::string>& keys);

  using Listener = std::function<void(std::shared_ptr<const Configuration>)>;
  struct EndListening {
    ConfigurationStore* store = nullptr;
    void operator()(const Listener* listener) const;
  };
  using Listening = std::unique_ptr<const Listener, EndListening>;
  // Calls the listener at once with the current snapshot, and at each change until what it returns
  // is destroyed, which waits for a call that runs. The store outlives that. Any thread, but not
  // from a listener.
  [[nodiscard]] Listening listen(Listener listener);

 private:
  ConfigurationStore(const ports::StateStore& state, Scope scope)
      : state_(state), scope_(std::move(scope)) {}
  void publish(std::shared_ptr<const Configuration> next);
  const ports::StateStore& state_;
  const Scope scope_;
  Guarded<std::shared_ptr<const Configuration>> current_;
  std::mutex refreshing_;  // guards listeners_, too
  std::vector<const Listener*> listeners_;
};

}  // namespace sextant::store
