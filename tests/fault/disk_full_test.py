"""The disk fills up under a whole node, on a small file system of its own: writes are refused with 503, what is there is
still read, queried, verified and deleted, and once there is room the same node goes on. Skipped (77) where nobody may
mount one."""

import ctypes
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb  # noqa: E402
from harness.node import Node  # noqa: E402

TEMPLATE = (ROOT / "apps" / "threat_intel" / "template.yaml").read_text()
STACK, BUCKET = "full", "full-alb-logs"
DISK_BYTES, LEFT_BYTES = 256 << 20, 12 << 20  # an eighth is kept back, so this is "nearly full"
LINES = 50


class SmallDisk:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", self.path],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            self.folder.cleanup()
            raise PermissionError("mounting a tmpfs is not permitted here")

    def fill(self) -> None:
        disk = subprocess.run(["df", "--output=avail", "-B1", self.path], capture_output=True, text=True, check=True)
        size = int(disk.stdout.split()[-1]) - LEFT_BYTES
        subprocess.run(["fallocate", "-l", str(size), self.path / "ballast"], check=True)

    def make_room(self) -> None:
        (self.path / "ballast").unlink()

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", self.path], check=True)
        self.folder.cleanup()


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.disk = SmallDisk()
        self.addCleanup(self.disk.close)
        self.node = Node(self.disk.path).start()
        self.addCleanup(self.node.kill)
        self.client = self.node.client()
        self.addCleanup(self.client.close)
        self.client.deploy(TEMPLATE, STACK)

    def put(self, key: str) -> int:
        body = alb.log_object(random.Random(key), key, LINES).body
        return self.client.send("s3", "PUT", f"/{BUCKET}/{key}", body=body).status

    def rows(self) -> int:
        return int(self.client.query("select count(*) as n from alb")[0]["n"])

    def refuse_writes(self) -> None:
        deadline = time.monotonic() + 60
        while self.put("too-much") == 200:
            self.assertLess(time.monotonic(), deadline, "a full disk takes everything")
        self.assertEqual(self.put("too-much"), 503)

    def test_writes_are_refused_reads_go_on_and_room_is_all_it_takes(self):
        for key in ("one", "two"):
            self.assertEqual(self.put(key), 200)
        self.client.settle()
        before = self.rows()
        self.assertEqual(before, 2 * LINES)

        self.disk.fill()
        self.refuse_writes()
        body = self.client.get(BUCKET, "one")
        self.assertEqual(body, alb.log_object(random.Random("one"), "one", LINES).body)
        self.assertLessEqual({"one", "two"}, set(self.client.keys(BUCKET)))
        self.assertGreaterEqual(self.rows(), before)
        verified = self.node.run("audit", "verify")
        self.assertEqual(verified.returncode, 0, verified.stderr)
        status = self.node.run("status", "--output", "json")
        self.assertEqual(status.returncode, 0, status.stderr)
        json.loads(status.stdout)
        self.client.delete(BUCKET, "two")
        self.assertNotIn("two", self.client.keys(BUCKET))

        self.disk.make_room()
        self.assertEqual(self.put("three"), 200)
        self.client.settle()
        landed = self.client.query("select log.file.path as path, count(*) as n from alb group by 1")
        counts = {row["path"].rsplit("/", 1)[-1]: int(row["n"]) for row in landed}
        self.assertEqual({key: counts[key] for key in ("one", "two", "three")}, dict.fromkeys(("one", "two", "three"), LINES))


def own_mounts() -> None:
    """What this process mounts nobody else sees, and it goes with the process, however that ends."""
    clone_newns = 0x20000
    if ctypes.CDLL(None).unshare(clone_newns) != 0:
        raise PermissionError("mounts of one's own are not permitted here")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


if __name__ == "__main__":
    try:
        own_mounts()
        SmallDisk().close()
    except PermissionError as refused:
        print(f"skipped: {refused}")
        sys.exit(77)
    unittest.main()
