"""Plants each kind of wrong include in a small tree and shows that tools/check_layers names it."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check_layers"
LAYERS = """
sextant_layer(core LIBRARIES something)
sextant_layer(ports DEPENDS core)
sextant_layer(adapters DEPENDS ports core)
sextant_layer(services DEPENDS ports core TEST_DEPENDS adapters)
sextant_layer(intel DEPENDS core)
sextant_layer(server DEPENDS services adapters intel ports core)
"""
CLEAN = {
    "core/a.h": "",
    "core/json/b.h": "",
    "ports/p.h": '#include "core/a.h"',
    "adapters/memory/m.h": '#include "ports/p.h"',
    "adapters/rocks/r.h": '#include "ports/p.h"',
    "services/s3/s.h": '#include "ports/p.h"',
    "services/s3/s_test.cc": '#include "adapters/memory/m.h"',
    "services/s3/s_fixture.h": '#include "adapters/memory/m.h"',
    "services/iam/i.h": '#include "core/a.h"\n#include <vector>',
    "intel/alb.h": '#include "core/a.h"',
    "server/main.cc": '#include "adapters/rocks/r.h"\n#include "intel/alb.h"',
}
NOW = "// TODO" + "(now) finish"
MACHINE = '// see "/' + 'home/somebody/notes"'


def run_on(files: dict) -> tuple:
    with tempfile.TemporaryDirectory() as folder:
        src = pathlib.Path(folder) / "src"
        for name, text in {"CMakeLists.txt": LAYERS, **files}.items():
            path = src / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([sys.executable, TOOL, folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class CheckLayers(unittest.TestCase):
    def test_accepts_a_clean_tree(self):
        self.assertEqual(run_on(CLEAN), (0, ""))

    def test_names_each_planted_fault(self):
        planted = [
            ("a layer that DEPENDS does not name", "ports/bad.h", '\n#include "services/s3/s.h"', "src/ports/bad.h:2: layer:"),
            ("the same in a test", "ports/bad_test.cc", '#include "adapters/memory/m.h"', "src/ports/bad_test.cc:1: layer:"),
            ("a header of tests", "services/s3/bad.cc", '#include "services/s3/s_fixture.h"', "src/services/s3/bad.cc:1: layer:"),
            ("a sibling", "services/iam/bad.h", '#include "services/s3/s.h"', "src/services/iam/bad.h:1: sibling:"),
            ("a sibling adapter", "adapters/rocks/bad.cc", '#include "adapters/memory/m.h"',
             "src/adapters/rocks/bad.cc:1: sibling:"),
            ("a concrete adapter", "services/s3/bad.cc", '#include "adapters/memory/m.h"',
             "src/services/s3/bad.cc:1: concrete:"),
            ("a function of the app", "services/s3/bad.h", '#include "intel/alb.h"', "src/services/s3/bad.h:1: concrete:"),
            ("an open end", "core/bad.cc", NOW, "src/core/bad.cc:1: todo:"),
            ("a machine's path", "core/bad.cc", MACHINE, "src/core/bad.cc:1: path:"),
            ("a folder that is no layer", "helpers/x.h", "", "src/helpers:1: layer:"),
        ]
        for what, file, text, expected in planted:
            with self.subTest(what):
                code, output = run_on({**CLEAN, file: text})
                self.assertEqual(code, 1)
                self.assertIn(expected, output)

    def test_names_a_cycle_between_two_folders(self):
        code, output = run_on({**CLEAN, "core/json/b.h": '#include "core/a.h"', "core/c.h": '#include "core/json/b.h"'})
        self.assertEqual(code, 1)
        self.assertIn("cycle: folders include each other: src/core/", output)
        self.assertEqual(output.count("cycle:"), 1)

    def test_names_a_cycle_over_three_folders(self):
        ring = {"core/x/1.h": '#include "core/y/2.h"', "core/y/2.h": '#include "core/z/3.h"', "core/z/3.h": '#include "core/x/1.h"'}
        code, output = run_on({**CLEAN, **ring})
        self.assertEqual(code, 1)
        self.assertIn("src/core/z/3.h:1", output)


if __name__ == "__main__":
    unittest.main()
