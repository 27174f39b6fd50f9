"""Entries of a thousand old hours arrive beside new ones: each lands once, in the partition of its own hour, while the
node holds no more memory and files than otherwise, and what is new is answered for meanwhile."""

import collections
import datetime
import gzip
import pathlib
import random
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import alb  # noqa: E402
from harness.node import ROOT, Node  # noqa: E402

BUCKET = "late-alb-logs"
HOURS = 1_000
NEW = datetime.datetime(2026, 7, 2, 20)
WIDE_OBJECTS, NARROW_OBJECTS, NEW_OBJECTS, NEW_LINES = 2, 100, 100, 10
MEMORY_MIB_MAX, FILES_MAX = 500, 400


def old_hour(number: int) -> datetime.datetime:
    return NEW - datetime.timedelta(hours=3 + number)


class LateData(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.node = Node(pathlib.Path(self.folder.name)).start()
        self.addCleanup(self.node.kill)
        self.client = self.node.client()
        self.addCleanup(self.client.close)
        self.client.deploy((ROOT / "apps/threat_intel/template.yaml").read_text(), "late")
        self.dice = random.Random(11)
        self.hour_of = {}  # by the id of each line
        self.errors = []

    def line(self, line_id: str, hour: datetime.datetime) -> str:
        """In that hour: harness.alb spreads its lines over two."""
        while True:
            line = alb.line(self.dice, line_id, hour)
            time = datetime.datetime.fromisoformat(line.split()[1].rstrip("Z")[:26])
            if time < hour + datetime.timedelta(hours=1):
                self.hour_of[line_id] = hour
                return line

    def log_object(self, name: str, hours: list) -> bytes:
        lines = [self.line(f"TID_{name}_{number}", hour) for number, hour in enumerate(hours)]
        return gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0)

    def send(self, objects: list) -> None:
        client = self.node.client()
        try:
            for name, body in objects:
                client.put(BUCKET, name, body)
        except Exception as error:  # told by the test's own thread
            self.errors.append(error)
        finally:
            client.close()

    def most_open_files(self, until: threading.Event) -> int:
        most, folder = 0, pathlib.Path(f"/proc/{self.node.process.pid}/fd")
        while not until.wait(0.02):
            most = max(most, sum(1 for _ in folder.iterdir()))
        return most

    def memory_mib(self) -> float:
        status = pathlib.Path(f"/proc/{self.node.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))

    def test_each_lands_in_its_own_hour_and_new_ones_are_not_held_up(self):
        everywhere = [old_hour(number) for number in range(HOURS)]
        late = [(f"wide-{n}", self.log_object(f"w{n}", everywhere)) for n in range(WIDE_OBJECTS)]
        late += [(f"narrow-{n}", self.log_object(f"n{n}", [old_hour(n * HOURS // NARROW_OBJECTS)] * 5))
                 for n in range(NARROW_OBJECTS)]
        new = [(f"new-{n}", self.log_object(f"f{n}", [NEW] * NEW_LINES)) for n in range(NEW_OBJECTS)]
        self.dice.shuffle(late)
        done, most = threading.Event(), []
        watch = threading.Thread(target=lambda: most.append(self.most_open_files(done)))
        senders = [threading.Thread(target=self.send, args=(objects,)) for objects in (late, new)]
        for thread in (watch, *senders):
            thread.start()
        for thread in senders:
            thread.join()
        self.client.settle()
        done.set()
        watch.join()
        self.assertEqual(self.errors, [])

        rows = self.client.query("select aws.elb.conn_trace_id as id, cast(date as varchar) as d, hour as h from alb")
        found = collections.Counter(row["id"] for row in rows)
        self.assertEqual(len(rows), len(self.hour_of))
        self.assertEqual(max(found.values()), 1)
        for row in rows:
            hour = self.hour_of[row["id"]]
            self.assertEqual((row["d"], int(row["h"])), (str(hour.date()), hour.hour), row["id"])
        self.assertEqual(self.client.outcomes()["succeeded"], len(late) + len(new))
        self.assertLess(most[0], FILES_MAX)
        self.assertLess(self.memory_mib(), MEMORY_MIB_MAX)
        waits = self.waits()
        print(f"{len(rows)} rows; {most[0]} files open at most; {self.memory_mib():.0f} MiB at most; from its PUT to its outcome, "
              + ", ".join(f"{kind}: {sorted(times)[len(times) // 2]:.2f} s, at most {max(times):.2f} s"
                          for kind, times in sorted(waits.items())))

    def waits(self) -> dict:
        waits = collections.defaultdict(list)
        for delivery in self.client.deliveries():
            created, ended = (datetime.datetime.fromisoformat(delivery[name]) for name in ("Created", "Ended"))
            waits[delivery["Key"].split("-")[0]].append((ended - created).total_seconds())
        return waits


if __name__ == "__main__":
    unittest.main()
