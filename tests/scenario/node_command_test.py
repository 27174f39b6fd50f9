"""`sextant node` as an administrator sees it: what it refuses to start with, what it leaves in its folder, TLS, and
SIGTERM in the middle of work."""

import json
import pathlib
import random
import re
import socket
import stat
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness import alb  # noqa: E402
from harness.client import Lost, Refused  # noqa: E402
from harness.commands import (BUCKET, FAILED, LINES, OK, TEMPLATE, UNREACHABLE, USAGE, Scenario,  # noqa: E402
                              log_file, sextant)
from harness.node import Node, NodeFailed, clean_environment, program  # noqa: E402


def mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class Start(Scenario):
    def refused(self, code: int, told: str, *arguments):
        data = self.folder / "refused"
        done = sextant("node", "--data", data, *(arguments if "--port" in arguments else ["--port", "0", *arguments]))
        self.assert_code(done, code, told)
        self.assertFalse(data.exists(), "it left something behind")

    def test_a_taken_port_is_told_at_once_and_leaves_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.refused(FAILED, "--port", "--port", str(taken.getsockname()[1]))

    def test_options_are_checked_before_anything_is_made(self):
        for arguments, told in [
            (["--account", "12"], "--account"),
            (["--account", "00000000000a"], "--account"),
            (["--region", "a b/c"], "--region"),
            (["--region", ""], "--region"),
            (["--address", "0.0.0.0"], "--insecure"),
            (["--address", "::"], "--tls-cert"),
            (["--address", "127.foo"], "127.foo"),
            (["--address", "127.0.0.1.example.com"], "is not an IP address"),
            (["--tls-cert", "x.pem"], "--tls-key"),
            (["--tls-cert", "/nonexistent.pem", "--tls-key", "x.pem"], "/nonexistent.pem: No such file"),
            (["--workers", "0"], "--workers"),
            (["--files", "no-such-folder"], "there is no folder 'no-such-folder'"),
        ]:
            with self.subTest(arguments):
                self.refused(USAGE, told, *arguments)

    def test_a_folder_in_use_is_told_with_what_to_do(self):
        node = self.start(deployed=False)
        done = sextant("node", "--data", node.data, "--port", "0")
        self.assert_code(done, FAILED, f"data folder '{node.data}'", "another node works with it", "--data")
        self.run_ok(node, "status")

    def test_its_folder_is_its_owners_alone_and_its_names_are_as_asked(self):
        node = self.start("--account", "123456789012", "--region", "eu-north-1", "--address", "localhost",
                          deployed=False)
        self.assertEqual(node.endpoint, f"http://127.0.0.1:{node.port}")
        self.assertEqual((mode(node.data), mode(node.data / "credentials")), (0o700, 0o600))
        status = self.run_json(node, "status", "--region", "eu-north-1")
        self.assertEqual((status["Account"], status["Region"]), ("123456789012", "eu-north-1"))
        self.assert_code(node.run("status", "--region", "us-east-1"), FAILED)

    def test_its_data_stay_the_first_scopes(self):
        node = self.start()
        self.run_ok(node, "ingest", log_file(self.folder, "a.log"), "--bucket", BUCKET)
        self.run_ok(node, "status", "--wait")
        self.assertEqual(node.stop(), 0)
        for other in (["--region", "eu-west-1"], ["--account", "123456789012"]):
            again = Node(node.folder, other)
            with self.assertRaises(NodeFailed) as failed:
                again.start()
            self.assertIn("--account 000000000000 --region us-east-1", str(failed.exception))
        node.start()
        rows = self.run_json(node, "query", "select count(*) as n from alb")
        self.assertEqual(int(rows[0]["n"]), LINES)

    def test_it_listens_on_any_address_when_told_so(self):
        node = self.start("--address", "0.0.0.0", "--insecure", deployed=False)
        node.endpoint = f"http://127.0.0.1:{node.port}"
        self.run_ok(node, "status")

    def test_an_ipv6_address_stands_in_brackets(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("this machine has no IPv6")
        node = self.start("--address", "::1", deployed=False)
        self.assertEqual(node.endpoint, f"http://[::1]:{node.port}")
        self.run_ok(node, "status")

    def test_programs_read_one_line_of_json_when_it_is_ready(self):
        data = self.folder / "data"
        with subprocess.Popen([program(), "node", "--data", data, "--port", "0", "--output", "json"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean_environment()) as process:
            ready = json.loads(process.stdout.readline())
            self.assertEqual(ready["Data"], str(data))
            self.assert_code(sextant("status", "--endpoint", ready["Endpoint"], "--data", data), OK)
            process.terminate()
            self.assertEqual(process.wait(60), 0)
            self.assertEqual(process.stdout.read(), b"")


class OpenEndpoints(Scenario):
    PAGE = ROOT / "docs/formats/open-endpoints.md"

    def ask(self, node: Node, path: str) -> tuple:
        with urllib.request.urlopen(f"{node.endpoint}/_sextant/{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()

    def written(self) -> dict:
        """What the page says: name -> (type, labels)."""
        rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \| [^|]+ \|$", self.PAGE.read_text(), re.MULTILINE)
        return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}

    def printed(self, text: str) -> dict:
        found = {name: (kind, set()) for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE)}
        for series, labels in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
            name = series if series in found else re.sub(r"_(bucket|sum|count)$", "", series)
            found[name][1].update(set(re.findall(r'(\w+)="', labels)) - {"le"})
        return found

    def test_they_need_no_signature_and_every_metric_is_written_down(self):
        """docs/formats/open-endpoints.md has a row `| name | type | labels | meaning |` for each metric that a node
        prints, with the labels in backticks or a dash. Whoever adds one adds its row."""
        node = self.start()
        self.run_ok(node, "ingest", log_file(self.folder, "a.log"), "--bucket", BUCKET)
        self.run_ok(node, "status", "--wait")
        self.assertEqual(self.ask(node, "health"), (200, "ok\n"))
        self.assertEqual(self.ask(node, "ready"), (200, "ready\n"))
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.ask(node, "status")
        self.assertEqual(refused.exception.code, 403)

        written, printed = self.written(), self.printed(self.ask(node, "metrics")[1])
        self.assertGreater(len(printed), 30)
        for name, what in printed.items():
            self.assertEqual(written.get(name), what, f"{name}: its row in {self.PAGE.name}")
        sources = "".join(file.read_text() for file in (ROOT / "src").rglob("*.cc") if not file.stem.endswith("_test"))
        gone = {name for name in written.keys() - printed.keys() if f'"{name}"' not in sources}
        self.assertEqual(gone, set(), "rows of metrics that are not there")  # some are printed once there is something

    def test_decisions_waiting_deliveries_and_the_process_are_seen(self):
        text = TEMPLATE.read_text()
        held = self.folder / "held.yaml"
        held.write_text(text.replace("Timeout: 300", "Timeout: 300\n      ReservedConcurrentExecutions: 0"))
        self.assertNotEqual(held.read_text(), text)
        node = self.start(deployed=False)
        self.run_ok(node, "deploy", held, "--stack-name", "threat-intel")
        self.run_ok(node, "ingest", log_file(self.folder, "a.log"), "--bucket", BUCKET)
        with self.assertRaises(urllib.error.HTTPError):
            self.ask(node, "status")

        def value(text: str, series: str) -> float:
            found = [line for line in text.splitlines() if line.startswith(series)]
            self.assertEqual(len(found), 1, f"{series} in\n{text}")
            return float(found[0].rsplit(" ", 1)[1])

        text = self.ask(node, "metrics")[1]
        waits = 'sextant_deliveries_waiting{function="threat-intel'
        lag = 'sextant_delivery_lag_seconds{function="threat-intel'
        self.assertEqual(value(text, waits), 1)
        self.assertGreater(value(text, lag), 0)
        decisions = "sextant_gate_decisions_total"
        self.assertGreaterEqual(value(text, decisions + '{decision="unauthenticated",service="sextant"}'), 1)
        self.assertEqual(value(text, decisions + '{decision="allow",service="cloudformation"}') > 0, True)
        self.assertEqual(value(text, decisions + '{decision="deny",service="s3"}'), 0)
        self.assertGreater(value(text, "process_resident_memory_bytes"), 1 << 20)
        self.assertGreater(value(text, "process_open_fds"), 3)
        self.assertAlmostEqual(value(text, "process_start_time_seconds"), time.time(), delta=600)


class Tls(Scenario):
    def test_a_private_certificate_is_trusted_when_it_is_named(self):
        certificate, key = self.folder / "node.pem", self.folder / "node.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=node", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key,
                        "-out", certificate], check=True, capture_output=True)
        node = self.start("--tls-cert", str(certificate), "--tls-key", str(key), "--address", "0.0.0.0", deployed=False)
        self.assertTrue(node.endpoint.startswith("https://"))
        node.endpoint = f"https://127.0.0.1:{node.port}"
        self.assert_code(node.run("status"), UNREACHABLE, "--ca-file")
        self.run_ok(node, "status", "--ca-file", certificate)
        for variable in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"]:
            done = node.run("status", environment={variable: str(certificate)})
            self.assert_code(done, OK)
        self.assertIn(f"export AWS_CA_BUNDLE='{certificate}'", self.run_ok(node, "env", "--ca-file", certificate))
        self.assertNotIn("AWS_CA_BUNDLE", self.run_ok(node, "env"))
        self.assert_code(sextant("status", "--endpoint", f"http://127.0.0.1:{node.port}", "--data", node.data),
                         UNREACHABLE)


class Writer(threading.Thread):
    """Puts objects until the node stops taking them; knows which were acknowledged."""

    def __init__(self, node, number: int, lines: int):
        super().__init__()
        self.node, self.number, self.lines = node, number, lines
        self.acknowledged, self.in_doubt = [], []

    def run(self):
        client, dice = self.node.client(), random.Random(self.number)
        for count in range(10_000):
            name = f"w{self.number}-{count}"
            try:
                client.put(BUCKET, name, alb.log_object(dice, name, self.lines).body)
                self.acknowledged.append(name)
            except Refused:
                break
            except Lost:
                self.in_doubt.append(name)
                break
        client.close()


class Stop(Scenario):
    WRITERS, LINES = 2, 2_000

    def test_sigterm_under_load_loses_and_doubles_nothing(self):
        node = self.start("--workers", "1")
        writers = [Writer(node, number, self.LINES) for number in range(self.WRITERS)]
        for writer in writers:
            writer.start()
        client = node.client()
        for _ in range(10_000):
            outcomes = client.outcomes()
            if outcomes["pending"] >= 3 and outcomes["succeeded"] >= 1:
                break
        self.assertGreaterEqual(outcomes["pending"], 3, "the node was never behind")
        client.close()
        self.assertEqual(node.stop(), 0)
        for writer in writers:
            writer.join()
        node.start()
        self.run_ok(node, "status", "--wait")
        self.check(node, [name for writer in writers for name in writer.acknowledged],
                   [name for writer in writers for name in writer.in_doubt])

    def check(self, node, acknowledged: list, in_doubt: list):
        rows = {row["object"].rsplit("/", 1)[1]: row["n"] for row in self.run_json(
            node, "query", "select log.file.path as object, count(*) as n from alb group by 1")}
        self.assertGreater(len(acknowledged), 3)
        for name in acknowledged:
            self.assertEqual(rows.pop(name, 0), self.LINES, name)
        self.assertLessEqual(set(rows), set(in_doubt))
        self.assertLessEqual(set(rows.values()), {self.LINES})
        outcomes = self.run_json(node, "deliveries", "--summary")["Outcomes"]
        self.assertEqual((outcomes["pending"], outcomes["dropped"]), (0, 0))
        self.assertTrue(self.run_json(node, "audit", "verify")["Intact"])


if __name__ == "__main__":
    unittest.main()
