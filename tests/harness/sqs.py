"""A queue as SQS serves it, in its JSON protocol: long polls, receipts, messages hidden for a while. It checks the
signature of each call, and does what SQS may: gives a message twice, loses what it was told."""

import contextlib
import datetime
import http.server
import itertools
import json
import threading
import time

from harness import signature

REGION = "us-east-1"


class Refused(Exception):
    pass


class Queue:
    """`credentials` None: any session's keys; they must come with a token."""

    def __init__(self, credentials: signature.Credentials = None):
        self.credentials = credentials
        self.changed = threading.Condition()
        self.messages = {}  # id -> [body, hidden until, receipt]
        self.numbers = itertools.count(1)
        self.deletes_to_lose = 0
        self.receives, self.waiting, self.extended = 0, 0, 0
        self.refusals = []

    def send(self, body, copies: int = 1) -> None:
        with self.changed:
            for _ in range(copies):
                text = body if isinstance(body, str) else json.dumps(body)
                self.messages[f"message-{next(self.numbers)}"] = [text, 0.0, ""]
            self.changed.notify_all()

    def show_all(self) -> None:
        with self.changed:
            for message in self.messages.values():
                message[1] = 0.0

    def bodies(self) -> list:
        with self.changed:
            return [body for body, _, _ in self.messages.values()]

    def check(self, method: str, path: str, headers: dict, body: bytes) -> None:
        given = headers.get("authorization", "")
        if self.credentials is None:
            if "Credential=ASIA" not in given or not headers.get("x-amz-security-token"):
                raise Refused("not a session's keys")
            return
        names = given.split("SignedHeaders=")[1].split(",")[0].split(";")
        made = {"x-amz-date", "x-amz-content-sha256"}
        now = datetime.datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
        expected = signature.sign(self.credentials, REGION, "sqs", method, path, {},
                                  {name: headers[name] for name in names if name not in made}, body, now)
        if expected["authorization"] != given:
            raise Refused("the signature is another")

    # ---- what it can be asked ----

    def receive_message(self, asked: dict) -> dict:
        deadline = time.monotonic() + asked["WaitTimeSeconds"]
        with self.changed:
            self.receives += 1
            self.waiting += 1
            self.changed.notify_all()
            try:
                while not (found := self._take(asked)) and time.monotonic() < deadline:
                    self.changed.wait(deadline - time.monotonic())
            finally:
                self.waiting -= 1
        return {"Messages": found} if found else {}

    def _take(self, asked: dict) -> list:
        found, now = [], time.monotonic()
        for name, message in self.messages.items():
            if message[1] <= now and len(found) < asked["MaxNumberOfMessages"]:
                message[1:] = [now + asked["VisibilityTimeout"], f"receipt-{next(self.numbers)}"]
                found.append({"MessageId": name, "ReceiptHandle": message[2], "Body": message[0]})
        return found

    def delete_message(self, asked: dict) -> dict:
        with self.changed:
            for name, message in list(self.messages.items()):
                if message[2] != asked["ReceiptHandle"]:
                    continue
                if self.deletes_to_lose:
                    self.deletes_to_lose -= 1
                    message[1] = 0.0
                else:
                    del self.messages[name]
        return {}

    def change_message_visibility_batch(self, asked: dict) -> dict:
        with self.changed:
            for entry in asked["Entries"]:
                for message in self.messages.values():
                    if message[2] == entry["ReceiptHandle"]:
                        message[1] = time.monotonic() + entry["VisibilityTimeout"]
                        self.extended += 1
        return {"Successful": []}

    def answer(self, method: str, path: str, headers: dict, body: bytes) -> dict:
        self.check(method, path, headers, body)
        asked = json.loads(body)
        operations = {"AmazonSQS.ReceiveMessage": self.receive_message,
                      "AmazonSQS.DeleteMessage": self.delete_message,
                      "AmazonSQS.ChangeMessageVisibilityBatch": self.change_message_visibility_batch}
        if not asked["QueueUrl"].endswith("/000000000000/logs"):
            raise Refused("another queue")
        if headers["content-type"] != "application/x-amz-json-1.0":
            raise Refused("another protocol")
        return operations[headers["x-amz-target"]](asked)


@contextlib.contextmanager
def served(queue: Queue):
    """Its URL."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            try:
                status, answer = 200, queue.answer("POST", self.path, headers, body)
            except (Refused, KeyError, ValueError, IndexError) as error:
                queue.refusals.append(str(error))
                status, answer = 400, {"__type": "com.amazonaws.sqs#AccessDeniedException", "message": str(error)}
            text = json.dumps(answer).encode()
            with contextlib.suppress(OSError):  # who asked is gone
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/000000000000/logs"
        server.shutdown()
