#pragma once
// The intake's operations, one function each, and what they share.
#include <memory>

#include "guard/gate.h"
#include "services/intake/in_flight.h"
#include "services/intake/intake_service.h"
#include "services/intake/rate_limits.h"

namespace sextant::services::intake {

struct IntakeContext {
  explicit IntakeContext(IntakeParts with);
  IntakeParts parts;
  RateLimits limits;
  InFlight in_flight;
  metrics::Counter& accepted;
  metrics::Counter& repeated;
  metrics::Counter& throttled;
  metrics::Counter& lines;
  metrics::Counter& bytes;
};
using IntakePtr = std::shared_ptr<IntakeContext>;
using PermitPtr = std::shared_ptr<guard::Permit>;

// sources.cc
void create_source(const IntakePtr& intake, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void list_sources(const IntakePtr& intake, PermitPtr permit, sdk::Input input, sdk::Reply reply);
void revoke_source(const IntakePtr& intake, PermitPtr permit, sdk::Input input, sdk::Reply reply);
// put_batch.cc
void put_batch(const IntakePtr& intake, PermitPtr permit, sdk::Input input, sdk::Reply reply);

// ValidationException.
Result<> check_source_name(std::string_view name);
Result<> check_kind(std::string_view kind);

// Whether the caller may also put this into the bucket: Denied otherwise. The call's record tells
// it.
Result<> may_put(const IntakeContext& intake, guard::Permit& permit, const std::string& bucket,
                 const std::string& key);

}  // namespace sextant::services::intake
