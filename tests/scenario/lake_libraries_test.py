"""Results of queries and the lake's tables open in pandas, Polars and DuckDB, as they come from PyPI, with the same
values as our own SQL says."""

import io
import json
import pathlib
import random
import sys
import tempfile
import unittest

import duckdb
import pandas
import polars
import pyarrow
from deltalake import DeltaTable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import alb  # noqa: E402
from harness.node import ROOT, Node  # noqa: E402

GOOD = 300
SQL = "select ts, source.ip as ip, http.response.status_code as status, aws.elb.conn_trace_id as id from alb order by id"


class Libraries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.node = Node(pathlib.Path(cls.folder.name)).start()
        cls.client = cls.node.client()
        cls.client.deploy((ROOT / "apps/threat_intel/template.yaml").read_text(), "libraries")
        made = alb.log_object(random.Random(9), "one", GOOD)
        cls.client.put("libraries-alb-logs", "one.gz", made.body)
        cls.client.settle()
        cls.ids = sorted(made.good)
        cls.ok = int(cls.client.query("select count(*) as n from alb where http.response.status_code = 200")[0]["n"])
        cls.first = cls.client.query(SQL + " limit 1")[0]

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.node.stop()
        cls.folder.cleanup()

    def result(self, form: str) -> io.BytesIO:
        body = json.dumps({"sql": SQL, "format": form}).encode()
        return io.BytesIO(self.client.call("sextant", "POST", "/_sextant/query", body=body,
                                           headers={"content-type": "application/json"}).body)

    def delta(self) -> DeltaTable:
        return DeltaTable(str(self.node.data / "lake" / "alb"))

    def check(self, ids: list, ok: int, first_time) -> None:
        self.assertEqual(ids, self.ids)
        self.assertEqual(ok, self.ok)
        self.assertEqual(first_time.isoformat()[:23], self.first["ts"][:23])

    def test_pandas(self):
        for form, read in (("parquet", pandas.read_parquet), ("csv", pandas.read_csv)):
            frame = read(self.result(form))
            first = pandas.to_datetime(frame["ts"], utc=True)[0]
            self.check(frame["id"].tolist(), int((frame["status"] == 200).sum()), first)
        self.assertEqual(len(self.delta().to_pandas()), GOOD)

    def test_polars(self):
        for form, read in (("parquet", polars.read_parquet), ("arrow", polars.read_ipc_stream)):
            frame = read(self.result(form))
            self.check(frame["id"].to_list(), frame.filter(polars.col("status") == 200).height, frame["ts"][0])
        self.assertEqual(polars.read_delta(str(self.node.data / "lake" / "alb")).height, GOOD)

    def test_duckdb(self):
        table = pyarrow.ipc.open_stream(self.result("arrow")).read_all()
        session = duckdb.connect()
        session.execute("set timezone = 'UTC'")
        session.register("answer", table)
        ids = [row[0] for row in session.execute("select id from answer order by id").fetchall()]
        ok = session.execute("select count(*) from answer where status = 200").fetchone()[0]
        self.check(ids, ok, table.column("ts")[0].as_py())
        files = self.delta().file_uris()
        count = session.execute("select count(*), count(distinct aws.elb.conn_trace_id) from read_parquet(?)", [files])
        self.assertEqual(count.fetchone(), (GOOD, GOOD))


if __name__ == "__main__":
    unittest.main()
