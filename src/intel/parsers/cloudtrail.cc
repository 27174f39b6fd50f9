#include "intel/parsers/cloudtrail.h"

#include <algorithm>
#include <functional>

#include "core/time_text.h"
#include "intel/parsers/cloudtrail_cutter.h"
#include "intel/parsers/cloudtrail_operations.h"
#include "intel/parsers/json_flatten.h"
#include "intel/parsers/json_lists.h"
#include "sdk/ip_address.h"

namespace sextant::intel {
namespace {

using Parts = std::span<std::string_view>;

const char* split_account(std::string_view value, const ObjectFacts& facts, Parts parts) {
  parts[0] = value.empty() ? facts.account : value;
  return nullptr;
}

const char* split_region(std::string_view value, const ObjectFacts& facts, Parts parts) {
  parts[0] = value.empty() ? facts.region : value;
  return nullptr;
}

const char* split_event_name(std::string_view value, const ObjectFacts&, Parts parts) {
  const auto operation = without_version(value);
  const auto categories = categories_of(operation);
  parts[0] = value;
  parts[1] = operation;
  parts[2] = categories.category;
  parts[3] = categories.type;
  return nullptr;
}

// An address, or the name of a service, or "AWS Internal": only an address is one.
const char* split_source(std::string_view value, const ObjectFacts&, Parts parts) {
  parts[0] = value;
  if (!sdk::IpAddress::parse(value)) return nullptr;
  parts[1] = value;
  parts[2] = value.contains(':') ? "ipv6" : "ipv4";
  return nullptr;
}

// "TLSv1.2" -> tls, 1.2; what is not of that shape stays whole.
const char* split_tls(std::string_view value, const ObjectFacts&, Parts parts) {
  if (value.empty() || value == "-") return nullptr;
  const bool tls = value.starts_with("TLSv");
  parts[0] = tls ? "tls" : value;
  if (tls) parts[1] = value.substr(4);
  return nullptr;
}

const char* split_request(std::string_view value, const ObjectFacts&, Parts parts) {
  thread_local std::string flat, user, group, new_user;
  flatten_json(value, flat,
               std::array{Wanted{"userName", &user}, Wanted{"groupName", &group},
                          Wanted{"newUserName", &new_user}});
  const std::string_view all[] = {value, flat, user, group, new_user};
  std::ranges::copy(all, parts.begin());
  return nullptr;
}

const char* split_response(std::string_view value, const ObjectFacts&, Parts parts) {
  thread_local std::string flat, user, group;
  flatten_json(value, flat,
               std::array{Wanted{"user.userId", &user}, Wanted{"group.groupId", &group}});
  const std::string_view all[] = {value, flat, user, group};
  std::ranges::copy(all, parts.begin());
  return nullptr;
}

const char* split_details(std::string_view value, const ObjectFacts&, Parts parts) {
  thread_local std::string flat;
  flatten_json(value, flat);
  parts[0] = value;
  parts[1] = flat;
  return nullptr;
}

// Each resource's ARN is spelled ARN or arn.
const char* split_resources(std::string_view value, const ObjectFacts&, Parts parts) {
  thread_local std::string arns, accounts, types;
  arns.clear();
  accounts.clear();
  types.clear();
  JsonList list;
  parts[0] = value;
  if (value.empty() || !read_json_list(value, list)) return nullptr;
  for_each_object(list, [](const JsonObject& resource) {
    const auto arn = text_of(resource, "ARN");
    append_item(arn.empty() ? text_of(resource, "arn") : arn, arns);
    append_distinct(text_of(resource, "accountId"), accounts);
    append_distinct(text_of(resource, "type"), types);
  });
  parts[1] = arns;
  parts[2] = accounts;
  parts[3] = types;
  return nullptr;
}

const char* split_outcome(std::string_view value, const ObjectFacts&, Parts parts) {
  parts[0] = value;
  return nullptr;
}

constexpr FieldSpec kFields[] = {
    {"eventVersion", Form::Text, {{{"aws.cloudtrail.event_version"}}}},
    {"userIdentity.type", Form::Text, {{{"aws.cloudtrail.user_identity.type"}}}},
    {"userIdentity.principalId", Form::Text, {{{"user.id"}}}},
    {"userIdentity.arn", Form::Text, {{{"aws.cloudtrail.user_identity.arn"}}}},
    {"userIdentity.accountId", Form::Split, {{{"cloud.account.id"}}}, split_account},
    {"userIdentity.accessKeyId", Form::Text, {{{"aws.cloudtrail.user_identity.access_key_id"}}}},
    {"userIdentity.userName", Form::Text, {{{"user.name"}}}},
    {"userIdentity.invokedBy", Form::Text, {{{"aws.cloudtrail.user_identity.invoked_by"}}}},
    {"userIdentity.identityProvider",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.identity_provider"}}}},
    {"userIdentity.credentialId", Form::Text, {{{"aws.cloudtrail.user_identity.credential_id"}}}},
    {"userIdentity.onBehalfOf.userId",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.on_behalf_of.user_id"}}}},
    {"userIdentity.onBehalfOf.identityStoreArn",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.on_behalf_of.identity_store_arn"}}}},
    {"userIdentity.sessionContext.attributes.creationDate",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.creation_date"}}}},
    {"userIdentity.sessionContext.attributes.mfaAuthenticated",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.mfa_authenticated"}}}},
    {"userIdentity.sessionContext.sessionIssuer.type",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.session_issuer.type"}}}},
    {"userIdentity.sessionContext.sessionIssuer.principalId",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.session_issuer.principal_id"}}}},
    {"userIdentity.sessionContext.sessionIssuer.arn",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.session_issuer.arn"}}}},
    {"userIdentity.sessionContext.sessionIssuer.accountId",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.session_issuer.account_id"}}}},
    {"userIdentity.sessionContext.sessionIssuer.userName",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.session_issuer.user_name"}}}},
    {"userIdentity.sessionContext.webIdFederationData",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.web_id_federation_data"}}}},
    {"userIdentity.sessionContext.sourceIdentity",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.source_identity"}}}},
    {"userIdentity.sessionContext.ec2RoleDelivery",
     Form::Text,
     {{{"aws.cloudtrail.user_identity.session_context.ec2_role_delivery"}}}},
    {"eventTime", Form::Time, {{{"ts"}}}},
    {"eventSource", Form::Text, {{{"event.provider"}}}},
    {"eventName",
     Form::Split,
     {{{"event.action"}, {"aws.cloudtrail.operation"}, {"event.category"}, {"event.type"}}},
     split_event_name},
    {"awsRegion", Form::Split, {{{"cloud.region"}}}, split_region},
    {"sourceIPAddress",
     Form::Split,
     {{{"source.address"}, {"source.ip"}, {"network.type"}}},
     split_source},
    {"userAgent", Form::Text, {{{"user_agent.original"}}}},
    {"errorCode", Form::Text, {{{"aws.cloudtrail.error_code"}}}},
    {"errorMessage", Form::Text, {{{"aws.cloudtrail.error_message"}}}},
    {"requestParameters",
     Form::Split,
     {{{"aws.cloudtrail.request_parameters"},
       {"aws.cloudtrail.flattened.request_parameters"},
       {"user.target.name"},
       {"group.name"},
       {"user.changes.name"}}},
     split_request},
    {"responseElements",
     Form::Split,
     {{{"aws.cloudtrail.response_elements"},
       {"aws.cloudtrail.flattened.response_elements"},
       {"user.target.id"},
       {"group.id"}}},
     split_response},
    {"additionalEventData",
     Form::Split,
     {{{"aws.cloudtrail.additional_eventdata"}, {"aws.cloudtrail.flattened.additional_eventdata"}}},
     split_details},
    {"serviceEventDetails",
     Form::Split,
     {{{"aws.cloudtrail.service_event_details"},
       {"aws.cloudtrail.flattened.service_event_details"}}},
     split_details},
    {"insightDetails",
     Form::Split,
     {{{"aws.cloudtrail.insight_details"}, {"aws.cloudtrail.flattened.insight_details"}}},
     split_details},
    {"requestID", Form::Unique, {{{"aws.cloudtrail.request_id"}}}},
    {"eventID", Form::Unique, {{{"event.id"}}}},
    {"readOnly", Form::Text, {{{"aws.cloudtrail.read_only"}}}},
    {"resources",
     Form::Split,
     {{{"aws.cloudtrail.resource_list"},
       {"aws.cloudtrail.resources.arn"},
       {"aws.cloudtrail.resources.account_id"},
       {"aws.cloudtrail.resources.type"}}},
     split_resources},
    {"eventType", Form::Text, {{{"aws.cloudtrail.event_type"}}}},
    {"apiVersion", Form::Text, {{{"aws.cloudtrail.api_version"}}}},
    {"managementEvent", Form::Text, {{{"aws.cloudtrail.management_event"}}}},
    {"recipientAccountId", Form::Text, {{{"aws.cloudtrail.recipient_account_id"}}}},
    {"sharedEventID", Form::Unique, {{{"aws.cloudtrail.shared_event_id"}}}},
    {"vpcEndpointId", Form::Text, {{{"aws.cloudtrail.vpc_endpoint_id"}}}},
    {"vpcEndpointAccountId", Form::Text, {{{"aws.cloudtrail.vpc_endpoint_account_id"}}}},
    {"eventCategory", Form::Text, {{{"aws.cloudtrail.event_category"}}}},
    {"addendum", Form::Text, {{{"aws.cloudtrail.addendum"}}}},
    {"sessionCredentialFromConsole",
     Form::Text,
     {{{"aws.cloudtrail.session_credential_from_console"}}}},
    {"edgeDeviceDetails", Form::Text, {{{"aws.cloudtrail.edge_device_details"}}}},
    {"tlsDetails.tlsVersion",
     Form::Split,
     {{{"tls.version_protocol"}, {"tls.version"}}},
     split_tls},
    {"tlsDetails.cipherSuite", Form::Text, {{{"tls.cipher"}}}},
    {"tlsDetails.clientProvidedHostHeader", Form::Text, {{{"tls.client.server_name"}}}},
    // of a digest
    {"awsAccountId", Form::Text, {{{"aws.cloudtrail.digest.account_id"}}}},
    {"digestStartTime", Form::Text, {{{"aws.cloudtrail.digest.start_time"}}}},
    {"digestEndTime", Form::Text, {{{"aws.cloudtrail.digest.end_time"}}}},
    {"digestS3Bucket", Form::Text, {{{"aws.cloudtrail.digest.s3_bucket"}}}},
    {"digestS3Object", Form::Text, {{{"file.path"}}}},
    {"digestPublicKeyFingerprint",
     Form::Text,
     {{{"aws.cloudtrail.digest.public_key_fingerprint"}}}},
    {"digestSignatureAlgorithm", Form::Text, {{{"aws.cloudtrail.digest.signature_algorithm"}}}},
    {"newestEventTime", Form::Text, {{{"aws.cloudtrail.digest.newest_event_time"}}}},
    {"oldestEventTime", Form::Text, {{{"aws.cloudtrail.digest.oldest_event_time"}}}},
    {"previousDigestS3Bucket", Form::Text, {{{"aws.cloudtrail.digest.previous_s3_bucket"}}}},
    {"previousDigestS3Object", Form::Text, {{{"aws.cloudtrail.digest.previous_s3_object"}}}},
    {"previousDigestHashValue", Form::Text, {{{"aws.cloudtrail.digest.previous_hash_value"}}}},
    {"previousDigestHashAlgorithm",
     Form::Text,
     {{{"aws.cloudtrail.digest.previous_hash_algorithm"}}}},
    {"previousDigestSignature", Form::Text, {{{"aws.cloudtrail.digest.previous_signature"}}}},
    {"logFiles", Form::Text, {{{"aws.cloudtrail.digest.log_files"}}}},
    // what no member tells alone
    {kOutcome, Form::Split, {{{"event.outcome"}}}, split_outcome},
    {kMobileVersion,
     Form::Text,
     {{{"aws.cloudtrail.console_login.additional_eventdata.mobile_version"}}}},
    {kLoginTo, Form::Text, {{{"aws.cloudtrail.console_login.additional_eventdata.login_to"}}}},
    {kMfaUsed, Form::Text, {{{"aws.cloudtrail.console_login.additional_eventdata.mfa_used"}}}},
};

constexpr std::pair<std::string_view, std::string_view> kConstants[] = {
    {"event.kind", "event"},
    {"event.dataset", "aws.cloudtrail"},
    {"cloud.provider", "aws"},
};

constexpr Format kFormat{.fields = kFields,
                         .trailing = "aws.cloudtrail.trailing",
                         .constants = kConstants,
                         .aliases = {},
                         .make_cutter = make_cloudtrail_cutter};

std::optional<Time> time_of(std::string_view record) {
  constexpr std::string_view kKey = "\"eventTime\":\"";
  const auto at = record.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const auto rest = record.substr(at + kKey.size());
  return parse_iso8601(rest.substr(0, std::min<std::size_t>(rest.find('"'), 40)));
}

// As AWS names objects of them.
constexpr std::string_view kObjectNames[] = {
    "*AWSLogs/*/CloudTrail/*", "*AWSLogs/*/CloudTrail-Digest/*", "*AWSLogs/*/CloudTrail-Insight/*"};

}  // namespace

const Parser kCloudTrail{
    .id = "parsers.cloudtrail",
    .kind = "cloudtrail",
    .title = "CloudTrail",
    .summary = "Reads CloudTrail's files, digests, and the envelopes of its events to ECS columns.",
    .make_reader = std::bind_front(make_table_reader, std::cref(kFormat)),
    .time_of = time_of,
    .json = true,
    .records = true,
    .object_names = kObjectNames};

}  // namespace sextant::intel
