#include "guard/iam/simulate.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/strings.h"
#include "core/time_text.h"
#include "guard/iam/ip_range.h"
#include "guard/iam/request_view.h"
#include "guard/iam/role_session.h"
#include "store/identities.h"

namespace sextant::guard::iam {
namespace {

std::unexpected<Error> no_principal(std::string_view name) {
  return fail(Code::Invalid, "'" + std::string(name.substr(0, 200)) +
                                 "' is no principal: give the ARN of a user, a role, a role "
                                 "session or the account's root, a service's name, or *");
}

sdk::Principal session_of(const std::string& account, std::string_view role_path,
                          std::string_view session) {
  const store::IdentityRecord role{
      .kind = store::IdentityKind::Role,
      .name = std::string(store::name_of_arn(role_path)),
      .id = "AROASIMULATED",
      .arn = "arn:aws:iam::" + account + ":role/" + std::string(role_path)};
  return role_session(AccountId(account), role, session);
}

Result<sdk::Principal> principal_of_arn(std::string_view name) {
  std::array<std::string_view, 6> parts;
  if (!split_arn(name, parts) || parts[0] != "arn" || parts[4].empty()) return no_principal(name);
  const std::string account(parts[4]);
  const auto slash = parts[5].find('/');
  const auto kind = parts[5].substr(0, slash);
  const auto rest =
      slash == std::string_view::npos ? std::string_view() : parts[5].substr(slash + 1);
  if (parts[2] == "sts" && kind == "assumed-role" && rest.contains('/')) {
    const auto split_at = rest.rfind('/');
    return session_of(account, rest.substr(0, split_at), rest.substr(split_at + 1));
  }
  if (parts[2] != "iam") return no_principal(name);
  if (kind == "role" && !rest.empty()) return session_of(account, rest, "simulated");
  sdk::Principal principal;
  principal.account = AccountId(account);
  principal.arn = std::string(name);
  if (kind == "root") {
    principal.kind = sdk::PrincipalKind::Root;
    principal.principal_id = account;
    return principal;
  }
  if (kind != "user" || rest.empty()) return no_principal(name);
  principal.kind = sdk::PrincipalKind::User;
  principal.principal_id = "AIDASIMULATED";
  return principal;
}

Result<> take_key(const std::string& key, const std::vector<std::string>& values, sdk::Call& call) {
  constexpr std::string_view kPrincipalTag = "aws:principaltag/";
  const auto name = to_lower(key);
  const auto wrong = [&](std::string_view what) {
    return fail(Code::Invalid, key + ": '" + values.front() + "' is not " + std::string(what));
  };
  const bool derived = name.starts_with(kPrincipalTag) || name == "aws:sourceip" ||
                       name == "aws:currenttime" || name == "aws:useragent" ||
                       name == "aws:requestedregion" || name == "aws:tokenissuetime";
  if (!derived || values.size() != 1) {
    call.context[key] = values;
    return {};
  }
  const auto& value = values.front();
  if (name.starts_with(kPrincipalTag)) {
    call.principal.session_tags[key.substr(kPrincipalTag.size())] = value;
  } else if (name == "aws:sourceip") {
    if (!sdk::IpAddress::parse(value)) return wrong("an IP address");
    call.source_ip = value;
  } else if (name == "aws:useragent") {
    call.user_agent = value;
  } else if (name == "aws:requestedregion") {
    call.scope.region = Region(value);
  } else {
    const auto time = parse_iso8601(value);
    if (!time) return wrong("a time like 2026-01-01T00:00:00Z");
    if (name == "aws:currenttime") {
      call.time = *time;
    } else {
      call.principal.session_started = *time;
    }
  }
  return {};
}

// What the gate says of a call by itself outranks its context: a question that says otherwise would
// be answered as if it did not.
Result<> check_derived(const sdk::Call& call) {
  const RequestView request(call);
  for (const auto& [name, given] : call.context) {
    const auto key = make_key(name);
    if (key.id == KeyId::Other || given.empty()) continue;
    const auto own = request.values(key);
    const bool same = own.state == Values::State::Present &&
                      std::equal(given.begin(), given.end(), own.begin, own.begin + own.count);
    if (same) continue;
    const auto says =
        own.state == Values::State::Present ? "is '" + *own.begin + "'" : "is not there";
    return fail(Code::Invalid, name + " " + says + " in such a call, whatever the question gives");
  }
  return {};
}

}  // namespace

Result<sdk::Principal> principal_of(std::string_view name) {
  if (name == "*" || name == "anonymous") return sdk::Principal{};
  if (name.starts_with("arn:")) return principal_of_arn(name);
  if (!name.ends_with(".amazonaws.com")) return no_principal(name);
  sdk::Principal principal;
  principal.kind = sdk::PrincipalKind::Service;
  principal.service = std::string(name);
  principal.principal_id = principal.service;
  return principal;
}

Result<sdk::Call> call_of(const Question& question) {
  const auto colon = question.action.find(':');
  if (colon == std::string::npos || question.action.find_first_of("*?") != std::string::npos)
    return fail(Code::Invalid, "'" + question.action + "' is no action like s3:GetObject");
  sdk::Call call;
  call.scope = question.scope;
  call.principal = question.principal;
  call.service = question.action.substr(0, colon);
  call.operation = question.action.substr(colon + 1);
  call.action = question.action;
  call.resource = question.resource;
  call.time = question.time;
  std::array<std::string_view, 6> parts;
  if (split_arn(question.resource, parts) && parts[4].size() == 12)
    call.resource_owner = AccountId(std::string(parts[4]));
  for (const auto& [key, values] : question.context) {
    if (!values.empty()) SX_TRY(take_key(key, values, call));
  }
  SX_TRY(check_derived(call));
  return call;
}

}  // namespace sextant::guard::iam
