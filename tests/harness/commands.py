"""What the tests of the program's commands have in common."""

import json
import pathlib
import random
import subprocess
import tempfile
import unittest

from harness import alb
from harness.node import ROOT, Node, clean_environment, program
from harness.patience import patience_s

TEMPLATE = ROOT / "apps" / "threat_intel" / "template.yaml"
BUCKET = "threat-intel-alb-logs"
OK, FAILED, USAGE, UNREACHABLE, DAMAGED = range(5)  # docs/guide/command-line.md
LINES = 40


def sextant(*arguments, environment: dict = None, text: bool = True) -> subprocess.CompletedProcess:
    return subprocess.run([program(), *map(str, arguments)], capture_output=True, text=text, check=False, timeout=patience_s(120),
                          env={**clean_environment(), **(environment or {})})


def log_file(folder: pathlib.Path, name: str, lines: int = LINES) -> pathlib.Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(alb.log_object(random.Random(name), name, lines, compress=False).body)
    return path


class Scenario(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, *arguments, name: str = "node", deployed: bool = True) -> Node:
        node = Node(self.folder / name, list(arguments))
        node.folder.mkdir(exist_ok=True)
        self.addCleanup(lambda: node.process and node.kill())
        node.start()
        if deployed:
            self.run_ok(node, "deploy", TEMPLATE)
        return node

    def run_ok(self, node: Node, *command) -> str:
        done = node.run(*map(str, command))
        self.assertEqual(done.returncode, OK, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout

    def run_json(self, node: Node, *command):
        return json.loads(self.run_ok(node, *command, "--output", "json"))

    def assert_code(self, done, code: int, *told: str):
        self.assertEqual(done.returncode, code, f"{done.args}\n{done.stdout}{done.stderr}")
        for text in told:
            self.assertIn(text, done.stdout + done.stderr)

    def rows(self, node: Node) -> int:
        """In the lake, once every delivery is done."""
        self.run_ok(node, "status", "--wait")
        return self.run_json(node, "query", "select count(*) as n from alb")[0]["n"]
