"""The program and the folder `lib` beside it are all that its user needs of what was built: nobody's home, no cache."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.node import clean_environment, program  # noqa: E402

SHIPPED = {"libarrow", "libparquet", "libduckdb"}  # what no package of Debian brings


class MovedProgram(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()

    def test_it_looks_for_libraries_beside_itself_alone(self):
        told = subprocess.run(["readelf", "--dynamic", "--wide", program()], capture_output=True, text=True, check=True)
        paths = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", told.stdout)
        self.assertEqual(paths, ["$ORIGIN/lib"])

    def test_it_runs_from_another_folder_with_another_home(self):
        moved = self.folder / "elsewhere" / "sextant"
        shutil.copytree(program().parent / "lib", moved.parent / "lib")
        shutil.copy2(program(), moved)
        environment = {name: value for name, value in clean_environment().items()
                       if name not in ("LD_LIBRARY_PATH", "XDG_CACHE_HOME")}
        environment["HOME"] = str(self.folder)
        done = subprocess.run([moved, "--version"], capture_output=True, text=True, check=False, timeout=60,
                              cwd=self.folder, env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"\d+\.\d+\.\d+")

        loaded = subprocess.run([moved], capture_output=True, text=True, check=True, timeout=60, cwd=self.folder,
                                env={**environment, "LD_TRACE_LOADED_OBJECTS": "1"}).stdout
        found = dict(re.findall(r"(lib[a-z]+)\.so\S* => (\S+)", loaded))
        for name in SHIPPED:
            self.assertEqual(pathlib.Path(os.path.realpath(found[name])).parent, moved.parent / "lib", name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
