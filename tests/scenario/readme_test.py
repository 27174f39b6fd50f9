"""Types the README's commands, as a newcomer would, against a real node on a free port."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.node import Node, program  # noqa: E402


def commands(heading: str) -> list:
    """The indented lines below a heading of the README."""
    section = (ROOT / "README.md").read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [line.strip() for line in section.splitlines() if line.startswith("    ")]


class Readme(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name)
        self.node = Node(self.home).start()
        (self.home / "apps").symlink_to(ROOT / "apps")
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SEXTANT_"))}
        # Debian's awscli, whatever else is called aws on this machine.
        self.environment = {**outside, "PATH": f"{program().parent}:/usr/bin:{outside['PATH']}", "HOME": str(self.home),
                            "SEXTANT_ENDPOINT": f"http://127.0.0.1:{self.node.port}", "AWS_EC2_METADATA_DISABLED": "true"}

    def tearDown(self):
        self.node.kill()
        self.folder.cleanup()

    def run_block(self, lines: list) -> dict:
        """What each command printed. Building and starting the node is done already; variables that `eval` sets
        live on from line to line."""
        printed, before = {}, []
        for line in lines:
            if line.startswith(("make build", "sextant node")):
                continue
            line = line.replace("~/sextant", str(self.node.data))
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", "\n".join([*before, line])], cwd=self.home,
                                  env=self.environment, capture_output=True, text=True, check=False, timeout=120)
            self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}{done.stderr}")
            printed[line.split("#")[0].strip()] = done.stdout
            if line.startswith("eval"):
                before.append(line)
        return printed

    def test_its_commands_do_what_it_says(self):
        first = commands("The first five minutes")
        self.assertGreater(len(first), 8)
        printed = self.run_block(first)
        countries = next(text for line, text in printed.items() if "as country" in line)
        self.assertIn("country", countries)
        self.assertGreater(len(countries.splitlines()), 4)
        self.assertIn("intact", printed["sextant audit verify"])

        own = self.run_block([first[2], *commands("Your own logs")])
        self.assertTrue((self.home / "errors.parquet").read_bytes().startswith(b"PAR1"))
        self.assertIn("source.ip", own["sextant tables --describe alb"])
        client = self.node.client()
        rows = client.query("select count(*) as n from alb union all select count(*) from malformed")
        client.close()
        self.assertEqual(sum(int(row["n"]) for row in rows), 20_000, "the sample and its copy")


if __name__ == "__main__":
    unittest.main()
