"""tools/new_parser.py: what it writes is formatted, compiles, and is in the catalogue."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "new_parser.py"
COMPILER = ["c++", "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
CATALOGUE = pathlib.Path("src/intel/log_kinds.cc")


class NewParser(unittest.TestCase):
    def setUp(self):
        # pylint: disable=consider-using-with
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        for name in ("parsers", "generators"):
            (self.root / "src/intel" / name).mkdir(parents=True)
        shutil.copy(ROOT / CATALOGUE, self.root / CATALOGUE)
        shutil.copy(ROOT / ".clang-format", self.root)

    def run_tool(self, *arguments):
        return subprocess.run([sys.executable, TOOL, "--root", self.root, *arguments], capture_output=True, text=True,
                              check=False)

    def sources(self):
        return sorted(path for path in self.root.rglob("*") if path.suffix in (".cc", ".h"))

    def test_the_files_and_the_line_of_the_catalogue(self):
        before = (self.root / CATALOGUE).read_text()
        done = self.run_tool("web_proxy", "--title", "Web proxy log")
        self.assertEqual(done.returncode, 0, done.stderr)
        names = sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*.*") if path.is_file())
        names.remove(".clang-format")
        self.assertEqual(names, sorted([str(CATALOGUE), *(f"src/intel/{part}/web_proxy.{kind}" for part, kind in (
            ("parsers", "h"), ("parsers", "cc"), ("parsers", "case"), ("generators", "h"), ("generators", "cc")))]))
        added = [line for line in (self.root / CATALOGUE).read_text().splitlines() if line not in before.splitlines()]
        self.assertEqual(added, ['#include "intel/generators/web_proxy.h"', '#include "intel/parsers/web_proxy.h"',
                                 "      {&kWebProxy, make_web_proxy_generator, kWebProxyTechniques},"])

    def test_includes_stay_in_their_order(self):
        for kind in ("aaa", "zzz", "ninth"):
            self.assertEqual(self.run_tool(kind).returncode, 0)
        includes = re.findall(r'#include "(intel/(?:parsers|generators)/.*)"', (self.root / CATALOGUE).read_text())
        self.assertEqual(includes, sorted(includes))

    def test_what_it_writes_is_formatted_and_compiles(self):
        self.assertEqual(self.run_tool("web_proxy").returncode, 0)
        if shutil.which("clang-format-19"):
            done = subprocess.run(["clang-format-19", "--dry-run", "--Werror", *self.sources()], capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        arrow = pathlib.Path(os.environ["SEXTANT_DEPS"]) / "arrow" / "include"
        for file in self.root.rglob("*.cc"):
            with self.subTest(file.name):
                done = subprocess.run([*COMPILER, "-I", self.root / "src", "-I", ROOT / "src", "-isystem", arrow, file],
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_is_there_is_not_written_over(self):
        self.assertEqual(self.run_tool("web_proxy").returncode, 0)
        again = self.run_tool("web_proxy")
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("already", again.stderr)
        self.assertEqual((self.root / CATALOGUE).read_text().count("&kWebProxy,"), 1)

    def test_a_name_that_is_none_is_refused(self):
        for name in ("Web", "web-proxy", "9web", "web__proxy", "../web", ""):
            with self.subTest(name):
                self.assertNotEqual(self.run_tool(name).returncode, 0)
        self.assertEqual(len(list(self.root.rglob("*.case"))), 0)


if __name__ == "__main__":
    unittest.main()
