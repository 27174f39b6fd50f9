#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <memory>

#include "core/json.h"
#include "core/time_text.h"
#include "services/sts/handlers.h"

namespace sextant::services::sts {
namespace {

struct Row {
  std::string_view name;
  std::string_view action;
  sdk::Access access;
  Result<guard::Target> (*target)(const Scope&, const sdk::Input&);
  Answer (*handle)(const StsParts&, guard::Permit&, const boost::json::object&);
  bool answer_in_record = false;
};

Result<guard::Target> anything(const Scope&, const sdk::Input&) { return guard::Target{}; }

constexpr std::array kRows{
    Row{"GetCallerIdentity", "sts:GetCallerIdentity", sdk::Access::Read, anything,
        get_caller_identity},
    Row{"AssumeRole", "sts:AssumeRole", sdk::Access::Read, assume_role_target, assume_role, true},
    Row{"GetSessionToken", "sts:GetSessionToken", sdk::Access::Read, anything, get_session_token,
        true},
};

}  // namespace

Answer get_caller_identity(const StsParts&, guard::Permit& permit, const boost::json::object&) {
  const auto& caller = permit.call().principal;
  return boost::json::object{
      {"UserId", caller.principal_id}, {"Account", caller.account.text()}, {"Arn", caller.arn}};
}

Answer get_session_token(const StsParts& parts, guard::Permit& permit,
                         const boost::json::object& parameters) {
  const auto& call = permit.call();
  const bool session = call.principal.access_key_id.starts_with("ASIA");
  if (session || call.principal.kind == sdk::PrincipalKind::AssumedRole) {
    return fail(Code::Denied, "Cannot call GetSessionToken with session credentials",
                "AccessDenied");
  }
  const bool root = call.principal.kind == sdk::PrincipalKind::Root;
  SX_TRY_AS(const auto lifetime, duration_of(parameters, {.most = root ? 3'600 : 129'600,
                                                          .otherwise = root ? 3'600 : 43'200}));
  return boost::json::object{
      {"Credentials", to_json(parts.credentials.issue_session(call.principal, lifetime))}};
}

Result<Duration> duration_of(const boost::json::object& parameters, const DurationLimits& limits) {
  const auto* given = json::find(parameters, "DurationSeconds");
  int seconds = limits.otherwise;
  if (given != nullptr) {
    const auto text = given->is_string() ? std::string(given->get_string()) : json::to_text(*given);
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, seconds);
    if (read.ec != std::errc{} || read.ptr != end || seconds < limits.least ||
        seconds > limits.most) {
      return fail(Code::Invalid,
                  "1 validation error detected: Value '" + text +
                      "' at 'durationSeconds' failed to satisfy constraint: it must be between " +
                      std::to_string(limits.least) + " and " + std::to_string(limits.most),
                  "ValidationError");
    }
  }
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(seconds));
}

boost::json::object to_json(const guard::SessionCredentials& session) {
  return {{"AccessKeyId", session.keys.access_key_id},
          {"SecretAccessKey", session.keys.secret_access_key},
          {"SessionToken", session.keys.session_token},
          {"Expiration", iso8601(std::chrono::floor<std::chrono::seconds>(session.expires))}};
}

guard::OperationTable operations(StsParts parts) {
  const auto shared = std::make_shared<const StsParts>(std::move(parts));
  guard::OperationTable table;
  for (const auto& row : kRows) {
    table.push_back({.service = "sts",
                     .name = row.name,
                     .action = row.action,
                     .access = row.access,
                     .category = sdk::EventCategory::Management,
                     .target = row.target,
                     .handle =
                         [shared, handle = row.handle](const std::shared_ptr<guard::Permit>& permit,
                                                       sdk::Input input, sdk::Reply reply) {
                           auto answer = handle(*shared, *permit, input.parameters);
                           if (!answer) return reply(std::unexpected(std::move(answer).error()));
                           sdk::Output output;
                           output.result = std::move(*answer);
                           reply(std::move(output));
                         },
                     .answer_in_record = row.answer_in_record});
  }
  return table;
}

}  // namespace sextant::services::sts
