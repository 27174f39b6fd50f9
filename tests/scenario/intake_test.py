"""Logs pushed over HTTP to a real node: who may, what is taken, once, also when the node dies in between."""

import gzip
import http.client
import json
import pathlib
import random
import sys
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb  # noqa: E402
from harness.client import Lost  # noqa: E402
from harness.commands import FAILED, Scenario  # noqa: E402


def lines(name: str, count: int) -> bytes:
    return gzip.decompress(alb.log_object(random.Random(name), name, count, compress=False).body)


class IntakeCase(Scenario):
    def source(self, node, name: str = "web-1", kind: str = "alb", *more) -> str:
        return self.run_json(node, "intake", "create", name, "--kind", kind, *more)["Token"]

    def push(self, node, token, body: bytes, kind: str = "alb", **headers):
        """(status, answer as an object, headers); raises one of Lost."""
        connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            if token is not None:
                sent["Authorization"] = f"Bearer {token}"
            connection.request("POST", f"/_sextant/intake/{kind}", body=body, headers=sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            connection.close()

    def announce(self, node, token, length: int) -> int:
        """The status of a request of which only the head was sent."""
        connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
        self.addCleanup(connection.close)
        connection.putrequest("POST", "/_sextant/intake/alb")
        for name, value in (("Authorization", f"Bearer {token}"), ("Content-Length", str(length))):
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status

    def refused(self, answer, status: int, name: str):
        self.assertEqual((answer[0], answer[1]["__type"]), (status, name), answer[1])

    def rows_of(self, node, sql: str):
        self.run_ok(node, "status", "--wait")
        return self.query(node, sql)

    def query(self, node, sql: str) -> list:
        client = node.client()
        self.addCleanup(client.close)
        return client.query(sql)

    def audit(self, node, name: str) -> list:
        """The records of that call, from the audit log's table."""
        self.run_ok(node, "audit", "seal")
        return self.query(node, f"select * from sextant_audit where event.action = '{name}' order by ts")


class Push(IntakeCase):
    def test_rows_land_with_source_batch_and_offset(self):
        node = self.start()
        token = self.source(node)
        body = lines("first", 30)
        bad = b"no entry at all\n" + body
        status, taken, _ = self.push(node, token, bad, X_Sextant_Batch="b-1")
        self.assertEqual((status, taken["Lines"], taken["Bytes"], taken["Repeated"]), (202, 31, len(bad), False))
        packed = gzip.compress(lines("second", 20))
        status, second, _ = self.push(node, token, packed, Content_Encoding="gzip")
        self.assertEqual((status, second["Lines"]), (202, 20))

        found = self.rows_of(node, 'select log.file.path as path, log."offset" as start from alb order by path, start')
        by_path = {}
        for row in found:
            by_path.setdefault(row["path"], []).append(row["start"])
        first_path = f"s3://{taken['Bucket']}/{taken['Key']}"
        self.assertRegex(first_path, r"^s3://threat-intel-alb-logs/intake/web-1/\d{4}/\d\d/\d\d/\d{6}-b-1$")
        offsets, at = [], len(b"no entry at all\n")
        for line in body.splitlines(keepends=True):
            offsets.append(at)
            at += len(line)
        self.assertEqual(by_path[first_path], offsets)
        self.assertEqual(len(by_path[f"s3://{second['Bucket']}/{second['Key']}"]), 20)
        malformed, = self.rows_of(node, 'select reason, log.file.path as path, log."offset" as start, log.length as size, '
                                        "decode(raw) as text from malformed")
        self.assertEqual(malformed.pop("reason"), "4 fields, where a whole line has 33")
        self.assertEqual(malformed, {"path": first_path, "start": 0, "size": 15, "text": "no entry at all"})

    def test_a_retry_is_the_same_batch(self):
        node = self.start()
        token = self.source(node)
        body = lines("again", 10)
        self.assertFalse(self.push(node, token, body, X_Sextant_Batch="1")[1]["Repeated"])
        for again in (body, gzip.compress(body)):
            status, told, _ = self.push(node, token, again, X_Sextant_Batch="1")
            self.assertEqual((status, told["Repeated"], told["Lines"]), (202, True, 10))
        self.refused(self.push(node, token, lines("other", 1), X_Sextant_Batch="1"), 409, "IdempotentParameterMismatch")
        other = lines("no-id", 5)
        self.assertEqual([self.push(node, token, other)[1]["Repeated"] for _ in range(3)], [False, True, True])
        # Many at once.
        shared = lines("at-once", 5)
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(self.push(node, token, shared, X_Sextant_Batch="2")))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(answer[1]["Repeated"] for answer in answers), [False] + 7 * [True])
        self.assertEqual(self.rows(node), 20)

    def test_who_may_not_is_refused(self):
        node = self.start()
        token, waf = self.source(node), self.source(node, "web-2", "waf")
        body = lines("refused", 3)
        self.refused(self.push(node, None, body), 403, "MissingAuthenticationToken")
        self.refused(self.push(node, token[:-1] + ("0" if token[-1] != "0" else "1"), body), 403,
                     "InvalidClientTokenId")
        self.refused(self.push(node, token, body, kind="waf"), 403, "AccessDenied")
        self.refused(self.push(node, waf, body), 403, "AccessDenied")
        self.assertEqual(self.push(node, token, body)[0], 202)
        self.run_ok(node, "intake", "revoke", "web-1")
        self.refused(self.push(node, token, body, X_Sextant_Batch="late"), 403, "InvalidClientTokenId")
        self.assert_code(node.run("intake", "revoke", "web-1"), FAILED, "there is no source 'web-1'")
        renewed = self.source(node)
        self.assertEqual(self.push(node, renewed, body)[1]["Repeated"], True, "the source is the same")
        self.assertEqual(self.rows(node), 3)

    def test_a_token_is_shown_once_and_kept_nowhere(self):
        node = self.start()
        token = self.source(node)
        self.push(node, token, lines("secret", 3))
        self.refused(self.push(node, token, b""), 400, "MalformedBody")
        secret = token.split("_")[-1]
        listed = self.run_ok(node, "intake", "list") + self.run_ok(node, "intake", "list", "--output", "json")
        self.assertIn(token.rsplit("_", 1)[0], listed)
        self.assertNotIn(secret, listed)
        self.run_ok(node, "status", "--wait")
        self.assertEqual(node.stop(), 0)
        kept = b"".join(path.read_bytes() for path in node.folder.rglob("*") if path.is_file())
        self.assertNotIn(secret.encode(), kept)
        self.assertNotIn(bytes.fromhex(secret), kept)

    def test_each_call_is_on_record_once(self):
        node = self.start()
        token = self.source(node)
        body = lines("audited", 3)
        for expected in (202, 202):
            self.assertEqual(self.push(node, token, body)[0], expected)
        self.push(node, token, body, kind="waf")
        records = self.audit(node, "PutIntakeBatch")
        self.assertEqual(len(records), 3)
        for record in records:
            self.assertIn("assumed-role/SextantIntake/web-1", json.dumps(record))
        self.assertEqual(["AccessDenied" in json.dumps(record) for record in records], [False, False, True])
        self.assertEqual(len(self.audit(node, "CreateIntakeSource")), 1)
        self.run_ok(node, "audit", "verify")

    def test_limits(self):
        node = self.start()
        token = self.source(node, "web-1", "alb", "--requests-per-second", "1")
        body = lines("limits", 2)
        answers = [self.push(node, token, body) for _ in range(6)]
        throttled = [answer for answer in answers if answer[0] == 429]
        self.assertTrue(throttled, "more than two a second were taken")
        self.refused(throttled[0], 429, "ThrottlingException")
        self.assertIn("retry-after", throttled[0][2])
        free = self.source(node, "free", "alb")
        bomb = gzip.compress(b"x" * (64 << 20))
        self.refused(self.push(node, free, bomb, Content_Encoding="gzip"), 413, "RequestEntityTooLarge")
        self.assertEqual(self.announce(node, free, (32 << 20) + 1), 413)
        self.refused(self.push(node, free, gzip.compress(body)[:-3], Content_Encoding="gzip"), 400, "MalformedBody")
        self.refused(self.push(node, free, body, Content_Encoding="br"), 415, "UnsupportedMediaType")
        self.assertEqual(self.rows(node), 2)

    def test_nothing_is_taken_that_nobody_reads(self):
        node = self.start(deployed=False)
        self.assert_code(node.run("intake", "create", "web-1", "--kind", "alb"), FAILED, "deploy an app")


class Crash(IntakeCase):
    """What was answered with 202 is there once, whenever the node dies; what was not, once after the retry."""

    def kill_at(self, point: str):
        node = self.start()
        token = self.source(node)
        self.assertEqual(node.stop(), 0)
        node.start(environment={"SEXTANT_FAULT_POINT": point})
        pushed = 0
        try:
            for number in range(20):
                self.push(node, token, lines(f"crash-{number}", 5), X_Sextant_Batch=f"b{number}")
                pushed += 1
        except Lost:
            pass
        if node.alive():
            node.wait_dead(30)
        self.assertFalse(node.alive(), f"the node did not get to {point}")
        node.kill()
        node.start()
        # What the client does: sends again what it has no answer for; here even what it has.
        repeated = [self.push(node, token, lines(f"crash-{number}", 5), X_Sextant_Batch=f"b{number}")[1]["Repeated"]
                    for number in range(20)]
        self.assertTrue(all(repeated[:pushed]), f"{point}: forgot a batch that it had answered: {repeated}")
        found = self.rows_of(node, "select count(*) as n, count(distinct aws.elb.conn_trace_id) as ids from alb")[0]
        self.assertEqual((found["n"], found["ids"]), (100, 100), point)

    def test_between_the_commit_and_the_answer(self):
        self.kill_at("s3.after_commit:3")

    def test_while_rows_land(self):
        self.kill_at("land.after_files:2")


if __name__ == "__main__":
    unittest.main()
