#pragma once
// The HTTP intake: batches of log lines that hosts push with a token. A batch becomes an object of
// the bucket whose function reads that kind, in one commit with its events and its audit record, so
// everything behind it is the path of any other object. Served under /_sextant/intake/ and
// /_sextant/intake-sources; docs/formats/intake.md.
#include <functional>

#include "core/clock.h"
#include "core/id.h"
#include "core/metrics.h"
#include "guard/keys/intake_tokens.h"
#include "guard/operation.h"
#include "patterns/event/object_writer.h"
#include "ports/state_store.h"
#include "sdk/call.h"
#include "store/bodies.h"
#include "store/configuration.h"

namespace sextant::services::intake {

// All outlive the table.
struct IntakeParts {
  Scope scope;
  const Clock& clock;
  const ports::StateStore& state;
  const store::ConfigurationStore& configuration;
  store::BodyStore& bodies;
  guard::IntakeTokens& tokens;
  patterns::event::ObjectWriter& objects;
  // What the gate says of a call that this one makes for its caller.
  std::function<sdk::Decision(const sdk::Call&)> judge;
  metrics::Registry& metrics;
};

// PutIntakeBatch, CreateIntakeSource, ListIntakeSources, RevokeIntakeSource.
guard::OperationTable operations(IntakeParts parts);

}  // namespace sextant::services::intake
