"""Every test that ASSURANCE.md names is there."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOGLE = re.compile(r"^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P)\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)


def known() -> set:
    names = {"fuzz"}
    for file in [*ROOT.glob("src/**/*_test.cc"), *ROOT.glob("tests/**/*_test.cc")]:
        for suite, name in GOOGLE.findall(file.read_text()):
            names.update((suite, f"{suite}.{name}", name))
    names.update(re.findall(r"sextant_python_test\((\w+)", (ROOT / "tests/CMakeLists.txt").read_text()))
    names.update(file.stem for file in ROOT.glob("tests/oracle/*_oracle.py"))
    return names


def promised() -> list:
    table = (ROOT / "ASSURANCE.md").read_text().split("## Promises")[1].split("\n## ")[0]
    cells = [line.rsplit("|", 2)[1] for line in table.splitlines() if line.startswith("|")]
    names = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    return [name for name in names if "/" not in name and not name.startswith("make ")]


class Assurance(unittest.TestCase):
    def test_each_named_test_is_there(self):
        self.assertGreater(len(promised()), 30)
        self.assertEqual([name for name in promised() if name not in known()], [])


if __name__ == "__main__":
    unittest.main()
