"""A second reading of VPC flow logs: second_reading.py says how it is run."""
import re

from second_reading import ACCOUNT, REGION, Heading, Malformed, address, compare, matched, whole

DEFAULT = ("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
           "log-status").split()
TEXTS = {
    "version": "version", "interface-id": "interface_id", "log-status": "log_status", "vpc-id": "vpc_id",
    "subnet-id": "subnet_id", "type": "type", "sublocation-type": "sublocation.type",
    "sublocation-id": "sublocation.id", "pkt-src-aws-service": "pkt_src_service",
    "pkt-dst-aws-service": "pkt_dst_service", "traffic-path": "traffic_path", "ecs-cluster-arn": "ecs.cluster.arn",
    "ecs-cluster-name": "ecs.cluster.name", "ecs-container-instance-arn": "ecs.container_instance.arn",
    "ecs-container-instance-id": "ecs.container_instance.id", "ecs-container-id": "ecs.container.id",
    "ecs-second-container-id": "ecs.second_container.id", "ecs-service-name": "ecs.service.name",
    "ecs-task-definition-arn": "ecs.task_definition.arn", "ecs-task-arn": "ecs.task.arn",
    "ecs-task-id": "ecs.task.id", "reject-reason": "reject_reason", "resource-id": "resource_id",
    "encryption-status": "encryption_status", "action": "action", "account-id": "account_id"}
OTHERS = {"srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "instance-id",
          "tcp-flags", "pkt-srcaddr", "pkt-dstaddr", "region", "az-id", "flow-direction"}
KNOWN = TEXTS.keys() | OTHERS
TRANSPORTS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 51: "ah", 58: "ipv6-icmp", 132: "sctp"}
FLAGS = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"]
ACTIONS = {"ACCEPT": ("accept", "allow", "allowed"), "REJECT": ("reject", "deny", "denied")}
CONSTANTS = {"event.kind": "event", "event.category": "network", "event.dataset": "aws.vpcflow",
             "cloud.provider": "aws"}


def second(text):
    number = whole(text, r"\d+", range(253402300800))
    return None if number is None else number * 1_000_000


class Reading:
    def __init__(self):
        self.names = DEFAULT

    def fields_of(self, line):
        words = line.split(" ")
        if all(re.fullmatch(r"[a-z][a-z0-9_-]*", word) for word in words):
            names = [word.replace("_", "-") if word.replace("_", "-") in KNOWN else word for word in words]
            if 2 * sum(name in KNOWN for name in names) > len(names):
                self.names = names
                raise Heading
        at = 0
        while len(words) > len(self.names) and at < len(self.names):  # services of two words
            if self.names[at].endswith("-aws-service") and words[at] == "AMAZON" and words[at + 1] != "AMAZON":
                if re.fullmatch("[A-Z][A-Z0-9_]*", words[at + 1]):
                    words[at:at + 2] = ["AMAZON " + words[at + 1]]
            at += 1
        if len(words) < len(self.names):
            raise Malformed("count")
        fields = dict(zip(self.names, words))
        kept = [f"{n}={v}" for n, v in fields.items() if n not in KNOWN and v != "-"]
        return {n: fields.get(n, "") for n in KNOWN}, " ".join(kept + words[len(self.names):])

    def columns_of(self, line):
        fields, rest = self.fields_of(line)
        row = {f"aws.vpcflow.{column}": None if fields[n] == "-" else fields[n] for n, column in TEXTS.items()}
        row["cloud.account.id"] = matched(fields["account-id"], r".*", str) or ACCOUNT
        if not re.fullmatch(r"\d{12}", row["cloud.account.id"]):
            row["cloud.account.id"] = None
        row["cloud.region"] = matched(fields["region"], ".*", str) or REGION
        row["cloud.instance.id"] = matched(fields["instance-id"], ".*", str)
        row["cloud.availability_zone"] = matched(fields["az-id"], ".*", str)
        row["network.direction"] = matched(fields["flow-direction"], ".*", str)
        row["source.ip"], row["destination.ip"] = address(fields["srcaddr"]), address(fields["dstaddr"])
        row["network.type"] = row["source.ip"] and ("ipv6" if ":" in row["source.ip"] else "ipv4")
        for end in "src", "dst":
            row[f"aws.vpcflow.pkt_{end}addr"] = address(fields[f"pkt-{end}addr"])
        row["source.port"] = whole(fields["srcport"], limits=range(65536))
        row["destination.port"] = whole(fields["dstport"], limits=range(65536))
        protocol = whole(fields["protocol"], limits=range(256))
        row["network.iana_number"] = None if protocol is None else str(protocol)
        row["network.transport"] = TRANSPORTS.get(protocol)
        row["network.packets"], row["network.bytes"] = whole(fields["packets"]), whole(fields["bytes"])
        flags = whole(fields["tcp-flags"], limits=range(256))
        row["aws.vpcflow.tcp_flags"] = flags
        row["aws.vpcflow.tcp_flags_array"] = ",".join(n for bit, n in enumerate(FLAGS) if (flags or 0) >> bit & 1)
        row["event.action"], row["event.outcome"], row["event.type"] = ACTIONS.get(fields["action"], (None,) * 3)
        row["event.start"], row["ts"] = second(fields["start"]), second(fields["end"])
        if row["ts"] is None:
            if "end" in self.names:
                raise Malformed("time")
            row["ts"] = row["event.start"] or 0  # the object's arrival
        row["aws.vpcflow.trailing"] = rest
        return {**row, **CONSTANTS}


if __name__ == "__main__":
    compare("vpc_flow", Reading().columns_of)
