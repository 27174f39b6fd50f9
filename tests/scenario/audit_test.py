"""The audit log as its owner sees it: sealed, exported, and verified against what was exported."""

import dataclasses
import gzip
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest
import urllib.parse
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb  # noqa: E402
from harness.client import Client, Refused  # noqa: E402
from harness.signature import Credentials  # noqa: E402
from harness.commands import BUCKET, DAMAGED, FAILED, LINES, OK, TEMPLATE, Scenario, log_file  # noqa: E402


def ask(client: Client, service: str, action: str, **parameters) -> xml.etree.ElementTree.Element:
    form = {"Action": action, "Version": {"iam": "2010-05-08", "sts": "2011-06-15"}[service], **parameters}
    answer = client.call(service, "POST", "/", body=urllib.parse.urlencode(form).encode(),
                         headers={"content-type": "application/x-www-form-urlencoded"})
    return xml.etree.ElementTree.fromstring(answer.body)


class Digests(Scenario):
    def export(self, node, to: str = "digests") -> dict:
        return self.run_json(node, "audit", "digests", "--to", self.folder / to)

    def verify(self, node, folder: str = "digests"):
        return node.run("audit", "verify", "--digests", str(self.folder / folder))

    def some_calls(self, node, count: int = 3) -> None:
        client = node.client()
        for _ in range(count):
            client.get_json("status")
        client.close()

    def test_digests_are_exported_and_verified(self):
        node = self.start(deployed=False)
        self.some_calls(node)
        first = self.export(node)
        self.assertEqual((first["Exported"], first["Digests"]), (1, 1))
        self.some_calls(node)
        self.assertEqual(self.export(node)["Exported"], 1)
        self.assertEqual(self.run_json(node, "audit", "digests", "--no-seal", "--to", self.folder / "other")["Digests"], 2)
        self.assert_code(self.verify(node), OK, "intact", "2 exported digests hold")
        files = sorted(path.name for path in (self.folder / "digests").iterdir())
        self.assertEqual(files, ["digest-0000000001.json", "digest-0000000001.json.sig", "digest-0000000002.json",
                                 "digest-0000000002.json.sig", "public-key.pem"])
        document = self.folder / "digests" / files[2]
        subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.folder / "digests/public-key.pem", "-signature",
                        f"{document}.sig", document], check=True, capture_output=True)
        # The key and the chain outlive the process.
        node.stop()
        node.start()
        self.assertEqual(self.export(node)["PublicKeyFingerprint"], first["PublicKeyFingerprint"])
        self.assert_code(self.verify(node), OK, "3 exported digests hold")

    def test_what_happened_to_exported_digests_is_found(self):
        node = self.start(deployed=False)
        for _ in range(3):
            self.some_calls(node)
            self.export(node)

        def damaged(what: str, change) -> None:
            copy = self.folder / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.folder / "digests", copy)
            change(copy)
            with self.subTest(what):
                self.assert_code(self.verify(node, "copy"), DAMAGED, what)
                self.assert_code(node.run("audit", "digests", "--to", str(copy)), DAMAGED, what)

        def forge(folder):
            file = folder / "digest-0000000002.json"
            document = json.loads(file.read_text())
            document["segment"]["lastSequence"] += 1
            file.write_text(json.dumps(document))

        damaged("digest 2 is not as it was signed", forge)
        damaged("those between them are missing", lambda folder: (folder / "digest-0000000002.json").unlink())
        damaged("digest-0000000003.json.sig", lambda folder: (folder / "digest-0000000003.json.sig").unlink())
        damaged("public-key.pem", lambda folder: (folder / "public-key.pem").write_text("nobody's"))
        self.assert_code(self.verify(node, "nothing"), FAILED, "there are no digests")
        self.assertFalse((self.folder / "nothing").exists())

    def test_a_log_cut_off_or_begun_anew_is_found(self):
        node = self.start(deployed=False)
        self.some_calls(node)
        self.export(node)
        node.stop()
        early = self.folder / "early"
        shutil.copytree(node.data, early)
        node.start()
        self.some_calls(node)
        self.export(node)
        node.stop()
        # Somebody puts back how it was: the chain holds, but its end is gone.
        shutil.rmtree(node.data)
        shutil.copytree(early, node.data)
        node.start()
        self.assert_code(node.run("audit", "verify"), OK, "intact")
        self.assert_code(self.verify(node), DAMAGED, "was cut off", "exported digest 2")
        # It grows again, so that it is not even shorter.
        self.some_calls(node, 20)
        self.assert_code(self.verify(node), DAMAGED, "was written anew")
        self.assert_code(node.run("audit", "digests", "--to", str(self.folder / "digests")), OK, "0 new")
        self.some_calls(node)
        self.assert_code(node.run("audit", "digests", "--to", str(self.folder / "digests")), DAMAGED, "digest 3")

        other = self.start(name="other", deployed=False)
        self.some_calls(other, 40)
        self.run_ok(other, "audit", "seal")
        self.assert_code(self.verify(other), DAMAGED, "written anew")
        self.assert_code(other.run("audit", "digests", "--to", str(self.folder / "digests")), DAMAGED, "another key")


class InTheLake(Scenario):
    def seal_and_ask(self, node, sql: str) -> list:
        self.run_ok(node, "audit", "seal")
        return self.run_json(node, "query", sql)

    def classes(self, node) -> dict:
        """How often each event class stands in the table, and with what error codes."""
        found = {}
        for row in self.seal_and_ask(node, "select sextant.audit.event_class as c, event.action as a, "
                                           "aws.cloudtrail.error_code as e from sextant_audit"):
            for name in (row["c"] or "").split(","):
                found.setdefault(name, set()).add((row["a"], row["e"]))
        return found

    def test_every_record_lands_once_also_over_restarts(self):
        node = self.start()
        self.run_ok(node, "ingest", log_file(self.folder, "a.log.gz"), "--bucket", BUCKET)
        self.assertEqual(self.rows(node), LINES)
        sql = ("select count(*) as n, count(distinct sextant.audit.sequence) as s, max(sextant.audit.sequence) as m "
               "from sextant_audit")
        for kill in [False, True, True]:
            row = self.seal_and_ask(node, sql)[0]
            self.assertEqual((int(row["n"]), int(row["s"])), (int(row["m"]), int(row["m"])))
            if kill:
                node.kill()
                node.start()
        rows = self.seal_and_ask(node, "select event.action as a, aws.cloudtrail.event_type as t, event.outcome as o, "
                                       "event.kind as k, sextant.audit.attempt as n from sextant_audit "
                                       "where event.action in ('PutObject', 'Invoke')")
        self.assertEqual(sorted((row["a"], row["t"], row["o"], row["k"], row["n"] and int(row["n"])) for row in rows),
                         [("Invoke", "AwsServiceEvent", "success", "event", 1),
                          ("PutObject", "AwsApiCall", "success", "event", None)])
        tables = {row["Name"]: row for row in self.run_json(node, "tables")["Tables"]}
        self.assertGreater(tables["sextant_audit"]["Rows"], 0)
        self.assertIn("aws.cloudtrail.event_version", self.run_ok(node, "tables", "--describe", "sextant_audit"))

    def test_a_record_tells_the_answer_and_why_a_deploy_was_refused(self):
        node = self.start(deployed=False)
        root = node.client()
        ask(root, "iam", "CreateUser", UserName="ada")
        key = ask(root, "iam", "CreateAccessKey", UserName="ada")
        secret = key.findtext(".//{*}SecretAccessKey")
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        no_passing = {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}
        ask(root, "iam", "PutUserPolicy", UserName="ada", PolicyName="p",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything, no_passing]}))
        trust = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
        ask(root, "iam", "CreateRole", RoleName="reader",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
        ada = Client(node.port, Credentials(key.findtext(".//{*}AccessKeyId"), secret))
        session = ask(ada, "sts", "AssumeRole", RoleArn="arn:aws:iam::000000000000:role/reader", RoleSessionName="s1",
                      **{"Tags.member.1.Key": "case", "Tags.member.1.Value": "7"})
        with self.assertRaises(Refused):
            ada.deploy(TEMPLATE.read_text(), "threat-intel")
        ada.close()
        root.close()
        rows = self.seal_and_ask(node, "select event.action as a, user.name as u, aws.cloudtrail.error_code as e, "
                                       "aws.cloudtrail.request_parameters as q, aws.cloudtrail.response_elements as r, "
                                       "aws.cloudtrail.additional_eventdata as d from sextant_audit")
        found = {}
        for row in rows:
            found.setdefault(row["a"], []).append(row)
            for hidden in (secret, session.findtext(".//{*}SecretAccessKey"), session.findtext(".//{*}SessionToken")):
                self.assertNotIn(hidden, json.dumps(row))

        def the_one(action: str) -> dict:
            self.assertEqual(len(found[action]), 1, action)
            return found[action][0]

        made = the_one("CreateAccessKey")
        self.assertEqual(json.loads(made["q"]), {"userName": "ada"})
        self.assertEqual(json.loads(made["r"])["accessKey"]["accessKeyId"], key.findtext(".//{*}AccessKeyId"))
        self.assertEqual(json.loads(the_one("CreateUser")["r"])["user"]["userName"], "ada")
        assumed = the_one("AssumeRole")
        self.assertEqual(json.loads(assumed["r"])["credentials"]["accessKeyId"], session.findtext(".//{*}AccessKeyId"))
        asked = json.loads(assumed["d"])["decisions"]
        self.assertEqual([(one["action"], one["decision"]) for one in asked], [("sts:TagSession", "Allow")])

        refused = the_one("CreateStack")
        self.assertEqual((refused["u"], refused["e"], refused["r"]), ("ada", "AccessDenied", None))
        decisions = json.loads(refused["d"])["decisions"]
        denied = [one for one in decisions if one["decision"] == "Deny"]
        self.assertEqual({one["action"] for one in denied}, {"iam:PassRole"})
        self.assertEqual(decisions[:len(denied)], denied)
        self.assertIn("explicit deny", denied[0]["reason"])
        self.assertIn("s3:CreateBucket", {one["action"] for one in decisions[len(denied):]})

    def test_what_asks_cloudtrail_can_ask_the_audit_log(self):
        """One SQL, both tables: the same thing done here and, by a log that is put, in AWS."""
        node = self.start()
        client = node.client()
        ask(client, "iam", "CreateUser", UserName="mallory", Path="/x/")
        account = "000000000000"
        record = {"eventVersion": "1.11", "eventTime": "2026-07-02T22:10:00Z", "eventSource": "iam.amazonaws.com",
                  "eventName": "CreateUser", "awsRegion": "us-east-1", "sourceIPAddress": "127.0.0.1", "userAgent": "x",
                  "userIdentity": {"type": "Root", "principalId": account, "arn": f"arn:aws:iam::{account}:root",
                                   "accountId": account, "accessKeyId": "AKIAEXAMPLE"},
                  "requestParameters": {"userName": "mallory", "path": "/x/"},
                  "responseElements": {"user": {"userName": "mallory", "path": "/x/"}}, "requestID": "r", "eventID": "e",
                  "readOnly": False, "eventType": "AwsApiCall", "managementEvent": True,
                  "recipientAccountId": account, "eventCategory": "Management"}
        name = f"AWSLogs/{account}/CloudTrail/us-east-1/2026/07/02/{account}_CloudTrail_us-east-1_20260702T2210Z_a.json"
        client.put("threat-intel-cloudtrail-logs", name, json.dumps({"Records": [record]}, separators=(",", ":")).encode())
        client.settle()
        client.close()
        self.run_ok(node, "audit", "seal")
        rows = [self.run_json(node, "query", f"""
            select event.action as a, event.category as c, event.type as t, event.outcome as o, event.dataset as d,
                   user.id as u, user.target.name as n, source.ip as i, sextant.source.address_class as k,
                   source.geo.country_iso_code as g, aws.cloudtrail.operation as p, cloud.account.id as m,
                   aws.cloudtrail.user_identity.type as y, aws.cloudtrail.request_parameters as q,
                   aws.cloudtrail.flattened.request_parameters as f, aws.cloudtrail.read_only as r
            from {table} where event.provider = 'iam.amazonaws.com' and event.action = 'CreateUser'
                           and aws.cloudtrail.response_elements like '%mallory%'""")
                for table in ("cloudtrail", "sextant_audit")]
        self.assertEqual(rows[0], rows[1])
        self.assertEqual([(row["n"], row["i"], row["o"]) for row in rows[1]], [("mallory", "127.0.0.1", "success")])
        columns = [{column["Name"]: column["Type"] for column in
                    self.run_json(node, "tables", "--describe", table)["Columns"]}
                   for table in ("cloudtrail", "sextant_audit")]
        self.assertGreater(len(columns[0]), 80)
        self.assertEqual(columns[0].items() - columns[1].items(), set(), "columns of cloudtrail that sextant_audit lacks")

    def test_sealing_comes_to_rest(self):
        node = self.start(deployed=False)
        client = node.client()
        seal = lambda: json.loads(client.call("sextant", "POST", "/_sextant/audit/seal", body=b"{}").body)  # noqa: E731
        client.get_json("status")
        seal()
        # Each call of seal() is a record itself, so each finds the one before; the seals add one record each, no more.
        for _ in range(3):
            before = client.get_json("audit/verify")["LastSequence"]
            seal()
            self.assertEqual(client.get_json("audit/verify")["LastSequence"], before + 3)
        client.close()

    def test_the_table_is_the_nodes_own(self):
        node = self.start()
        template = self.folder / "forger.yaml"
        template.write_text(TEMPLATE.read_text().replace("Name: malformed", "Name: sextant_audit"))
        self.assertNotEqual(template.read_text(), TEMPLATE.read_text())
        done = node.run("deploy", str(template))
        self.assertNotEqual(done.returncode, OK)
        self.assertIn("the node's own", done.stdout + done.stderr)

    def test_event_classes_that_an_owner_is_owed(self):
        node = self.start()  # a deployment that makes roles and triggers
        stranger = Client(node.port, dataclasses.replace(node.credentials(), secret="wrong"))
        self.assertEqual(stranger.send("sextant", "GET", "/_sextant/status").status, 403)
        stranger.close()
        client = node.client()
        with self.assertRaises(Refused):
            client.deploy("Resources: {Thing: {Type: AWS::No::Such}}", "broken")
        client.close()
        found = self.classes(node)
        self.assertIn(("GetStatus", "SignatureDoesNotMatch"), found["AccessKeyRefused"])
        self.assertTrue(found["AccessKeyAccepted"])
        deployed = found["DeploymentSucceeded"]
        self.assertEqual({error for _, error in deployed}, {None})
        self.assertEqual(found["PermissionChange"], deployed)
        self.assertEqual(found["TriggerChange"], deployed)
        self.assertNotIn(None, {error for _, error in found["DeploymentFailed"]})
        # Only what changed is said.
        text = TEMPLATE.read_text()
        self.run_ok(node, "deploy", self.changed(text, "Timeout: 300", "Timeout: 301"), "--stack-name", "threat-intel")
        again = self.classes(node)
        self.assertEqual(len(again["PermissionChange"]), len(found["PermissionChange"]))

    def test_event_classes_of_permissions_and_triggers(self):
        """By calls of IAM's API, and by a deploy that takes a function its trigger."""
        node = self.start()
        client = node.client()
        ask(client, "iam", "CreateUser", UserName="ada")
        ask(client, "iam", "ListUsers")
        client.deploy(self.variant(trigger=False), "threat-intel", "UpdateStack")
        client.close()
        found = self.classes(node)
        self.assertEqual(found["PermissionChange"], found["DeploymentSucceeded"] | {("CreateUser", None)})
        self.assertEqual(found["TriggerChange"], found["DeploymentSucceeded"])
        self.assertIn(("UpdateStack", None), found["TriggerChange"])

    def test_event_classes_of_invocations(self):
        """A delivery that waits for its function's concurrency, one that takes too long, one that may not be."""
        node = self.start(deployed=False)
        client = node.client()
        client.deploy(self.variant(concurrency=0), "threat-intel")
        many = alb.log_object(random.Random(1), "many", 2_000, compress=False)
        body = gzip.decompress(many.body) * 80
        client.put(BUCKET, "waits.log", body)
        client.deploy(self.variant(), "threat-intel", "UpdateStack")
        # Its second passes while the node does nothing; a machine that was faster than us gets more work.
        for attempt in range(5):
            node.process.send_signal(signal.SIGSTOP)
            time.sleep(1.1)
            node.process.send_signal(signal.SIGCONT)
            client.settle()
            if client.outcomes()["succeeded"] == attempt:
                break
            client.put(BUCKET, f"again{attempt}.log", body)
        client.deploy(self.variant(concurrency=0), "threat-intel", "UpdateStack")
        client.put(BUCKET, "refused.log", b"x\n")
        client.deploy(self.variant(trigger=False), "threat-intel", "UpdateStack")
        client.settle()
        client.close()
        found = self.classes(node)
        self.assertEqual(found["FunctionTimeout"], {("Invoke", "Sandbox.Timedout")})
        self.assertEqual(found["InvokeRefused"], {("Invoke", "AccessDenied")})
        self.assertIn("Invoke", {action for action, _ in found["ConcurrencyLimit"]})

    def variant(self, concurrency: int = None, trigger: bool = True) -> str:
        """The app, its ALB collector with a second for each attempt, and none after the first."""
        text = TEMPLATE.read_text().replace("MaximumRetryAttempts: 2", "MaximumRetryAttempts: 0", 1)
        limit = "" if concurrency is None else f"\n      ReservedConcurrentExecutions: {concurrency}"
        text = text.replace("Timeout: 300", "Timeout: 1" + limit, 1)
        events = text.index("      Events:\n")
        return text if trigger else text[:events] + text[text.index("\n\n", events) + 1:]

    def changed(self, text: str, old: str, new: str) -> pathlib.Path:
        path = self.folder / "template.yaml"
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))
        return path


if __name__ == "__main__":
    unittest.main()
