#pragma once
// Records as IAM's answers show them, and the ids and errors that its families share.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"
#include "services/iam/handlers.h"
#include "services/iam/parameters.h"
#include "store/identity_records.h"

namespace sextant::services::iam {

std::string make_unique_id(std::string_view prefix);  // "AIDA" and 17 more

// 2026-07-02T22:23:00Z
std::string shown_time(Time time);
boost::json::array shown_tags(const Tags& tags);
// Lists leave out tags and boundary, as AWS's do.
enum class Detail { Listed, Whole };
boost::json::object shown_identity(const store::IdentityRecord& identity, Detail detail);

// "user", "role"; "UserName", "RoleName".
std::string_view noun(store::IdentityKind kind);
std::string_view name_parameter(store::IdentityKind kind);

// NotFound ("NoSuchEntity"), Conflict ("EntityAlreadyExists", "DeleteConflict"), Exhausted
// ("LimitExceeded").
std::unexpected<Error> no_such_entity(std::string message);
std::unexpected<Error> already_exists(std::string message);
std::unexpected<Error> delete_conflict(std::string message);
std::unexpected<Error> limit_exceeded(std::string message);
std::unexpected<Error> too_many_tags();

// The user or role that the call names. NoSuchEntity.
Result<store::IdentityPtr> named_identity(const Request& request);
// The same, to be changed. Also Invalid ("UnmodifiableEntity"): a stack declares it.
Result<store::IdentityRecord> own_identity(const Request& request);
inline constexpr std::string_view kAwsPolicyPrefix = "arn:aws:iam::aws:policy/";
// The managed policy that the call names. NoSuchEntity.
Result<store::PolicyRecordPtr> named_policy(const Request& request);
// The same, to be changed. Also Denied ("AccessDenied": AWS's own) and Invalid
// ("UnmodifiableEntity": a stack's).
Result<store::PolicyRecord> own_policy(const Request& request);
// A call without a UserName is about its caller, who then is the root. ValidationError.
Result<> check_is_root(const Request& request);
// Before the end of a user or role. DeleteConflict.
Result<> check_without_policies(const store::IdentityRecord& identity);
// The boundary that the call gives, which must be a policy that there is. NoSuchEntity,
// ValidationError.
Result<std::optional<std::string>> boundary_of(const Request& request);
Result<> check_not_of_stack(const Request& request, std::string_view arn);

}  // namespace sextant::services::iam
