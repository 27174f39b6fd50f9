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

}  // namespace sextant::guard::iam
