"""Log objects as Application Load Balancers deliver them, each line with an id of its own, so that a test can
say of every line where it went. Independent of the program's own generator."""

import dataclasses
import datetime
import functools
import gzip
import hashlib
import random


PART_BYTES_MIN = 5 << 20  # S3's, of all parts but the last


@dataclasses.dataclass(frozen=True)
class LogObject:
    body: bytes
    good: frozenset  # ids that belong into table alb (aws.elb.conn_trace_id)
    bad: frozenset  # whole lines that belong into table malformed (raw)
    first_part_bytes: int = 0  # of what is to be uploaded in two parts

    def parts(self) -> list:
        """One for a plain PUT, otherwise two."""
        cut = self.first_part_bytes
        return [self.body[:cut], self.body[cut:]] if cut else [self.body]

    @functools.cached_property
    def md5(self) -> str:
        return hashlib.md5(self.body).hexdigest()

    @functools.cached_property
    def etag(self) -> str:
        if not self.first_part_bytes:
            return self.md5
        return hashlib.md5(b"".join(hashlib.md5(part).digest() for part in self.parts())).hexdigest() + "-2"


def line(dice: random.Random, line_id: str, start: datetime.datetime) -> str:
    time = (start + datetime.timedelta(microseconds=dice.randrange(7200 * 10**6))).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    client = dice.choice([f"203.0.113.{dice.randrange(256)}", f"2001:db8::{dice.randrange(65536):x}", "8.8.8.8"])
    status = dice.choice(["200", "200", "200", "301", "404", "502", "460"])
    path = dice.choice(["/", "/index.html", "/a%20b?q=1", "/wp-login.php", "/api/v1/items?id=7"])
    scheme, port = dice.choice([("http", 80), ("https", 443)])
    tls = "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2" if scheme == "https" else "- -"
    return (f'{scheme} {time} app/test/0123456789abcdef {client}:{dice.randrange(1024, 65536)} 10.0.0.{dice.randrange(1, 9)}:80 '
            f'0.000 0.{dice.randrange(1000):03} 0.000 {status} {status} {dice.randrange(900)} {dice.randrange(90000)} '
            f'"{dice.choice(["GET", "GET", "POST"])} {scheme}://www.example.com:{port}{path} HTTP/1.1" "curl/7.46.0" {tls} '
            f'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 '
            f'"Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 {time} "forward" "-" "-" "10.0.0.1:80" "{status}" '
            f'"-" "-" {line_id}')


def log_object(dice: random.Random, name: str, lines: int, bad_lines: int = 0, compress: bool = True) -> LogObject:
    """`name` must be unique in the test; it makes the lines' ids. Uncompressed gzip keeps the object large."""
    start = datetime.datetime(2026, 7, 2, 22, 23)
    ids = [f"TID_{name}_{number}" for number in range(lines)]
    bad = [f"this line is no entry {name} {number}" for number in range(bad_lines)]
    text = [line(dice, line_id, start) for line_id in ids] + bad
    dice.shuffle(text)
    body = gzip.compress(("\n".join(text) + "\n").encode(), compresslevel=6 if compress else 0, mtime=0)
    return LogObject(body, frozenset(ids), frozenset(bad))


def in_two_parts(version: LogObject) -> LogObject:
    """The same lines, in an object large enough for two parts: its gzip header has a comment (RFC 1952 §2.3.1) that
    fills the first one and more."""
    head, rest = bytearray(version.body[:10]), version.body[10:]
    assert head[3] == 0, "the header has fields already"
    head[3] = 1 << 4  # FCOMMENT
    return dataclasses.replace(version, body=bytes(head) + b"." * PART_BYTES_MIN + b"\0" + rest,
                               first_part_bytes=PART_BYTES_MIN)
