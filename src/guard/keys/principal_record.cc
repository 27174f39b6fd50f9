#include "guard/keys/principal_record.h"

#include <chrono>
#include <utility>

#include "core/wire.h"

namespace sextant::guard {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kTagVersion = 1;

enum Field {
  kKind = 1,
  kAccount = 2,
  kArn = 3,
  kPrincipalId = 4,
  kService = 5,
  kRoleArn = 6,
  kAccessKeyId = 7,
  kSessionPolicy = 8,
  kSessionTag = 9,
  kSessionStarted = 10,
  kSessionPolicyArn = 11,
};

// Stored numbers; never change one.
std::uint64_t number_of(sdk::PrincipalKind kind) {
  switch (kind) {
    case sdk::PrincipalKind::Anonymous: return 0;
    case sdk::PrincipalKind::Root: return 1;
    case sdk::PrincipalKind::User: return 2;
    case sdk::PrincipalKind::AssumedRole: return 3;
    case sdk::PrincipalKind::Service: return 4;
  }
  return 0;
}

Result<sdk::PrincipalKind> kind_of(std::uint64_t number) {
  switch (number) {
    case 0: return sdk::PrincipalKind::Anonymous;
    case 1: return sdk::PrincipalKind::Root;
    case 2: return sdk::PrincipalKind::User;
    case 3: return sdk::PrincipalKind::AssumedRole;
    case 4: return sdk::PrincipalKind::Service;
    default: return fail(Code::Corrupt, "unknown kind of principal");
  }
}

Result<std::pair<std::string, std::string>> decode_tag(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kTagVersion));
  std::pair<std::string, std::string> tag;
  while (reader.next()) {
    if (reader.field() == 1) tag.first = std::string(reader.text());
    if (reader.field() == 2) tag.second = std::string(reader.text());
  }
  SX_TRY(reader.finish());
  return tag;
}

Result<> take_field(const wire::Reader& reader, sdk::Principal& principal) {
  switch (reader.field()) {
    case kKind: {
      SX_TRY_AS(principal.kind, kind_of(reader.number()));
      break;
    }
    case kAccount: principal.account = AccountId(std::string(reader.text())); break;
    case kArn: principal.arn = std::string(reader.text()); break;
    case kPrincipalId: principal.principal_id = std::string(reader.text()); break;
    case kService: principal.service = std::string(reader.text()); break;
    case kRoleArn: principal.role_arn = std::string(reader.text()); break;
    case kAccessKeyId: principal.access_key_id = std::string(reader.text()); break;
    case kSessionPolicy: principal.session_policy = std::string(reader.text()); break;
    case kSessionTag: {
      SX_TRY_AS(auto tag, decode_tag(reader.text()));
      principal.session_tags.insert(std::move(tag));
      break;
    }
    case kSessionStarted: principal.session_started = reader.time(); break;
    case kSessionPolicyArn: principal.session_policy_arns.emplace_back(reader.text()); break;
    default: break;
  }
  return {};
}

}  // namespace

std::string encode(const sdk::Principal& principal) {
  wire::Writer writer(kVersion);
  writer.number(kKind, number_of(principal.kind))
      .text(kAccount, principal.account.text())
      .text(kArn, principal.arn)
      .text(kPrincipalId, principal.principal_id)
      .text(kService, principal.service)
      .text(kRoleArn, principal.role_arn)
      .text(kAccessKeyId, principal.access_key_id);
  if (principal.session_policy) writer.element(kSessionPolicy, *principal.session_policy);
  for (const auto& [name, value] : principal.session_tags) {
    writer.element(kSessionTag, wire::Writer(kTagVersion).text(1, name).text(2, value).finish());
  }
  if (principal.session_started) writer.time(kSessionStarted, *principal.session_started);
  for (const auto& arn : principal.session_policy_arns) writer.element(kSessionPolicyArn, arn);
  return writer.finish();
}

Result<sdk::Principal> decode_principal(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  sdk::Principal principal;
  while (reader.next()) SX_TRY(take_field(reader, principal));
  SX_TRY(reader.finish());
  return principal;
}

}  // namespace sextant::guard
