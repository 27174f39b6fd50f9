"""Logs that are in another S3: a bucket is copied, its notifications are followed. The other S3 (and its STS) is a
second node; the queue is the harness's."""

import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import time
import unittest
import urllib.parse
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb, sqs  # noqa: E402
from harness.commands import BUCKET, FAILED, LINES, OK, USAGE, Scenario, sextant  # noqa: E402
from harness.node import clean_environment, program  # noqa: E402

THEIRS = "their-logs"
EXTERNAL_ID = "only/we know"
ROLE = "arn:aws:iam::000000000000:role/log-reader"
GUIDE = (ROOT / "docs" / "guide" / "ingest.md").read_text()
ROLE_POLICY, TRUST, QUEUE_POLICY, NODE_POLICY = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)


def template() -> str:
    """The other S3: two buckets, and the guide's role that reads one."""
    trust = json.loads(TRUST.replace("arn:aws:iam::444455556666:user/sextant", "arn:aws:iam::000000000000:root")
                       .replace("SOMETHING-ONLY-YOU-KNOW", EXTERNAL_ID))
    policy = {"PolicyName": "read", "PolicyDocument": json.loads(ROLE_POLICY.replace(":::my-logs", ":::" + THEIRS))}
    return json.dumps({"Resources": {
        "Logs": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": THEIRS}},
        "Secret": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "their-secrets"}},
        "Reader": {"Type": "AWS::IAM::Role", "Properties": {
            "RoleName": "log-reader", "AssumeRolePolicyDocument": trust, "Policies": [policy]}}}})


def record(key: str, etag: str, bucket: str = THEIRS, event: str = "ObjectCreated:Put") -> dict:
    return {"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventName": event,
            "s3": {"bucket": {"name": bucket},
                   "object": {"key": urllib.parse.quote_plus(key, safe="/"), "size": 1, "eTag": etag}}}


class Elsewhere(Scenario):
    def setUp(self):
        super().setUp()
        self.source = self.start(name="source", deployed=False)
        self.theirs = self.source.client()
        self.theirs.deploy(template(), "theirs")
        self.node = self.start()
        self.ours = self.node.client()
        for client in (self.theirs, self.ours):
            self.addCleanup(client.close)

    def put(self, key: str, name: str) -> str:
        """Its ETag."""
        body = alb.log_object(random.Random(name), name, LINES, compress=False).body
        return self.theirs.put(THEIRS, key, body)

    def keys(self) -> dict:
        keys = self.source.credentials()
        return {"AWS_ACCESS_KEY_ID": keys.key_id, "AWS_SECRET_ACCESS_KEY": keys.secret}

    def arguments(self, *more) -> list:
        return ["ingest", "--bucket", BUCKET, "--source-endpoint-url", self.source.endpoint, "--parallel", "4",
                "--output", "json", *more]

    def ingest(self, *more, environment: dict = None) -> subprocess.CompletedProcess:
        return self.node.run(*self.arguments(*more), environment={**self.keys(), **(environment or {})})

    def told(self, done, code: int = OK) -> tuple:
        self.assert_code(done, code)
        result = json.loads(done.stdout)
        return result["Sent"], result["Unchanged"], result["Failed"]

    def begin(self, *more) -> subprocess.Popen:
        process = subprocess.Popen(
            [program(), *self.arguments(*more), "--endpoint", self.node.endpoint, "--data", self.node.data],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**clean_environment(), **self.keys()})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(lambda: process.poll() is None and (process.kill(), process.wait()))
        return process

    def wait_until(self, holds, timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while not holds():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)


class FromABucket(Elsewhere):
    def test_a_bucket_is_copied_and_a_second_run_takes_what_is_new_or_changed(self):
        names = [f"AWSLogs/1/a b+{number}ü.log" for number in range(12)]
        for number, key in enumerate(names):
            self.put(key, f"first-{number}")
        self.put("elsewhere.log", "elsewhere")
        self.theirs.put(THEIRS, "AWSLogs/folder/", b"")
        self.assertEqual(self.told(self.ingest(f"s3://{THEIRS}/AWSLogs/")), (12, 0, 0))
        self.assertEqual(sorted(self.ours.keys(BUCKET)), sorted(names))
        self.assertEqual(self.ours.get(BUCKET, names[3]), self.theirs.get(THEIRS, names[3]))
        self.assertEqual(self.rows(self.node), 12 * LINES)

        self.assertEqual(self.told(self.ingest(f"s3://{THEIRS}/AWSLogs/")), (0, 12, 0))
        self.put(names[0], "changed")
        self.put("AWSLogs/2/new.log", "new")
        own = self.folder / "own.log"
        own.write_bytes(alb.log_object(random.Random("own"), "own", LINES, compress=False).body)
        self.assertEqual(self.told(self.ingest(own, f"s3://{THEIRS}/AWSLogs/")), (3, 11, 0))
        self.assertEqual(self.rows(self.node), 15 * LINES)

    def test_a_run_that_was_killed_goes_on(self):
        for number in range(150):
            self.put(f"{number:03}.log", f"killed-{number}")
        process = self.begin(f"s3://{THEIRS}")
        self.wait_until(lambda: len(self.ours.keys(BUCKET)) >= 10)
        process.kill()
        process.wait()
        sent, unchanged, failed = self.told(self.ingest(f"s3://{THEIRS}"))
        self.assertEqual((sent + unchanged, failed), (150, 0))
        self.assertGreaterEqual(unchanged, 9)
        self.assertEqual(self.rows(self.node), 150 * LINES)

    def test_a_role_with_an_external_id(self):
        self.put("AWSLogs/a.log", "role")
        self.put("not-for-us.log", "other")
        self.theirs.put("their-secrets", "b.log", b"x")
        ours = f"s3://{THEIRS}/AWSLogs/"
        role = ["--source-role-arn", ROLE]
        done = self.ingest(ours, *role, "--source-external-id", "guessed")
        self.assert_code(done, USAGE, "assume role " + ROLE, "AccessDenied")
        role += ["--source-external-id", EXTERNAL_ID]
        self.assertEqual(self.told(self.ingest(ours, *role)), (1, 0, 0))
        for other in (f"s3://{THEIRS}", "s3://their-secrets"):
            self.assert_code(self.ingest(other, *role), FAILED, other, "AccessDenied")
        self.assertEqual(self.ours.keys(BUCKET), ["AWSLogs/a.log"])

    def test_the_guides_policies_are_sound(self):
        for kind, policy in [("role-inline", ROLE_POLICY), ("trust", TRUST), ("resource", QUEUE_POLICY),
                             ("user-inline", NODE_POLICY)]:
            with self.subTest(kind):
                path = self.folder / "policy.json"
                path.write_text(policy)
                self.assert_code(sextant("policy", "check", "--strict", "--kind", kind, path), OK)

    def test_the_guides_user_of_the_node_can_do_it(self):
        self.put("a.log", "user")
        iam = {"Version": "2010-05-08", "UserName": "sextant"}
        policy = NODE_POLICY.replace("threat-intel-logs", BUCKET)
        for more in ({"Action": "CreateUser"}, {"Action": "CreateAccessKey"},
                     {"Action": "PutUserPolicy", "PolicyName": "ingest", "PolicyDocument": policy}):
            answer = self.ours.call("iam", "POST", "/", body=urllib.parse.urlencode({**iam, **more}).encode(),
                                    headers={"content-type": "application/x-www-form-urlencoded"})
            if more["Action"] == "CreateAccessKey":
                key = xml.etree.ElementTree.fromstring(answer.body).find(".//{*}AccessKey")
        theirs, folder = self.folder / "theirs", self.folder / "user"
        folder.mkdir()
        keys = self.source.credentials()
        for path, key_id, secret in [(theirs, keys.key_id, keys.secret), (
                folder / "credentials", key.findtext("{*}AccessKeyId"), key.findtext("{*}SecretAccessKey"))]:
            path.write_text(f"[default]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n")
        for expected in [(1, 0, 0), (0, 1, 0)]:
            done = sextant(*self.arguments(f"s3://{THEIRS}"), "--endpoint", self.node.endpoint, "--data", folder,
                           environment={"AWS_SHARED_CREDENTIALS_FILE": str(theirs)})
            self.assertEqual(self.told(done), expected)

    def test_what_is_wrong_is_said(self):
        self.put("a.log", "wrong")
        self.assert_code(self.ingest("s3://no-such-bucket"), FAILED, "s3://no-such-bucket", "NoSuchBucket")
        self.assert_code(self.ingest("s3://x"), USAGE, "names no bucket")
        self.assert_code(self.ingest(), USAGE, "nothing to ingest")
        self.assert_code(self.ingest("--until-empty", f"s3://{THEIRS}"), USAGE, "--queue")
        self.assert_code(self.ingest("--source-external-id", "x", f"s3://{THEIRS}"), USAGE, "--source-role-arn")
        nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(self.folder)}
        self.assert_code(self.ingest(f"s3://{THEIRS}", environment=nobody), USAGE, "no credentials for the source")
        # In a shell of `sextant env` the AWS_… variables are the node's, and its keys stay here.
        ours = {"AWS_ENDPOINT_URL": self.node.endpoint, "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(self.folder)}
        self.assert_code(self.ingest(f"s3://{THEIRS}", environment=ours), USAGE, "are the node's")
        profiles = self.folder / "profiles"
        keys = self.source.credentials()
        profiles.write_text(f"[prod]\naws_access_key_id={keys.key_id}\naws_secret_access_key={keys.secret}\n")
        ours["AWS_SHARED_CREDENTIALS_FILE"] = str(profiles)
        self.assertEqual(self.told(self.ingest(f"s3://{THEIRS}", "--source-profile", "prod", environment=ours)),
                         (1, 0, 0))

    def test_objects_of_two_buckets_do_not_replace_each_other(self):
        self.put("a.log", "one")
        self.theirs.put("their-secrets", "a.log", b"other")
        self.assertEqual(self.told(self.ingest(f"s3://{THEIRS}")), (1, 0, 0))
        self.assert_code(self.ingest("s3://their-secrets"), FAILED, f"from bucket '{THEIRS}'", "--prefix")
        self.assertEqual(self.told(self.ingest("s3://their-secrets", "--prefix", "secrets/")), (1, 0, 0))
        self.assertEqual(self.ours.keys(BUCKET), ["a.log", "secrets/a.log"])


class FromAQueue(Elsewhere):
    def follow(self, url: str, *more) -> subprocess.CompletedProcess:
        return self.ingest("--queue", url, "--until-empty", *more)

    def test_each_object_once_whatever_the_queue_does(self):
        names = [f"AWSLogs/1/a b+{number}ü.log" for number in range(40)]
        etags = {key: self.put(key, f"queue-{number}") for number, key in enumerate(names)}
        queue = sqs.Queue(self.source.credentials())
        queue.send({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": THEIRS})
        queue.send({"Records": [record(key, etags[key]) for key in names[:20]]}, copies=2)
        for key in names[20:38]:
            queue.send({"Records": [record(key, etags[key])]})
        wrapped = json.dumps({"Records": [record(names[38], etags[names[38]])]})
        queue.send({"Type": "Notification", "Message": wrapped})
        queue.send({"source": "aws.s3", "detail-type": "Object Created", "region": "us-east-1",
                    "detail": {"bucket": {"name": THEIRS}, "object": {"key": names[39], "etag": etags[names[39]]}}})
        queue.send({"Records": [record("deleted.log", "", event="ObjectRemoved:Delete")]})
        queue.deletes_to_lose = 3
        with sqs.served(queue) as url:
            sent, unchanged, failed = self.told(self.follow(url))
        self.assertEqual(queue.refusals, [])
        self.assertEqual((sent, failed), (40, 0))
        self.assertGreaterEqual(unchanged, 20)
        self.assertEqual(queue.bodies(), [])
        self.assertEqual(sorted(self.ours.keys(BUCKET)), sorted(names))
        self.assertEqual(self.rows(self.node), 40 * LINES)

    def test_what_cannot_be_done_stays_in_the_queue_and_is_said(self):
        queue = sqs.Queue(self.source.credentials())
        gone = {"Records": [record("gone.log", "0123")]}
        for body in ["hello", gone, {"Records": [record("fine.log", self.put("fine.log", "fine"))]}]:
            queue.send(body)
        with sqs.served(queue) as url:
            done = self.follow(url)
            self.assertEqual(self.told(done, FAILED), (1, 0, 2))
            self.assert_code(done, FAILED, "not an S3 notification", f"s3://{THEIRS}/gone.log", "NoSuchKey")
            self.assertEqual(queue.bodies(), ["hello", json.dumps(gone)])
            etag = self.put("gone.log", "there again")
            self.assertNotEqual(etag, "")
            queue.show_all()
            self.assertEqual(self.told(self.follow(url), FAILED), (1, 0, 1))
        self.assertEqual(queue.bodies(), ["hello"])

    def test_versions_of_one_key(self):
        queue = sqs.Queue(self.source.credentials())
        with sqs.served(queue) as url:
            first = self.put("a.log", "version-1")
            queue.send({"Records": [record("a.log", first)]})
            self.assertEqual(self.told(self.follow(url)), (1, 0, 0))
            second = self.put("a.log", "version-2")
            queue.send({"Records": [record("a.log", second)]})
            self.assertEqual(self.told(self.follow(url)), (1, 0, 0))
            queue.send({"Records": [record("a.log", first)]})  # told once more, late
            queue.send({"Records": [record("a.log", second)]})
            self.assertEqual(self.told(self.follow(url)), (0, 2, 0))
        self.assertEqual(self.told(self.ingest(f"s3://{THEIRS}")), (0, 1, 0))
        self.assertEqual(self.rows(self.node), 2 * LINES)

    def test_a_role_reads_bucket_and_queue(self):
        queue = sqs.Queue(credentials=None)
        queue.send({"Records": [record("AWSLogs/a.log", self.put("AWSLogs/a.log", "role"))]})
        with sqs.served(queue) as url:
            done = self.follow(url, "--source-role-arn", ROLE, "--source-external-id", EXTERNAL_ID)
        self.assertEqual(self.told(done), (1, 0, 0))
        self.assertEqual((queue.refusals, queue.bodies()), ([], []))

    def test_a_queue_that_refuses_ends_the_run(self):
        queue = sqs.Queue(self.node.credentials())
        with sqs.served(queue) as url:
            done = self.follow(url)
        self.assert_code(done, FAILED, "the signature is another", "AccessDenied")

    def test_what_is_there_first_and_then_the_queue_until_it_is_told_to_end(self):
        self.put("old.log", "old")
        queue = sqs.Queue(self.source.credentials())
        with sqs.served(queue) as url:
            process = self.begin(f"s3://{THEIRS}", "--queue", url)
            self.wait_until(lambda: queue.waiting)
            self.assertEqual(self.ours.keys(BUCKET), ["old.log"])
            queue.send({"Records": [record("new.log", self.put("new.log", "new"))]})
            self.wait_until(lambda: not queue.bodies() and queue.waiting)
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            said, complaints = process.communicate(timeout=60)
            self.assertLess(time.monotonic() - begun, 15, "it does not wait for the long poll")
        self.assertEqual(process.returncode, OK, complaints)
        result = json.loads(said)
        self.assertEqual((result["Sent"], result["Failed"]), (2, 0))
        self.assertEqual(self.rows(self.node), 2 * LINES)


if __name__ == "__main__":
    unittest.main()
