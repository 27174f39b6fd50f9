#pragma once
// What is wrong or risky in a policy document, before it counts: its grammar, names that no service
// knows, its size, and the warnings that IAM Access Analyzer would give. The evaluator needs none
// of this; authors do. Pure; any thread.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/text_position.h"
#include "guard/iam/policy.h"

namespace sextant::guard::iam {

// Where a policy is attached decides what it may say and how long it may be.
enum class PolicyKind {
  RoleInline,
  UserInline,
  Managed,
  Session,
  Trust,     // of a role
  Bucket,    // resource policy of a bucket
  Resource,  // of anything else
  Boundary,
  ServiceControl,   // of an organisation: what its principals may at most
  ResourceControl,  // what may at most be done with its resources
};
PolicyUse use_of(PolicyKind kind);
// AWS's limit in characters; white space does not count, but in control policies.
std::size_t size_max(PolicyKind kind);
std::size_t counted_size(std::string_view document);

// What organisations begin with, by its name: "FullAWSAccess" (a service control policy) and
// "RCPFullAWSAccess", the one resource control policy that says Allow. nullopt: another name.
std::optional<std::string_view> full_access_policy(std::string_view name);

enum class Severity { Error, Warning };

struct Finding {
  Severity severity = Severity::Error;
  std::string code;               // "InvalidAction"
  std::vector<std::string> path;  // "Statement", "0", "Action", "1"; empty: the whole document
  std::string sid = {};           // of the statement, if it has one
  std::string message;            // what is wrong
  std::string hint = {};          // what to do; may be empty
  TextPosition at = {};           // of text that is no JSON; nowhere: the path says it
};

// "Statement[0].Action[1]"
std::string path_text(const std::vector<std::string>& path);

// Errors and warnings in the order of the document. A document with errors may still be one that
// the evaluator understands (an action that nobody knows matches nothing).
std::vector<Finding> validate(std::string_view document, PolicyKind kind);

}  // namespace sextant::guard::iam
