#pragma once
// Who pushes logs over HTTP: each source is a session of one service-linked role, with its name,
// kind and place as session tags, so that one policy gives each of them its own and nothing else.
// Nobody can make a role of that path, assume it, or change it.
#include <string>
#include <string_view>

#include "core/id.h"
#include "sdk/call.h"
#include "store/intake_records.h"

namespace sextant::guard {

// What each session of the role may.
inline constexpr std::string_view kIntakePolicyName =
    "arn:aws:iam::aws:policy/aws-service-role/SextantIntake";
inline constexpr std::string_view kIntakePolicy = R"({"Version":"2012-10-17","Statement":[
  {"Sid":"OwnKind","Effect":"Allow","Action":"sextant:PutIntakeBatch",
   "Resource":"arn:aws:sextant:*:*:intake/${aws:PrincipalTag/Kind}/${aws:PrincipalTag/Source}"},
  {"Sid":"OwnPlace","Effect":"Allow","Action":"s3:PutObject",
   "Resource":"arn:aws:s3:::${aws:PrincipalTag/Bucket}/${aws:PrincipalTag/Prefix}*"}]})";

sdk::Principal intake_principal(const Scope& scope, const store::IntakeSource& source);
// The source that the caller is; "" of all others.
std::string intake_source_of(const sdk::Principal& principal);

// arn:aws:sextant:us-east-1:000000000000:intake/alb/web-1
std::string intake_arn(const Scope& scope, std::string_view kind, std::string_view source);

}  // namespace sextant::guard
