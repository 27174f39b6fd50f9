"""A second reading of ALB access logs, slow and written apart from the parser: the two must agree in every
column of every line.

    alb_oracle.py <parser_tool> [--lines N] [--seed S] [--countries FILE.mmdb]

With a database of countries, the GeoIP enricher's answers are compared with those of PyPI maxminddb.
"""
import argparse
import datetime
import ipaddress
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PATH = "s3://logs/AWSLogs/210987654321/elasticloadbalancing/eu-west-1/2026/01/01/a.log"
FIELD = re.compile(r'"(?P<quoted>.*?)"(?= |$)|(?P<bare>(?!")[^ ]*)', re.DOTALL)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
CONSTANTS = {"event.kind": "event", "event.category": "web", "event.dataset": "aws.elb_logs", "cloud.provider": "aws"}
KNOWN_COUNTS = {18, 20, 21, 24, 25, 29, 30, 31, 32, 33}
TEXTS = {  # columns that are the field's text
    2: "aws.elb.name", 13: "user_agent.original", 14: "tls.cipher", 17: "trace.id", 18: "destination.domain",
    19: "aws.elb.chosen_cert.arn", 20: "aws.elb.matched_rule_priority", 22: "aws.elb.action_executed",
    23: "aws.elb.redirect_url", 24: "aws.elb.error.reason", 25: "aws.elb.target_port",
    26: "aws.elb.target_status_code", 27: "aws.elb.classification", 28: "aws.elb.classification_reason",
    29: "aws.elb.conn_trace_id", 30: "aws.elb.transformed_host", 31: "aws.elb.transformed_uri",
    32: "aws.elb.request_transform_status"}


class Malformed(Exception):
    pass


def fields_of(line):
    fields, at = [], 0
    while at < len(line) and len(fields) < 33:
        match = FIELD.match(line, at)
        if not match:
            raise Malformed("quote")
        quoted = match.group("quoted")
        fields.append(match.group("bare") if quoted is None else quoted)
        at = match.end() + 1
    return fields, line[at:]


def micros(text):
    if not TIME.fullmatch(text):
        raise Malformed("time")
    base, _, fraction = text[:-1].partition(".")
    try:
        moment = datetime.datetime.fromisoformat(base).replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Malformed("time") from None
    whole = (moment - datetime.datetime.fromtimestamp(0, datetime.timezone.utc)) // datetime.timedelta(seconds=1)
    return whole * 1_000_000 + int(fraction.ljust(6, "0")[:6] or 0)


def endpoint(text):
    if text in ("", "-"):
        return None, None
    match = re.fullmatch(r"(.*):(\d+)", text)
    if not match or int(match.group(2)) > 65535:
        raise Malformed("endpoint")
    try:
        ipaddress.ip_address(match.group(1))
    except ValueError:
        raise Malformed("address") from None
    return match.group(1), int(match.group(2))


def matched(text, pattern, convert):
    if text in ("", "-"):
        return None
    if not re.fullmatch(pattern, text):
        raise Malformed(pattern)
    return convert(text)


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
    protocol = re.fullmatch(r"(TLS|SSL)v(.*)", fields[15])
    if protocol:
        row["tls.version_protocol"], row["tls.version"] = protocol.group(1).lower(), protocol.group(2)
    elif fields[15] != "-":
        row["tls.version_protocol"] = fields[15]
    row["cloud.account.id"], row["cloud.region"] = "210987654321", "eu-west-1"
    if fields[16] not in ("", "-"):
        row["aws.elb.target_group.arn"] = fields[16]
        row["cloud.region"], row["cloud.account.id"] = fields[16].split(":")[3:5]
    row["aws.elb.trailing"] = rest
    row.update(CONSTANTS)
    return {name: value for name, value in row.items() if value not in (None, "")}


def as_text(raw):
    """UTF-8; bytes that are none, and NUL, as \\xHH."""
    text = raw.decode("utf-8", errors="surrogateescape")
    return "".join(f"\\x{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else "\\x00" if c == "\0" else c
                   for c in text)


def countries_of(file):
    if file is None:
        return lambda row: row
    import maxminddb  # pylint: disable=import-outside-toplevel
    database = maxminddb.open_database(file)

    def add(row):
        if "source.ip" in row and ipaddress.ip_address(row["source.ip"]).is_global:
            known = database.get(row["source.ip"]) or {}
            if known.get("country_code"):
                row["source.geo.country_iso_code"] = known["country_code"]
        return row
    return add


def expected_rows(log, add_country):
    offset = 0
    for raw in log.split(b"\n"):
        line = raw[:-1] if raw.endswith(b"\r") else raw
        if line:
            where = {"log.file.path": PATH, "log.offset": offset}
            try:
                yield add_country({"table": "alb", **where, **columns_of(as_text(line))})
            except Malformed:
                yield {"table": "malformed", **where, "log.length": len(line), "kind": "alb", "raw": line}
        offset += len(raw) + 1


def actual_rows(file):
    rows = {}
    for line in file.read_bytes().split(b"\n")[:-1]:
        row = json.loads(line.decode("utf-8", errors="surrogateescape"))
        if row["table"] == "malformed":
            row["raw"] = row["raw"].encode("utf-8", errors="surrogateescape")
            del row["reason"], row["ts"]
        for name in ("ts", "event.start"):
            if name in row:
                row[name] = micros(row[name])
        assert row["log.offset"] not in rows, f"two rows for offset {row['log.offset']}"
        rows[row["log.offset"]] = row
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--countries", type=pathlib.Path)
    options = parser.parse_args()
    database = [options.countries.parent, options.countries.name] if options.countries else []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([options.tool, "alb", str(options.lines), str(options.seed), folder, *database], check=True)
        actual = actual_rows(pathlib.Path(folder, "rows.jsonl"))
        counts, differences = {"alb": 0, "malformed": 0}, 0
        log = pathlib.Path(folder, "input.log").read_bytes()
        for row in expected_rows(log, countries_of(options.countries)):
            counts[row["table"]] += 1
            other = actual.pop(row["log.offset"], {})
            wrong = {n: (row.get(n), other.get(n)) for n in row.keys() | other.keys() if row.get(n) != other.get(n)}
            if wrong:
                differences += 1
                if differences <= 10:
                    print(f"seed {options.seed}, offset {row['log.offset']}: (expected, parsed) {wrong}")
    print(f"{counts['alb']} entries and {counts['malformed']} malformed lines, {differences} differences, "
          f"{len(actual)} rows too many")
    enough = counts["alb"] > options.lines // 2 and counts["malformed"] > 0
    sys.exit(0 if enough and differences == 0 and not actual else 1)


if __name__ == "__main__":
    main()
