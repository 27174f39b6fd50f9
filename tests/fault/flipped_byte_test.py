"""One byte of one stored file is changed while a node is down. The node then names the file, when it starts or when
somebody asks for what lies in it; it does not die of it later, and what lies elsewhere is answered as before."""

import pathlib
import random
import shutil
import sys
import tempfile
import unittest

from deltalake import DeltaTable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import alb  # noqa: E402
from harness.client import Client, Lost, Refused  # noqa: E402
from harness.node import ROOT, Node, NodeFailed  # noqa: E402

BUCKET, OTHER_BUCKET = "flip-alb-logs", "flip-failed-events"
FILL_OBJECTS, FILL_BYTES = 280, 60_000  # inline ones, together more than RocksDB keeps in memory
ROWS = {"alb": 420, "malformed": 3}
BIT = 0x10
STORE = ("store/*.sst", "store/*.log", "store/MANIFEST-*", "store/CURRENT")  # where everything committed is
NOTES = ("store/IDENTITY", "store/OPTIONS-*")  # RocksDB writes them for tools; no byte of data hangs on them
PARQUET, BLOBS, DELTA = "lake/*/date=*/*/*.parquet", "blobs/*/*", "lake/*/_delta_log/*.json"
CHECKPOINTS, LAST_CHECKPOINT = "lake/*/_delta_log/*.checkpoint.parquet", "lake/*/_delta_log/_last_checkpoint"


def spread(size: int, between: int = 2) -> list:
    """Offsets of bytes: the first, the last, and some between."""
    return sorted({0, size - 1, *(size * (n + 1) // (between + 1) for n in range(between))})


class FlippedByte(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.whole = pathlib.Path(cls.folder.name) / "whole"
        cls.whole.mkdir()
        dice = random.Random(7)
        cls.objects = {"large.gz": alb.log_object(dice, "large", 200, compress=False),
                       "large2.gz": alb.log_object(dice, "large2", 200, compress=False),
                       "small.gz": alb.log_object(dice, "small", 20, bad_lines=3)}
        node = Node(cls.whole, ["--checkpoint-every", "2"]).start()
        cls.keys = node.credentials()
        client = node.client()
        client.deploy((ROOT / "apps/threat_intel/template.yaml").read_text(), "flip")
        for key, made in cls.objects.items():
            client.put(BUCKET, key, made.body)
            client.settle()
            client.close()
            node.stop()  # what landed is a version of its own in the Delta log then
            client = node.start().client()
        fills = [dice.randbytes(FILL_BYTES) for _ in range(FILL_OBJECTS)]
        for number, body in enumerate(fills):
            client.put(OTHER_BUCKET, f"fill/{number}", body)
        cls.fill = fills[0]
        client.close()
        node.stop()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def files(self, pattern: str) -> list:
        """Relative to the data folder."""
        data = self.whole / "data"
        found = [str(file.relative_to(data)) for file in sorted(data.glob(pattern)) if file.stat().st_size]
        self.assertTrue(found, f"there is no {pattern}")
        return found

    def each_byte(self, name: str, check) -> None:
        """Runs the check with nodes on copies of the data, each with another byte of that file changed."""
        for at in spread((self.whole / "data" / name).stat().st_size):
            with self.subTest(name, byte=at), tempfile.TemporaryDirectory() as copy:
                node = Node(pathlib.Path(copy))
                shutil.copytree(self.whole / "data", node.data)
                changed = bytearray((node.data / name).read_bytes())
                changed[at] ^= BIT
                (node.data / name).write_bytes(changed)
                try:
                    check(node)
                finally:
                    if node.process:
                        node.kill()

    def client(self, node: Node) -> Client:
        client = Client(node.port, self.keys)
        self.addCleanup(client.close)
        return client

    def refusal(self, call, *arguments) -> str:
        with self.assertRaises((Refused, *Lost)) as caught:
            call(*arguments)
        return str(caught.exception)

    def check_rest(self, node: Node, but: tuple = ()) -> None:
        """Everything `but` some objects and tables is answered, and new objects land."""
        client = self.client(node)
        new = alb.log_object(random.Random(8), "new", 5, bad_lines=2)
        client.put(BUCKET, "new.gz", new.body)
        client.settle()
        self.assertEqual(client.outcomes()["succeeded"], len(self.objects) + 1)
        for table, more in {"alb": 5, "malformed": 2}.items():
            if table not in but:
                self.assertEqual(int(client.query(f"select count(*) as n from {table}")[0]["n"]), ROWS[table] + more)
        for key in set(self.objects) - set(but):
            self.assertEqual(client.get(BUCKET, key), self.objects[key].body)
        self.assertTrue(client.get_json("audit/verify")["Intact"])
        self.assertTrue(node.alive())

    def check_refuses_to_start(self, name: str) -> None:
        def check(node):
            with self.assertRaises(NodeFailed) as caught:
                node.start()
            self.assertIn("ended with 1;", str(caught.exception))
            self.assertIn(pathlib.Path(name).name, str(caught.exception))

        self.each_byte(name, check)

    def test_there_is_no_file_of_another_kind(self):
        """Each stored file that is not empty has a test here."""
        known = {name for pattern in (*STORE, *NOTES, PARQUET, BLOBS, DELTA, CHECKPOINTS, LAST_CHECKPOINT, "master.key",
                                            "credentials") for name in self.files(pattern)}
        data = self.whole / "data"
        stored = {str(file.relative_to(data)) for file in data.rglob("*") if file.is_file() and file.stat().st_size}
        self.assertEqual(stored, known)

    def test_the_state_store(self):
        """Without what it committed a node can say nothing true: it ends, and says why."""
        for pattern in STORE:
            self.check_refuses_to_start(self.files(pattern)[0])

    def test_what_the_store_does_not_need(self):
        """The node starts, ends and starts again as if nothing were, and nothing is lost."""
        def check(node):
            self.check_rest(node.start())
            self.assertEqual(node.stop(), 0)
            client = self.client(node.start())
            self.assertEqual(int(client.query("select count(*) as n from alb")[0]["n"]), ROWS["alb"] + 5)
            self.assertEqual(client.get(OTHER_BUCKET, "fill/0"), self.fill)
            self.assertEqual(node.stop(), 0)

        for pattern in NOTES:
            self.each_byte(self.files(pattern)[-1], check)

    def test_the_master_key(self):
        self.check_refuses_to_start("master.key")

    def test_the_credentials(self):
        """The node does not need them, who reads them does."""
        def check(node):
            node.start()
            self.assertIn(str(node.data / "credentials"), node.said())
            self.check_rest(node)
            self.assertEqual(node.stop(), 0)

        self.each_byte("credentials", check)

    def test_a_parquet_file(self):
        name = self.files(PARQUET.replace("*", "alb", 1))[0]

        def check(node):
            client = self.client(node.start())
            query = "select count(distinct aws.elb.conn_trace_id) as n from alb"
            self.assertIn(name.removeprefix("lake/"), self.refusal(client.query, query))
            self.check_rest(node, but=("alb",))
            self.assertEqual(node.stop(), 0)

        self.each_byte(name, check)

    def test_a_blob(self):
        size = len(self.objects["large.gz"].body)
        name = next(file for file in self.files(BLOBS)
                    if 0 <= (self.whole / "data" / file).stat().st_size - size < 100)

        def check(node):
            said = self.refusal(self.client(node.start()).get, BUCKET, "large.gz")
            self.assertIn(name, said + node.said())  # when the answer has begun only the log can tell
            self.check_rest(node, but=("large.gz",))
            self.assertEqual(node.stop(), 0)

        self.each_byte(name, check)

    def test_a_delta_log(self):
        """It is for readers outside: the node's own queries do not need it."""
        for name in self.files(DELTA.replace("*", "alb", 1))[:2]:
            def check(node, name=name):
                self.check_rest(node.start())
                self.assertEqual(node.stop(), 0)
                self.assertIn(name.removeprefix("lake/"), node.said(20_000))
                others = DeltaTable(str(node.data / "lake" / "malformed"))
                self.assertEqual(others.to_pyarrow_table().num_rows, ROWS["malformed"] + 2)

            self.each_byte(name, check)

    def test_a_checkpoint_of_a_delta_log(self):
        """It says what the manifest says, too: the node tells that it is damaged, and writes it anew."""
        for pattern in (CHECKPOINTS, LAST_CHECKPOINT):
            name = self.files(pattern.replace("*", "alb", 1))[-1]

            def check(node, name=name):
                self.check_rest(node.start())
                self.assertEqual(node.stop(), 0)
                told = [line for line in node.said(20_000).splitlines() if "damaged" in line]
                self.assertEqual(len(told), 1, told)
                self.assertIn(name.removeprefix("lake/"), told[0])
                others = DeltaTable(str(node.data / "lake" / "alb"))  # begins at the last checkpoint
                self.assertEqual(others.to_pyarrow_table().num_rows, ROWS["alb"] + 5)
                self.assertEqual(node.start().stop(), 0)
                self.assertEqual([line for line in node.said(20_000).splitlines() if "damaged" in line], told)

            self.each_byte(name, check)


if __name__ == "__main__":
    unittest.main()
