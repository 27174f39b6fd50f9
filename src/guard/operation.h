#pragma once
// Every operation of every service is one row in its service's table: name, IAM action, resource,
// handler. The wire, functions and workflows all enter by it, so there is one place where the gate
// stands.
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "sdk/call.h"
#include "sdk/service_caller.h"

namespace sextant::guard {

class Permit;

// What an operation acts on: IAM's resource and the condition keys that come from the parameters.
struct Target {
  std::string resource = "*";  // ARN, or "*" where the action has no resource type
  sdk::ConditionContext context = {};
};

struct Operation {
  std::string_view service;  // "s3"
  std::string_view name;     // "PutObject"
  std::string_view action;   // "s3:PutObject"
  sdk::Access access = sdk::Access::Write;
  sdk::EventCategory category = sdk::EventCategory::Management;
  // Reads memory only: what the call is about. Invalid (with the AWS error code) when a parameter
  // is missing or malformed.
  std::function<Result<Target>(const Scope&, const sdk::Input&)> target;
  // Runs on one of the threads that take requests and must not block; with `takes_long` on one that
  // may (long_calls.h). Replies exactly once; the permit lives as long as whoever holds it.
  std::function<void(std::shared_ptr<Permit>, sdk::Input, sdk::Reply)> handle;
  // Parameters whose values must not stand in the audit log.
  std::vector<std::string_view> secret_parameters = {};
  // Parameters that default to who calls (IAM's UserName), before anybody looks at them. May be
  // empty.
  std::function<void(const sdk::Principal&, sdk::Input&)> complete = {};
  // A read whose answer stands in its record all the same, as a change's does: credentials handed
  // out.
  bool answer_in_record = false;
  // Computes or reads without a small bound, or waits for a commit.
  bool takes_long = false;
};

using OperationTable = std::vector<Operation>;

}  // namespace sextant::guard
