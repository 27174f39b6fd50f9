#include "guard/intake_role.h"

#include "guard/iam/role_session.h"
#include "store/identity_records.h"

namespace sextant::guard {
namespace {

constexpr std::string_view kPath = "/aws-service-role/intake.sextant.amazonaws.com/";
constexpr std::string_view kName = "SextantIntake";

std::string role_arn(const AccountId& account) {
  return "arn:aws:iam::" + account.text() + ":role" + std::string(kPath) + std::string(kName);
}

}  // namespace

sdk::Principal intake_principal(const Scope& scope, const store::IntakeSource& source) {
  const store::IdentityRecord role{.kind = store::IdentityKind::Role,
                                   .name = std::string(kName),
                                   .arn = role_arn(scope.account)};
  auto principal = iam::role_session(scope.account, role, source.name);
  principal.access_key_id = source.token_id;
  principal.session_started = source.created;
  principal.session_tags = {{"Source", source.name},
                            {"Kind", source.kind},
                            {"Bucket", source.bucket},
                            {"Prefix", source.prefix}};
  return principal;
}

std::string intake_source_of(const sdk::Principal& principal) {
  if (principal.kind != sdk::PrincipalKind::AssumedRole) return {};
  if (principal.role_arn != role_arn(principal.account)) return {};
  const auto source = principal.session_tags.find("Source");
  return source == principal.session_tags.end() ? std::string() : source->second;
}

std::string intake_arn(const Scope& scope, std::string_view kind, std::string_view source) {
  return "arn:aws:sextant:" + scope.region.text() + ":" + scope.account.text() + ":intake/" +
         std::string(kind) + "/" + std::string(source);
}

}  // namespace sextant::guard
