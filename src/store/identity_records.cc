#include "store/identity_records.h"

#include <algorithm>
#include <utility>

#include "core/wire.h"

namespace sextant::store {
namespace {

constexpr std::uint8_t kVersion = 1;

enum IdentityField {
  kKind = 1,
  kName = 2,
  kPath = 3,
  kId = 4,
  kArn = 5,
  kCreated = 6,
  kInlinePolicy = 7,
  kAttachedPolicy = 8,
  kBoundary = 9,
  kTag = 10,
  kTrustPolicy = 11,
  kTrustedId = 12,
  kDescription = 13,
  kSessionMax = 14,
};

enum PolicyField {
  kPolicyName = 1,
  kPolicyPath = 2,
  kPolicyId = 3,
  kPolicyArn = 4,
  kPolicyCreated = 5,
  kPolicyUpdated = 6,
  kPolicyDescription = 7,
  kPolicyTag = 8,
  kPolicyVersion = 9,
  kDefaultVersion = 10,
  kNextVersion = 11,
};

using Texts = std::map<std::string, std::string>;

void put_pairs(int field, const Texts& pairs, wire::Writer& writer) {
  for (const auto& [name, value] : pairs)
    writer.element(field, wire::Writer(kVersion).text(1, name).text(2, value).finish());
}

Result<> take_pair(std::string_view bytes, Texts& pairs) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  std::pair<std::string, std::string> pair;
  while (reader.next()) {
    if (reader.field() == 1) pair.first = std::string(reader.text());
    if (reader.field() == 2) pair.second = std::string(reader.text());
  }
  SX_TRY(reader.finish());
  pairs.insert(std::move(pair));
  return {};
}

Result<> take_field(const wire::Reader& reader, IdentityRecord& identity) {
  switch (reader.field()) {
    case kKind:
      if (reader.number() != 1 && reader.number() != 2)
        return fail(Code::Corrupt, "unknown kind of identity");
      identity.kind = static_cast<IdentityKind>(reader.number());
      break;
    case kName: identity.name = std::string(reader.text()); break;
    case kPath: identity.path = std::string(reader.text()); break;
    case kId: identity.id = std::string(reader.text()); break;
    case kArn: identity.arn = std::string(reader.text()); break;
    case kCreated: identity.created = reader.time(); break;
    case kInlinePolicy: return take_pair(reader.text(), identity.inline_policies);
    case kAttachedPolicy: identity.attached_policies.emplace_back(reader.text()); break;
    case kBoundary: identity.boundary_arn = std::string(reader.text()); break;
    case kTag: return take_pair(reader.text(), identity.tags);
    case kTrustPolicy: identity.trust_policy = std::string(reader.text()); break;
    case kTrustedId: return take_pair(reader.text(), identity.trusted_ids);
    case kDescription: identity.description = std::string(reader.text()); break;
    case kSessionMax: identity.session_max_s = static_cast<int>(reader.number()); break;
    default: break;
  }
  return {};
}

std::string encode_version(const PolicyVersion& version) {
  return wire::Writer(kVersion)
      .number(1, static_cast<std::uint64_t>(version.number))
      .text(2, version.document)
      .time(3, version.created)
      .finish();
}

Result<> take_version(std::string_view bytes, PolicyRecord& policy) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  PolicyVersion version;
  while (reader.next()) {
    if (reader.field() == 1) version.number = static_cast<int>(reader.number());
    if (reader.field() == 2) version.document = std::string(reader.text());
    if (reader.field() == 3) version.created = reader.time();
  }
  SX_TRY(reader.finish());
  policy.versions.push_back(std::move(version));
  return {};
}

Result<> take_field(const wire::Reader& reader, PolicyRecord& policy) {
  switch (reader.field()) {
    case kPolicyName: policy.name = std::string(reader.text()); break;
    case kPolicyPath: policy.path = std::string(reader.text()); break;
    case kPolicyId: policy.id = std::string(reader.text()); break;
    case kPolicyArn: policy.arn = std::string(reader.text()); break;
    case kPolicyCreated: policy.created = reader.time(); break;
    case kPolicyUpdated: policy.updated = reader.time(); break;
    case kPolicyDescription: policy.description = std::string(reader.text()); break;
    case kPolicyTag: return take_pair(reader.text(), policy.tags);
    case kPolicyVersion: return take_version(reader.text(), policy);
    case kDefaultVersion: policy.default_version = static_cast<int>(reader.number()); break;
    case kNextVersion: policy.next_version = static_cast<int>(reader.number()); break;
    default: break;
  }
  return {};
}

}  // namespace

const PolicyVersion* find_version(const PolicyRecord& policy, int number) {
  const auto found = std::ranges::find(policy.versions, number, &PolicyVersion::number);
  return found == policy.versions.end() ? nullptr : &*found;
}

std::string encode(const IdentityRecord& identity) {
  wire::Writer writer(kVersion);
  writer.number(kKind, static_cast<std::uint64_t>(identity.kind))
      .text(kName, identity.name)
      .text(kPath, identity.path)
      .text(kId, identity.id)
      .text(kArn, identity.arn)
      .time(kCreated, identity.created);
  put_pairs(kInlinePolicy, identity.inline_policies, writer);
  for (const auto& arn : identity.attached_policies) writer.element(kAttachedPolicy, arn);
  if (identity.boundary_arn) writer.element(kBoundary, *identity.boundary_arn);
  put_pairs(kTag, identity.tags, writer);
  writer.text(kTrustPolicy, identity.trust_policy);
  put_pairs(kTrustedId, identity.trusted_ids, writer);
  writer.text(kDescription, identity.description)
      .number(kSessionMax, static_cast<std::uint64_t>(identity.session_max_s));
  return writer.finish();
}

Result<IdentityRecord> decode_identity(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  IdentityRecord identity;
  while (reader.next()) SX_TRY(take_field(reader, identity));
  SX_TRY(reader.finish());
  return identity;
}

std::string encode(const PolicyRecord& policy) {
  wire::Writer writer(kVersion);
  writer.text(kPolicyName, policy.name)
      .text(kPolicyPath, policy.path)
      .text(kPolicyId, policy.id)
      .text(kPolicyArn, policy.arn)
      .time(kPolicyCreated, policy.created)
      .time(kPolicyUpdated, policy.updated)
      .text(kPolicyDescription, policy.description);
  put_pairs(kPolicyTag, policy.tags, writer);
  for (const auto& version : policy.versions)
    writer.element(kPolicyVersion, encode_version(version));
  writer.number(kDefaultVersion, static_cast<std::uint64_t>(policy.default_version))
      .number(kNextVersion, static_cast<std::uint64_t>(policy.next_version));
  return writer.finish();
}

Result<PolicyRecord> decode_policy(std::string_view bytes) {
  SX_TRY_AS(auto reader, wire::Reader::open(bytes, kVersion));
  PolicyRecord policy;
  while (reader.next()) SX_TRY(take_field(reader, policy));
  SX_TRY(reader.finish());
  if (find_version(policy, policy.default_version) == nullptr)
    return fail(Code::Corrupt, "a stored policy lacks its default version");
  return policy;
}

}  // namespace sextant::store
