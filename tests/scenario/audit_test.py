"""The audit log as its owner sees it: sealed, exported, and verified against what was exported."""

import json
import pathlib
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.commands import DAMAGED, FAILED, OK, Scenario  # noqa: E402


class Digests(Scenario):
    def export(self, node, to: str = "digests") -> dict:
        return self.run_json(node, "audit", "digests", "--to", self.folder / to)

    def verify(self, node, folder: str = "digests"):
        return node.run("audit", "verify", "--digests", str(self.folder / folder))

    def some_calls(self, node, count: int = 3) -> None:
        client = node.client()
        for _ in range(count):
            client.get_json("status")
        client.close()

    def test_digests_are_exported_and_verified(self):
        node = self.start(deployed=False)
        self.some_calls(node)
        first = self.export(node)
        self.assertEqual((first["Exported"], first["Digests"]), (1, 1))
        self.some_calls(node)
        self.assertEqual(self.export(node)["Exported"], 1)
        self.assertEqual(self.run_json(node, "audit", "digests", "--no-seal", "--to", self.folder / "other")["Digests"], 2)
        self.assert_code(self.verify(node), OK, "intact", "2 exported digests hold")
        files = sorted(path.name for path in (self.folder / "digests").iterdir())
        self.assertEqual(files, ["digest-0000000001.json", "digest-0000000001.json.sig", "digest-0000000002.json",
                                 "digest-0000000002.json.sig", "public-key.pem"])
        document = self.folder / "digests" / files[2]
        subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.folder / "digests/public-key.pem", "-signature",
                        f"{document}.sig", document], check=True, capture_output=True)
        # The key and the chain outlive the process.
        node.stop()
        node.start()
        self.assertEqual(self.export(node)["PublicKeyFingerprint"], first["PublicKeyFingerprint"])
        self.assert_code(self.verify(node), OK, "3 exported digests hold")

    def test_what_happened_to_exported_digests_is_found(self):
        node = self.start(deployed=False)
        for _ in range(3):
            self.some_calls(node)
            self.export(node)

        def damaged(what: str, change) -> None:
            copy = self.folder / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.folder / "digests", copy)
            change(copy)
            with self.subTest(what):
                self.assert_code(self.verify(node, "copy"), DAMAGED, what)
                self.assert_code(node.run("audit", "digests", "--to", str(copy)), DAMAGED, what)

        def forge(folder):
            file = folder / "digest-0000000002.json"
            document = json.loads(file.read_text())
            document["segment"]["lastSequence"] += 1
            file.write_text(json.dumps(document))

        damaged("digest 2 is not as it was signed", forge)
        damaged("those between them are missing", lambda folder: (folder / "digest-0000000002.json").unlink())
        damaged("digest-0000000003.json.sig", lambda folder: (folder / "digest-0000000003.json.sig").unlink())
        damaged("public-key.pem", lambda folder: (folder / "public-key.pem").write_text("nobody's"))
        self.assert_code(self.verify(node, "nothing"), FAILED, "there are no digests")
        self.assertFalse((self.folder / "nothing").exists())

    def test_a_log_cut_off_or_begun_anew_is_found(self):
        node = self.start(deployed=False)
        self.some_calls(node)
        self.export(node)
        node.stop()
        early = self.folder / "early"
        shutil.copytree(node.data, early)
        node.start()
        self.some_calls(node)
        self.export(node)
        node.stop()
        # Somebody puts back how it was: the chain holds, but its end is gone.
        shutil.rmtree(node.data)
        shutil.copytree(early, node.data)
        node.start()
        self.assert_code(node.run("audit", "verify"), OK, "intact")
        self.assert_code(self.verify(node), DAMAGED, "was cut off", "exported digest 2")
        # It grows again, so that it is not even shorter.
        self.some_calls(node, 20)
        self.assert_code(self.verify(node), DAMAGED, "was written anew")
        self.assert_code(node.run("audit", "digests", "--to", str(self.folder / "digests")), OK, "0 new")
        self.some_calls(node)
        self.assert_code(node.run("audit", "digests", "--to", str(self.folder / "digests")), DAMAGED, "digest 3")

        other = self.start(name="other", deployed=False)
        self.some_calls(other, 40)
        self.run_ok(other, "audit", "seal")
        self.assert_code(self.verify(other), DAMAGED, "written anew")
        self.assert_code(other.run("audit", "digests", "--to", str(self.folder / "digests")), DAMAGED, "another key")


if __name__ == "__main__":
    unittest.main()
