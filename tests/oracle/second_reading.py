"""What all oracles share: lines are made by the generator, read by the parser (parser_tool) and by a second reading,
slow and written apart from the parser; the two must agree in every column of every line.

    KIND_oracle.py <parser_tool> [--lines N] [--seed S] [--countries FILE.mmdb]

With a database of countries, the GeoIP enricher's answers are compared with those of PyPI maxminddb.
"""
import argparse
import datetime
import ipaddress
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PATH = "s3://logs/AWSLogs/210987654321/service/eu-west-1/2026/01/01/a.log"
ACCOUNT, REGION = "210987654321", "eu-west-1"  # as the path tells
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
INT64 = range(-2**63, 2**63)


class Malformed(Exception):
    pass


class Heading(Exception):
    """The line is no entry, and no malformed one either."""


def micros(text):
    if not TIME.fullmatch(text):
        raise Malformed("time")
    base, _, fraction = text[:-1].partition(".")
    try:
        moment = datetime.datetime.fromisoformat(base).replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Malformed("time") from None
    return (moment - EPOCH) // datetime.timedelta(seconds=1) * 1_000_000 + int(fraction.ljust(6, "0")[:6] or 0)


def matched(text, pattern, convert):
    """None where there is nothing; Malformed where the text is not all of the pattern."""
    if text in ("", "-"):
        return None
    if not re.fullmatch(pattern, text):
        raise Malformed(pattern)
    return convert(text)


def whole(text, pattern=r"-?\d+", limits=INT64):
    number = matched(text, pattern, int)
    if number is not None and number not in limits:
        raise Malformed("number")
    return number


def address(text):
    if text in ("", "-"):
        return None
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise Malformed("address") from None
    return text


def as_text(raw, backslash):
    """UTF-8; bytes that are none, and NUL, as \\xHH."""
    text = raw.decode("utf-8", errors="surrogateescape")
    return "".join(f"{backslash}x{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF
                   else f"{backslash}x00" if c == "\0" else c for c in text)


def countries_of(file):
    if file is None:
        return lambda row: row
    import maxminddb  # pylint: disable=import-outside-toplevel
    database = maxminddb.open_database(file)

    def add(row):
        if "source.ip" in row and ipaddress.ip_address(row["source.ip"]).is_global:
            known = database.get(row["source.ip"]) or {}
            if known.get("country_code"):
                row["source.geo.country_iso_code"] = known["country_code"]
        return row
    return add


def lines_of(log):
    """(offset, bytes) of each line that is not empty."""
    offset = 0
    for raw in log.split(b"\n"):
        line = raw[:-1] if raw.endswith(b"\r") else raw
        if line:
            yield offset, line
        offset += len(raw) + 1


def expected_rows(kind, columns_of, entries, add_country, backslash):
    for offset, entry in entries:
        where = {"log.file.path": PATH, "log.offset": offset}
        try:
            columns = columns_of(as_text(entry, backslash))
            row = {name: value for name, value in columns.items() if value not in (None, "")}
            yield add_country({"table": kind, **where, **row})
        except Malformed:
            yield {"table": "malformed", **where, "log.length": len(entry), "kind": kind, "raw": entry}
        except Heading:
            pass


def actual_rows(file):
    rows = {}
    for line in file.read_bytes().split(b"\n")[:-1]:
        row = json.loads(line.decode("utf-8", errors="surrogateescape"))
        if row["table"] == "malformed":
            row["raw"] = row["raw"].encode("utf-8", errors="surrogateescape")
            del row["reason"], row["ts"]
        for name in ("ts", "event.start", "tls.client.not_before", "tls.client.not_after"):
            if name in row:
                row[name] = micros(row[name])
        assert row["log.offset"] not in rows, f"two rows for offset {row['log.offset']}"
        rows[row["log.offset"]] = row
    return rows


def compare(kind, columns_of, backslash="\\", entries_of=lines_of):
    """Runs the comparison and ends the program; `columns_of` makes a line's columns, null ones too. `backslash` is how
    the line writes one: bytes that are no text become \\xHH. `entries_of` cuts the log into lines."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--countries", type=pathlib.Path)
    options = parser.parse_args()
    database = [options.countries.parent, options.countries.name] if options.countries else []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([options.tool, kind, str(options.lines), str(options.seed), folder, *database], check=True)
        actual = actual_rows(pathlib.Path(folder, "rows.jsonl"))
        counts, differences = {kind: 0, "malformed": 0}, 0
        log = pathlib.Path(folder, "input.log").read_bytes()
        for row in expected_rows(kind, columns_of, entries_of(log), countries_of(options.countries), backslash):
            counts[row["table"]] += 1
            other = actual.pop(row["log.offset"], {})
            wrong = {n: (row.get(n), other.get(n)) for n in row.keys() | other.keys() if row.get(n) != other.get(n)}
            if wrong:
                differences += 1
                if differences <= 10:
                    print(f"seed {options.seed}, offset {row['log.offset']}: (expected, parsed) {wrong}")
    print(f"{counts[kind]} entries and {counts['malformed']} malformed lines, {differences} differences, "
          f"{len(actual)} rows too many")
    enough = counts[kind] > options.lines // 2 and counts["malformed"] > 0
    sys.exit(0 if enough and differences == 0 and not actual else 1)
