"""A second reading of Route 53 Resolver query logs: second_reading.py says how it is run."""
import ipaddress
import json

from json_members import cut, parsed, text_of
from second_reading import ACCOUNT, REGION, Malformed, address, compare, micros, whole

TEXTS = {"version": "aws.route53.version", "vpc_id": "aws.route53.vpc_id", "query_type": "dns.question.type",
         "query_class": "dns.question.class", "firewall_rule_action": "aws.route53.firewall.action",
         "firewall_rule_group_id": "aws.route53.firewall.rule_group.id",
         "firewall_domain_list_id": "aws.route53.firewall.domain_list.id", "transport": "aws.route53.transport",
         "rcode": "dns.response_code"}
SOURCES = {"instance": "cloud.instance.id", "resolver_endpoint": "aws.route53.srcids.resolver_endpoint",
           "resolver_network_interface": "aws.route53.srcids.resolver_network_interface"}
FIELDS = {*TEXTS, "account_id", "region", "query_timestamp", "query_name", "answers", "srcaddr", "srcport",
          *(f"srcids.{spelling}" for name in SOURCES for spelling in (name, name.replace("_", "-")))}
TRANSPORTS = {"UDP": "udp", "TCP": "tcp", "DOH": "tcp"}
CONSTANTS = {"event.kind": "event", "event.category": "network", "event.type": "protocol",
             "event.dataset": "aws.route53_resolver_logs", "network.protocol": "dns", "cloud.provider": "aws"}


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
    fields, others = cut(parsed(line), {"srcids"}, FIELDS)
    row = {column: text_of(fields.get(name)) for name, column in TEXTS.items()}
    row |= {SOURCES[name[7:].replace("-", "_")]: text_of(value) for name, value in fields.items()
            if name.startswith("srcids.")}
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
        row["aws.route53.trailing"] = "{" + ",".join(others) + "}"
    return {**row, **CONSTANTS}


if __name__ == "__main__":
    compare("route53_resolver", columns_of, backslash="\\\\")
