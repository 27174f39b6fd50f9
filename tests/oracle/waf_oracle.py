"""A second reading of AWS WAF's logs: second_reading.py says how it is run."""
import re

from json_members import cut, distinct, joined, listed, objects, parsed, string, text_of
from second_reading import ACCOUNT, REGION, Malformed, address, compare, whole

TEXTS = {"formatVersion": "aws.waf.format_version", "terminatingRuleId": "rule.id",
         "terminatingRuleType": "rule.ruleset", "httpSourceName": "aws.waf.source.name",
         "httpSourceId": "aws.waf.source.id", "httpRequest.country": "aws.waf.request.country",
         "httpRequest.uri": "url.path", "httpRequest.args": "url.query", "httpRequest.httpMethod": "http.request.method",
         "httpRequest.requestId": "http.request.id", "httpRequest.fragment": "url.fragment",
         "httpRequest.scheme": "url.scheme", "httpRequest.host": "aws.waf.request.host",
         "captchaResponse.failureReason": "aws.waf.captcha_response.failure_reason",
         "challengeResponse.failureReason": "aws.waf.challenge_response.failure_reason",
         "ja3Fingerprint": "tls.client.ja3", "ja4Fingerprint": "aws.waf.ja4_fingerprint",
         "cfDistributionTenantId": "aws.waf.cf_distribution_tenant_id"}
NUMBERS = {"responseCodeSent": "aws.waf.response_code_sent",
           "captchaResponse.responseCode": "aws.waf.captcha_response.response_code",
           "captchaResponse.solveTimestamp": "aws.waf.captcha_response.solve_timestamp",
           "challengeResponse.responseCode": "aws.waf.challenge_response.response_code",
           "challengeResponse.solveTimestamp": "aws.waf.challenge_response.solve_timestamp",
           "requestBodySize": "http.request.body.bytes",
           "requestBodySizeInspectedByWAF": "aws.waf.request_body_size_inspected_by_waf",
           "clientAsn": "aws.waf.client_asn", "forwardedAsn": "aws.waf.forwarded_asn"}
LISTS = {"terminatingRuleMatchDetails": "aws.waf.terminating_rule_match_details",
         "ruleGroupList": "aws.waf.rule_group_list", "rateBasedRuleList": "aws.waf.rate_based_rule_list",
         "nonTerminatingMatchingRules": "aws.waf.non_terminating_matching_rules", "labels": "aws.waf.labels",
         "requestHeadersInserted": "aws.waf.request_headers_inserted",
         "httpRequest.headers": "aws.waf.request.headers"}
FIELDS = {*TEXTS, *NUMBERS, *LISTS, "timestamp", "webaclId", "action", "oversizeFields", "httpRequest.clientIp",
          "httpRequest.httpVersion"}
INNER = {"httpRequest", "captchaResponse", "challengeResponse"}
CONSTANTS = {"event.category": "web", "event.dataset": "aws.waf", "cloud.provider": "aws"}
DENIED = {"BLOCK", "CAPTCHA", "CHALLENGE"}


def web_acl_columns(text):
    row = {"cloud.account.id": ACCOUNT, "cloud.region": REGION}
    arn = re.fullmatch(r"arn:[^:]*:([^:]*):([^:]*):([^:]*):(.*)", text or "")
    if not arn:
        return {**row, "aws.waf.id": text}
    service, region, account, rest = arn.groups()
    row |= {"aws.waf.arn": text, "aws.waf.id": rest, "cloud.service.name": service}
    row |= {name: value for name, value in (("cloud.region", region), ("cloud.account.id", account)) if value}
    named = re.fullmatch(r"([^/]*)/webacl/([^/]+)(/.*)?", rest)
    if named:
        row |= {"aws.waf.scope": named[1], "aws.waf.name": named[2]}
    return row


def conditions(rules):
    return [string(match.get("conditionType")) for rule in rules
            for match in objects(rule.get("ruleMatchDetails") if isinstance(rule.get("ruleMatchDetails"), list) else [])]


def some(value):
    return value if isinstance(value, list) else []


def rule_columns(lists):
    details, other = objects(lists["terminatingRuleMatchDetails"]), objects(lists["nonTerminatingMatchingRules"])
    groups = objects(lists["ruleGroupList"])
    ended = [group["terminatingRule"] for group in groups if isinstance(group.get("terminatingRule"), dict)]
    matching = [objects(some(group.get("nonTerminatingMatchingRules"))) for group in groups]
    in_order = []
    for group, rules in zip(groups, matching):
        in_order += ([group["terminatingRule"]] if isinstance(group.get("terminatingRule"), dict) else []) + rules
    return {
        "aws.waf.terminating_rule.conditions": distinct(string(match.get("conditionType")) for match in details),
        "aws.waf.terminating_rule.matched_data": joined(
            joined((string(token) for token in some(match.get("matchedData"))), " ") for match in details),
        "aws.waf.non_terminating_rules.ids": joined(string(rule.get("ruleId")) for rule in other),
        "aws.waf.non_terminating_rules.actions": distinct(string(rule.get("action")) for rule in other),
        "aws.waf.non_terminating_rules.conditions": distinct(conditions(other)),
        "aws.waf.rule_groups.ids": joined(string(group.get("ruleGroupId")) for group in groups),
        "aws.waf.rule_groups.terminating_rules": joined(string(rule.get("ruleId")) for rule in ended),
        "aws.waf.rule_groups.non_terminating_rules": joined(
            string(rule.get("ruleId")) for rules in matching for rule in rules),
        "aws.waf.rule_groups.excluded_rules": joined(
            string(rule.get("ruleId")) for group in groups for rule in objects(some(group.get("excludedRules")))),
        "aws.waf.rule_groups.conditions": distinct(conditions(in_order)),
        "aws.waf.rate_based_rules.names": joined(
            string(rule.get("rateBasedRuleName")) or string(rule.get("rateBasedRuleId"))
            for rule in objects(lists["rateBasedRuleList"])),
        "aws.waf.label_names": joined(string(label.get("name")) for label in objects(lists["labels"])),
    }


def header_columns(headers):
    values = {}
    for header in objects(headers):
        name, value = string(header.get("name")).lower(), string(header.get("value"))
        if value:
            values.setdefault(name, []).append(value)
    host = values.get("host", [""])[0]
    row = {"url.domain": host, "user_agent.original": values.get("user-agent", [None])[0],
           "http.request.referrer": values.get("referer", [None])[0],
           "aws.waf.request.forwarded_for": ",".join(values.get("x-forwarded-for", []))}
    port = re.fullmatch(r"(.*):(\d+)", host)
    if port and int(port[2]) < 65536:
        row |= {"url.domain": port[1], "url.port": int(port[2])}
    return row


def version_columns(text):
    version = re.fullmatch(r"HTTP/(.*)", text or "")
    if not version:
        return {"http.version": text}
    transport = "udp" if version[1].startswith("3") else "tcp"
    return {"http.version": version[1], "network.protocol": "http", "network.transport": transport}


def columns_of(line):
    fields, others = cut(parsed(line), INNER, FIELDS)
    row = {column: text_of(fields.get(name)) for name, column in TEXTS.items()}
    row |= {column: whole(text_of(fields.get(name)) or "") for name, column in NUMBERS.items()}
    if not re.fullmatch(r"\d{1,15}", fields.get("timestamp", "")):
        raise Malformed("time")
    row["ts"] = int(fields["timestamp"]) * 1000
    lists = {name: listed(fields.get(name)) for name in LISTS}
    row |= {column: text_of(fields.get(name)) for name, column in LISTS.items()}
    row |= web_acl_columns(text_of(fields.get("webaclId")))
    row["event.action"] = text_of(fields.get("action"))
    denied = row["event.action"] in DENIED
    row["event.kind"] = "alert" if denied else "event"
    row["event.type"] = "denied" if denied else "allowed" if row["event.action"] == "ALLOW" else "access"
    row |= rule_columns(lists) | header_columns(lists["httpRequest.headers"])
    row["aws.waf.oversize_fields"] = joined(string(name) for name in listed(fields.get("oversizeFields")) or [])
    row["source.ip"] = address(text_of(fields.get("httpRequest.clientIp")) or "")
    row["network.type"] = row["source.ip"] and ("ipv6" if ":" in row["source.ip"] else "ipv4")
    row |= version_columns(text_of(fields.get("httpRequest.httpVersion")))
    if others:
        row["aws.waf.trailing"] = "{" + ",".join(others) + "}"
    return {**row, **CONSTANTS}


if __name__ == "__main__":
    compare("waf", columns_of, backslash="\\\\")
