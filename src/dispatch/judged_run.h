#pragma once
// The computing half of an attempt: judge, read, run. It leaves nothing behind but what it returns.
#include <expected>
#include <memory>
#include <vector>

#include "dispatch/dispatcher.h"
#include "dispatch/revisions.h"
#include "guard/audit/record.h"
#include "lake/lander.h"
#include "runtime/native/pipeline.h"

namespace sextant::dispatch {

struct RunResult {
  std::unique_ptr<lake::Landing> landing;
  std::expected<runtime::native::Report, runtime::native::Failure> report;
  std::vector<guard::JudgedCall> judged;  // every call of the attempt and what the gate said
};

// `delivery` is as stored. Any thread.
RunResult judged_run(const DispatcherParts& parts, const store::Delivery& delivery,
                     const Revision& revision, const RequestId& request_id);

}  // namespace sextant::dispatch
