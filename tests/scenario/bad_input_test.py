"""What the world puts into a bucket and sends to the port: each ends in a clear error or in a counted, kept record,
and nothing beside it is lost."""

import base64
import datetime
import gzip
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time
import unittest
import unittest.mock
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb, signature  # noqa: E402
from harness.node import Node, geoip_folder  # noqa: E402

TEMPLATE = (ROOT / "apps" / "threat_intel" / "template.yaml").read_text()
STACK, BUCKET = "bad", "bad-alb-logs"
DATABASE = "iptoasn-country.mmdb"
START = datetime.datetime(2026, 7, 2, 22, 23)
ENDED = ("succeeded", "sent_to_failure_destination", "dropped")


def good_lines(name, count):
    dice = random.Random(name)
    return [alb.line(dice, f"TID_{name}_{number}", START).encode() for number in range(count)]


def wait_for_outcome(client, key, timeout_s=120):
    """Of the newest delivery of that key."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = [one for one in client.deliveries() if one["Key"] == key]
        if found and all(one["Outcome"] in ENDED for one in found):
            return max(found, key=lambda one: one["Sequencer"])
        time.sleep(0.1)
    raise AssertionError(f"the delivery of {key} does not end")


class BadObjects(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.node = Node(pathlib.Path(cls.folder.name)).start()
        cls.client = cls.node.client()
        cls.client.deploy(TEMPLATE, STACK)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.node.kill()
        cls.folder.cleanup()

    def put(self, key, body):
        self.client.put(BUCKET, key, body)
        delivery = wait_for_outcome(self.client, key)
        self.assertEqual(delivery["Outcome"], "succeeded", delivery.get("Cause"))
        return delivery

    def landed(self, key):
        rows = self.client.query("select aws.elb.conn_trace_id as id from alb "
                                 f"where log.file.path = 's3://{BUCKET}/{key}'")
        return {row["id"] for row in rows}

    def malformed(self, key):
        return self.client.query('select reason, raw, log."offset" as place, log.length as length from malformed '
                                 f"where log.file.path = 's3://{BUCKET}/{key}'")

    def test_a_gzip_that_was_cut_short(self):
        whole = alb.log_object(random.Random(1), "cut", 2000)
        self.put("cut.gz", whole.body[:len(whole.body) * 6 // 10])
        ids = self.landed("cut.gz")
        self.assertTrue(ids < whole.good)
        self.assertGreater(len(ids), 500)
        reasons = [row["reason"] for row in self.malformed("cut.gz")]
        self.assertTrue(any("cut short" in reason for reason in reasons), reasons)
        self.assertLessEqual(len(reasons), 2)  # the cut, and the line that it went through

    def test_a_gzip_whose_middle_is_damaged(self):
        whole = alb.log_object(random.Random(2), "flip", 2000)
        body = bytearray(whole.body)
        for place in range(len(body) // 2, len(body) // 2 + 64):
            body[place] ^= 0xA5
        self.put("flip.gz", bytes(body))
        self.assertGreater(len(self.landed("flip.gz")), 500)
        reasons = [row["reason"] for row in self.malformed("flip.gz")]
        self.assertTrue(any("damaged" in reason for reason in reasons), reasons)

    def test_a_bomb_takes_no_memory(self):
        squeezer = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = bytes(1 << 20)
        body = b"".join(squeezer.compress(zeros) for _ in range(512)) + squeezer.flush()
        self.assertLess(len(body), 1 << 20)
        delivery = self.put("bomb.gz", body)
        self.assertEqual(delivery["RowsLanded"], 0)
        rows = self.malformed("bomb.gz")
        self.assertTrue(any("times as large" in row["reason"] for row in rows), rows)
        self.assertLess(sum(int(row["length"]) for row in rows), 300 * len(body))
        status = pathlib.Path(f"/proc/{self.node.process.pid}/status").read_text()
        peak_kib = int(re.search(r"VmHWM:\s+(\d+)", status).group(1))
        self.assertLess(peak_kib, 600 << 10)

    def test_a_line_of_100_mib(self):
        lines = good_lines("long", 2)
        self.put("long.gz", gzip.compress(lines[0] + b"\n" + b"x" * (100 << 20) + b"\n" + lines[1] + b"\n", 1))
        self.assertEqual(len(self.landed("long.gz")), 2)
        rows = self.malformed("long.gz")
        self.assertEqual([(int(row["length"]), int(row["place"])) for row in rows],
                         [(100 << 20, len(lines[0]) + 1)])
        self.assertEqual(len(base64.b64decode(rows[0]["raw"])), 64 << 10)

    def test_bytes_that_are_no_text(self):
        lines = good_lines("bytes", 6)
        lines[1] = lines[1].replace(b"curl/7.46.0", b"curl\x00/7")
        lines[2] = lines[2].replace(b"curl/7.46.0", b"curl\xff\xfe/7")
        lines[3] = b"\x00\x00\x00"
        lines[4] = b"\xc3\x28 no entry"
        delivery = self.put("bytes.log", b"\n".join(lines))
        self.assertEqual(delivery["RowsLanded"] + delivery["RowsMalformed"], 6)
        self.assertTrue({"TID_bytes_0", "TID_bytes_5"} <= self.landed("bytes.log"))
        kept = {int(row["place"]): row for row in self.malformed("bytes.log")}
        for number in (3, 4):
            self.assertIn(sum(len(line) + 1 for line in lines[:number]), kept)

    def test_an_empty_object(self):
        for key, body in (("empty", b""), ("empty.gz", gzip.compress(b"")), ("newlines", b"\n\n\r\n")):
            delivery = self.put(key, body)
            self.assertEqual((delivery["RowsLanded"], delivery["RowsMalformed"]), (0, 0), key)

    def test_an_object_that_is_no_log(self):
        noise = random.Random(3).randbytes(300_000)
        page = b"<!DOCTYPE html>\n<html>\n<body>no log</body>\n</html>\n"
        for key, body in (("noise.bin", noise), ("page.html", page)):
            delivery = self.put(key, body)
            lines = [line for line in body.split(b"\n") if line.rstrip(b"\r")]
            self.assertEqual(delivery["RowsLanded"], 0, key)
            self.assertEqual(delivery["RowsMalformed"], len(lines), key)
            self.assertTrue(all(row["reason"] for row in self.malformed(key)), key)

    def test_the_same_object_put_twice_is_two_versions_of_it(self):
        body = alb.log_object(random.Random(4), "twice", 10).body
        for _ in range(2):
            self.put("twice.gz", body)
        found = [one for one in self.client.deliveries() if one["Key"] == "twice.gz"]
        self.assertEqual([one["RowsLanded"] for one in found], [10, 10])
        self.assertEqual(len({one["DeliveryId"] for one in found}), 2)

    def test_keys_that_look_like_paths_stay_in_their_bucket(self):
        outside = pathlib.Path(self.folder.name).parent / "sextant-escaped"
        keys = ["../../../sextant-escaped", "/etc/passwd", "..", "a/../../b", "%2e%2e/x", "nul\u2028", "a\\b"]
        for key in keys:
            self.put(key, b"\n" + key.encode())
            self.assertEqual(self.client.get(BUCKET, key), b"\n" + key.encode())
        self.assertFalse(outside.exists())
        known = {"store", "blobs", "lake", "files", "credentials", "master.key"}
        self.assertLessEqual({path.name for path in self.node.data.iterdir()}, known)
        for bucket in ("..", "../bad-alb-logs", "_sextant", "BAD"):
            answer = self.client.send("s3", "PUT", f"/{bucket}/k", body=b"x")
            self.assertGreaterEqual(answer.status, 400, bucket)


class BadRequests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.node = Node(pathlib.Path(cls.folder.name)).start()

    @classmethod
    def tearDownClass(cls):
        cls.node.kill()
        cls.folder.cleanup()

    def answer(self, method, path, headers, body=b""):
        connection = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=60)
        try:
            connection.request(method, path, body=body or None, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def signed(self, **changes):
        arguments = {"credentials": self.node.credentials(), "region": "us-east-1", "service": "s3", "method": "PUT",
                     "path": "/some-bucket", "query": {}, "headers": {"host": f"127.0.0.1:{self.node.port}"},
                     "body": b"", **changes}
        return signature.sign(**arguments)

    def test_requests_that_are_not_rightly_signed(self):
        keys = self.node.credentials()
        now = datetime.datetime.now(datetime.timezone.utc)
        changed_body = self.signed(body=b"<a/>")
        table = {
            "unsigned": ({}, "AccessDenied"),
            "wrong secret": (self.signed(credentials=signature.Credentials(keys.key_id, "x" * 40)),
                             "SignatureDoesNotMatch"),
            "unknown key": (self.signed(credentials=signature.Credentials("AKIAUNKNOWNUNKNOWN00", "x" * 40)),
                            "InvalidAccessKeyId"),
            "expired": (self.signed(now=now - datetime.timedelta(minutes=16)), "RequestTimeTooSkewed"),
            "from the future": (self.signed(now=now + datetime.timedelta(minutes=16)), "RequestTimeTooSkewed"),
            "for another path": (self.signed(path="/other-bucket"), "SignatureDoesNotMatch"),
            "for another region": (self.signed(region="eu-west-1"), "AuthorizationHeaderMalformed"),
            "no signature at all": ({"authorization": "AWS4-HMAC-SHA256 nonsense"}, "AuthorizationHeaderMalformed"),
        }
        for name, (headers, code) in table.items():
            with self.subTest(name):
                status, text = self.answer("PUT", "/some-bucket", headers)
                self.assertIn(status, (400, 403), text)
                self.assertIn(f"<Code>{code}</Code>", text)
        status, text = self.answer("PUT", "/some-bucket", changed_body, b"<b/>")
        self.assertEqual(status, 400, text)
        self.assertIn("<Code>XAmzContentSHA256Mismatch</Code>", text)
        self.assertEqual(self.answer("PUT", "/some-bucket", self.signed())[0], 200)

    def test_refusals_are_on_record(self):
        client = self.node.client()
        before = client.get_json("audit/verify")["Records"]
        self.answer("PUT", "/some-bucket", {})
        verified = client.get_json("audit/verify")
        self.assertTrue(verified["Intact"])
        self.assertGreater(verified["Records"], before + 1)
        client.close()

    def test_queries_that_are_no_queries(self):
        client = self.node.client()
        for body in (b"", b"{", b"[]", b'{"sql": ""}', b'{"sql": 7}', b'{"sql": "select"}', b'{"sql": "select 1; select 2"}',
                     b'{"sql": "copy (select 1) to \'/tmp/x\'"}', b'{"sql": "select * from read_csv(\'/etc/passwd\')"}',
                     b'{"sql": "select 1", "format": "xml"}', b'{"sql": "attach \'/tmp/x.db\'"}', b"\xff" * 100):
            answer = client.send("sextant", "POST", "/_sextant/query", body=body)
            self.assertIn(answer.status, (400, 403), (body, answer.text()))
            self.assertIn("message", json.loads(answer.body), body)
        client.close()


class BadGeoip(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.files = pathlib.Path(self.folder.name) / "geoip"
        self.files.mkdir()
        self.good = geoip_folder() / DATABASE

    def start(self):
        with unittest.mock.patch.dict(os.environ, {"SEXTANT_DEPS": self.folder.name}):
            node = Node(pathlib.Path(self.folder.name)).start()
        self.addCleanup(node.kill)
        client = node.client()
        self.addCleanup(client.close)
        return node, client

    def put(self, client, key):
        client.put(BUCKET, key, alb.log_object(random.Random(key), key, 10).body)
        return wait_for_outcome(client, key)

    def test_a_database_that_is_missing_or_no_database(self):
        for content in (None, b"", b"no database at all" * 1000):
            with self.subTest(content and content[:20]):
                database = self.files / DATABASE
                database.unlink(missing_ok=True)
                if content is not None:
                    database.write_bytes(content)
                folder = self.folder.name
                shutil.rmtree(pathlib.Path(folder) / "data", ignore_errors=True)
                node, client = self.start()
                client.deploy(TEMPLATE, STACK)
                delivery = self.put(client, "early.gz")
                self.assertEqual(delivery["Outcome"], "sent_to_failure_destination", delivery)
                self.assertIn(DATABASE, delivery["Cause"]["Message"])
                self.assertIn("enrichers.geoip", delivery["Cause"]["Message"])
                kept = client.call("s3", "GET", "/bad-failed-events", query={"list-type": 2}).text()
                self.assertIn("<KeyCount>1</KeyCount>", kept)
                # With the file in place the next object lands, without a restart.
                shutil.copy(self.good, self.files / "new")
                (self.files / "new").rename(database)
                self.assertEqual(self.put(client, "later.gz")["Outcome"], "succeeded")
                node.kill()

    def test_a_database_that_breaks_later_leaves_the_one_before_at_work(self):
        shutil.copy(self.good, self.files / DATABASE)
        node, client = self.start()
        client.deploy(TEMPLATE, STACK)
        first = self.put(client, "first.gz")
        (self.files / "new").write_bytes(b"no database at all" * 1000)
        (self.files / "new").rename(self.files / DATABASE)
        second = self.put(client, "second.gz")
        self.assertEqual((first["Outcome"], second["Outcome"]), ("succeeded", "succeeded"))
        self.assertEqual(first["Revision"], second["Revision"])
        self.assertIn("cannot be used", node.said())


if __name__ == "__main__":
    unittest.main()
