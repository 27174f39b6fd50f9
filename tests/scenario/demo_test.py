"""The demo, with few entries, and its report of figures that are made up: as text and as a page."""

import html.parser
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

import demo_report  # noqa: E402
from harness.node import program  # noqa: E402

LONG = "field 12 (request) is no quoted text: <" + "x" * 200
COUNTRIES = [{"name": f"C{number:02}", "count": 100 - number} for number in range(40)]
FACTS = {
    "entries_generated": 1000, "entries_landed": 990, "entries_malformed": 10, "entries_twice": 0, "complete": True,
    "deliveries": {"pending": 0, "succeeded": 2}, "delivery_attempts": 2, "seconds": 1.5, "entries_per_second": 667,
    "node_cpu_seconds": 0.5, "entries_per_second_of_two_cores": 4000, "audit": {"intact": True, "records": 12},
    "lake": [{"table": "alb", "rows": 990, "files": 3, "bytes": 1 << 20}], "node_peak_memory_bytes": 1 << 26, "objects": 2,
    "object_bytes": 1 << 19, "attack_requests_generated": 5, "geoip_folder": "geoip", "geoip_licence": "PDDL",
    "by_status": [{"name": "200", "count": 1_000_000}, {"name": "404", "count": 1}], "by_hour": [],
    "by_country": demo_report.with_others(COUNTRIES), "malformed_by_reason": [{"name": LONG, "count": 10}],
}


class Page(html.parser.HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.bars, self.metas, self.names = [], [], []
        self.in_name = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "meta":
            self.metas.append(attributes.get("name"))
        if tag == "div":
            self.bars.append(float(re.fullmatch(r"width:(-?[\d.]+)%", attributes["style"]).group(1)))
        self.in_name = tag == "th"

    def handle_data(self, data):
        if self.in_name:
            self.names.append(data)


class Report(unittest.TestCase):
    def test_a_bar_has_a_length_whatever_its_name_and_count(self):
        page = Page(demo_report.html(FACTS))
        self.assertEqual(len(page.bars), 2 + demo_report.COUNTRIES_MAX + 1 + 1)
        for bar in page.bars:
            self.assertTrue(0 < bar <= 100, bar)
        self.assertIn("viewport", page.metas)
        self.assertIn(LONG, page.names)

    def test_countries_that_have_no_row_are_one_row_that_says_how_many(self):
        rows = demo_report.with_others(COUNTRIES)
        self.assertEqual(rows[-1]["name"], "28 other countries")
        self.assertEqual(sum(row["count"] for row in rows), sum(row["count"] for row in COUNTRIES))
        self.assertEqual(demo_report.with_others(COUNTRIES[:13]), COUNTRIES[:13])

    def test_lines_of_the_terminal_stay_short(self):
        text = demo_report.text(FACTS)
        self.assertIn("28 other countries", text)
        self.assertLess(max(map(len, text.splitlines())), 130)


class Demo(unittest.TestCase):
    ENTRIES = 3_000

    def test_it_ends_with_a_report_of_every_entry(self):
        with tempfile.TemporaryDirectory() as folder:
            to = pathlib.Path(folder)
            done = subprocess.run([sys.executable, ROOT / "tools/demo", "--entries", str(self.ENTRIES), "--objects", "3",
                                   "--program", program(), "--to", to], capture_output=True, text=True, check=False,
                                  timeout=170)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("every line is there exactly once", done.stdout)
            facts = json.loads((to / "report.json").read_text())
            page = Page((to / "report.html").read_text())
        self.assertEqual(facts["entries_generated"], self.ENTRIES)
        self.assertEqual(facts["entries_landed"] + facts["entries_malformed"], self.ENTRIES)
        self.assertEqual(facts["deliveries"]["succeeded"], 3)
        self.assertGreater(min(facts["seconds"], facts["entries_per_second"]), 0)
        self.assertGreater(len(page.bars), 10)


if __name__ == "__main__":
    unittest.main()
