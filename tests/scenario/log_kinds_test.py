"""Every kind of log that the threat-intelligence app collects, through a node: each entry is a row, once."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.commands import TEMPLATE, Scenario, sextant  # noqa: E402

ENTRIES = 2_000
ANY = "auto"  # the parser that finds out by itself
KINDS = [kind for kind in re.findall(r"Handler: parsers\.(\w+)\|", TEMPLATE.read_text()) if kind != ANY]
ALL_KINDS = KINDS + ["alb_connection", "nlb", "elb"]  # which have no bucket of their own


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

    def test_one_bucket_takes_all_kinds(self):
        node = self.start()
        for kind in ALL_KINDS:
            self.run_ok(node, "ingest", self.generate(kind), "--bucket", "threat-intel-logs")
        nothing = self.folder / "no.log"
        nothing.write_text("what is this?\nand this?\n")
        wrong = self.folder / "AWSLogs" / "123456789012" / "WAFLogs"  # a name that promises another kind
        wrong.mkdir(parents=True)
        log = sextant("generate", "--kind", "vpc_flow", "--count", ENTRIES, text=False).stdout
        (wrong / "flow.log").write_bytes(log)
        self.run_ok(node, "ingest", nothing, self.folder / "AWSLogs", "--bucket", "threat-intel-logs")
        self.run_ok(node, "status", "--wait")
        outcomes = self.run_json(node, "deliveries", "--summary")["Outcomes"]
        self.assertEqual({name: count for name, count in outcomes.items() if count},
                         {"succeeded": 2 * len(ALL_KINDS) + 2})
        malformed = {row["kind"]: row["n"] for row in
                     self.run_json(node, "query", "select kind, count(*) as n from malformed group by 1")}
        self.assertEqual(malformed.pop("unknown"), 2)
        self.assertEqual(sorted(malformed), sorted(ALL_KINDS))
        for kind in ALL_KINDS:
            more = ENTRIES if kind == "vpc_flow" else 0
            rows = self.run_json(node, "query", f"select count(*) as n from {kind}")[0]["n"]
            self.assertEqual(rows + malformed[kind], ENTRIES + more, kind)

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
