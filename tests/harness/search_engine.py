"""A real OpenSearch node on the loopback, of what `tools/bootstrap dist` fetched."""

import json
import os
import pathlib
import select
import subprocess
import time
import urllib.error
import urllib.request


def libraries() -> pathlib.Path:
    return pathlib.Path(os.environ["SEXTANT_DEPS"]) / "opensearch"


class SearchEngine:
    def __init__(self, folder: pathlib.Path):
        self.folder = pathlib.Path(folder)
        (self.folder / "config").mkdir(parents=True)
        (self.folder / "tmp").mkdir()
        self.process, self.port = None, 0

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, timeout_s: float = 120) -> "SearchEngine":
        """Answers on return; after a stop at the same address, with what it had."""
        command = ["java", "-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                   f"-Djava.io.tmpdir={self.folder / 'tmp'}", "-cp", f"{libraries()}/node.jar:{libraries()}/lib/*",
                   "SearchNode", str(self.port), self.folder]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        deadline = time.monotonic() + timeout_s
        for line in self._lines(deadline):
            if line.startswith(b"ready at "):
                self.port = int(line.split()[-1])
                return self
        self.stop()
        raise AssertionError("OpenSearch did not start; it said:\n" +
                             (self.folder / "log").read_text(errors="replace")[-4000:])

    def _lines(self, deadline: float):
        said, output = b"", self.process.stdout.fileno()
        while (left := deadline - time.monotonic()) > 0 and select.select([output], [], [], left)[0]:
            piece = os.read(output, 4096)
            if not piece:
                return
            *lines, said = (said + piece).split(b"\n")
            yield from lines

    def stop(self):
        """As a crash would; what it has acknowledged is on the disk."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def call(self, method: str, path: str, body=None):
        """The answer's JSON; None for 404."""
        request = urllib.request.Request(self.endpoint + path, method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                raise AssertionError(f"{method} {path}: {error.code} {error.read()[:500]}") from None

    def refresh(self, indices: str):
        """A search does not see what was put since; an index that is not there yet is none."""
        self.call("POST", f"/{indices}/_refresh?ignore_unavailable=true")

    def count(self, indices: str, query: dict = None) -> int:
        """Of all documents that were put before."""
        self.refresh(indices)
        body = {"query": query} if query else None
        return self.call("GET" if body is None else "POST", f"/{indices}/_count", body)["count"]
