#pragma once
// One line of the audit log: CloudTrail's record (eventVersion 1.11) of a call or of a delivery
// attempt, with the gate's decision in additionalEventData. Compact JSON, written in one pass.
// Source:
// docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html;
// our additions: docs/formats/audit-record.md.
#include <boost/json/object.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "guard/audit/event_class.h"
#include "sdk/call.h"
#include "store/delivery.h"

namespace sextant::guard {

// A call and what the gate said to it; one stage of a delivery attempt.
struct JudgedCall {
  sdk::Call call;
  sdk::Decision decision;
};

// What else the gate was asked before a call could be carried out, and its answer: a deploy's
// iam:PassRole, the sts:TagSession of an AssumeRole with tags.
struct InnerDecision {
  std::string action;
  std::string resource;
  sdk::Decision decision;
};

// What an operation tells of its call, for the call's one record.
struct CallNotes {
  EventClasses classes = {};          // beyond those that the call itself shows
  boost::json::object response = {};  // responseElements, as shown_answer() makes them; empty: null
  std::vector<InnerDecision> decisions = {};
};

// One attempt of a delivery, as its record tells it. The first judged call is the Invoke itself.
struct DeliveryAttempt {
  const store::Delivery& delivery;  // as the attempt leaves it: attempts, outcome, cause, stages
  std::span<const JudgedCall> judged;
  RequestId request_id;  // of the attempt
  std::string function_arn;
  EventClasses classes = {};  // beyond those that the delivery itself shows
};

// How a call ended; `error` is null when it succeeded, and only then there is a response.
std::string call_record(const sdk::Call& call, const sdk::Decision& decision, const Error* error,
                        const CallNotes& notes = {});
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

// The audit log's own work: a segment of it was sealed. One record a segment, and a segment that
// would hold nothing else is never sealed, so the log does not feed on itself.
struct SealedSegment {
  Scope scope;
  Time time;
  std::uint64_t digest = 0;  // number of its digest
  std::uint64_t first = 0;   // sequences, both included
  std::uint64_t last = 0;
};
std::string seal_record(const SealedSegment& segment);
bool is_seal_record(std::string_view record);

}  // namespace sextant::guard
