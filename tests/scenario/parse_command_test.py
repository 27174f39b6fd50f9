"""`sextant parse`: what a parser makes of a log, without a node."""

import gzip
import json
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.commands import OK, USAGE, Scenario, sextant  # noqa: E402
from harness.node import program  # noqa: E402

KINDS = ["alb", "alb_connection", "nlb", "elb", "s3_access", "vpc_flow", "route53_resolver", "waf", "cloudtrail"]
ENTRIES = 300


class ParseCommand(Scenario):
    def generated(self, kind: str, *more) -> bytes:
        done = sextant("generate", "--kind", kind, "--count", ENTRIES, *more, text=False)
        self.assertEqual(done.returncode, OK, done.stderr)
        return done.stdout

    def test_each_entry_of_each_kind_is_a_json_line(self):
        for kind in KINDS:
            with self.subTest(kind):
                file = self.folder / f"{kind}.log.gz"
                file.write_bytes(gzip.compress(self.generated(kind)))
                done = sextant("parse", "--kind", kind, file)
                self.assert_code(done, OK, f"{ENTRIES} entries, 0 malformed")
                rows = [json.loads(line) for line in done.stdout.splitlines()]
                self.assertEqual(len(rows), ENTRIES)
                for row in rows:
                    self.assertIn("@timestamp", row)
                    self.assertEqual(row["log.file.path"], str(file))

    def test_the_kind_is_found_when_none_is_named(self):
        for kind in KINDS:
            with self.subTest(kind):
                log = self.generated(kind, "--odd", 0.3)
                done = subprocess.run([program(), "parse", "-"], input=log, capture_output=True, check=False)
                self.assertEqual(done.returncode, OK, done.stderr)
                self.assertIn(f"read as {kind}: {ENTRIES} entries, 0 malformed", done.stderr.decode())
                named = subprocess.run([program(), "parse", "--kind", kind, "-"], input=log, capture_output=True,
                                       check=False)
                self.assertEqual(done.stdout, named.stdout)

    def test_a_log_of_no_known_kind_is_told_line_by_line(self):
        file = self.folder / "syslog"
        file.write_text("Jan  1 00:00:00 host program[1]: message\n" * 3)
        done = sextant("parse", file)
        self.assert_code(done, OK, "0 entries, 3 malformed")
        self.assertEqual(done.stderr.count("no log of a known kind"), 3)

    def test_malformed_lines_are_told_with_reasons(self):
        log = self.generated("cloudtrail", "--malformed", "0.2")
        done = subprocess.run([program(), "parse", "--kind", "cloudtrail", "-"], input=log, capture_output=True,
                              check=False)
        told = done.stderr.decode().splitlines()
        self.assertEqual(len(told) - 1 + len(done.stdout.splitlines()), ENTRIES)
        self.assertGreater(len(told), ENTRIES // 10)
        self.assertRegex(told[0], r"^-: offset \d+, \d+ bytes: \w+")

    def test_a_table_for_people(self):
        file = self.folder / "a.log"
        file.write_bytes(self.generated("waf"))
        done = sextant("parse", "--kind", "waf", file, "--output", "text")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0].split()[:3], ["ts", "event.action", "source.ip"])
        self.assertEqual(len(lines), ENTRIES + 1)

    def test_what_is_wrong_with_the_command_line(self):
        self.assert_code(sextant("parse", "--kind", "alb", self.folder / "none"), USAGE, "cannot be opened")
        self.assert_code(sextant("parse", "--kind", "nothing", "-"), USAGE, "route53_resolver")
        self.assert_code(sextant("parse", "--kind", "alb"), USAGE, "FILE")


if __name__ == "__main__":
    unittest.main()
