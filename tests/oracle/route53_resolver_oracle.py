"""A second reading of Route 53 Resolver query logs: second_reading.py says how it is run."""
import ipaddress
import json
import re

from second_reading import ACCOUNT, REGION, Malformed, address, compare, micros, whole

TEXTS = {"version": "aws.route53.version", "vpc_id": "aws.route53.vpc_id", "query_type": "dns.question.type",
         "query_class": "dns.question.class", "firewall_rule_action": "aws.route53.firewall.action",
         "firewall_rule_group_id": "aws.route53.firewall.rule_group.id",
         "firewall_domain_list_id": "aws.route53.firewall.domain_list.id", "transport": "aws.route53.transport",
         "rcode": "dns.response_code"}
READ = TEXTS.keys() | {"account_id", "region", "query_timestamp", "query_name", "answers", "srcaddr", "srcport"}
SOURCES = {"instance": "cloud.instance.id", "resolver_endpoint": "aws.route53.srcids.resolver_endpoint",
           "resolver_network_interface": "aws.route53.srcids.resolver_network_interface"}
TRANSPORTS = {"UDP": "udp", "TCP": "tcp", "DOH": "tcp"}
CONSTANTS = {"event.kind": "event", "event.category": "network", "event.type": "protocol",
             "event.dataset": "aws.route53_resolver_logs", "network.protocol": "dns", "cloud.provider": "aws"}


class Raw(str):
    """The JSON text of a value, as it stands in the line."""


def members_of(text):
    """(name, value) of an object in the order of the text; lists, objects and what is no string as Raw."""
    decoder, at, members = json.JSONDecoder(), 1, []
    blank = re.compile(r"[ \t]*")
    while True:
        at = blank.match(text, at).end()
        if text[at] == "}":
            return members
        name, at = decoder.raw_decode(text, at)
        at = blank.match(text, blank.match(text, at).end() + 1).end()  # behind the colon
        value, end = decoder.raw_decode(text, at)
        members.append((name, value if isinstance(value, str) else Raw(text[at:end])))
        at = blank.match(text, end).end()
        at += text[at] == ","


def text_of(value):
    return None if value in (None, "", "-") or value == Raw("null") else str(value)


def is_address(text):
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def answer_columns(text):
    answers = json.loads(text)
    if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
        raise Malformed("answers")
    columns = {"aws.route53.answers": text}
    for name, column in (("Rdata", "data"), ("Type", "type"), ("Class", "class")):
        columns[f"dns.answers.{column}"] = ",".join(answer[name] for answer in answers)
    columns["dns.resolved_ip"] = ",".join(a["Rdata"] for a in answers if is_address(a["Rdata"]))
    return columns


def columns_of(line):
    try:
        if not isinstance(json.loads(line), dict):
            raise Malformed("object")
    except ValueError:
        raise Malformed("JSON") from None
    fields, others, sources = {}, [], {}
    for name, value in members_of(line):
        if name == "srcids" and isinstance(value, Raw):
            for inner, identifier in members_of(value):
                if inner.replace("-", "_") in SOURCES:
                    sources[SOURCES[inner.replace("-", "_")]] = identifier
                else:
                    others.append((f"srcids.{inner}", json.dumps(identifier)))
        elif name in READ:
            fields[name] = value
        else:
            others.append((name, value if isinstance(value, Raw) else json.dumps(value)))
    row = {column: text_of(fields.get(name)) for name, column in TEXTS.items()} | sources
    row["cloud.account.id"] = text_of(fields.get("account_id")) or ACCOUNT
    row["cloud.region"] = text_of(fields.get("region")) or REGION
    row["ts"] = micros(str(fields.get("query_timestamp", "")))
    name = text_of(fields.get("query_name"))
    row["dns.question.name"] = name[:-1] if name and len(name) > 1 and name.endswith(".") else name
    code = row["dns.response_code"]
    row["event.outcome"] = "unknown" if code is None else "success" if code == "NOERROR" else "failure"
    row["source.ip"] = address(fields.get("srcaddr", ""))
    row["network.type"] = row["source.ip"] and ("ipv6" if ":" in row["source.ip"] else "ipv4")
    row["source.port"] = whole(fields.get("srcport", ""), limits=range(65536))
    row["network.transport"] = TRANSPORTS.get(row["aws.route53.transport"])
    if text_of(fields.get("answers")):
        try:
            row.update(answer_columns(fields["answers"]))
        except ValueError:
            raise Malformed("answers") from None
    if others:
        row["aws.route53.trailing"] = "{" + ",".join(f"{json.dumps(n)}:{v}" for n, v in others) + "}"
    return {**row, **CONSTANTS}


if __name__ == "__main__":
    compare("route53_resolver", columns_of)
