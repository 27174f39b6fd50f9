"""Counts a table's rows again and again as outsiders do, until a file says stop: by deltalake, and by DuckDB over the
files that the Delta log names. Every count must be the same.

usage: lake_readers_check.py TABLE_FOLDER ROWS STOP_FILE
"""

import os
import pathlib
import sys

import duckdb
import pyarrow.parquet as pq
from deltalake import DeltaTable


def counts(folder):
    """Of one snapshot, in each way."""
    delta = DeltaTable(folder)
    files = delta.file_uris()
    yield "deltalake", delta.version(), delta.to_pyarrow_dataset().count_rows()
    yield "duckdb", delta.version(), duckdb.execute(
        "select count(*) from read_parquet(?, union_by_name = true)", [files]).fetchone()[0]
    yield "pyarrow", delta.version(), sum(pq.read_metadata(file).num_rows for file in files)


def main(folder, rows, stop):
    versions, looks, stopping = set(), 0, False
    while True:
        for reader, version, found in counts(folder):
            versions.add(version)
            if found != int(rows):
                sys.exit(f"{reader} counts {found} rows in version {version}, not {rows}")
        looks += 1
        pathlib.Path(stop + ".begun").touch()
        if stopping:
            break
        stopping = os.path.exists(stop)  # and once more when all is done
    if len(versions) < 3:
        sys.exit(f"only {sorted(versions)} were seen: nothing happened meanwhile")
    print(f"{looks} looks at {len(versions)} versions: always {rows} rows", flush=True)
    os._exit(0)  # the libraries' own threads may abort an orderly exit


if __name__ == "__main__":
    main(*sys.argv[1:])
