#pragma once
// A bucket as a function's on-failure destination.
#include "core/clock.h"
#include "core/id.h"
#include "dispatch/failure_destination.h"
#include "ports/state_store.h"

namespace sextant::services::s3 {

class FailureBucket final : public dispatch::FailureDestination {
 public:
  FailureBucket(Scope scope, const Clock& clock, const ports::StateStore& state)
      : scope_(std::move(scope)), clock_(clock), state_(state) {}
  Result<> add(ports::Batch& batch, const std::string& bucket, const std::string& key,
               const std::string& document) override;

 private:
  const Scope scope_;
  const Clock& clock_;
  const ports::StateStore& state_;
};

}  // namespace sextant::services::s3
