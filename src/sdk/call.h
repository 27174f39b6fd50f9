#pragma once
// One call of one operation, as the gate judges it: who, what, on which resource, under which
// circumstances; and the gate's answer. Terms and fields are IAM's and CloudTrail's.
#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/id.h"
#include "core/trace.h"

namespace sextant::sdk {

enum class PrincipalKind {
  Anonymous,
  Root,  // the account itself
  User,
  AssumedRole,  // a role session: a function while it runs, or sts:AssumeRole
  Service,  // one of the platform's own: "s3.amazonaws.com" that invokes a function for a bucket
};

struct Principal {
  PrincipalKind kind = PrincipalKind::Anonymous;
  AccountId account = {};
  std::string arn =
      {};  // arn:aws:iam::000000000000:root, …:user/x, arn:aws:sts::…:assumed-role/role/session
  std::string principal_id = {};  // AIDA…, AROA…:session, or the account id
  std::string service = {};       // of Service: "s3.amazonaws.com"
  std::string role_arn = {};      // of AssumedRole: the role behind the session
  std::string access_key_id = {};
  std::optional<std::string> session_policy = std::nullopt;  // JSON text
  std::vector<std::string> session_policy_arns = {};         // managed ones, besides it
  std::map<std::string, std::string> session_tags = {};
  std::optional<Time> session_started = std::nullopt;
};

// Condition keys of the request ("aws:SourceIp", "s3:prefix"); names are compared without case.
using ConditionContext = std::map<std::string, std::vector<std::string>>;

enum class Access { Read, Write };
enum class EventCategory { Management, Data };

struct Call {
  Scope scope;
  Principal principal;
  std::string service;       // event source without domain: "s3", "lambda"
  std::string operation;     // "PutObject"
  std::string action;        // IAM action: "s3:PutObject"
  std::string resource;      // ARN, or "*" where the action has no resource type
  AccountId resource_owner;  // empty: the account of scope
  ConditionContext context;
  Access access = Access::Write;
  EventCategory category = EventCategory::Management;
  // for the record
  RequestId request_id;
  Time time;
  Trace trace;
  std::string source_ip;  // address, or the service's name when one of ours calls
  std::string user_agent;
  boost::json::value request_parameters;  // as CloudTrail writes them; no bodies, no secrets
};

enum class Verdict { Allow, Deny, Throttle };

// The gate's answer. `reason` is AWS's sentence, ready for the error message.
struct Decision {
  Verdict verdict = Verdict::Deny;
  std::string reason;
  std::vector<std::string> deciding_statements;  // "policy-arn#Sid", those that allowed or denied
};

}  // namespace sextant::sdk
