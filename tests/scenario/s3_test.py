"""S3 as AWS's own client (boto3) speaks it, against a real node: checksums in headers and in trailers, multipart
uploads, ranges, pages of lists, odd keys, and the error codes that programs look at."""

import base64
import hashlib
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
import xml.etree.ElementTree
import zlib

import botocore
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.handlers
import botocore.httpsession

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from harness.boto import BotoCase  # noqa: E402

MIB = 1 << 20
BODY = b"one entry\n" * 100
ODD_KEYS = ["a b", "a+b", "100%", "%41", "a%2Fb", "q?x=1&y=2", "#frag", "semi;colon,comma", "(x)'!*@$=:", "ü/ñ/日本/🦀", "~t_-.",
            "a//b", "trailing/", "<&>\"'", "back\\slash", "[1]{2}|^`", "../up", "./here", "tab\tand\nline\rfeed"]


def crc(bits: int, polynomial: int, data: bytes) -> bytes:
    """Reflected, begun and ended with all ones. Bit by bit: for short bodies."""
    ones = (1 << bits) - 1
    value = ones
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
    return (value ^ ones).to_bytes(bits // 8, "big")


# What S3 knows. The SDK computes three by itself, the others only with a native extension; those we compute here.
CHECKSUMS = {
    "CRC32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "SHA1": lambda data: hashlib.sha1(data).digest(),
    "SHA256": lambda data: hashlib.sha256(data).digest(),
    "CRC32C": lambda data: crc(32, 0x82F63B78, data),
    "CRC64NVME": lambda data: crc(64, 0x9A6C9329AC4BC9B5, data),
}
OF_THE_SDK = ["CRC32", "SHA1", "SHA256"]


def checksum(algorithm: str, data: bytes) -> str:
    return base64.b64encode(CHECKSUMS[algorithm](data)).decode()


def composite(algorithm: str, parts: list) -> str:
    return checksum(algorithm, b"".join(CHECKSUMS[algorithm](part) for part in parts)) + f"-{len(parts)}"


def multipart_etag(parts: list) -> str:
    return f'"{hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()}-{len(parts)}"'


class Unseekable(io.RawIOBase):
    """As a pipe: it can be read once."""

    def __init__(self, data: bytes):
        super().__init__()
        self.source = io.BytesIO(data)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.source.readinto(buffer)


class S3(BotoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3.create_bucket(Bucket="logs")

    def read(self, key, **arguments):
        answer = self.s3.get_object(Bucket="logs", Key=key, **arguments)
        return answer, answer["Body"].read()  # reading to the end compares the checksum

    def absent(self, key):
        self.refused("404", self.s3.head_object, Bucket="logs", Key=key)

    def multipart(self, key, parts, **options):
        """(upload id, the parts as their completion names them)."""
        upload = self.s3.create_multipart_upload(Bucket="logs", Key=key, **options)["UploadId"]
        named = []
        for number, part in enumerate(parts, 1):
            answer = self.s3.upload_part(Bucket="logs", Key=key, UploadId=upload, PartNumber=number, Body=part)
            named.append({"PartNumber": number, "ETag": answer["ETag"]})
        return upload, named

    def complete(self, key, upload, named, **more):
        return self.s3.complete_multipart_upload(Bucket="logs", Key=key, UploadId=upload,
                                                 MultipartUpload={"Parts": named}, **more)


class Checksums(S3):
    def check_kept(self, key, algorithm, body):
        answer, read = self.read(key, ChecksumMode="ENABLED")
        self.assertEqual(read, body)
        self.assertEqual(answer[f"Checksum{algorithm}"], checksum(algorithm, body))
        self.assertEqual(answer["ChecksumType"], "FULL_OBJECT")
        head = self.s3.head_object(Bucket="logs", Key=key, ChecksumMode="ENABLED")
        self.assertEqual(head[f"Checksum{algorithm}"], checksum(algorithm, body))

    def test_the_sdk_computes_one_by_default(self):
        put = self.s3.put_object(Bucket="logs", Key="default", Body=BODY)
        self.assertEqual(put["ChecksumCRC32"], checksum("CRC32", BODY))
        self.assertEqual(put["ETag"], f'"{hashlib.md5(BODY).hexdigest()}"')
        self.check_kept("default", "CRC32", BODY)

    def test_each_that_the_sdk_computes(self):
        for algorithm in OF_THE_SDK:
            for body in (b"", BODY, random.Random(1).randbytes(3 * MIB)):
                with self.subTest(algorithm, size=len(body)):
                    put = self.s3.put_object(Bucket="logs", Key="k", Body=body, ChecksumAlgorithm=algorithm)
                    self.assertEqual(put[f"Checksum{algorithm}"], checksum(algorithm, body))
                    self.check_kept("k", algorithm, body)

    def test_each_that_is_given(self):
        for algorithm in CHECKSUMS:
            with self.subTest(algorithm):
                given = {f"Checksum{algorithm}": checksum(algorithm, BODY)}
                put = self.s3.put_object(Bucket="logs", Key="k", Body=BODY, **given)
                self.assertEqual(put[f"Checksum{algorithm}"], checksum(algorithm, BODY))
                self.check_kept("k", algorithm, BODY)

    def test_a_wrong_one_is_refused(self):
        for algorithm in CHECKSUMS:
            with self.subTest(algorithm):
                wrong = {f"Checksum{algorithm}": checksum(algorithm, BODY + b"x")}
                error = self.refused("BadDigest", self.s3.put_object, Bucket="logs", Key="wrong", Body=BODY, **wrong)
                self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 400)
                self.absent("wrong")
        md5 = base64.b64encode(hashlib.md5(b"other").digest()).decode()
        self.refused("BadDigest", self.s3.put_object, Bucket="logs", Key="wrong", Body=BODY, ContentMD5=md5)
        self.absent("wrong")

    def test_what_is_no_checksum_is_refused(self):
        self.refused("InvalidDigest", self.s3.put_object, Bucket="logs", Key="wrong", Body=BODY, ContentMD5="bm8=")
        self.refused("InvalidRequest", self.s3.put_object, Bucket="logs", Key="wrong", Body=BODY,
                     ChecksumSHA1=checksum("SHA1", BODY), ChecksumSHA256=checksum("SHA256", BODY))
        self.absent("wrong")

    def test_without_one(self):
        quiet = self.client("s3", request_checksum_calculation="when_required",
                            response_checksum_validation="when_required")
        put = quiet.put_object(Bucket="logs", Key="quiet", Body=BODY)
        self.assertEqual(put["ETag"], f'"{hashlib.md5(BODY).hexdigest()}"')
        self.assertEqual(quiet.get_object(Bucket="logs", Key="quiet")["Body"].read(), BODY)


class OverTls(S3):
    """Over TLS the SDK signs no body: it sends aws-chunked ones, with the checksum in the trailer."""

    @classmethod
    def setUpClass(cls):
        cls.certificate = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.certificate.cleanup)
        folder = pathlib.Path(cls.certificate.name)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                       check=True, capture_output=True)
        cls.verify = str(folder / "cert.pem")
        cls.arguments = ["--tls-cert", folder / "cert.pem", "--tls-key", folder / "key.pem"]
        super().setUpClass()

    def sent(self, **arguments):
        """The request's headers and the answer."""
        seen = {}
        events, name = self.s3.meta.events, "before-send.s3.PutObject"
        events.register(name, lambda request, **_: seen.update(request.headers), unique_id="see")
        try:
            return seen, self.s3.put_object(Bucket="logs", **arguments)
        finally:
            events.unregister(name, unique_id="see")

    def test_checksums_in_trailers(self):
        body = random.Random(2).randbytes(3 * MIB + 17)
        for algorithm in OF_THE_SDK:
            with self.subTest(algorithm):
                seen, put = self.sent(Key="trailer", Body=io.BytesIO(body), ChecksumAlgorithm=algorithm)
                self.assertEqual(seen["X-Amz-Trailer"], f"x-amz-checksum-{algorithm.lower()}".encode())
                self.assertEqual(put[f"Checksum{algorithm}"], checksum(algorithm, body))
                answer, read = self.read("trailer", ChecksumMode="ENABLED")
                self.assertEqual(read, body)
                self.assertEqual(answer[f"Checksum{algorithm}"], checksum(algorithm, body))
                self.assertNotIn("aws-chunked", answer.get("ContentEncoding", ""))

    def test_a_body_that_can_be_read_once(self):
        body = random.Random(3).randbytes(2 * MIB + 1)
        self.s3.upload_fileobj(Unseekable(body), "logs", "pipe")
        self.assertEqual(self.read("pipe")[1], body)

    def test_an_encoding_of_the_objects_own_is_kept(self):
        self.sent(Key="gz", Body=io.BytesIO(BODY), ContentEncoding="gzip")
        self.assertEqual(self.s3.head_object(Bucket="logs", Key="gz")["ContentEncoding"], "gzip")

    def test_a_wrong_trailer_is_refused(self):
        for status, body in ((400, BODY + b"x"), (200, BODY)):
            self.assertEqual(self.put_with_trailer("by-hand", checksum("CRC32", body)), status)
            if status == 400:
                self.absent("by-hand")
        self.assertEqual(self.read("by-hand")[1], BODY)

    def put_with_trailer(self, key, value) -> int:
        """The status. Signed here, as the SDK would: it sends no wrong ones."""
        name = "x-amz-checksum-crc32"
        chunks = f"{len(BODY):x}\r\n".encode() + BODY + f"\r\n0\r\n{name}:{value}\r\n\r\n".encode()
        request = botocore.awsrequest.AWSRequest(
            "PUT", f"https://127.0.0.1:{self.node.port}/logs/{key}", data=chunks,
            headers={"x-amz-trailer": name, "content-encoding": "aws-chunked", "content-length": str(len(chunks)),
                     "x-amz-decoded-content-length": str(len(BODY))})
        request.context["checksum"] = {"request_algorithm": {"in": "trailer", "algorithm": "crc32", "name": name}}
        keys = self.node.credentials()
        credentials = botocore.credentials.Credentials(keys.key_id, keys.secret)
        botocore.auth.S3SigV4Auth(credentials, "s3", "us-east-1").add_auth(request)
        return botocore.httpsession.URLLib3Session(verify=self.verify).send(request.prepare()).status_code


class Multipart(S3):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parts = [random.Random(number).randbytes(5 * MIB) for number in (1, 2)] + [b"the last one"]
        cls.whole = b"".join(cls.parts)

    def test_upload_and_download_of_a_large_file(self):
        """The SDK's own way: parts of 8 MiB, several at once, read back in ranges."""
        body = random.Random(4).randbytes(19 * MIB + 5)
        self.s3.upload_fileobj(io.BytesIO(body), "logs", "large", ExtraArgs={"ContentType": "x/y", "Metadata": {"a": "b"}})
        parts = [body[at:at + 8 * MIB] for at in range(0, len(body), 8 * MIB)]
        head = self.s3.head_object(Bucket="logs", Key="large", ChecksumMode="ENABLED")
        self.assertEqual((head["ETag"], head["ContentLength"], head["ContentType"], head["Metadata"]),
                         (multipart_etag(parts), len(body), "x/y", {"a": "b"}))
        self.assertEqual(head["ChecksumCRC32"], composite("CRC32", parts))
        got = io.BytesIO()
        self.s3.download_fileobj("logs", "large", got)
        self.assertEqual(hashlib.sha256(got.getvalue()).digest(), hashlib.sha256(body).digest())
        uploads = self.s3.list_multipart_uploads(Bucket="logs").get("Uploads", [])
        self.assertEqual([upload for upload in uploads if upload["Key"] == "large"], [])

    def test_composite_checksums(self):
        for algorithm in OF_THE_SDK:
            with self.subTest(algorithm):
                upload = self.s3.create_multipart_upload(Bucket="logs", Key="k", ChecksumAlgorithm=algorithm)
                self.assertEqual((upload["ChecksumAlgorithm"], upload["ChecksumType"]), (algorithm, "COMPOSITE"))
                named = []
                for number, part in enumerate(self.parts, 1):
                    answer = self.s3.upload_part(Bucket="logs", Key="k", UploadId=upload["UploadId"], PartNumber=number,
                                                 Body=part, ChecksumAlgorithm=algorithm)
                    self.assertEqual(answer[f"Checksum{algorithm}"], checksum(algorithm, part))
                    named.append({name: answer[name] for name in ("ETag", f"Checksum{algorithm}")} | {"PartNumber": number})
                done = self.complete("k", upload["UploadId"], named)
                self.assertEqual(done[f"Checksum{algorithm}"], composite(algorithm, self.parts))
                self.assertEqual((done["ETag"], done["ChecksumType"]), (multipart_etag(self.parts), "COMPOSITE"))
                self.assertEqual(self.read("k", ChecksumMode="ENABLED")[1], self.whole)

    def test_a_checksum_over_the_whole(self):
        upload, named = self.multipart("k", self.parts, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
        self.refused("BadDigest", self.complete, key="k", upload=upload, named=named, ChecksumType="FULL_OBJECT",
                     ChecksumCRC32=checksum("CRC32", self.whole + b"x"))
        done = self.complete("k", upload, named, ChecksumType="FULL_OBJECT", ChecksumCRC32=checksum("CRC32", self.whole))
        self.assertEqual((done["ChecksumCRC32"], done["ChecksumType"]), (checksum("CRC32", self.whole), "FULL_OBJECT"))
        self.assertEqual(self.read("k", ChecksumMode="ENABLED")[1], self.whole)

    def test_a_wrong_part_is_refused(self):
        upload = self.s3.create_multipart_upload(Bucket="logs", Key="k", ChecksumAlgorithm="SHA256")["UploadId"]
        where = {"Bucket": "logs", "Key": "k", "UploadId": upload}
        self.refused("BadDigest", self.s3.upload_part, PartNumber=1, Body=BODY, ChecksumSHA256=checksum("SHA256", b"x"), **where)
        self.assertEqual(self.s3.list_parts(**where).get("Parts", []), [])
        self.s3.abort_multipart_upload(**where)

    def test_what_a_completion_must_name(self):
        upload, named = self.multipart("never", [self.parts[0], self.parts[2], self.parts[2]])
        unknown = {"PartNumber": 9, "ETag": named[0]["ETag"]}
        for code, parts in (("InvalidPart", [named[0], unknown]), ("InvalidPart", [named[0] | {"ETag": named[1]["ETag"]}]),
                            ("InvalidPart", [named[0] | {"ChecksumCRC32": checksum("CRC32", b"x")}]),
                            ("InvalidPartOrder", [named[1], named[0]]), ("EntityTooSmall", named), ("MalformedXML", [])):
            with self.subTest(code, parts=parts):
                self.refused(code, self.complete, key="never", upload=upload, named=parts)
        self.refused("InvalidRequest", self.complete, key="never", upload=upload, named=[named[0]], MpuObjectSize=1)
        self.absent("never")
        done = self.complete("never", upload, [named[0], named[2]])  # not all parts need be named
        self.assertEqual(done["ETag"], multipart_etag([self.parts[0], self.parts[2]]))
        self.refused("NoSuchUpload", self.complete, key="never", upload=upload, named=named)

    def test_parts_are_listed_replaced_and_aborted(self):
        upload, _ = self.multipart("k2", [b"old", b"two"])
        where = {"Bucket": "logs", "Key": "k2", "UploadId": upload}
        self.s3.upload_part(PartNumber=1, Body=b"newer", **where)
        self.assertEqual([(part["PartNumber"], part["Size"]) for part in self.s3.list_parts(**where)["Parts"]], [(1, 5), (2, 3)])
        self.assertEqual([(found["Key"], found["UploadId"]) for found in self.s3.list_multipart_uploads(Bucket="logs")["Uploads"]
                          if found["Key"] == "k2"], [("k2", upload)])
        self.s3.abort_multipart_upload(**where)
        for call in (self.s3.list_parts, self.s3.abort_multipart_upload):
            self.refused("NoSuchUpload", call, **where)
        self.refused("NoSuchUpload", self.s3.upload_part, PartNumber=1, Body=b"late", **where)
        self.refused("InvalidArgument", self.s3.upload_part, **where | {"PartNumber": 10001, "Body": b"x"})
        self.absent("k2")


class Objects(S3):
    def test_ranges(self):
        body = random.Random(5).randbytes(200_000)  # in a file of its own
        self.s3.put_object(Bucket="logs", Key="ranges", Body=body)
        for asked, first, last in (("bytes=0-0", 0, 0), ("bytes=100-299", 100, 299), ("bytes=199990-", 199_990, 199_999),
                                   ("bytes=-7", 199_993, 199_999), ("bytes=199999-900000", 199_999, 199_999),
                                   ("bytes=-900000", 0, 199_999)):
            with self.subTest(asked):
                answer, read = self.read("ranges", Range=asked)
                self.assertEqual(read, body[first:last + 1])
                self.assertEqual((answer["ResponseMetadata"]["HTTPStatusCode"], answer["ContentRange"]),
                                 (206, f"bytes {first}-{last}/200000"))
        for asked in ("bytes=200000-", "bytes=-0"):
            error = self.refused("InvalidRange", self.s3.get_object, Bucket="logs", Key="ranges", Range=asked)
            self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 416)

    def test_what_is_stored_with_an_object(self):
        given = {"ContentType": "text/x", "CacheControl": "no-store", "ContentDisposition": "inline",
                 "ContentEncoding": "gzip", "ContentLanguage": "de", "Metadata": {"owner": "soc", "n": "1"}}
        self.s3.put_object(Bucket="logs", Key="described", Body=BODY, **given)
        head = self.s3.head_object(Bucket="logs", Key="described")
        self.assertEqual({name: head[name] for name in given}, given)
        self.assertEqual(self.read("described", ResponseContentType="a/b")[0]["ContentType"], "a/b")

    def test_conditions(self):
        etag = self.s3.put_object(Bucket="logs", Key="if", Body=b"1")["ETag"]
        self.refused("PreconditionFailed", self.s3.put_object, Bucket="logs", Key="if", Body=b"2", IfNoneMatch="*")
        self.refused("PreconditionFailed", self.s3.put_object, Bucket="logs", Key="if", Body=b"2", IfMatch='"other"')
        self.refused("304", self.s3.get_object, Bucket="logs", Key="if", IfNoneMatch=etag)
        self.s3.put_object(Bucket="logs", Key="if", Body=b"3", IfMatch=etag)
        self.assertEqual(self.read("if")[1], b"3")

    def test_odd_keys(self):
        self.s3.create_bucket(Bucket="odd")
        for key in ODD_KEYS:
            with self.subTest(key):
                self.s3.put_object(Bucket="odd", Key=key, Body=key.encode(), Metadata={"n": "1"})
                self.assertEqual(self.s3.get_object(Bucket="odd", Key=key)["Body"].read(), key.encode())
        listed = [found["Key"] for found in self.s3.list_objects_v2(Bucket="odd")["Contents"]]
        self.assertEqual(listed, sorted(ODD_KEYS, key=str.encode))
        for key in ODD_KEYS:
            with self.subTest(key):
                self.assertEqual([found["Key"] for found in self.s3.list_objects_v2(
                    Bucket="odd", Prefix=key)["Contents"]][:1], [key])
                self.s3.delete_object(Bucket="odd", Key=key)
                self.refused("NoSuchKey", self.s3.get_object, Bucket="odd", Key=key)
        self.s3.delete_bucket(Bucket="odd")

    def test_deleting_twice_is_no_error(self):
        self.s3.put_object(Bucket="logs", Key="gone", Body=b"x")
        for _ in range(2):
            self.assertEqual(self.s3.delete_object(Bucket="logs", Key="gone")["ResponseMetadata"]["HTTPStatusCode"], 204)
        self.absent("gone")


class Lists(S3):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = sorted([f"alb/2026/07/{day:02}/{n}.gz" for day in range(1, 8) for n in range(3)] +
                          [f"waf/{n}" for n in range(4)] + ["alb", "alb/", "alb-x", "zz"])
        for key in cls.keys:
            cls.s3.put_object(Bucket="logs", Key=key, Body=key.encode())

    def pages(self, size, **arguments):
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket="logs", PaginationConfig={"PageSize": size}, **arguments)
        for page in pages:
            found = page.get("Contents", []) + page.get("CommonPrefixes", [])
            self.assertEqual(page["KeyCount"], len(found))
            self.assertLessEqual(len(found), size)
            self.assertEqual("NextContinuationToken" in page, page["IsTruncated"])
            yield page

    def listed(self, size, **arguments):
        """(keys, common prefixes) over all pages."""
        pages = list(self.pages(size, **arguments))
        return ([found["Key"] for page in pages for found in page.get("Contents", [])],
                [found["Prefix"] for page in pages for found in page.get("CommonPrefixes", [])])

    def expected(self, prefix, delimiter):
        keys, prefixes = [], []
        for key in self.keys:
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            if key.startswith(prefix) and end < 0:
                keys.append(key)
            elif key.startswith(prefix) and key[:end + len(delimiter)] not in prefixes:
                prefixes.append(key[:end + len(delimiter)])
        return keys, prefixes

    def test_pages_of_every_size(self):
        for prefix, delimiter in (("", ""), ("", "/"), ("alb", ""), ("alb", "/"), ("alb/", "/"), ("alb/2026/07/", "/"),
                                  ("alb/2026/07/0", ".gz"), ("none", "/"), ("", "/07/")):
            for size in (1, 2, 3, 7, 1000):
                with self.subTest(prefix=prefix, delimiter=delimiter, size=size):
                    self.assertEqual(self.listed(size, Prefix=prefix, **({"Delimiter": delimiter} if delimiter else {})),
                                     self.expected(prefix, delimiter))

    def test_start_after(self):
        self.assertEqual(self.listed(5, StartAfter="waf/1")[0], ["waf/2", "waf/3", "zz"])
        self.assertEqual(self.listed(5, StartAfter="waf")[0], ["waf/0", "waf/1", "waf/2", "waf/3", "zz"])

    def test_an_entry_says_what_it_is(self):
        entry = self.s3.list_objects_v2(Bucket="logs", Prefix="zz")["Contents"][0]
        self.assertEqual((entry["Size"], entry["ETag"]), (2, f'"{hashlib.md5(b"zz").hexdigest()}"'))
        self.assertEqual(entry["LastModified"].replace(microsecond=0),
                         self.s3.head_object(Bucket="logs", Key="zz")["LastModified"])

    def test_what_cannot_be_listed(self):
        self.refused("InvalidArgument", self.s3.list_objects_v2, Bucket="logs", ContinuationToken="*")
        self.refused("NoSuchBucket", self.s3.list_objects_v2, Bucket="nowhere")


class Presigned(S3):
    """URLs as boto3 signs them, sent by a client that knows nothing of S3."""

    def url(self, method, key, seconds, **more):
        return self.client("s3", signature_version="s3v4").generate_presigned_url(
            method, Params={"Bucket": "logs", "Key": key, **more}, ExpiresIn=seconds)

    @staticmethod
    def send(method, url, data=None, **headers):
        """(status, body)"""
        request = urllib.request.Request(url, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()

    def test_put_and_get(self):
        for key in ("plain", "odd /ü+&%.gz"):
            with self.subTest(key):
                self.assertEqual(self.send("PUT", self.url("put_object", key, 60), BODY)[0], 200)
                self.assertEqual(self.send("GET", self.url("get_object", key, 60)), (200, BODY))
                self.assertEqual(self.read(key)[1], BODY)
        self.assertEqual(self.send("PUT", self.url("get_object", "plain", 60), b"other")[0], 403)
        url = self.url("get_object", "plain", 60)
        status, told = self.send("GET", url.replace("/plain", "/other"))
        self.assertEqual(status, 403)
        self.assertIn(b"<Code>SignatureDoesNotMatch</Code>", told)
        self.assertIn(b"<CanonicalRequest>GET\n/logs/other\n", told)
        unsigned = self.send("GET", url, **{"x-amz-request-payer": "requester"})
        self.assertEqual((unsigned[0], b"AccessDenied" in unsigned[1]), (403, True))

    def test_how_long_one_may_count(self):
        self.s3.put_object(Bucket="logs", Key="k", Body=BODY)
        for seconds, status, code in ((1, 200, None), (604_800, 200, None),
                                      (604_801, 400, b"AuthorizationQueryParametersError"),
                                      (0, 400, b"AuthorizationQueryParametersError")):
            with self.subTest(seconds):
                answer = self.send("GET", self.url("get_object", "k", seconds))
                if seconds == 1 and answer[0] == 403:  # the machine slept between signing and sending
                    self.assertIn(b"Request has expired", answer[1])
                    continue
                self.assertEqual(answer[0], status, answer[1])
                if code is not None:
                    self.assertIn(b"<Code>" + code + b"</Code>", answer[1])

    def test_a_deny_on_their_age_and_kind_applies(self):
        self.s3.put_object(Bucket="logs", Key="k", Body=BODY)
        self.assertEqual(self.send("GET", self.url("get_object", "k", 60))[0], 200)
        reader = self.client("s3", self.new_user("reader"), signature_version="s3v4")

        def get(condition):
            statements = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}]
            if condition:
                statements.append({"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": condition})
            self.iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": statements}))
            url = reader.generate_presigned_url("get_object", Params={"Bucket": "logs", "Key": "k"}, ExpiresIn=60)
            return self.send("GET", url)[0]

        self.assertEqual(get(None), 200)
        self.assertEqual(get({"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}), 403)
        self.assertEqual(get({"StringEquals": {"s3:authType": "REST-HEADER"}}), 200)
        self.assertEqual(get({"NumericGreaterThan": {"s3:signatureAge": "600000"}}), 200)
        self.assertEqual(get({"NumericLessThan": {"s3:signatureAge": "600000"}}), 403)
        self.assertEqual(get({"StringEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}), 403)


class Errors(S3):
    def test_what_is_not_there(self):
        self.refused("NoSuchKey", self.s3.get_object, Bucket="logs", Key="nothing")
        self.absent("nothing")
        for call, more in ((self.s3.get_object, {"Key": "k"}), (self.s3.put_object, {"Key": "k", "Body": b"x"}),
                           (self.s3.delete_object, {"Key": "k"}), (self.s3.create_multipart_upload, {"Key": "k"}),
                           (self.s3.list_multipart_uploads, {}), (self.s3.delete_bucket, {})):
            with self.subTest(call.__name__):
                error = self.refused("NoSuchBucket", call, Bucket="nowhere", **more)
                self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 404)
        self.refused("404", self.s3.head_bucket, Bucket="nowhere")

    def test_buckets(self):
        self.refused("BucketAlreadyOwnedByYou", self.s3.create_bucket, Bucket="logs")
        quiet = self.client("s3", parameter_validation=False)
        quiet.meta.events.unregister("before-parameter-build.s3", botocore.handlers.validate_bucket_name)
        for name in ("Capitals", "ab", "under_score", "192.168.0.1", "dots..dots"):
            with self.subTest(name):
                self.refused("InvalidBucketName", quiet.create_bucket, Bucket=name)
        self.s3.create_bucket(Bucket="full")
        self.s3.put_object(Bucket="full", Key="k", Body=b"x")
        self.refused("BucketNotEmpty", self.s3.delete_bucket, Bucket="full")
        self.s3.delete_object(Bucket="full", Key="k")
        self.s3.delete_bucket(Bucket="full")
        self.assertEqual([bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]], ["logs"])

    def test_keys_that_are_too_long(self):
        self.s3.put_object(Bucket="logs", Key="k" * 1024, Body=b"x")
        self.refused("KeyTooLongError", self.s3.put_object, Bucket="logs", Key="k" * 1025, Body=b"x")

    def test_who_may_not(self):
        wrong = self.client("s3")
        wrong._request_signer._credentials.secret_key += "x"  # pylint: disable=protected-access
        error = self.refused("SignatureDoesNotMatch", wrong.get_object, Bucket="logs", Key="k")
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 403)
        told = error["Error"]
        self.assertEqual(told["Message"], "The request signature we calculated does not match the signature you "
                                          "provided. Check your key and signing method.")
        self.assertEqual(told["AWSAccessKeyId"], self.node.credentials().key_id)
        self.assertRegex(told["SignatureProvided"], "^[0-9a-f]{64}$")
        self.assertTrue(told["CanonicalRequest"].startswith("GET\n/logs/k\n"))
        hashed = hashlib.sha256(told["CanonicalRequest"].encode()).hexdigest()
        self.assertTrue(told["StringToSign"].startswith("AWS4-HMAC-SHA256\n"))
        self.assertTrue(told["StringToSign"].endswith("\n" + hashed))
        for name in ("StringToSign", "CanonicalRequest"):
            self.assertEqual(bytes.fromhex(told[name + "Bytes"]).decode(), told[name])
        wrong._request_signer._credentials.access_key = "AKIAUNKNOWNUNKNOWN00"  # pylint: disable=protected-access
        self.refused("InvalidAccessKeyId", wrong.get_object, Bucket="logs", Key="k")
        unsigned = self.client("s3", signature_version=botocore.UNSIGNED)
        self.refused("AccessDenied", unsigned.get_object, Bucket="logs", Key="k")

    def test_a_clock_that_is_wrong(self):
        signed = "host;x-amz-content-sha256;x-amz-date"
        scope = self.node.credentials().key_id + "/20260101/us-east-1/s3/aws4_request"
        request = urllib.request.Request(self.s3.meta.endpoint_url + "/logs/k", headers={
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={'0' * 64}",
            "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": "20260101T000000Z"})
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=30)
        self.assertEqual(caught.exception.code, 403)
        told = {each.tag: each.text for each in xml.etree.ElementTree.fromstring(caught.exception.read())}
        self.assertEqual(told["Code"], "RequestTimeTooSkewed")
        self.assertEqual(told["RequestTime"], "20260101T000000Z")
        self.assertEqual(told["MaxAllowedSkewMilliseconds"], "900000")
        self.assertRegex(told["ServerTime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_a_token_that_is_none(self):
        client = self.client("s3")
        client._request_signer._credentials.token = "junk"  # pylint: disable=protected-access
        error = self.refused("InvalidToken", client.get_object, Bucket="logs", Key="k")
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 400)

    def test_what_is_not_built_is_said(self):
        """Never taken for the plain operation."""
        self.s3.put_object(Bucket="logs", Key="k", Body=BODY)
        for call, more in ((self.s3.get_object_tagging, {}), (self.s3.get_object_acl, {}),
                           (self.s3.put_object, {"Body": b"", "Tagging": "a=b"}),
                           (self.s3.copy_object, {"CopySource": "logs/other"})):
            with self.subTest(call.__name__):
                error = self.refused("NotImplemented", call, Bucket="logs", Key="k", **more)
                self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 501)
        self.assertEqual(self.read("k")[1], BODY)


if __name__ == "__main__":
    unittest.main()
