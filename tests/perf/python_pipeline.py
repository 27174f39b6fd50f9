"""The same job, straightforwardly, in Python: gzip, a regular expression a line, maxminddb, pyarrow, Parquet. The
yardstick of tools/bench. Prints entries and CPU seconds as JSON.

usage: python_pipeline.py DATABASE.mmdb OUT.parquet FILE.gz…
"""

import datetime
import gzip
import json
import re
import sys
import time

import maxminddb
import pyarrow
import pyarrow.parquet

ENTRY = re.compile(
    r'(?P<type>\S+) (?P<time>\S+) (?P<elb>\S+) (?P<client>\S+):(?P<client_port>\d+) (?P<target>\S+) (?P<request_time>\S+) '
    r'(?P<target_time>\S+) (?P<response_time>\S+) (?P<status>\S+) (?P<target_status>\S+) (?P<received>\d+) (?P<sent>\d+) '
    r'"(?P<method>\S+) (?P<url>.*?) (?P<version>\S+)" "(?P<user_agent>.*?)" (?P<cipher>\S+) (?P<protocol>\S+) '
    r'(?P<target_group>\S+) "(?P<trace_id>.*?)" "(?P<domain>.*?)" "(?P<certificate>.*?)" (?P<priority>\S+) '
    r'(?P<created>\S+) "(?P<actions>.*?)" "(?P<redirect>.*?)" "(?P<error>.*?)"')
NUMBERS = {"client_port", "received", "sent"}
SECONDS = {"request_time", "target_time", "response_time"}
COLUMNS = [*ENTRY.groupindex, "country"]


def entry_of(match: re.Match, countries) -> dict:
    entry = match.groupdict()
    for name in NUMBERS:
        entry[name] = int(entry[name])
    for name in SECONDS:
        entry[name] = float(entry[name])
    entry["time"] = datetime.datetime.fromisoformat(entry["time"])
    found = countries.get(entry["client"].strip("[]"))
    entry["country"] = found["country_code"] if found else None
    return entry


def main() -> None:
    countries, rows = maxminddb.open_database(sys.argv[1]), 0
    columns = {name: [] for name in COLUMNS}
    for file in sys.argv[3:]:
        for line in gzip.open(file, "rt", errors="replace"):
            match = ENTRY.match(line)
            if not match:
                continue
            entry = entry_of(match, countries)
            for name in COLUMNS:
                columns[name].append(entry[name])
            rows += 1
    pyarrow.parquet.write_table(pyarrow.table(columns), sys.argv[2], compression="zstd")
    print(json.dumps({"entries": rows, "cpu_s": time.process_time()}))


if __name__ == "__main__":
    main()
