"""A second reading of ALB access logs: second_reading.py says how it is run."""
import re

from second_reading import ACCOUNT, REGION, Malformed, address, compare, matched, micros

FIELD = re.compile(r'"(?P<quoted>.*?)"(?= |$)|(?P<bare>(?!")[^ ]*)', re.DOTALL)
CONSTANTS = {"event.kind": "event", "event.category": "web", "event.dataset": "aws.elb_logs", "cloud.provider": "aws"}
KNOWN_COUNTS = {18, 20, 21, 24, 25, 29, 30, 31, 32, 33}
TEXTS = {  # columns that are the field's text
    2: "aws.elb.name", 13: "user_agent.original", 14: "tls.cipher", 17: "trace.id", 18: "destination.domain",
    19: "aws.elb.chosen_cert.arn", 20: "aws.elb.matched_rule_priority", 22: "aws.elb.action_executed",
    23: "aws.elb.redirect_url", 24: "aws.elb.error.reason", 25: "aws.elb.target_port",
    26: "aws.elb.target_status_code", 27: "aws.elb.classification", 28: "aws.elb.classification_reason",
    29: "aws.elb.conn_trace_id", 30: "aws.elb.transformed_host", 31: "aws.elb.transformed_uri",
    32: "aws.elb.request_transform_status"}


def fields_of(line, count=33):
    fields, at = [], 0
    while at < len(line) and len(fields) < count:
        match = FIELD.match(line, at)
        if not match:
            raise Malformed("quote")
        quoted = match.group("quoted")
        fields.append(match.group("bare") if quoted is None else quoted)
        at = match.end() + 1
    return fields, line[at:]


def endpoint(text):
    if text in ("", "-"):
        return None, None
    match = re.fullmatch(r"(.*):(\d+)", text)
    if not match or int(match.group(2)) > 65535:
        raise Malformed("endpoint")
    return address(match.group(1)), int(match.group(2))


def request_columns(request):
    match = re.fullmatch(r"(\S*) (.*?)(?: (?:HTTP/(\S*)|-|))?", request, re.DOTALL)
    if not match:
        return {"url.original": None if request == "-" else request}
    method, url, version = match.groups()
    columns = {"http.request.method": None if method == "-" else method,
               "url.original": None if url == "-" else url, "http.version": version}
    parts = re.fullmatch(r"(?:([A-Za-z0-9+.-]+)://([^/?#]*))?(.*)", url, re.DOTALL)
    scheme, authority, target = parts.groups()
    if scheme is None and not target.startswith("/"):
        return columns
    columns["url.scheme"] = scheme
    if authority is not None:
        authority = authority.rpartition("@")[2]
        host = re.fullmatch(r"(\[[^\]]*\]|.*?)(?::([^:]*))?", authority)
        columns["url.domain"] = host.group(1)
        port = re.fullmatch(r"(\d+)-?", host.group(2) or "")
        if port and int(port.group(1)) <= 65535:
            columns["url.port"] = int(port.group(1))
    path, _, query = target.partition("#")[0].partition("?")
    columns["url.path"], columns["url.query"] = path, query
    return columns


def tls_columns(text):
    protocol = re.fullmatch(r"(TLS|SSL)v(.*)", text)
    if protocol:
        return {"tls.version_protocol": protocol.group(1).lower(), "tls.version": protocol.group(2)}
    return {} if text in ("", "-") else {"tls.version_protocol": text}


def columns_of(line):
    fields, rest = fields_of(line)
    if len(fields) not in KNOWN_COUNTS:
        raise Malformed("count")
    fields += [""] * (33 - len(fields))
    row = {name: None if fields[i] == "-" else fields[i] for i, name in TEXTS.items()}
    row["aws.elb.type"] = matched(fields[0] or "?", r"[a-z0-9]{1,16}", str)
    row["ts"] = micros(fields[1])
    row["event.start"] = None if fields[21] in ("", "-") else micros(fields[21])
    row["source.ip"], row["source.port"] = endpoint(fields[3])
    row["aws.elb.backend.ip"], row["aws.elb.backend.port"] = endpoint(fields[4])
    for i, name in ((5, "request"), (6, "backend"), (7, "response")):
        row[f"aws.elb.{name}_processing_time.sec"] = matched(fields[i], r"-?\d+(\.\d+)?", float)
    status = matched(fields[8], r"\d{3}", int)
    row["http.response.status_code"] = status
    row["event.outcome"] = "unknown" if status is None or status < 100 else "success" if status < 400 else "failure"
    row["aws.elb.backend.http.response.status_code"] = matched(fields[9], r"\d{3}", int)
    row["http.request.body.bytes"] = matched(fields[10], r"-?\d+", int)
    row["http.response.body.bytes"] = matched(fields[11], r"-?\d+", int)
    row.update(request_columns(fields[12]))
    row.update(tls_columns(fields[15]))
    row["cloud.account.id"], row["cloud.region"] = ACCOUNT, REGION
    if fields[16] not in ("", "-"):
        row["aws.elb.target_group.arn"] = fields[16]
        row["cloud.region"], row["cloud.account.id"] = fields[16].split(":")[3:5]
    row["aws.elb.trailing"] = rest
    row.update(CONSTANTS)
    return row


if __name__ == "__main__":
    compare("alb", columns_of)
