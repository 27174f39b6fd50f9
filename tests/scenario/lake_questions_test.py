"""The views for common questions (docs/guide/views.md), against what a second, plain reading of the same logs finds;
before anything landed each answers with no rows and the same columns."""

import json
import pathlib
import re
import shlex
import sys
import unittest
from collections import Counter, defaultdict

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.commands import Scenario, sextant  # noqa: E402

ENTRIES = 3_000
DAY = "2026-07-02"
KINDS = ["alb", "s3_access", "cloudtrail", "waf", "route53_resolver", "vpc_flow"]
VIEWS = re.findall(r'\.name = "(\w+)"', (ROOT / "src/intel/views.cc").read_text())
GUIDE = (ROOT / "docs/guide/views.md").read_text()
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "ipv6-icmp", "47": "gre", "50": "esp"}

SIGN_INS = [  # who, type, succeeded, with MFA (None: not said)
    ("ann", "IAMUser", True, True), ("ann", "IAMUser", False, False), ("bob", "IAMUser", True, None),
    ("root", "Root", True, False), ("root", "Root", True, True)]


def sign_in(number: int, name: str, kind: str, succeeded: bool, mfa) -> dict:
    arn = f"arn:aws:iam::111111111111:{'root' if kind == 'Root' else 'user/' + name}"
    return {"eventVersion": "1.08", "eventTime": f"{DAY}T23:30:0{number}Z", "eventSource": "signin.amazonaws.com",
            "eventName": "ConsoleLogin", "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.7",
            "userAgent": "Mozilla", "requestParameters": None, "eventID": f"sign-in-{number}", "readOnly": False,
            "userIdentity": {"type": kind, "arn": arn, "accountId": "111111111111", "userName": name},
            "responseElements": {"ConsoleLogin": "Success" if succeeded else "Failure"},
            "additionalEventData": {} if mfa is None else {"MFAUsed": "Yes" if mfa else "No"},
            "eventType": "AwsConsoleSignIn", "managementEvent": True, "recipientAccountId": "111111111111",
            "eventCategory": "Management"}


def number(text: str) -> int:
    return 0 if text == "-" else int(text)


def named(text: str):
    return None if text == "-" else text


class Questions(Scenario):
    def ask(self, sql: str) -> list:
        return self.run_json(self.node, "query", sql)

    def answer(self, view: str, keys: list, values: list) -> dict:
        """Of one day, by the columns that name a row; each such row is there once."""
        rows = self.ask(f"select * from {view} where date = '{DAY}'")
        found = {tuple(row[key] for key in keys): tuple(row[value] for value in values) for row in rows}
        self.assertEqual(len(found), len(rows), view)
        self.assertGreater(len(rows), 1, view)
        return found

    def described(self) -> dict:
        return {view: self.ask(f"describe {view}") for view in VIEWS}

    def land(self, kind: str) -> list:
        """The lines that went in."""
        folder = self.folder / kind
        done = sextant("generate", "--kind", kind, "--count", ENTRIES, "--odd", 0, "--start", f"{DAY}T22:00:00Z",
                       "--hours", 1, "--attacks", "all", "-o", folder)
        self.assert_code(done, 0)
        self.run_ok(self.node, "ingest", folder, "--bucket", f"threat-intel-{kind.replace('_', '-')}-logs")
        text = "".join(path.read_text() for path in sorted(folder.rglob("*")) if path.is_file())
        return text.splitlines()

    def land_sign_ins(self):
        records = [sign_in(i, *facts) for i, facts in enumerate(SIGN_INS)]
        folder = self.folder / "sign-ins"
        folder.mkdir()
        (folder / "first.json").write_text(json.dumps({"Records": records}))
        (folder / "again.json").write_text(json.dumps({"Records": records[:3]}))  # another trail's
        self.run_ok(self.node, "ingest", folder, "--bucket", "threat-intel-cloudtrail-logs")

    def test_each_view_says_what_is_in_the_logs(self):
        self.node = self.start()
        self.assertGreaterEqual(len(VIEWS), 8)
        empty = self.described()
        for view in VIEWS:
            self.assertEqual(self.ask(f"select * from {view}"), [], view)
        lines = {kind: self.land(kind) for kind in KINDS}
        self.land_sign_ins()
        (self.folder / "bad.log").write_text("what is this?\nand is this?\n")
        self.run_ok(self.node, "ingest", self.folder / "bad.log", "--bucket", "threat-intel-alb-logs")
        self.run_ok(self.node, "status", "--wait")
        for view, columns in self.described().items():
            self.assertEqual(columns, empty[view], view)
        for kind in KINDS:
            with self.subTest(kind):
                getattr(self, "check_" + kind)(lines[kind])
        with self.subTest("malformed"):
            self.assertEqual(self.ask("select kind, reason, lines, objects from malformed_by_reason"),
                             [{"kind": "alb", "reason": "3 fields, where a whole line has 33", "lines": 2, "objects": 1}])
        with self.subTest("they are listed"):
            self.check_lists()
        for example in re.search(r"```sql\n(.*?)```", GUIDE, re.DOTALL).group(1).split(";\n")[:-1]:
            with self.subTest(example):
                self.ask(example)

    def check_lists(self):
        listed = {row["Name"]: row for row in self.run_json(self.node, "tables")["Views"]}
        self.assertEqual(set(listed), set(VIEWS) | {"cloudtrail_events"})
        self.assertEqual(listed["cloudtrail_denied"]["ViewOf"], "cloudtrail")
        self.assertIn(listed["alb_clients"]["Description"], self.run_ok(self.node, "tables"))
        for view in VIEWS:
            self.assertIn(f"`{view}`", GUIDE)
            described = self.run_json(self.node, "tables", "--describe", view)
            columns = self.ask(f"describe {view}")
            self.assertEqual([(row["Name"], row["Type"]) for row in described["Columns"]],
                             [(row["column_name"], row["column_type"]) for row in columns])
            self.assertEqual(self.ask(f"select * from {view} limit 3"),
                             self.ask(described["ViewOriginalText"] + " limit 3"))

    def check_alb(self, lines):
        clients, targets = defaultdict(Counter), defaultdict(Counter)
        for line in lines:
            fields = shlex.split(line)
            status, client = int(fields[8]), fields[3].rsplit(":", 1)[0].strip("[]")
            clients[client,].update(requests=1, failed=status >= 400, bytes=int(fields[11]))
            targets[fields[2], named(fields[4])].update(requests=1, client=400 <= status < 500, server=status >= 500)
        self.assertEqual(self.answer("alb_clients", ["address"], ["requests", "failed", "bytes"]),
                         {key: (n["requests"], n["failed"], n["bytes"]) for key, n in clients.items()})
        found = self.answer("alb_errors_by_target", ["balancer", "target"],
                            ["requests", "client_errors", "server_errors", "server_error_share"])
        self.assertEqual(found, {key: (n["requests"], n["client"], n["server"], n["server"] / n["requests"])
                                 for key, n in targets.items()})
        top = self.ask(f"select * from alb_clients where date = '{DAY}' limit 1")[0]
        self.assertEqual(top["requests"], max(n["requests"] for n in clients.values()))

    def check_s3_access(self, lines):
        truth, addresses = defaultdict(Counter), defaultdict(set)
        for line in lines:
            fields = shlex.split(line.replace("[", '"', 1).replace("]", '"', 1))
            key = fields[1], named(fields[4])
            truth[key].update(requests=1, denied=fields[9] in ("401", "403"), bytes=number(fields[11]))
            addresses[key].add(fields[3])
        self.assertEqual(self.answer("s3_access_by_requester", ["bucket", "requester"],
                                     ["requests", "denied", "bytes", "addresses"]),
                         {key: (n["requests"], n["denied"], n["bytes"], len(addresses[key] - {"-"}))
                          for key, n in truth.items()})

    def check_waf(self, lines):
        truth, addresses = Counter(), defaultdict(set)
        for record in map(json.loads, lines):
            if record["action"] != "BLOCK":
                continue
            inside = [group["terminatingRule"]["ruleId"] for group in record["ruleGroupList"] if group["terminatingRule"]]
            key = (record["webaclId"].split("/")[2], record["terminatingRuleId"], record["terminatingRuleType"],
                   ",".join(inside) or None)
            truth[key] += 1
            addresses[key].add(record["httpRequest"]["clientIp"])
        self.assertEqual(self.answer("waf_blocks_by_rule", ["web_acl", "rule", "kind", "in_group"],
                                     ["blocked", "addresses"]),
                         {key: (n, len(addresses[key])) for key, n in truth.items()})

    def check_route53_resolver(self, lines):
        truth, clients = defaultdict(Counter), defaultdict(set)
        for record in map(json.loads, lines):
            name = record["query_name"]
            name = name[:-1] if name.endswith(".") and name != "." else name
            truth[name,].update(n=1, missing=record["rcode"] == "NXDOMAIN",
                                blocked=record.get("firewall_rule_action") == "BLOCK")
            clients[name,].add(record["srcaddr"])
        self.assertEqual(self.answer("route53_resolver_names", ["name"], ["queries", "nxdomain", "blocked", "clients"]),
                         {key: (n["n"], n["missing"], n["blocked"], len(clients[key])) for key, n in truth.items()})

    def check_vpc_flow(self, lines):
        rejected, talkers, sides = defaultdict(Counter), defaultdict(Counter), defaultdict(set)
        for fields in (line.split() for line in lines):
            if fields[0] == "version" or fields[3] == "-":
                continue
            source, destination, port, refused = fields[3], fields[4], int(fields[6]), fields[12] == "REJECT"
            talkers[source,].update(flows=1, packets=int(fields[8]), bytes=int(fields[9]), rejected=refused)
            sides["to", source].add(destination)
            if refused:
                key = PROTOCOLS[fields[7]], port
                rejected[key].update(flows=1, packets=int(fields[8]))
                sides["source", key].add(source)
                sides["destination", key].add(destination)
        self.assertEqual(self.answer("vpc_flow_top_talkers", ["address"],
                                     ["flows", "packets", "bytes", "rejected", "destinations"]),
                         {key: (n["flows"], n["packets"], n["bytes"], n["rejected"], len(sides["to", *key]))
                          for key, n in talkers.items()})
        self.assertEqual(self.answer("vpc_flow_rejected_by_port", ["transport", "port"],
                                     ["flows", "packets", "sources", "destinations"]),
                         {key: (n["flows"], n["packets"], len(sides["source", key]), len(sides["destination", key]))
                          for key, n in rejected.items()})

    def check_cloudtrail(self, lines):
        records = [record for line in lines for record in json.loads(line)["Records"]]
        denied = Counter()
        for record in records:
            if record.get("errorCode") in ("AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation"):
                who = record["userIdentity"]
                denied[who.get("arn") or who.get("userName") or who.get("principalId") or who.get("invokedBy"),
                       record["eventName"], record["errorCode"]] += 1
        found = self.answer("cloudtrail_denied", ["principal", "action", "code"], ["calls"])
        self.assertEqual(found, {key: (calls,) for key, calls in denied.items()})

        generated = [record for record in records if record["eventName"] == "ConsoleLogin"]
        rows = self.ask("select * from cloudtrail_sign_ins")
        self.assertEqual(len(rows), len(generated) + len(SIGN_INS))
        self.assertEqual(sorted(row["event_id"] for row in rows if row["is_root"]),
                         sorted(["sign-in-3", "sign-in-4"] + [record["eventID"] for record in generated
                                                              if record["userIdentity"]["type"] == "Root"]))
        self.assertEqual(sum(row["outcome"] == "failure" for row in rows),
                         1 + sum((record.get("responseElements") or {}).get("ConsoleLogin") == "Failure"
                                 or "errorCode" in record or "errorMessage" in record for record in generated))
        ours = [row for row in rows if row["event_id"].startswith("sign-in-")]
        self.assertEqual([(row["user_name"], row["is_root"], row["outcome"] == "success", row["mfa_used"])
                          for row in reversed(ours)],
                         [(name, kind == "Root", succeeded, mfa) for name, kind, succeeded, mfa in SIGN_INS])


if __name__ == "__main__":
    unittest.main()
