"""AWS's own checkers accept our templates as they are: cfn-lint, and SAM's `sam validate`.

Both live in the environment that `tools/bootstrap lint` makes; without it the test says so and is skipped
(exit code 77), since `make lint` runs the same checkers and installs them first.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = pathlib.Path(os.environ["SEXTANT_DEPS"]) / "lint" / "bin"
TEMPLATES = sorted([*ROOT.glob("apps/*/template.yaml"), *ROOT.glob("samples/*/template.yaml")])


def run(tool, *arguments):
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, env=environment, check=False)
    return done.returncode, done.stdout + done.stderr


def checkers(template):
    yield "cfn-lint", run("cfn-lint", str(template))
    yield "sam validate", run("sam", "validate", "--template", str(template))


class TemplateLint(unittest.TestCase):
    def test_there_are_templates(self):
        self.assertTrue(TEMPLATES)

    def test_every_template_is_accepted(self):
        for template in TEMPLATES:
            for name, (status, output) in checkers(template):
                with self.subTest(template=template.name, checker=name):
                    self.assertEqual(status, 0, output)

    def test_a_wrong_property_is_noticed(self):
        text = TEMPLATES[0].read_text().replace("Handler:", "Handlr:")
        with tempfile.TemporaryDirectory() as folder:
            template = pathlib.Path(folder) / "template.yaml"
            template.write_text(text)
            for name, (status, _) in checkers(template):
                with self.subTest(checker=name):
                    self.assertNotEqual(status, 0)


if __name__ == "__main__":
    if not (TOOLS / "cfn-lint").exists() or not (TOOLS / "sam").exists():
        print(f"{TOOLS} has no cfn-lint and sam: run tools/bootstrap lint")
        sys.exit(77)
    unittest.main()
