"""Two trails deliver the same API call: the view `cloudtrail_events` has the event once for each account that it was
delivered to, the same before and after merges; merges leave copies out of the table `cloudtrail`, and count them."""

import json
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness.client import Refused  # noqa: E402
from harness.node import ROOT, Node  # noqa: E402

BUCKET = "views-cloudtrail-logs"
NAME = "AWSLogs/111111111111/CloudTrail/us-east-1/2026/07/02/111111111111_CloudTrail_us-east-1_20260702T2210Z_%s.json"
MERGED_WITHIN_S = 60


def record(event_id: str, account: str, minute: int = 5) -> dict:
    return {"eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "accountId": account, "userName": "alice"},
            "eventTime": f"2026-07-02T22:{minute:02}:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets",
            "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.15",
            "requestParameters": None, "responseElements": None, "requestID": "R" + event_id, "eventID": event_id,
            "readOnly": True, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": account,
            "eventCategory": "Management"}


def body(*records: dict) -> bytes:
    return json.dumps({"Records": records}).encode()


def cloudtrail(client) -> dict:
    return next(row for row in client.get_json("tables")["Tables"] if row["Name"] == "cloudtrail")


class Views(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.node = Node(pathlib.Path(cls.folder.name)).start()
        cls.client = cls.node.client()
        cls.client.deploy((ROOT / "apps/threat_intel/template.yaml").read_text(), "views")

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.node.stop()
        cls.folder.cleanup()

    def count(self, table: str) -> tuple:
        row = self.client.query(f"select count(*) as n, count(distinct event.id) as d from {table}")[0]
        return int(row["n"]), int(row["d"])

    def test_an_event_of_two_trails_is_in_the_view_once(self):
        empty = self.client.query("select count(*) as n from cloudtrail_events")  # before anything landed
        self.assertEqual(int(empty[0]["n"]), 0)
        first = body(record("a", "111111111111"), record("b", "111111111111"), record("c", "111111111111", 59))
        again = body(record("a", "111111111111"), record("b", "111111111111"), record("a", "222222222222"))
        self.client.put(BUCKET, NAME % "first", first)
        self.client.put(BUCKET, NAME % "again", again)
        self.client.settle()
        self.assertEqual(self.count("cloudtrail where date = '2026-07-02'"), (6, 3))
        self.assertEqual(self.count("cloudtrail_events where date = '2026-07-02'"), (4, 3))
        joined = self.client.query("""select count(*) as n from cloudtrail t join cloudtrail_events e
                                      on t.event.id = e.event.id where t.date = '2026-07-02'""")
        self.assertEqual(int(joined[0]["n"]), 9)  # a: 3 times 2, b: 2, c: 1

        views = {row["Name"]: row for row in self.client.get_json("tables")["Views"]}
        self.assertEqual(views["cloudtrail_events"]["ViewOf"], "cloudtrail")
        self.assertNotIn("alb_events", views)
        with self.assertRaises(Refused):
            self.client.query("select count(*) from alb_events")

    def table(self) -> dict:
        return cloudtrail(self.client)

    def delta_rows(self) -> int:
        """What readers outside see: rows of the files that the Delta log has added and not removed."""
        rows = {}
        for version in sorted((self.node.data / "lake/cloudtrail/_delta_log").glob("*.json")):
            for action in map(json.loads, version.read_text().splitlines()):
                if "add" in action:
                    rows[action["add"]["path"]] = json.loads(action["add"]["stats"])["numRecords"]
                elif "remove" in action:
                    self.assertIsNotNone(rows.pop(action["remove"]["path"], None))
        return sum(rows.values())

    def wait_until(self, what, wanted):
        deadline = time.monotonic() + MERGED_WITHIN_S
        while (found := what()) != wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(found, wanted)

    def test_merges_leave_copies_out_and_the_view_stays(self):
        """Twenty files of one hour, which no other test writes to; sixteen are enough for a merge."""
        sql = """select event.id as id, aws.cloudtrail.recipient_account_id as account, log.file.path as path,
                 log."offset" as place from cloudtrail_events where date = '2026-06-01' order by all"""
        answers, files, before = [], 20, self.table()
        for i in range(files):
            records = [record(f"copy-{n}", "111111111111", n) for n in range(3)] + [record(f"own-{i}", "111111111111")]
            for one in records:
                one["eventTime"] = one["eventTime"].replace("2026-07-02", "2026-06-01")
            # What is delivered later may lie before, so which copy is the first changes until all are there.
            self.client.put(BUCKET, NAME % f"{(i * 7 + 5) % files:02}", body(*records))
            self.client.settle()
            answers.append(self.client.query(sql))
        self.wait_until(lambda: self.table()["FileCount"] < before["FileCount"] + files, True)
        answers.append(self.client.query(sql))
        self.assertEqual([len(answer) for answer in answers], [3 + i for i in range(1, files + 1)] + [3 + files])
        self.assertEqual(answers[-1], answers[-2])
        self.assertTrue(all("_00.json" in row["path"] for row in answers[-1] if row["id"].startswith("copy-")))
        table = self.table()
        self.assertEqual(table["Rows"] + table["DuplicateRows"], before["Rows"] + 4 * files)
        self.assertGreaterEqual(table["DuplicateRows"], 3 * 15)
        self.assertIn(f'sextant_lake_duplicate_rows_total{{table="cloudtrail"}} {table["DuplicateRows"]}',
                      self.client.send("sextant", "GET", "/_sextant/metrics").text())
        self.wait_until(self.delta_rows, table["Rows"])
        self.client.close()
        self.node.stop()
        self.node.start()
        type(self).client = self.node.client()
        self.assertEqual(self.table()["DuplicateRows"], table["DuplicateRows"])
        self.assertEqual(self.client.query(sql), answers[-1])


class Crashes(unittest.TestCase):
    """A node that dies in the middle of a merge that leaves copies out."""

    FILES = 16  # the last of them makes a merge due

    def died(self, point: str) -> tuple:
        """After the next start has merged: events, rows that the table says and has not, rows that landed, files."""
        with tempfile.TemporaryDirectory() as folder:
            node = Node(pathlib.Path(folder)).start(environment={"SEXTANT_FAULT_POINT": f"{point}:1"})
            self.addCleanup(node.kill)
            client = node.client()
            client.deploy((ROOT / "apps/threat_intel/template.yaml").read_text(), "views")
            for i in range(self.FILES):
                client.put(BUCKET, NAME % f"{i:02}", body(record("copy", "111111111111"), record(f"own-{i}", "111111111111")))
                if i < self.FILES - 1:
                    client.settle()
            client.close()
            self.assertTrue(node.wait_dead(MERGED_WITHIN_S), point)
            self.assertEqual(node.kill(), -9)
            client = node.start().client()
            client.settle()
            deadline = time.monotonic() + MERGED_WITHIN_S
            while (row := cloudtrail(client))["FileCount"] >= self.FILES and time.monotonic() < deadline:
                time.sleep(0.05)
            seen = {name: int(client.query(f"select count(*) as n from {name}")[0]["n"])
                    for name in ("cloudtrail", "cloudtrail_events")}
            client.close()
            node.stop()
            return (seen["cloudtrail_events"], row["Rows"] - seen["cloudtrail"], row["Rows"] + row["DuplicateRows"],
                    row["FileCount"])

    def test_each_event_is_once_and_counted_wherever_the_merge_ends(self):
        for point in ("upkeep.after_file", "upkeep.after_commit"):
            with self.subTest(point):
                self.assertEqual(self.died(point), (self.FILES + 1, 0, 2 * self.FILES, 1))


if __name__ == "__main__":
    unittest.main()
