"""The search engine beside and instead of the lake, with a real OpenSearch: `make test-dist`."""

import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb  # noqa: E402
from harness.client import Lost  # noqa: E402
from harness.commands import TEMPLATE, Scenario, sextant  # noqa: E402
from harness.node import Node, geoip_folder, program  # noqa: E402
from harness.search_engine import SearchEngine  # noqa: E402

SAMPLE = ROOT / "samples/search_engine/template.yaml"
DAY = "sextant-alb-2026.07.02,sextant-alb-2026.07.03"  # of harness.alb's lines: they go beyond midnight
ALL = "sextant-*"
ENTRIES = 500
KINDS = sorted(set(re.findall(r"Handler: parsers\.(\w+)\|.*lake\.land", TEMPLATE.read_text())) - {"auto"})


def with_search(template: str) -> str:
    """The threat-intelligence app, each of its collectors with the search engine beside the lake."""
    template = template.replace("|lake.land\n", "|search.index|lake.land\n")
    template = re.sub(r"( +)KEEP_ORIGINAL: .*\n", r"\g<0>\1SEARCH_DOMAIN: logs\n", template)
    template = re.sub(r"( +)- Sid: LandRows\n", r"""\1- Effect: Allow
\1  Action: [es:ESHttpPost, es:ESHttpPut]
\1  Resource: !Sub "arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/logs/*"
\1- Effect: Allow
\1  Action: glue:BatchCreatePartition
\1  Resource: !Sub "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:table/${Lake}/${DeadLetters}"
\g<0>""", template)
    return template.replace("  MalformedTable:\n", """  DeadLetters:
    Type: AWS::Glue::Table
    Properties:
      CatalogId: !Ref AWS::AccountId
      DatabaseName: !Ref Lake
      TableInput: { Name: search_dead_letters }
  MalformedTable:
""", 1)


def setUpModule():
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    SearchTest.engine = SearchEngine(pathlib.Path(folder.name) / "engine").start()
    unittest.addModuleCleanup(SearchTest.engine.stop)


class SearchTest(Scenario):
    engine: SearchEngine = None

    def setUp(self):
        super().setUp()
        for index in self.engine.call("GET", "/_cat/indices/sextant-*?format=json"):
            self.engine.call("DELETE", f"/{index['index']}")
        self.files = self.folder / "files"
        (self.files / "search").mkdir(parents=True)
        for database in geoip_folder().glob("*.mmdb"):
            (self.files / database.name).symlink_to(database)
        (self.files / "search/logs.json").write_text(json.dumps({"endpoint": self.engine.endpoint}))

    def start_collecting(self) -> Node:
        node = self.start("--files", self.files, deployed=False)
        self.run_ok(node, "deploy", SAMPLE, "--stack-name", "sample")
        return node

    def put(self, node: Node, bucket: str, name: str, lines: int, bad: int = 0) -> alb.LogObject:
        made = alb.log_object(random.Random(name), name, lines, bad)
        client = node.client()
        client.put(f"sample-{bucket}", name, made.body)
        client.close()
        return made

    def outcomes(self, node: Node) -> dict:
        counts = self.run_json(node, "deliveries", "--summary")["Outcomes"]
        return {name: count for name, count in counts.items() if count}

    def lake(self, node: Node, table: str, what: str = "count(*)"):
        return self.run_json(node, "query", f"select {what} as n from {table}")[0]["n"]

    def ids(self) -> set:
        """aws.elb.conn_trace_id of every document that was put before."""
        self.engine.refresh(DAY)
        hits = self.engine.call("POST", f"/{DAY}/_search?ignore_unavailable=true&size=10000", {"_source": ["aws.elb"]})
        return {hit["_source"]["aws"]["elb"]["conn_trace_id"] for hit in hits["hits"]["hits"]}


class Contract(SearchTest):
    def test_the_sinks_contract(self):
        done = subprocess.run([program().parent / "opensearch_contract"], capture_output=True, text=True, check=False,
                              env={"SEXTANT_SEARCH_ENDPOINT": self.engine.endpoint})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("[  PASSED  ] 5 tests", done.stdout)


class Indexing(SearchTest):
    def test_beside_the_lake_and_instead_of_it(self):
        node = self.start_collecting()
        both = self.put(node, "both", "b", 300, bad=7)
        only = self.put(node, "only", "o", 200, bad=5)
        self.run_ok(node, "status", "--wait")
        self.assertEqual(self.outcomes(node), {"succeeded": 2})
        self.assertEqual(self.ids(), both.good | only.good)
        self.assertEqual(self.engine.count(DAY), 500)
        self.assertEqual(self.engine.count("sextant-malformed-*"), 12)
        self.assertEqual(self.lake(node, "alb"), 300)
        self.assertEqual(self.lake(node, "malformed"), 7)
        self.assertEqual(self.lake(node, "search_dead_letters"), 0)
        rows = {function["Function"]: function["RowsLanded"] for function in self.run_json(node, "status")["Functions"]}
        self.assertEqual(rows, {"sample-both": 300, "sample-only": 200})
        self.assert_searchable()

    def assert_searchable(self):
        mapping = next(iter(self.engine.call("GET", "/sextant-alb-2026.07.02/_mapping").values()))["mappings"]
        fields = mapping["properties"]
        for path, wanted in {"@timestamp": "date", "source.ip": "ip", "source.port": "long", "log.offset": "long",
                             "url.path": "keyword", "http.response.status_code": "long",
                             "source.geo.country_iso_code": "keyword", "source.geo.location": "geo_point"}.items():
            at = {"properties": fields}
            for part in path.split("."):
                at = at["properties"][part]
            self.assertEqual(at.get("type"), wanted, path)
        everything = self.engine.count(DAY)
        self.assertEqual(self.engine.count(DAY, {"range": {"@timestamp": {"gte": "2026-07-02T22:23:00Z"}}}), everything)
        from_google = self.engine.count(DAY, {"term": {"source.ip": "8.8.8.0/24"}})
        self.assertGreater(from_google, everything // 5)
        self.assertEqual(self.engine.count(DAY, {"term": {"source.geo.country_iso_code": "US"}}), from_google)

    def test_entries_of_every_kind_fit_their_indices(self):
        node = self.start("--files", self.files, deployed=False)
        template = self.folder / "template.yaml"
        template.write_text(with_search(TEMPLATE.read_text()))
        self.run_ok(node, "deploy", template, "--stack-name", "threat-intel")
        for kind in KINDS:
            logs = self.folder / kind
            done = sextant("generate", "--kind", kind, "--count", ENTRIES, "--objects", 2, "--odd", 0.3, "--malformed",
                           0.05, "--attacks", "all", "--gzip", "-o", logs)
            self.assert_code(done, 0)
            self.run_ok(node, "ingest", logs, "--bucket", f"threat-intel-{kind.replace('_', '-')}-logs")
        self.run_ok(node, "status", "--wait")
        self.assertEqual(self.outcomes(node), {"succeeded": 2 * len(KINDS)})
        letters = self.run_json(node, "query", "select * from search_dead_letters limit 5")
        self.assertEqual(letters, [])
        for kind in [*KINDS, "malformed"]:
            with self.subTest(kind):
                rows = self.lake(node, kind)
                self.assertGreater(rows, 0)
                self.assertEqual(self.engine.count(f"sextant-{kind}-*"), rows)
        self.assertEqual(self.engine.count(ALL), ENTRIES * len(KINDS))
        # An address that is none is kept, and named.
        self.assertEqual(self.engine.count(ALL, {"exists": {"field": "_ignored"}}), 0)

    def test_a_delivery_that_is_repeated_adds_nothing(self):
        node = self.start_collecting()
        self.assertEqual(node.stop(), 0)
        node.start({"SEXTANT_FAULT_POINT": "dispatch.after_run"})  # the documents are in, the outcome is not
        made = alb.log_object(random.Random(3), "again", 250, 3)
        client = node.client()
        try:
            client.put("sample-both", "again", made.body)
        except Lost:
            pass  # the node may die before it answers
        client.close()
        self.assertTrue(node.wait_dead(60))
        node.kill()
        self.assertEqual(self.engine.count(DAY), 250)
        node.start()
        self.run_ok(node, "status", "--wait")
        self.assertEqual(self.outcomes(node), {"succeeded": 1})
        self.assertEqual(self.engine.count(DAY), 250)
        self.assertEqual(self.ids(), made.good)
        self.assertEqual(self.engine.count("sextant-malformed-*"), 3)
        self.assertEqual(self.lake(node, "alb"), 250)

    def test_while_the_domain_is_down_nothing_is_lost_and_then_nothing_is_there_twice(self):
        node = self.start_collecting()
        good = set(self.put(node, "only", "before", 50).good)
        self.run_ok(node, "status", "--wait")
        self.engine.stop()
        try:
            for number in range(8):
                made = self.put(node, "only" if number % 2 else "both", f"down-{number}", 40)
                good |= made.good
            self.assertEqual(self.outcomes(node), {"succeeded": 1, "pending": 8})
        finally:
            self.engine.start()
        self.run_ok(node, "status", "--wait")
        self.assertEqual(self.outcomes(node), {"succeeded": 9})
        self.assertEqual(self.engine.count(DAY), 370)
        self.assertEqual(self.ids(), good)
        self.assertEqual(self.lake(node, "alb"), 160)

    def test_what_conflicts_with_the_mapping_is_a_dead_letter(self):
        self.engine.call("PUT", "/sextant-alb-2026.07.02",
                         {"mappings": {"properties": {"url": {"properties": {"path": {"type": "date"}}}}}})
        node = self.start_collecting()
        made = self.put(node, "both", "conflict", 400)
        self.run_ok(node, "status", "--wait")
        self.assertEqual(self.outcomes(node), {"succeeded": 1})
        letters = self.run_json(node, "query", """
            select reason, search.index as name, log."offset" as place, document from search_dead_letters""")
        indexed = self.engine.count(DAY)
        self.assertEqual(len(letters) + indexed, 400)
        self.assertGreater(len(letters), 200)
        self.assertGreater(indexed, 40)  # of the day that has no such index
        self.assertEqual({letter["name"] for letter in letters}, {"sextant-alb-2026.07.02"})
        for letter in letters:
            self.assertIn("mapper_parsing_exception", letter["reason"])
        dead = {json.loads(letter["document"])["aws"]["elb"]["conn_trace_id"] for letter in letters}
        self.assertEqual(dead | self.ids(), made.good)
        self.assertEqual(self.lake(node, "alb"), 400)


if __name__ == "__main__":
    unittest.main()
