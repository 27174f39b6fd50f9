"""A second reading of S3 server access logs: second_reading.py says how it is run."""
import datetime
import re

from second_reading import EPOCH, Malformed, address, compare, matched, whole

COUNTS = (18, 24, 25, 26)
FRONT = r'([^ ]*) ([^ ]*) (\[[^ ]* [^ ]*\]) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*)'
NUMBERS = r'(\d{3}|-) ([^ ]*) (\d+|-) (\d+|-) (\d+|-) (\d+|-)'
WORD = r'([^ "]*)'
# Quotes inside the three texts: none that a blank follows; or any, and the entry is anchored at both ends.
PLAIN = r'(?:"((?:[^"]|"(?! ))*)"|(-))'
FIRST_END, LAST_END = r'(?:"(.*?)"|(-))', r'(?:"(.*)"|(-))'


def shapes(request, referer, agent, counts):
    for count in counts:
        tail = "".join(" " + WORD for _ in range(count - 17))
        behind = "(?: (.*))?" if count == 26 else "()"
        yield re.compile(f"{FRONT} {request} {NUMBERS} {referer} {agent}{tail}{behind}", re.DOTALL)


PLAIN_SHAPES = list(shapes(PLAIN, PLAIN, PLAIN, COUNTS))
LOOSE_SHAPES = list(shapes(FIRST_END, FIRST_END, LAST_END, COUNTS))
TEXTS = {0: "aws.s3access.bucket_owner", 1: "aws.s3access.bucket", 4: "client.user.id", 5: "event.id",
         6: "event.action", 7: "aws.s3access.key", 10: "event.code", 15: "http.request.referrer",
         16: "user_agent.original", 17: "aws.s3access.version_id", 18: "aws.s3access.host_id",
         19: "aws.s3access.signature_version", 20: "tls.cipher", 21: "aws.s3access.authentication_type",
         22: "aws.s3access.host_header", 24: "aws.s3access.access_point_arn", 25: "aws.s3access.acl_required"}
CONSTANTS = {"event.kind": "event", "event.category": "web", "event.type": "access",
             "event.dataset": "aws.s3access", "cloud.provider": "aws"}


def agent_bytes(match):
    return len(match.group(19) or "")  # the longer, the later it ends


def fields_of(line):
    for shape in PLAIN_SHAPES:
        match = shape.fullmatch(line)
        if match:
            break
    else:
        found = [match for match in (shape.fullmatch(line) for shape in LOOSE_SHAPES) if match]
        if not found:
            raise Malformed("shape")
        match = max(found, key=agent_bytes)
    groups = list(match.groups())
    front, request, numbers = groups[:8], groups[8] or groups[9], groups[10:16]
    referer, agent, rest = groups[16] or groups[17], groups[18] or groups[19], groups[20:-1]
    fields = [*front, request, *numbers, referer, agent, *rest]
    return [field or "" for field in fields] + [""] * (26 - len(fields)), groups[-1]


def clock(text):
    for month in ("%b", "%B"):
        try:
            moment = datetime.datetime.strptime(text, f"[%d/{month}/%Y:%H:%M:%S %z]")
            return (moment - EPOCH) // datetime.timedelta(seconds=1) * 1_000_000
        except ValueError:
            pass
    raise Malformed("time")


def request_columns(text):
    match = re.fullmatch(r"(\S*) (.*?)(?: HTTP/(\S*))?", text, re.DOTALL)
    if not match:
        return {"url.original": None if text == "-" else text}
    method, url, version = match.groups()
    columns = {"http.request.method": method, "url.original": url, "http.version": version}
    if url.startswith("/"):
        columns["url.path"], _, columns["url.query"] = url.partition("#")[0].partition("?")
    return columns


def columns_of(line):
    fields, rest = fields_of(line)
    row = {name: None if fields[i] == "-" else fields[i] for i, name in TEXTS.items()}
    row["ts"] = clock(fields[2])
    row["source.ip"] = address(fields[3])
    row.update(request_columns(fields[8]))
    status = matched(fields[9], r"\d{3}", int)
    row["http.response.status_code"] = status
    row["event.outcome"] = "unknown" if status is None else "success" if status < 400 else "failure"
    row["http.response.body.bytes"] = whole(fields[11])
    row["aws.s3access.object_size"] = whole(fields[12])
    milliseconds = whole(fields[13])
    row["event.duration"] = None if milliseconds is None else milliseconds * 1_000_000
    row["aws.s3access.turn_around_time"] = whole(fields[14])
    protocol = re.fullmatch(r"TLSv(.*)", fields[23])
    row["tls.version_protocol"] = "tls" if protocol else None if fields[23] == "-" else fields[23]
    row["tls.version"] = protocol.group(1) if protocol else None
    row["aws.s3access.trailing"] = rest
    return {**row, **CONSTANTS}


if __name__ == "__main__":
    compare("s3_access", columns_of)
