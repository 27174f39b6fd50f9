"""Log types: kinds of logs in YAML. Tried without a node, with the cases beside them; deployed without a new program."""

import datetime
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.commands import OK, USAGE, Scenario, sextant  # noqa: E402
from harness.node import program  # noqa: E402

SAMPLE = ROOT / "samples" / "log_types"
NGINX = SAMPLE / "nginx_access.yaml"
BUCKET = "log-types-nginx-access"


def nginx_line(second: int, status: int = 200, address: str = "8.8.8.8") -> str:
    return (f'{address} - - [21/Nov/2026:20:32:{second:02} +0000] "GET /a?b={second} HTTP/1.1" {status} 10 "-" '
            f'"curl/8.5.0"\n')


class Tried(Scenario):
    def test_the_cases_beside_each_sample_hold(self):
        cases = sorted(SAMPLE.glob("*_cases.yaml"))
        self.assertEqual(len(cases), 2)
        for file in cases:
            with self.subTest(file.name):
                self.assert_code(sextant("parse", "--test", file), OK, "are as they should be")

    def test_a_case_that_does_not_hold_is_told_with_its_place(self):
        shutil.copytree(SAMPLE, self.folder / "mine")
        file = self.folder / "mine" / "nginx_access_cases.yaml"
        file.write_text(file.read_text().replace("http.request.method: GET", "http.request.method: PUT"))
        self.assert_code(sextant("parse", "--test", file), USAGE, f"{file}:4:5: 'http.request.method' is 'GET'")

    def test_a_log_is_read_without_a_node(self):
        log = nginx_line(1) + "no entry\n" + nginx_line(2)
        done = subprocess.run([program(), "parse", "--kind", str(NGINX), "-"], input=log, capture_output=True, text=True,
                              check=False)
        self.assert_code(done, OK, "2 entries, 1 malformed", "it does not match the pattern")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([row["url.query"] for row in rows], ["b=1", "b=2"])
        self.assertEqual(rows[0]["@timestamp"], "2026-11-21T20:32:01Z")
        self.assertEqual(rows[0]["http.response.status_code"], 200)

    def test_rows_that_tell_no_time_have_their_files(self):
        log_type, log = self.folder / "app.yaml", self.folder / "app.log"
        log_type.write_text("name: app\njson: lines\nfields: {id: event.id}\n")
        log.write_text('{"id":"7"}\n')
        os.utime(log, (1_700_000_000, 1_700_000_000))
        row = json.loads(sextant("parse", "--kind", log_type, log).stdout)
        self.assertEqual(row["@timestamp"], "2023-11-14T22:13:20Z")
        before = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        done = subprocess.run([program(), "parse", "--kind", str(log_type), "-"], input='{"id":"7"}\n',
                              capture_output=True, text=True, check=True)
        self.assertGreaterEqual(datetime.datetime.fromisoformat(json.loads(done.stdout)["@timestamp"]), before)

    def test_what_is_wrong_in_a_log_type_is_told_with_its_place(self):
        broken = self.folder / "broken.yaml"
        broken.write_text(NGINX.read_text().replace("remote_ip: source.ip", "remote_ip: source.ipp"))
        done = sextant("parse", "--kind", broken, NGINX)
        self.assert_code(done, USAGE, f"{broken}:", "ECS has no column 'source.ipp'; did you mean 'source.ip'?")
        self.assert_code(sextant("parse", "--kind", self.folder / "gone.yaml", NGINX), USAGE, "gone.yaml")


class Deployed(Scenario):
    def setUp(self):
        super().setUp()
        self.app = self.folder / "log_types"
        shutil.copytree(SAMPLE, self.app)

    def deploy(self, node):
        return node.run("deploy", str(self.app / "template.yaml"))

    def change(self, name: str, old: str, new: str):
        file = self.app / name
        self.assertIn(old, file.read_text())
        file.write_text(file.read_text().replace(old, new))

    def ingest(self, node, name: str, text: str, bucket: str = BUCKET):
        folder = self.folder / name
        folder.mkdir()
        (folder / f"{name}.log").write_text(text)
        self.run_ok(node, "ingest", folder, "--bucket", bucket)
        self.run_ok(node, "status", "--wait")

    def test_rows_land_and_a_changed_log_type_counts_from_its_deploy_on(self):
        node = self.start(deployed=False)
        self.assert_code(self.deploy(node), OK, "created")
        self.ingest(node, "first", nginx_line(1) + "no entry\n" + nginx_line(2))
        rows = self.run_json(node, "query", "select url.query as q, source.geo.country_iso_code as c, "
                                            "http.response.status_code as s from nginx_access order by ts")
        self.assertEqual([(row["q"], row["c"], row["s"]) for row in rows], [("b=1", "US", 200), ("b=2", "US", 200)])
        bad = self.run_json(node, "query", "select kind, reason from malformed")
        self.assertEqual([(row["kind"], row["reason"]) for row in bad],
                         [("nginx_access", "it does not match the pattern")])
        self.assertIn("http.response.status_code", self.run_ok(node, "tables", "--describe", "nginx_access"))

        self.change("nginx_access.yaml", "  status: http.response.status_code\n",
                    "  status: {to: nginx.access.status, type: long}\n")
        self.assert_code(self.deploy(node), OK, "updated")
        self.ingest(node, "second", nginx_line(3, 404))
        rows = self.run_json(node, "query", "select http.response.status_code as old, nginx.access.status as new "
                                            "from nginx_access order by ts")
        self.assertEqual([(row["old"], row["new"]) for row in rows], [(200, None), (200, None), (None, 404)])

        self.change("nginx_access.yaml", "user_agent.original", "user_agent.orginal")
        done = self.deploy(node)
        self.assert_code(done, USAGE, "nginx_access.yaml:",
                         "ECS has no column 'user_agent.orginal'; did you mean 'user_agent.original'?")
        self.ingest(node, "third", nginx_line(4, 500))
        rows = self.run_json(node, "query", "select count(*) as n, count(nginx.access.status) as new from nginx_access")
        self.assertEqual([(row["n"], row["new"]) for row in rows], [(4, 2)])

    def test_findings_are_read_and_lines_are_pushed(self):
        node = self.start(deployed=False)
        self.assert_code(self.deploy(node), OK, "created")
        finding = {"id": "f-1", "type": "Recon:EC2/Portscan", "severity": 5, "updatedAt": "2026-11-20T10:20:00Z",
                   "service": {"action": {"networkConnectionAction": {"remoteIpDetails": {"ipAddressV4": "8.8.8.8"}}}}}
        self.ingest(node, "findings", json.dumps({"detail-type": "GuardDuty Finding", "detail": finding}),
                    "log-types-guardduty")
        rows = self.run_json(node, "query", "select event.id as id, source.geo.country_iso_code as c from guardduty")
        self.assertEqual([(row["id"], row["c"]) for row in rows], [("f-1", "US")])

        token = self.run_json(node, "intake", "create", "web-1", "--kind", "nginx_access")["Token"]
        connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("POST", "/_sextant/intake/nginx_access", body=nginx_line(9).encode(),
                           headers={"Authorization": f"Bearer {token}"})
        self.assertEqual(connection.getresponse().status, 202)
        self.run_ok(node, "status", "--wait")
        rows = self.run_json(node, "query", "select url.query as q from nginx_access")
        self.assertEqual([row["q"] for row in rows], ["b=9"])

    def test_a_parser_that_nobody_has_says_what_is_missing(self):
        node = self.start(deployed=False)
        self.change("template.yaml", "CodeUri: nginx_access.yaml", "InlineCode: '-'")
        self.assert_code(self.deploy(node), USAGE, "there is no native function 'parsers.nginx_access'",
                         "give its log type: CodeUri: nginx_access.yaml")
        self.change("template.yaml", "InlineCode: '-'", "CodeUri: guardduty.yaml")
        self.assert_code(self.deploy(node), USAGE, "the log type is called 'guardduty'")


if __name__ == "__main__":
    unittest.main()
