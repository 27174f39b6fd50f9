"""Every kind of log that the threat-intelligence app collects, through a node: each entry is a row, once."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.commands import TEMPLATE, Scenario, sextant  # noqa: E402

ENTRIES = 2_000
KINDS = re.findall(r"Handler: parsers\.(\w+)\|", TEMPLATE.read_text())


class LogKinds(Scenario):
    def generate(self, kind: str) -> pathlib.Path:
        folder = self.folder / kind
        done = sextant("generate", "--kind", kind, "--count", ENTRIES, "--objects", 2, "--odd", 0.3, "--malformed",
                       0.05, "--attacks", "all", "--gzip", "-o", folder, "--truth", self.folder / f"{kind}.truth")
        self.assert_code(done, 0)
        return folder

    def test_each_entry_of_each_kind_is_a_row_once(self):
        node = self.start()
        self.assertGreaterEqual(len(KINDS), 5)
        for kind in KINDS:
            bucket = f"threat-intel-{kind.replace('_', '-')}-logs"
            self.run_ok(node, "ingest", self.generate(kind), "--bucket", bucket)
        self.run_ok(node, "status", "--wait")
        outcomes = self.run_json(node, "deliveries", "--summary")["Outcomes"]
        self.assertEqual({name: count for name, count in outcomes.items() if count}, {"succeeded": 2 * len(KINDS)})
        malformed = {row["kind"]: row["n"] for row in
                     self.run_json(node, "query", "select kind, count(*) as n from malformed group by 1")}
        for kind in KINDS:
            with self.subTest(kind):
                self.assert_rows(node, kind, malformed.get(kind, 0))

    def assert_rows(self, node, kind: str, malformed: int):
        counts = self.run_json(node, "query", f"""
            select count(*) as n, count(distinct (log.file.path, log."offset")) as places,
                   count(source.geo.country_iso_code) as with_country from {kind}""")[0]
        self.assertEqual(counts["n"] + malformed, ENTRIES)
        self.assertGreater(malformed, ENTRIES // 50)
        self.assertEqual(counts["places"], counts["n"])
        if kind not in ("route53_resolver", "vpc_flow"):  # whose sources are mostly private
            self.assertGreater(counts["with_country"], ENTRIES // 20)


if __name__ == "__main__":
    unittest.main()
