#!/usr/bin/env python3
"""Writes the policies and requests that decisions are measured with, one JSON case a line (tests/support/iam_case.h).

usage: decision_set.py FILE [--seed N]

Policies of 50 and of 500 statements as a company's account collects them: fourteen services, teams with their own
names; exact actions, wildcards, whole services, a few NotAction; resources with wildcards, some with variables; each
statement has one to three conditions; every eighth is a Deny. Of the requests about half are made to fit a statement,
the others are anybody's: other teams, wrong networks, missing tags, actions that nothing names. A third case is the
worst for an index: 500 statements that all name the one action that every request asks for.
"""

import argparse
import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "oracle/iam"))
from world import derived_keys  # noqa: E402

ACCOUNT = "111122223333"
REGION = "us-east-1"
REQUESTS = 256
TEAMS = ["payments", "search", "identity", "billing", "fraud", "mobile", "data", "edge", "growth", "legal", "ops", "research"]
KINDS = ["raw", "logs", "reports", "exports", "models", "cache"]


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


# service: its actions, and a resource of a team and kind
SERVICES = {
    "s3": ("GetObject PutObject DeleteObject GetObjectTagging PutObjectTagging AbortMultipartUpload GetObjectVersion "
           "DeleteObjectVersion", lambda team, kind: f"arn:aws:s3:::{team}-{kind}/2026/07/{{}}"),
    "lambda": ("InvokeFunction GetFunction UpdateFunctionCode CreateFunction DeleteFunction",
               lambda team, kind: arn("lambda", f"function:{team}-{kind}-{{}}")),
    "dynamodb": ("GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem",
                 lambda team, kind: arn("dynamodb", f"table/{team}-{kind}-{{}}")),
    "sqs": ("SendMessage ReceiveMessage DeleteMessage GetQueueAttributes", lambda team, kind: arn("sqs", f"{team}-{kind}-{{}}")),
    "sns": ("Publish Subscribe GetTopicAttributes", lambda team, kind: arn("sns", f"{team}-{kind}-{{}}")),
    "kinesis": ("PutRecord PutRecords GetRecords GetShardIterator DescribeStream",
                lambda team, kind: arn("kinesis", f"stream/{team}-{kind}-{{}}")),
    "states": ("StartExecution StopExecution DescribeExecution", lambda team, kind: arn("states", f"stateMachine:{team}-{kind}-{{}}")),
    "logs": ("CreateLogStream PutLogEvents GetLogEvents FilterLogEvents",
             lambda team, kind: arn("logs", f"log-group:/{team}/{kind}:log-stream:{{}}")),
    "kms": ("Decrypt Encrypt GenerateDataKey DescribeKey", lambda team, kind: arn("kms", f"alias/{team}-{kind}-{{}}")),
    "secretsmanager": ("GetSecretValue PutSecretValue DescribeSecret", lambda team, kind: arn("secretsmanager", f"secret:{team}/{kind}-{{}}")),
    "glue": ("GetTable GetPartitions UpdateTable CreateTable", lambda team, kind: arn("glue", f"table/{team}/{kind}{{}}")),
    "athena": ("StartQueryExecution GetQueryExecution GetQueryResults", lambda team, kind: arn("athena", f"workgroup/{team}-{kind}-{{}}")),
    "events": ("PutEvents PutRule", lambda team, kind: arn("events", f"event-bus/{team}-{kind}-{{}}")),
    "iam": ("GetRole PassRole ListRoles", lambda team, kind: f"arn:aws:iam::{ACCOUNT}:role/{team}/{kind}-{{}}"),
}


class Maker:
    def __init__(self, seed: int):
        self.dice = random.Random(seed)

    def some(self, values: list, most: int) -> list:
        return self.dice.sample(values, self.dice.randint(1, min(most, len(values))))

    def actions(self, service: str) -> list:
        names, luck = SERVICES[service][0].split(), self.dice.random()
        if luck < 0.6:
            return [f"{service}:{name}" for name in self.some(names, 4)]
        if luck < 0.85:
            return [f"{service}:{self.dice.choice(names)[:3]}*"]
        return [f"{service}:*"]

    def resources(self, service: str, team: str) -> list:
        found = []
        for kind in self.some(KINDS, 3):
            text = SERVICES[service][1](team, kind).format("*")
            found.append(text.replace(team, "${aws:PrincipalTag/team}") if self.dice.random() < 0.15 else text)
        return found

    def condition(self, team: str) -> dict:
        choices = [
            ("StringEquals", "aws:PrincipalAccount", ACCOUNT),
            ("StringEquals", "aws:PrincipalTag/team", self.some(TEAMS, 2) + [team]),
            ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/{team}-*"),
            ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"),
            ("IpAddress", "aws:SourceIp", ["192.0.2.0/24", "198.51.100.0/25"]),
            ("Bool", "aws:SecureTransport", "true"),
            ("StringEquals", "aws:RequestedRegion", [REGION, "eu-west-1"]),
            ("StringNotEquals", "aws:ResourceTag/class", "secret"),
            ("StringEqualsIfExists", "aws:SourceVpce", ["vpce-1a2b3c4d", "vpce-5e6f7a8b"]),
            ("NumericLessThan", "aws:MultiFactorAuthAge", "3600"),
            ("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z"),
            ("ForAllValues:StringEquals", "aws:TagKeys", ["team", "class", "owner"]),
            ("Null", "aws:ViaAWSService", "false"),
            ("StringLike", "aws:UserAgent", ["aws-cli/*", "*Boto3/*"]),
        ]
        wanted = {}
        for name, key, value in self.some(choices, 3):
            wanted.setdefault(name, {})[key] = value
        return wanted

    def statement(self, number: int) -> dict:
        service, team = self.dice.choice(list(SERVICES)), self.dice.choice(TEAMS)
        made = {"Sid": f"S{number}", "Effect": "Allow", "Action": self.actions(service),
                "Resource": self.resources(service, team), "Condition": self.condition(team)}
        if number % 50 == 7:
            made = {"Sid": f"S{number}", "Effect": "Deny", "NotAction": ["iam:*", "sts:*", "kms:Decrypt"], "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:RequestedRegion": [REGION, "eu-west-1"]},
                                  "Bool": {"aws:ViaAWSService": "false"}}}
        elif number % 8 == 0:
            made["Effect"] = "Deny"
            made["Condition"] = {"StringEquals": {"aws:ResourceTag/class": "secret"},
                                 "Bool": {"aws:MultiFactorAuthPresent": "false"}}
        return made

    def policy(self, statements: int) -> dict:
        return {"Version": "2012-10-17", "Statement": [self.statement(i) for i in range(statements)]}

    def request(self, policy: dict) -> dict:
        """Anybody's; or near some statement, in its team."""
        service, team, kind = self.dice.choice(list(SERVICES)), self.dice.choice(TEAMS), self.dice.choice(KINDS)
        action = f"{service}:{self.dice.choice(SERVICES[service][0].split())}"
        resource = SERVICES[service][1](team, kind).format(f"{self.dice.randrange(10**6):06}")
        near = self.dice.random() < 0.7 and self.dice.choice(policy["Statement"])
        if near and "Action" in near:
            named = self.dice.choice(near["Action"])
            service, start = named.split(":")
            names = [name for name in SERVICES[service][0].split() if name.startswith(start.rstrip("*"))]
            action = f"{service}:{self.dice.choice(names)}"
            pattern = self.dice.choice(near["Resource"])
            team = next((each for each in TEAMS if each in pattern), team)
            resource = pattern.replace("${aws:PrincipalTag/team}", team).replace("*", f"{self.dice.randrange(10**6):06}")
        context = {
            "aws:SourceIp": self.dice.choice(["192.0.2.7", "192.0.2.200", "198.51.100.9", "203.0.113.5", "2001:db8::5"]),
            "aws:SecureTransport": "true" if self.dice.random() < 0.95 else "false",
            "aws:CurrentTime": "2026-07-02T08:00:00Z",
            "aws:RequestedRegion": REGION if self.dice.random() < 0.95 else "ap-south-1",
            "aws:UserAgent": self.dice.choice(["aws-cli/2.9.19 Python/3.11.2", "Boto3/1.34 md/Botocore#1.34", "curl/7.88"]),
            "aws:ViaAWSService": "false",
            "aws:PrincipalTag/team": team,
        }
        if self.dice.random() < 0.5:
            context["aws:ResourceTag/class"] = self.dice.choice(["public", "internal", "internal", "secret"])
        if self.dice.random() < 0.5:
            context["aws:MultiFactorAuthAge"] = str(self.dice.choice([30, 600, 7200]))
        if self.dice.random() < 0.3:
            context["aws:TagKeys"] = self.some(["team", "class", "owner", "cost"], 3)
        if self.dice.random() < 0.3:
            context["aws:SourceVpce"] = self.dice.choice(["vpce-1a2b3c4d", "vpce-99999999"])
        principal = f"arn:aws:sts::{ACCOUNT}:assumed-role/{team}-worker/session-{self.dice.randrange(99)}"
        return {"principal": principal, "action": action, "resource": resource, "owner": ACCOUNT, "context": context,
                "derived": derived_keys(principal, ACCOUNT, context)}

    def case(self, name: str, policy: dict) -> dict:
        return {"name": name, "policies": {"identity": [policy]},
                "requests": [self.request(policy) for _ in range(REQUESTS)]}

    def one_action(self, statements: int) -> dict:
        policy = self.policy(statements)
        for statement in policy["Statement"]:
            statement.pop("NotAction", None)
            team = self.dice.choice(TEAMS)
            statement["Action"] = ["s3:GetObject"]
            statement["Resource"] = [f"arn:aws:s3:::{team}-{self.dice.choice(KINDS)}/*"]
        case = self.case(f"{statements} statements that all name the action", policy)
        for request in case["requests"]:
            request["action"] = "s3:GetObject"
            if not request["resource"].startswith("arn:aws:s3:::"):
                request["resource"] = f"arn:aws:s3:::{self.dice.choice(TEAMS)}-{self.dice.choice(KINDS)}/2026/07/1"
        return case


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--seed", type=int, default=20260702)
    options = parser.parse_args()
    maker = Maker(options.seed)
    cases = [maker.case("50 statements", maker.policy(50)), maker.case("500 statements", maker.policy(500)), maker.one_action(500)]
    with open(options.file, "w", encoding="utf-8") as out:
        for case in cases:
            out.write(json.dumps(case) + "\n")


if __name__ == "__main__":
    main()
