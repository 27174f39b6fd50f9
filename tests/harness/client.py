"""One signed connection to a node, and the few S3 calls that tests need."""

import dataclasses
import http.client
import json
import time
import urllib.parse
import xml.etree.ElementTree

from harness import signature
from harness.patience import patience_s


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: dict
    body: bytes

    def text(self) -> str:
        return self.body.decode(errors="replace")


class Refused(Exception):
    """The node answered, but not with success."""

    def __init__(self, what: str, answer: Answer):
        super().__init__(f"{what}: {answer.status} {answer.text()[:500]}")
        self.answer = answer


class StillPending(Exception):
    """The deliveries did not all end in the time that they had."""


# The connection broke, or nobody listens: whether the call was carried out is unknown.
Lost = (OSError, http.client.HTTPException)


class Client:
    """Not for more than one thread; make one for each."""

    def __init__(self, port: int, credentials: signature.Credentials, region: str = "us-east-1", timeout_s: float = patience_s(60)):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
        self.host = f"127.0.0.1:{port}"
        self.credentials, self.region = credentials, region

    def close(self) -> None:
        self.connection.close()

    def send(self, service: str, method: str, path: str, query: dict = None, body: bytes = b"",
             headers: dict = None) -> Answer:
        """Any status is an answer; raises one of Lost."""
        query, path = query or {}, signature.quote(path, safe="/")
        sent = signature.sign(self.credentials, self.region, service, method, path, query,
                              {"host": self.host, **(headers or {})}, body)
        target = path + ("?" + signature.canonical_query(query) if query else "")
        try:
            self.connection.request(method, target, body=body or None, headers=sent)
            response = self.connection.getresponse()
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()},
                          response.read())
        except Lost:
            self.connection.close()
            raise

    def call(self, service: str, method: str, path: str, **rest) -> Answer:
        answer = self.send(service, method, path, **rest)
        if answer.status >= 300:
            raise Refused(f"{method} {path}", answer)
        return answer

    # ---- S3 ----

    def put(self, bucket: str, key: str, body: bytes) -> str:
        """The new version's ETag, without quotes."""
        return self.call("s3", "PUT", f"/{bucket}/{key}", body=body).headers["etag"].strip('"')

    def put_parts(self, bucket: str, key: str, parts: list) -> str:
        """A multipart upload; the new version's ETag, without quotes."""
        path = f"/{bucket}/{key}"
        begun = xml.etree.ElementTree.fromstring(self.call("s3", "POST", path, query={"uploads": ""}).body)
        upload, named = begun.findtext("{*}UploadId"), ""
        for number, part in enumerate(parts, 1):
            query = {"partNumber": number, "uploadId": upload}
            etag = self.call("s3", "PUT", path, query=query, body=part).headers["etag"]
            named += f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
        document = f"<CompleteMultipartUpload>{named}</CompleteMultipartUpload>".encode()
        done = self.call("s3", "POST", path, query={"uploadId": upload}, body=document)
        return xml.etree.ElementTree.fromstring(done.body).findtext("{*}ETag").strip('"')

    def get(self, bucket: str, key: str):
        """The object's bytes, or None."""
        answer = self.send("s3", "GET", f"/{bucket}/{key}")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise Refused(f"GET /{bucket}/{key}", answer)
        return answer.body

    def delete(self, bucket: str, key: str) -> None:
        self.call("s3", "DELETE", f"/{bucket}/{key}")

    def keys(self, bucket: str) -> list:
        """All keys of the bucket."""
        found, query = [], {"list-type": "2"}
        while True:
            page = xml.etree.ElementTree.fromstring(self.call("s3", "GET", f"/{bucket}", query=query).body)
            found += [key.text for key in page.iterfind("{*}Contents/{*}Key")]
            token = page.findtext("{*}NextContinuationToken")
            if not token:
                return found
            query["continuation-token"] = token

    # ---- the node's own endpoints ----

    def get_json(self, path: str, **query) -> dict:
        return json.loads(self.call("sextant", "GET", f"/_sextant/{path}", query=query).body)

    def query(self, sql: str) -> list:
        body = json.dumps({"sql": sql, "format": "json"}).encode()
        answer = self.call("sextant", "POST", "/_sextant/query", body=body,
                           headers={"content-type": "application/json"})
        return json.loads(answer.body)

    def deliveries(self) -> list:
        found, token = [], None
        while True:
            page = self.get_json("deliveries", MaxItems=1000, **({"NextToken": token} if token else {}))
            found += page["Deliveries"]
            token = page.get("NextToken")
            if not token:
                return found

    def outcomes(self) -> dict:
        return self.get_json("deliveries/summary")["Outcomes"]

    def settle(self, timeout_s: float = patience_s(120)) -> None:
        """Returns when every delivery has its outcome."""
        deadline = time.monotonic() + timeout_s
        while self.outcomes()["pending"]:
            if time.monotonic() > deadline:
                raise StillPending(f"deliveries are still pending after {timeout_s} s: {self.outcomes()}")
            time.sleep(0.02)

    def deploy(self, template: str, stack: str, action: str = "CreateStack") -> None:
        form = {"Action": action, "Version": "2010-05-15", "StackName": stack, "TemplateBody": template,
                "Capabilities.member.1": "CAPABILITY_NAMED_IAM", "Capabilities.member.2": "CAPABILITY_AUTO_EXPAND"}
        self.call("cloudformation", "POST", "/", body=urllib.parse.urlencode(form).encode(),
                  headers={"content-type": "application/x-www-form-urlencoded"})
