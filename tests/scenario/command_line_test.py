"""The program's commands as a script sees them: exit codes, what is printed, what is left behind."""

import contextlib
import csv
import hashlib
import http.server
import io
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb  # noqa: E402
from harness.commands import (BUCKET, DAMAGED, FAILED, LINES, OK, TEMPLATE, UNREACHABLE, USAGE, Scenario,  # noqa: E402
                              log_file, sextant)
from harness.node import Node, clean_environment, program  # noqa: E402


@contextlib.contextmanager
def node_that_answers(answer):
    """The endpoint of a server that answers each GET with what `answer` makes of its query."""
    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(answer(urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class HelpAndUsage(Scenario):
    def commands(self) -> list:
        text = sextant("--help").stdout
        names = [line.split()[0] for line in text.split("Subcommands:")[1].splitlines() if line.strip()]
        self.assertGreater(len(names), 10)
        below = {"audit": "verify", "intake": "create", "policy": "check"}
        return [[name, below[name]] if name in below else [name] for name in names]

    def test_every_command_has_help_and_both_outputs(self):
        self.assert_code(sextant("audit", "--help"), OK, "verify")
        for command in self.commands():
            with self.subTest(command):
                self.assert_code(sextant(*command, "--help"), OK, "--help", "--output")

    def test_what_is_wrong_with_a_command_line(self):
        keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
        for arguments, told in [
            (["bogus"], "unknown command 'bogus'"),
            (["statsu"], "did you mean 'status'?"),
            (["audit", "verfy"], "did you mean 'verify'?"),
            ([], "subcommand is required"),
            (["status", "--endpont", "x"], "--endpont"),
            (["status", "--endpoint", "foo"], "--endpoint"),
            (["status", "--timeout", "3"], "--wait"),
            (["tables", "--describe", "a", "--files", "b"], "--describe"),
            (["query"], "SQL"),
            (["query", "select 1", "--to", "/nonexistent/x"], "there is no folder '/nonexistent'"),
            (["query", "select 1", "-f", "xml"], "xml"),
            (["ingest", "/nonexistent", "--bucket", "b"], "/nonexistent"),
            (["deploy", "/nonexistent.yaml"], "/nonexistent.yaml"),
            (["generate", "--count", "0"], "at least 1"),
            (["generate", "--objects", "2"], "--to"),
            (["generate", "--start", "1900-01-01T00:00:00Z"], "1970"),
            (["generate", "--hours", "1e300"], "--hours"),
            (["generate", "--output", "json"], "--to"),
            (["status", "--endpoint", "https://127.0.0.1:1", "--ca-file", "/nonexistent"], "--ca-file"),
        ]:
            with self.subTest(arguments):
                self.assert_code(sextant(*arguments, environment=keys), USAGE, told)

    def test_a_parameter_takes_one_value_and_leaves_the_template(self):
        done = sextant("policy", "check", "--parameter", "KeepOriginal=true", str(TEMPLATE))
        self.assert_code(done, OK)

    def test_missing_credentials_are_told_with_the_places_looked_at(self):
        done = sextant("status", environment={"XDG_DATA_HOME": str(self.folder)})
        self.assert_code(done, USAGE, "AWS_ACCESS_KEY_ID", str(self.folder / "sextant" / "credentials"), "--data")
        done = sextant("status", "--data", self.folder / "none")
        self.assert_code(done, USAGE, str(self.folder / "none" / "credentials"), "--data")

    def test_nobody_there_and_a_damaged_log_have_codes_of_their_own(self):
        keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
        with socket.socket() as taken:  # bound, but nobody listens
            taken.bind(("127.0.0.1", 0))
            done = sextant("status", "--endpoint", f"http://127.0.0.1:{taken.getsockname()[1]}", environment=keys)
            self.assert_code(done, UNREACHABLE)

        with node_that_answers(lambda _: {"Intact": False, "BrokenAt": 7, "Reason": "its hash is another"}) as endpoint:
            done = sextant("audit", "verify", "--endpoint", endpoint, environment=keys)
        self.assert_code(done, DAMAGED, "sequence 7", "its hash is another")

    def test_digests_that_are_none_are_told(self):
        keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
        pem = (ROOT / "tests/fuzz/corpus/audit_digest/public-key.pem").read_text()
        for number, (answer, code, told) in enumerate([({}, FAILED, "is not an RSA public key"),
                                                       ({"PublicKey": pem}, DAMAGED, "no list of digests"),
                                                       ({"PublicKey": pem, "Digests": [7]}, DAMAGED, "no JSON object")]):
            with self.subTest(told), node_that_answers(lambda _, answer=answer: answer) as endpoint:
                done = sextant("audit", "digests", "--no-seal", "--to", self.folder / f"digests{number}", "--endpoint",
                               endpoint, environment=keys)
                self.assert_code(done, code, told)

    def test_deliveries_are_listed_page_by_page(self):
        asked = []

        def page(query: dict) -> dict:
            asked.append(query)
            first = int(query.get("next_token", ["0"])[0])
            count = min(int(query["max_items"][0]), 1_000)
            rows = [{"DeliveryId": f"d{number}"} for number in range(first, min(first + count, 2_500))]
            return {"Deliveries": rows, **({"NextToken": str(first + count)} if first + count < 2_500 else {})}

        keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
        with node_that_answers(page) as endpoint:
            done = sextant("deliveries", "--max-items", "5000", "--outcome", "dropped", "--output", "json",
                           "--endpoint", endpoint, environment=keys)
            self.assertEqual([row["DeliveryId"] for row in json.loads(done.stdout)["Deliveries"]],
                             [f"d{number}" for number in range(2_500)])
            self.assertEqual([query["outcome"] for query in asked], [["dropped"]] * 3)
            self.assert_code(sextant("deliveries", "--endpoint", endpoint, environment=keys), OK, "d99", "and more")

    def test_env_gives_the_nodes_keys_whatever_the_shell_has(self):
        node = Node(self.folder)
        self.addCleanup(node.kill)
        elsewhere = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
                     "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
        node.start()
        place = ["--data", node.data, "--endpoint", node.endpoint]
        done = sextant("env", "--wait", "--output", "json", *place, environment=elsewhere)
        self.assert_code(done, OK)
        told = json.loads(done.stdout)
        self.assertEqual((told["AWS_ACCESS_KEY_ID"], told["AWS_REGION"]), (node.credentials().key_id, "us-east-1"))
        self.assertIn("unset AWS_SESSION_TOKEN\n", sextant("env", *place, environment=elsewhere).stdout)
        self.assert_code(sextant("status", *place, environment=elsewhere), OK)

    def test_generate_tells_what_it_made(self):
        plain = sextant("generate", "--count", "500", text=False)
        packed = sextant("generate", "--count", "500", "--gzip", text=False)
        self.assertEqual(subprocess.run(["gzip", "-dc"], input=packed.stdout, capture_output=True, check=True).stdout,
                         plain.stdout)
        done = sextant("generate", "--count", "500", "--objects", "3", "-o", self.folder / "logs", "--output", "json")
        files = [path for path in (self.folder / "logs").rglob("*") if path.is_file()]
        self.assertEqual(json.loads(done.stdout),
                         {"Files": 3, "Lines": 500, "Bytes": sum(path.stat().st_size for path in files)})
        self.assertEqual(len(files), 3)


class AgainstANode(Scenario):
    def test_a_broken_template_is_told_by_its_own_name(self):
        node = self.start(deployed=False)
        broken = self.folder / "my app.yaml"
        broken.write_text(TEMPLATE.read_text().replace("InlineCode:", "InlineCod:"))
        for more in [[], ["--check"]]:
            done = node.run("deploy", str(broken), *more)
            self.assert_code(done, USAGE, f"\n{broken}:", "did you mean")
            self.assertNotIn("\ntemplate.yaml:", done.stderr)
        self.assert_code(node.run("deploy", str(TEMPLATE), "--check"), OK, "valid")
        options = ["--parameter", "KeepOriginal=true", "--parameter", "GeoipDatabases=none.mmdb"]
        self.assert_code(node.run("deploy", *options, str(TEMPLATE), "--check"), OK, "valid")
        self.assertEqual(self.run_json(node, "functions")["Functions"], [])

    def test_a_deploy_keeps_what_was_said_before(self):
        node = self.start(deployed=False)
        def original():
            functions = self.run_json(node, "functions")["Functions"]
            return {function["Environment"]["Variables"].get("KEEP_ORIGINAL") for function in functions}
        self.assert_code(node.run("deploy", str(TEMPLATE), "--parameter", "KeepOriginal=true"), OK, "created")
        self.assertEqual(original(), {"true"})
        self.assert_code(node.run("deploy", str(TEMPLATE)), OK, "unchanged")
        self.assert_code(node.run("deploy", str(TEMPLATE), "--parameter", "GeoipDatabases=none.mmdb"), OK, "updated")
        self.assertEqual(original(), {"true"})
        self.assert_code(node.run("deploy", str(TEMPLATE), "--parameter", "KeepOriginal=false"), OK, "updated")
        self.assertEqual(original(), {"false"})

    def test_before_anything_has_landed(self):
        node = self.start()
        self.assert_code(node.run("query", "select reason, count(*) from malformed group by 1"), OK)
        self.assert_code(node.run("tables", "--describe", "malformed"), OK, "reason")
        self.assert_code(node.run("query", "select source.ip from alb"), FAILED, "Nothing has landed in table 'alb' yet.")

    def test_what_the_node_refuses(self):
        node = self.start()
        self.assert_code(node.run("query", "select * from albb"), FAILED, "there are: alb, alb_connection, cloudtrail, ", "sextant_audit")
        self.assertNotIn("pg_", node.run("query", "select * from pq_class").stderr)
        self.assert_code(node.run("tables", "--describe", "albb"), FAILED, "there is no table 'albb'")
        self.assert_code(node.run("ingest", str(TEMPLATE), "--bucket", "no-such-bucket"), FAILED, "NoSuchBucket")

    def test_sql_that_is_no_query_is_refused_in_our_words(self):
        node = self.start(deployed=False)
        for sql in ("drop table sextant_audit", "insert into sextant_audit values (1)", "pragma version", "set threads=1",
                    "copy (select 1) to '/tmp/x'", "explain select 1", "call range(1)"):
            with self.subTest(sql):
                done = node.run("query", sql)
                self.assert_code(done, FAILED, "only queries are answered", "SELECT")
                self.assertNotIn("serialize", done.stderr)

    def test_bytes_are_not_written_to_a_terminal(self):
        node = self.start(deployed=False)
        place = ["--data", node.data, "--endpoint", node.endpoint]
        for form in ("parquet", "arrow"):
            terminal, slave = os.openpty()
            with os.fdopen(terminal), os.fdopen(slave) as shown:
                done = subprocess.run([program(), "query", "select 1 as n", "-f", form, *place], stdout=shown,
                                      stderr=subprocess.PIPE, text=True, check=False, timeout=60, env=clean_environment())
            self.assertEqual(done.returncode, USAGE, done.stderr)
            self.assertIn(f"--to rows.{form}", done.stderr)
        self.assertEqual(subprocess.run([program(), "query", "select 1 as n", "-f", "parquet", *place], capture_output=True,
                                        check=True, timeout=60, env=clean_environment()).stdout[:4], b"PAR1")

    def test_numbers_are_as_people_write_them(self):
        node = self.start(deployed=False)
        sql = "select 0.00818::double as a, 0.1::float as b, 2.50::decimal(4, 2) as c, 7::double as d"
        self.assertEqual(self.run_ok(node, "query", sql).split(), ["a", "b", "c", "d", "0.00818", "0.1", "2.5", "7"])
        self.assertIn('{"a":0.00818,"b":0.1,"c":2.50,"d":7}', self.run_ok(node, "query", sql, "-f", "json"))

    def test_every_command_prints_json(self):
        node = self.start()
        self.assertEqual(self.run_json(node, "deploy", TEMPLATE)["Result"], "unchanged")
        self.assertEqual(self.run_json(node, "ingest", log_file(self.folder, "a.log.gz"), "--bucket", BUCKET)["Sent"], 1)
        self.assertEqual(self.run_json(node, "status", "--wait")["Pending"], 0)
        self.assertEqual(self.run_json(node, "query", "select count(*) as n from alb"), [{"n": LINES}])
        self.assertEqual(len(self.run_json(node, "functions")["Functions"]),
                         pathlib.Path(TEMPLATE).read_text().count("Type: AWS::Serverless::Function"))
        self.assertEqual([row["Outcome"] for row in self.run_json(node, "deliveries")["Deliveries"]], ["succeeded"])
        self.assertEqual(self.run_json(node, "deliveries", "--summary")["RowsLanded"], LINES)
        self.assertTrue(self.run_json(node, "audit", "verify")["Intact"])
        self.assertEqual(self.run_json(node, "env")["AWS_ENDPOINT_URL"], node.endpoint)
        rows = {row["Name"]: row["Rows"] for row in self.run_json(node, "tables")["Tables"]}
        self.assertLessEqual({"malformed", "alb", "s3_access"}, set(rows))
        self.assertEqual({name: count for name, count in rows.items() if count}, {"alb": LINES})
        columns = self.run_json(node, "tables", "--describe", "alb")["Columns"]
        self.assertIn({"Name": "source.ip", "Type": "string"}, columns)
        files = self.run_json(node, "tables", "--files", "alb")["Files"]
        self.assertEqual(sum(file["Rows"] for file in files), LINES)
        for file in files:
            held = list(node.data.rglob(pathlib.Path(file["Path"]).name))
            self.assertEqual(hashlib.sha256(held[0].read_bytes()).hexdigest(), file["Sha256"])

    def test_every_format_of_a_query(self):
        node = self.start(deployed=False)
        sql = "select * from (values (1, 'a,b'), (2, null)) t(number, text) order by 1"
        printed = {form: self.run_ok(node, "query", sql, "-f", form) for form in ["table", "json", "ndjson", "csv"]}
        self.assertEqual(printed["table"].split(), ["number", "text", "1", "a,b", "2"])
        rows = [{"number": 1, "text": "a,b"}, {"number": 2, "text": None}]
        self.assertEqual(json.loads(printed["json"]), rows)
        self.assertEqual([json.loads(line) for line in printed["ndjson"].splitlines()], rows)
        self.assertEqual(list(csv.reader(io.StringIO(printed["csv"]))), [["number", "text"], ["1", "a,b"], ["2", ""]])
        query = self.folder / "query.sql"
        query.write_text(sql)
        for form, begins in [("parquet", b"PAR1"), ("arrow", b"\xff\xff\xff\xff"), ("csv", b"number,text")]:
            to = self.folder / f"rows.{form}"
            self.assertEqual(self.run_ok(node, "query", "--file", query, "-f", form, "--to", to), "")
            self.assertEqual(to.read_bytes()[:len(begins)], begins, form)


class Ingest(Scenario):
    def ingest(self, node: Node, folder: pathlib.Path) -> tuple:
        told = self.run_json(node, "ingest", folder, "--bucket", BUCKET)
        return told["Sent"], told["Unchanged"], told["Failed"]

    def test_again_sends_what_is_new_or_changed(self):
        node, logs = self.start(), self.folder / "logs"
        for name in ["a.log.gz", "below/b.log.gz"]:
            log_file(logs, name)
        self.assertEqual(self.ingest(node, logs), (2, 0, 0))
        self.assertEqual(self.ingest(node, logs), (0, 2, 0))
        log_file(logs, "c.log.gz")
        self.assertEqual(self.ingest(node, logs), (1, 2, 0))
        self.assertEqual(self.rows(node), 3 * LINES)

        changed, before = logs / "c.log.gz", (logs / "c.log.gz").stat()
        other = alb.log_object(random.Random("c.log.gz"), "d.log.gz", LINES, compress=False)
        changed.write_bytes(other.body)
        self.assertEqual(changed.stat().st_size, before.st_size)
        self.assertEqual(self.ingest(node, logs), (1, 2, 0))
        self.assertEqual(self.rows(node), 4 * LINES, "another content is another version, and is read too")

    def test_killed_in_the_middle_it_goes_on(self):
        node, logs, files = self.start(), self.folder / "logs", 60
        for number in range(files):
            log_file(logs, f"{number:03}.log.gz")
        first = subprocess.Popen([program(), "ingest", logs, "--bucket", BUCKET, "--parallel", "1", "--endpoint",
                                  node.endpoint, "--data", node.data], env=clean_environment(), stdout=subprocess.DEVNULL)
        client, deadline = node.client(), time.monotonic() + 60
        self.addCleanup(client.close)
        while not client.keys(BUCKET) and time.monotonic() < deadline:
            time.sleep(0.001)
        first.kill()
        first.wait()
        sent, unchanged, failed = self.ingest(node, logs)
        self.assertEqual((sent + unchanged, failed), (files, 0))
        self.assertGreater(sent, 0, "the first run was not in its middle")
        self.assertGreater(unchanged, 0)
        self.assertEqual(self.rows(node), files * LINES)


if __name__ == "__main__":
    unittest.main()
