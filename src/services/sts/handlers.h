#pragma once
// STS's operations, one function each; operations.cc puts them into the table.
#include <boost/json/object.hpp>
#include <string_view>

#include "sdk/service_caller.h"
#include "services/sts/sts_service.h"

namespace sextant::services::sts {

using Answer = Result<boost::json::object>;

Answer get_caller_identity(const StsParts& parts, guard::Permit& permit,
                           const boost::json::object& parameters);
Answer get_session_token(const StsParts& parts, guard::Permit& permit,
                         const boost::json::object& parameters);
// assume_role.cc
Answer assume_role(const StsParts& parts, guard::Permit& permit,
                   const boost::json::object& parameters);
// The role, its condition keys; ValidationError.
Result<guard::Target> assume_role_target(const Scope& scope, const sdk::Input& input);

// Seconds between the limits, `otherwise` when none are given. ValidationError.
struct DurationLimits {
  int least = 900;
  int most = 3'600;
  int otherwise = 3'600;
};
Result<Duration> duration_of(const boost::json::object& parameters, const DurationLimits& limits);

boost::json::object to_json(const guard::SessionCredentials& session);

}  // namespace sextant::services::sts
