"""Two trails deliver the same API call: the table `cloudtrail` has both rows, the view `cloudtrail_events` the event
once for each account that it was delivered to; `sextant tables` lists the view."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness.client import Refused  # noqa: E402
from harness.node import ROOT, Node  # noqa: E402

BUCKET = "views-cloudtrail-logs"


def record(event_id: str, account: str, minute: int = 5) -> dict:
    return {"eventVersion": "1.11", "userIdentity": {"type": "IAMUser", "accountId": account, "userName": "alice"},
            "eventTime": f"2026-07-02T22:{minute:02}:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets",
            "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.15",
            "requestParameters": None, "responseElements": None, "requestID": "R" + event_id, "eventID": event_id,
            "readOnly": True, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": account,
            "eventCategory": "Management"}


def body(*records: dict) -> bytes:
    return json.dumps({"Records": records}).encode()


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
        name = "AWSLogs/111111111111/CloudTrail/us-east-1/2026/07/02/111111111111_CloudTrail_us-east-1_20260702T2210Z_%s.json"
        empty = self.client.query("select count(*) as n from cloudtrail_events")  # before anything landed
        self.assertEqual(int(empty[0]["n"]), 0)
        first = body(record("a", "111111111111"), record("b", "111111111111"), record("c", "111111111111", 59))
        again = body(record("a", "111111111111"), record("b", "111111111111"), record("a", "222222222222"))
        self.client.put(BUCKET, name % "first", first)
        self.client.put(BUCKET, name % "again", again)
        self.client.settle()
        self.assertEqual(self.count("cloudtrail"), (6, 3))
        self.assertEqual(self.count("cloudtrail_events"), (4, 3))
        joined = self.client.query("select count(*) as n from cloudtrail t join cloudtrail_events e on t.event.id = e.event.id")
        self.assertEqual(int(joined[0]["n"]), 9)  # a: 3 times 2, b: 2, c: 1

        tables = {row["Name"]: row for row in self.client.get_json("tables")["Tables"]}
        self.assertEqual(tables["cloudtrail_events"]["ViewOf"], "cloudtrail")
        self.assertNotIn("alb_events", tables)
        with self.assertRaises(Refused):
            self.client.query("select count(*) from alb_events")


if __name__ == "__main__":
    unittest.main()
