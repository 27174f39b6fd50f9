"""A second reading of Classic Load Balancers' access logs: second_reading.py says how it is run."""
from alb_oracle import CONSTANTS, endpoint, fields_of, request_columns, tls_columns
from second_reading import ACCOUNT, REGION, Malformed, compare, matched, micros

KNOWN_COUNTS = {12, 15, 16, 17}
TEXTS = {1: "aws.elb.name", 12: "user_agent.original", 13: "tls.cipher", 15: "aws.elb.classification",
         16: "aws.elb.classification_reason"}


def columns_of(line):
    fields, rest = fields_of(line, 17)
    if len(fields) not in KNOWN_COUNTS:
        raise Malformed("count")
    fields += [""] * (17 - len(fields))
    row = {name: None if fields[i] == "-" else fields[i] for i, name in TEXTS.items()}
    row["ts"] = micros(fields[0])
    row["source.ip"], row["source.port"] = endpoint(fields[2])
    row["aws.elb.backend.ip"], row["aws.elb.backend.port"] = endpoint(fields[3])
    for i, name in ((4, "request"), (5, "backend"), (6, "response")):
        row[f"aws.elb.{name}_processing_time.sec"] = matched(fields[i], r"-?\d+(\.\d+)?", float)
    status = matched(fields[7], r"\d{3}", int)
    row["http.response.status_code"] = status
    row["event.outcome"] = "unknown" if status is None or status < 100 else "success" if status < 400 else "failure"
    row["aws.elb.backend.http.response.status_code"] = matched(fields[8], r"\d{3}", int)
    row["http.request.body.bytes"] = matched(fields[9], r"-?\d+", int)
    row["http.response.body.bytes"] = matched(fields[10], r"-?\d+", int)
    row.update(request_columns(fields[11]))
    row.update(tls_columns(fields[14]))
    row.update(CONSTANTS)
    return row | {"cloud.account.id": ACCOUNT, "cloud.region": REGION, "aws.elb.trailing": rest}


if __name__ == "__main__":
    compare("elb", columns_of)
