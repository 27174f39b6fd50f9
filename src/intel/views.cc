#include "intel/views.h"

#include <array>

namespace sextant::intel {
namespace {

constexpr std::array kViews{
    sdk::View{.name = "alb_clients",
              .from = "alb",
              .answers = "who asks most of the load balancers, and how much of it fails",
              .columns =
                  "date DATE, address VARCHAR, requests BIGINT, failed BIGINT, bytes BIGINT, "
                  "first TIMESTAMP WITH TIME ZONE, last TIMESTAMP WITH TIME ZONE",
              .sql = R"(
SELECT date, source.address AS address,
       count(*) AS requests,
       count(*) FILTER (http.response.status_code >= 400) AS failed,
       least(coalesce(sum(http.response.body.bytes), 0), 9223372036854775807)::BIGINT AS bytes,
       min(ts) AS first, max(ts) AS last
FROM alb
GROUP BY ALL
ORDER BY requests DESC, address)"},
    sdk::View{.name = "alb_errors_by_target",
              .from = "alb",
              .answers = "which targets answer with errors; without a target, the balancer did",
              .columns = "date DATE, balancer VARCHAR, target VARCHAR, requests BIGINT, "
                         "client_errors BIGINT, server_errors BIGINT, server_error_share DOUBLE",
              .sql = R"(
SELECT date, aws.elb.name AS balancer,
       aws.elb.backend.ip || ':' || aws.elb.backend.port AS target,
       count(*) AS requests,
       count(*) FILTER (http.response.status_code BETWEEN 400 AND 499) AS client_errors,
       count(*) FILTER (http.response.status_code >= 500) AS server_errors,
       count(*) FILTER (http.response.status_code >= 500) / count(*) AS server_error_share
FROM alb
GROUP BY ALL
ORDER BY server_errors DESC, client_errors DESC, balancer, target)"},
    sdk::View{.name = "cloudtrail_denied",
              .from = "cloudtrail_events",
              .answers = "who was denied which API calls",
              .columns = "date DATE, account VARCHAR, principal VARCHAR, service VARCHAR, "
                         "action VARCHAR, code VARCHAR, calls BIGINT, addresses BIGINT, "
                         "first TIMESTAMP WITH TIME ZONE, last TIMESTAMP WITH TIME ZONE",
              .sql = R"(
SELECT date, cloud.account.id AS account,
       coalesce(aws.cloudtrail.user_identity.arn, user.name, user.id,
                aws.cloudtrail.user_identity.invoked_by) AS principal,
       event.provider AS service, event.action AS action,
       aws.cloudtrail.error_code AS code,
       count(*) AS calls,
       count(DISTINCT source.address) AS addresses,
       min(ts) AS first, max(ts) AS last
FROM cloudtrail_events
WHERE aws.cloudtrail.error_code LIKE 'AccessDenied%'
   OR aws.cloudtrail.error_code LIKE '%UnauthorizedOperation'
GROUP BY ALL
ORDER BY calls DESC, principal, action)"},
    sdk::View{.name = "cloudtrail_sign_ins",
              .from = "cloudtrail_events",
              .answers = "sign-ins to the console: who, from where, failed, without MFA, as root",
              .columns = "ts TIMESTAMP WITH TIME ZONE, date DATE, account VARCHAR, identity "
                         "VARCHAR, user_name VARCHAR, address VARCHAR, outcome VARCHAR, mfa_used "
                         "BOOLEAN, is_root BOOLEAN, event_id VARCHAR",
              .sql = R"(
SELECT ts, date, cloud.account.id AS account,
       aws.cloudtrail.user_identity.arn AS identity,
       user.name AS user_name,
       source.address AS address,
       event.outcome AS outcome,
       (aws.cloudtrail.console_login.additional_eventdata.mfa_used = 'true') AS mfa_used,
       coalesce(aws.cloudtrail.user_identity.type = 'Root', false) AS is_root,
       event.id AS event_id
FROM cloudtrail_events
WHERE event.action = 'ConsoleLogin'
ORDER BY ts DESC, event_id)"},
    sdk::View{.name = "malformed_by_reason",
              .from = "malformed",
              .answers = "which lines could not be read, and why",
              .columns = "date DATE, kind VARCHAR, reason VARCHAR, lines BIGINT, objects BIGINT, "
                         "example_object VARCHAR",
              .sql = R"(
SELECT date, kind, reason,
       count(*) AS lines,
       count(DISTINCT log.file.path) AS objects,
       min(log.file.path) AS example_object
FROM malformed
GROUP BY ALL
ORDER BY lines DESC, kind, reason)"},
    sdk::View{.name = "route53_resolver_names",
              .from = "route53_resolver",
              .answers = "which names are asked for, how often, and which do not exist",
              .columns = "date DATE, name VARCHAR, queries BIGINT, nxdomain BIGINT, blocked "
                         "BIGINT, clients BIGINT",
              .sql = R"(
SELECT date, dns.question.name AS name,
       count(*) AS queries,
       count(*) FILTER (dns.response_code = 'NXDOMAIN') AS nxdomain,
       count(*) FILTER (aws.route53.firewall.action = 'BLOCK') AS blocked,
       count(DISTINCT source.address) AS clients
FROM route53_resolver
GROUP BY ALL
ORDER BY queries DESC, name)"},
    sdk::View{.name = "s3_access_by_requester",
              .from = "s3_access",
              .answers = "who reads and writes which buckets, and who is denied; without a "
                         "requester, nobody signed",
              .columns = "date DATE, bucket VARCHAR, requester VARCHAR, requests BIGINT, denied "
                         "BIGINT, bytes BIGINT, addresses BIGINT",
              .sql = R"(
SELECT date, aws.s3access.bucket AS bucket, client.user.id AS requester,
       count(*) AS requests,
       count(*) FILTER (http.response.status_code IN (401, 403)) AS denied,
       least(coalesce(sum(http.response.body.bytes), 0), 9223372036854775807)::BIGINT AS bytes,
       count(DISTINCT source.address) AS addresses
FROM s3_access
GROUP BY ALL
ORDER BY requests DESC, bucket, requester)"},
    sdk::View{.name = "vpc_flow_rejected_by_port",
              .from = "vpc_flow",
              .answers = "to which ports traffic is rejected, from how many addresses",
              .columns = "date DATE, transport VARCHAR, port INTEGER, flows BIGINT, packets "
                         "BIGINT, sources BIGINT, destinations BIGINT",
              .sql = R"(
SELECT date, network.transport AS transport, destination.port::INTEGER AS port,
       count(*) AS flows,
       least(coalesce(sum(network.packets), 0), 9223372036854775807)::BIGINT AS packets,
       count(DISTINCT source.address) AS sources,
       count(DISTINCT destination.address) AS destinations
FROM vpc_flow
WHERE aws.vpcflow.action = 'REJECT'
GROUP BY ALL
ORDER BY flows DESC, transport, port)"},
    sdk::View{.name = "vpc_flow_top_talkers",
              .from = "vpc_flow",
              .answers = "which addresses send most, to how many others, and what is rejected",
              .columns = "date DATE, address VARCHAR, flows BIGINT, packets BIGINT, bytes BIGINT, "
                         "rejected BIGINT, destinations BIGINT",
              .sql = R"(
SELECT date, source.address AS address,
       count(*) AS flows,
       least(coalesce(sum(network.packets), 0), 9223372036854775807)::BIGINT AS packets,
       least(coalesce(sum(network.bytes), 0), 9223372036854775807)::BIGINT AS bytes,
       count(*) FILTER (aws.vpcflow.action = 'REJECT') AS rejected,
       count(DISTINCT destination.address) AS destinations
FROM vpc_flow
WHERE source.address IS NOT NULL
GROUP BY ALL
ORDER BY bytes DESC, address)"},
    sdk::View{.name = "waf_blocks_by_rule",
              .from = "waf",
              .answers = "which rules block, how often, and how many addresses",
              .columns = "date DATE, web_acl VARCHAR, rule VARCHAR, kind VARCHAR, in_group "
                         "VARCHAR, blocked BIGINT, addresses BIGINT",
              .sql = R"(
SELECT date, aws.waf.name AS web_acl, rule.id AS rule, rule.ruleset AS kind,
       aws.waf.rule_groups.terminating_rules AS in_group,
       count(*) AS blocked,
       count(DISTINCT source.address) AS addresses
FROM waf
WHERE event.action = 'BLOCK'
GROUP BY ALL
ORDER BY blocked DESC, rule, in_group)"},
};

}  // namespace

std::span<const sdk::View> views() { return kViews; }

}  // namespace sextant::intel
