#pragma once
// The computing half of an attempt: judge, read, run. It leaves nothing behind but what it returns.
#include <expected>
#include <memory>
#include <stop_token>

#include "dispatch/attempt_judge.h"
#include "dispatch/dispatcher.h"
#include "dispatch/revisions.h"
#include "lake/lander.h"
#include "runtime/native/pipeline.h"

namespace sextant::dispatch {

struct RunResult {
  std::unique_ptr<lake::Landing> landing;
  std::expected<runtime::native::Report, runtime::native::Failure> report;
};

// `delivery` is as stored; `judge` is the attempt's; `stop` is asked when the node ends. Any
// thread.
RunResult judged_run(const DispatcherParts& parts, const store::Delivery& delivery,
                     const Revision& revision, AttemptJudge& judge, const std::stop_token& stop);

}  // namespace sextant::dispatch
