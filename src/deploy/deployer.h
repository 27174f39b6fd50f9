#pragma once
// Puts an app in the place of another in one commit: the app's record, the buckets it makes and
// removes, what the stack keeps of the deploy, and an entry of the change feed. Afterwards the
// configuration snapshot is the new one. Nothing is deployed by halves, and two deploys at once
// cannot both win.
#include <boost/json/object.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "core/result.h"
#include "deploy/consistency.h"
#include "deploy/stack_record.h"
#include "guard/audit/event_class.h"
#include "model/app.h"
#include "model/changes.h"
#include "ports/commit.h"
#include "ports/state_store.h"
#include "sdk/call.h"
#include "store/configuration.h"

namespace sextant::deploy {

// All outlive the deployer.
struct DeployParts {
  Scope scope;
  const Clock& clock;
  ports::CommitLog& log;
  const ports::StateStore& state;
  store::ConfigurationStore& configuration;
};

// Commits the deploy's batch and waits: the caller's permit puts its audit record into it.
using Commit = std::function<Result<ports::Committed>(ports::Batch)>;

// The call that a deploy serves, and the way to write under its permit.
struct Permitted {
  const sdk::Call& call;
  Commit commit;
  // What the change is, for the call's audit record.
  std::function<void(guard::EventClasses)> note = [](guard::EventClasses) {};
  // What the call will answer, and what else the gate was asked for its sake: for the same record.
  std::function<void(const boost::json::object&)> will_answer = [](const boost::json::object&) {};
  std::function<void(const sdk::Call&, const sdk::Decision&)> asked = [](const sdk::Call&,
                                                                         const sdk::Decision&) {};
};

// What is deployed, at one version of the configuration.
struct Deployed {
  Apps apps;
  store::Identities identities = {};                   // of IAM's API
  std::optional<std::uint64_t> configuration_version;  // nullopt: nothing was ever deployed
};

// The record that a deploy leaves of its stack.
struct StackWrite {
  const StackRecord& record;
  std::optional<std::uint64_t>
      read_at;  // version of the one before, when that was read; nullopt: none
};

class Deployer {
 public:
  explicit Deployer(DeployParts parts) : parts_(std::move(parts)) {}

  // Reads every app and identity from the state store. Errors: Corrupt, Unavailable.
  Result<Deployed> read() const;

  // What `after` (nullopt: removing the stack) would change, after checking that everything that is
  // deployed still holds together, and that no bucket with objects goes. Errors: Invalid
  // ("ValidationError": every problem, one a line), and as read.
  Result<std::vector<model::ResourceChange>> plan(const Deployed& deployed,
                                                  const std::string& stack,
                                                  const std::optional<model::App>& after) const;

  // Does it. The stack's record is put with the app (erased without one). Blocks until it is
  // durable and the snapshot is the new one. Errors: as plan; Conflict
  // ("OperationInProgressException": somebody deployed since `deployed` or the stack's record was
  // read); as the commit: when that may have happened, the snapshot is the new one if it did.
  Result<> apply(const Deployed& deployed, const std::optional<model::App>& after,
                 const StackWrite& stack, const Commit& commit);

  // Keeps the stack's record of a deploy that was refused, and changes nothing else. Not under the
  // permit: the gate records the refusal itself when the call is answered. Errors: Conflict (as
  // apply); as CommitLog::submit.
  Result<> keep_failure(const Deployed& deployed, const StackWrite& stack) const;

 private:
  const DeployParts parts_;
  std::mutex applying_;
};

}  // namespace sextant::deploy
