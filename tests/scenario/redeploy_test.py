"""Redeploy without pausing: while objects come in, new revisions of the function are deployed. Every entry is in the
lake once, and every object was handled wholly by one revision."""

import itertools
import pathlib
import random
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb  # noqa: E402
from harness.node import Node  # noqa: E402

TEMPLATE = (ROOT / "apps" / "threat_intel" / "template.yaml").read_text()
# The two revisions differ in whether a row keeps its line (event.original).
KEEPING = TEMPLATE.replace('Default: "false"', 'Default: "true"')
STACK, BUCKET = "redeploy", "redeploy-alb-logs"
WRITERS, LINES, REDEPLOYS = 3, 50, 8


class Redeploy(unittest.TestCase):
    def test_under_load_nothing_is_lost_doubled_or_mixed(self):
        self.assertNotEqual(TEMPLATE, KEEPING)
        with tempfile.TemporaryDirectory() as folder:
            node = Node(pathlib.Path(folder)).start()
            try:
                self.check(node)
            finally:
                node.kill()

    def write(self, node, writer, sent):
        """Until the last redeploy."""
        client, dice = node.client(), random.Random(writer)
        for number in itertools.count():
            name = f"w{writer}-{number}"
            client.put(BUCKET, name, alb.log_object(dice, name, LINES).body)
            sent.append(name)
            if self.redeployed.wait(0.01):
                break
        client.close()

    def check(self, node):
        client = node.client()
        self.addCleanup(client.close)
        client.deploy(TEMPLATE, STACK)
        sent = []
        self.redeployed = threading.Event()
        writers = [threading.Thread(target=self.write, args=(node, writer, sent)) for writer in range(WRITERS)]
        for thread in writers:
            thread.start()
        for redeploy in range(REDEPLOYS):
            client.deploy(KEEPING if redeploy % 2 == 0 else TEMPLATE, STACK, "UpdateStack")
            time.sleep(0.05)
        self.redeployed.set()
        for thread in writers:
            thread.join()
        client.settle()

        deliveries = client.deliveries()
        self.assertEqual(len(deliveries), len(sent))
        self.assertEqual({delivery["Outcome"] for delivery in deliveries}, {"succeeded"})
        self.assertGreater(len({delivery["Revision"] for delivery in deliveries}), 1, "no redeploy fell into the load")
        rows = client.query('select log.file.path as object, count(*) as n, count(distinct log."offset") as places '
                            "from alb group by 1")
        self.assertEqual(len(rows), len(sent))
        for row in rows:
            self.assertEqual((row["n"], row["places"]), (LINES, LINES), row["object"])
        self.check_revisions(client, deliveries)

    def check_revisions(self, client, deliveries):
        kept = {row["object"]: row["kept"] for row in
                client.query("select log.file.path as object, count(event.original) as kept from alb group by 1")}
        self.assertLessEqual(set(kept.values()), {0, LINES}, "an object was handled by two revisions")
        by_revision = {}
        for delivery in deliveries:
            by_revision.setdefault(delivery["Revision"], set()).add(kept[f"s3://{BUCKET}/{delivery['Key']}"])
        for revision, counts in by_revision.items():
            self.assertEqual(len(counts), 1, f"revision {revision} did two things")


if __name__ == "__main__":
    unittest.main()
