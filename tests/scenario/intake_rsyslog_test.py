"""A real rsyslog pushes a log file to a real node, as docs/guide/intake.md shows it; the node is killed meanwhile."""

import collections
import gzip
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb  # noqa: E402
from harness.client import Lost  # noqa: E402
from harness.commands import Scenario  # noqa: E402

BATCHES, LINES = 6, 500


def configuration() -> str:
    """The one that the guide shows."""
    guide = (ROOT / "docs/guide/intake.md").read_text()
    section = guide.split("## rsyslog")[1].split("\n## ")[0]
    return "\n".join(line for line in section.splitlines() if line.startswith("    "))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Rsyslog(Scenario):
    def start_rsyslog(self, port: int, token: str) -> pathlib.Path:
        """The file whose lines it pushes."""
        token_file, source = self.folder / "token", self.folder / "access.log"
        token_file.write_text(token + "\n")
        source.touch()
        text = configuration()
        for there, here in {"/var/log/app/access.log": source, "/etc/sextant/token": token_file,
                            "/usr/local/bin/sextant-push": ROOT / "samples/rsyslog/sextant-push",
                            "127.0.0.1:4566": f"127.0.0.1:{port}"}.items():
            self.assertIn(there, text, "the guide's configuration is another one")
            text = text.replace(there, str(here))
        work = self.folder / "rsyslog"
        work.mkdir()
        file = self.folder / "rsyslog.conf"
        file.write_text(f'global(workDirectory="{work}")\n{text}\n')
        self.rsyslog_said = self.folder / "rsyslog.log"
        with open(self.rsyslog_said, "wb") as said:
            process = subprocess.Popen([shutil.which("rsyslogd") or "/usr/sbin/rsyslogd", "-n", "-f", file,
                                        "-i", self.folder / "rsyslog.pid"], stdout=said, stderr=said)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return source

    def wait_for_rows(self, node, rows: int, timeout_s: float = 60):
        deadline = time.monotonic() + timeout_s
        while True:
            found = self.query(node, "select count(*) as n from alb")[0]["n"]
            if found >= rows:
                return
            if time.monotonic() > deadline:
                self.fail(f"{found} of {rows} rows after {timeout_s} s; rsyslog said:\n" +
                          self.rsyslog_said.read_text(errors="replace")[-3000:])
            time.sleep(0.1)

    def query(self, node, sql: str) -> list:
        client = node.client()
        try:
            return client.query(sql)
        except Lost:
            return [{"n": 0}]
        finally:
            client.close()

    def test_every_line_lands_once(self):
        port = free_port()
        node = self.start("--port", str(port))
        token = self.run_json(node, "intake", "create", "syslog", "--kind", "alb")["Token"]
        source = self.start_rsyslog(port, token)
        dice, ids, written = random.Random(5), [], 0
        for number in range(BATCHES):
            batch = alb.log_object(dice, f"rsyslog-{number}", LINES, compress=False)
            with open(source, "ab") as file:
                file.write(gzip.decompress(batch.body))
            written += LINES
            ids += batch.good
            if number == BATCHES // 2:
                node.kill()  # while it takes them
                node.start()
            else:
                self.wait_for_rows(node, LINES)
        self.wait_for_rows(node, written)
        # The same line again is another line.
        same = alb.log_object(dice, "rsyslog-same", 1, compress=False)
        for _ in range(2):
            with open(source, "ab") as file:
                file.write(gzip.decompress(same.body))
            written += 1
            ids += same.good
            self.wait_for_rows(node, written)
        self.run_ok(node, "status", "--wait")
        landed = collections.Counter(row["id"] for row in self.query(
            node, "select aws.elb.conn_trace_id as id from alb"))
        self.assertEqual(landed, collections.Counter(ids))
        self.assertEqual(self.query(node, "select count(*) as n from malformed")[0]["n"], 0)
        paths = self.query(node, "select distinct log.file.path as path from alb")
        for row in paths:
            self.assertTrue(re.search(r"/intake/syslog/\d{4}/\d\d/\d\d/\d{6}-[0-9a-f]{16}-\d+$", row["path"]), row)


if __name__ == "__main__":
    unittest.main()
