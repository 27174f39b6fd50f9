#pragma once
// One line of the audit log: CloudTrail's record (eventVersion 1.11) of a call or of a delivery
// attempt, with the gate's decision in additionalEventData. Compact JSON, written in one pass.
// Source:
// docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html;
// our additions: docs/formats/audit-record.md.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "sdk/call.h"
#include "store/delivery.h"

namespace sextant::guard {

// A call and what the gate said to it; one stage of a delivery attempt.
struct JudgedCall {
  sdk::Call call;
  sdk::Decision decision;
};

// One attempt of a delivery, as its record tells it. The first judged call is the Invoke itself.
struct DeliveryAttempt {
  const store::Delivery& delivery;  // as the attempt leaves it: attempts, outcome, cause, stages
  std::span<const JudgedCall> judged;
  RequestId request_id;  // of the attempt
  std::string function_arn;
};

// How a call ended; `error` is null when it succeeded.
std::string call_record(const sdk::Call& call, const sdk::Decision& decision, const Error* error);
std::string attempt_record(const DeliveryAttempt& attempt);

// Refused calls without an authenticated principal that came from one address within one second.
struct RefusedCalls {
  Scope scope;
  std::string source_ip;
  Time second;
  std::uint64_t count = 0;
  std::string last_operation;  // "s3:PutObject" of the latest
  std::string last_error;      // its error code
};
std::string refused_calls_record(const RefusedCalls& refused);

}  // namespace sextant::guard
