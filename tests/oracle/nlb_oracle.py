"""A second reading of Network Load Balancers' TLS logs: second_reading.py says how it is run."""
from alb_oracle import endpoint, fields_of
from second_reading import ACCOUNT, REGION, Malformed, compare, matched, micros, whole

KNOWN_COUNTS = {18, 21, 22}
CONSTANTS = {"event.kind": "event", "event.category": "network", "event.type": "connection",
             "event.dataset": "aws.elb_logs", "network.transport": "tcp", "cloud.provider": "aws"}
TEXTS = {1: "aws.elb.log_version", 3: "aws.elb.name", 4: "aws.elb.listener", 11: "aws.elb.incoming_tls_alert",
         12: "aws.elb.chosen_cert.arn", 13: "aws.elb.chosen_cert.serial", 14: "tls.cipher",
         16: "aws.elb.tls_named_group", 17: "destination.domain", 18: "aws.elb.alpn_fe_protocol",
         19: "aws.elb.alpn_be_protocol"}
VERSIONS = {"tlsv1": "1", "tlsv11": "1.1", "tlsv12": "1.2", "tlsv13": "1.3"}


def time(text):
    return micros(text if text.endswith("Z") else text + "Z")


def columns_of(line):
    fields, rest = fields_of(line, 22)
    if len(fields) not in KNOWN_COUNTS or fields[0] != "tls":
        raise Malformed("count or type")
    fields += [""] * (22 - len(fields))
    row = {name: None if fields[i] == "-" else fields[i] for i, name in TEXTS.items()}
    row["aws.elb.type"] = "tls"
    row["ts"] = time(fields[2])
    row["event.start"] = None if fields[21] in ("", "-") else time(fields[21])
    row["source.ip"], row["source.port"] = endpoint(fields[5])
    row["aws.elb.backend.ip"], row["aws.elb.backend.port"] = endpoint(fields[6])
    row["aws.elb.connection_time.ms"] = whole(fields[7])
    handshake = whole(fields[8], r"\d+", range(2**31))
    row["aws.elb.tls_handshake_time.ms"] = handshake
    row["event.outcome"] = "failure" if handshake is None else "success"
    row["source.bytes"], row["destination.bytes"] = whole(fields[9]), whole(fields[10])
    row["cloud.account.id"], row["cloud.region"] = ACCOUNT, REGION
    arn = fields[12].split(":")
    if len(arn) > 4 and len(arn[4]) == 12 and arn[4].isdigit():
        row["cloud.region"], row["cloud.account.id"] = arn[3:5]
    if fields[15] in VERSIONS:
        row["tls.version_protocol"], row["tls.version"] = "tls", VERSIONS[fields[15]]
    elif fields[15] != "-":
        row["tls.version_protocol"] = fields[15]
    preferred = matched(fields[20], r".*", str)
    row["aws.elb.alpn_client_preference_list"] = preferred and ",".join(preferred.split('","'))
    return row | CONSTANTS | {"aws.elb.trailing": rest}


if __name__ == "__main__":
    compare("nlb", columns_of)
