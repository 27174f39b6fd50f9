#include "guard/iam/role_session.h"

#include <string>

#include "store/identities.h"

namespace sextant::guard::iam {

sdk::Principal role_session(const AccountId& account, const store::IdentityRecord& role,
                            std::string_view session_name) {
  const std::string session(session_name);
  sdk::Principal principal;
  principal.kind = sdk::PrincipalKind::AssumedRole;
  principal.account = account;
  principal.arn = "arn:aws:sts::" + account.text() + ":assumed-role/" + role.name + "/" + session;
  principal.principal_id = (role.id.empty() ? role.name : role.id) + ":" + session;
  principal.role_arn = role.arn;
  principal.session_tags = role.tags;
  return principal;
}

sdk::Principal role_session(const AccountId& account, const store::Configuration& configuration,
                            std::string_view role_arn, std::string_view session_name) {
  if (const auto role = store::find_identity_by_arn(configuration, role_arn))
    return role_session(account, *role, session_name);
  const store::IdentityRecord gone{.kind = store::IdentityKind::Role,
                                   .name = std::string(store::name_of_arn(role_arn)),
                                   .arn = std::string(role_arn)};
  return role_session(account, gone, session_name);
}

sdk::Call assumption(const Scope& scope, std::string_view function_arn, std::string_view role_arn) {
  sdk::Call call;
  call.scope = scope;
  call.principal.kind = sdk::PrincipalKind::Service;
  call.principal.account = scope.account;
  call.principal.service = "lambda.amazonaws.com";
  call.principal.principal_id = call.principal.service;
  call.service = "sts";
  call.operation = "AssumeRole";
  call.action = "sts:AssumeRole";
  call.resource = role_arn;
  call.context["aws:SourceArn"] = {std::string(function_arn)};
  call.context["aws:SourceAccount"] = {scope.account.text()};
  call.context["aws:SecureTransport"] = {"true"};  // it crosses no network
  call.source_ip = call.principal.service;
  return call;
}

}  // namespace sextant::guard::iam
