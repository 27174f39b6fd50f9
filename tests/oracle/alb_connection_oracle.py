"""A second reading of Application Load Balancers' connection logs: second_reading.py says how it is run."""
import re

from alb_oracle import tls_columns
from second_reading import ACCOUNT, REGION, Malformed, address, compare, matched, micros, whole

CONSTANTS = {"event.kind": "event", "event.category": "network", "event.type": "connection",
             "event.dataset": "aws.elb_connection_logs", "network.transport": "tcp", "cloud.provider": "aws"}
# The subject ends at the last quote that three, four or five words follow; those of tomorrow are what is behind.
WORD = r'([^ "]*)'
LINE = re.compile(rf'{WORD} {WORD} {WORD} {WORD} {WORD} {WORD} {WORD} (?:"(.*)"|([^ "]+)) {WORD} {WORD} {WORD}'
                  rf'(?: {WORD}(?: {WORD}(?: (.*))?)?)?', re.DOTALL)
VALIDITY = re.compile(r"NotBefore=([^;]*);NotAfter=(.*)", re.DOTALL)


def none(text):
    return None if text in (None, "", "-") else text


def validity_columns(text):
    match = VALIDITY.fullmatch(text)
    try:
        return {"tls.client.not_before": micros(match.group(1)), "tls.client.not_after": micros(match.group(2))}
    except (AttributeError, Malformed):
        return {"aws.elb.leaf_client_cert_validity": none(text)}


def columns_of(line):
    match = LINE.fullmatch(line)
    if not match:
        raise Malformed("shape")
    (time, client, port, listener, protocol, cipher, latency, quoted, bare, validity, serial, status, trace, exchange,
     rest) = match.groups()
    if not re.fullmatch(r"[\d-]*", listener):
        raise Malformed("listener")
    row = {"ts": micros(time), "source.ip": address(client), "source.port": whole(port, r"\d+", range(65536)),
           "destination.port": whole(listener, r"\d+", range(65536)), "tls.cipher": none(cipher),
           "aws.elb.tls_handshake_time.sec": matched(latency, r"-?\d+(\.\d+)?", float),
           "tls.client.subject": none(bare if quoted is None else quoted),
           "tls.client.x509.serial_number": none(serial), "aws.elb.tls_verify_status": none(status),
           "aws.elb.conn_trace_id": none(trace), "aws.elb.tls_keyexchange": none(exchange),
           "aws.elb.trailing": rest, "cloud.account.id": ACCOUNT, "cloud.region": REGION}
    row.update(tls_columns(protocol))
    row.update(validity_columns(validity))
    shaken = row["aws.elb.tls_handshake_time.sec"] is not None
    row["event.outcome"] = ("failure" if status.startswith("Failed") else
                            "success" if status == "Success" or shaken else "unknown")
    if status.startswith("Failed:"):
        row["event.reason"] = status[len("Failed:"):]
    return row | CONSTANTS


if __name__ == "__main__":
    compare("alb_connection", columns_of)
