"""A node under test: the built program with its own data folder and a free port."""

import configparser
import os
import pathlib
import re
import select
import signal
import subprocess
import time

from harness.client import Client
from harness.patience import patience_s
from harness.signature import Credentials

ROOT = pathlib.Path(__file__).resolve().parents[2]
READY = re.compile(rb"ready at (https?://(?:\[[^\]]+\]|[^:\s]+):(\d+))")


class NodeFailed(Exception):
    """The program ended, or did not become ready; with the end of what it said."""


def program() -> pathlib.Path:
    given = os.environ.get("SEXTANT_PROGRAM")
    for path in [given] if given else [ROOT / "build/dev/sextant", ROOT / "build/release/sextant"]:
        if pathlib.Path(path).exists():
            return pathlib.Path(path)
    raise NodeFailed("the program is not built: run `make build`, or set SEXTANT_PROGRAM")


def clean_environment() -> dict:
    """Without what the user's shell says about some other node."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "SEXTANT_")) and name != "SSL_CERT_FILE"}


def geoip_folder() -> pathlib.Path:
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(os.environ.get("SEXTANT_DEPS") or pathlib.Path(cache) / "sextant") / "geoip"


class Node:
    def __init__(self, folder: pathlib.Path, arguments: list = None):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.log = self.folder / "node.log"
        self.arguments = arguments or []
        self.process, self.endpoint, self.port = None, None, None
        self.may_end = False  # asked to, or expected to

    def start(self, environment: dict = None, timeout_s: float = patience_s(60)) -> "Node":
        """Ready on return."""
        files = [] if "--files" in self.arguments else ["--files", geoip_folder()]
        port = [] if "--port" in self.arguments else ["--port", "0"]
        command = [program(), "node", "--data", self.data, *port, *files, *self.arguments]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log,
                                            env={**os.environ, **(environment or {})})
        self.may_end = False
        self.port = self._read_port(time.monotonic() + timeout_s)
        return self

    def _read_port(self, deadline: float) -> int:
        said, output = b"", self.process.stdout
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([output], [], [], left)[0]:
                break
            piece = os.read(output.fileno(), 4096)
            said += piece
            match = READY.search(said)
            if match:
                self.endpoint = match.group(1).decode()
                return int(match.group(2))
            if not piece:
                raise NodeFailed(f"the node ended with {self._gone()}; it said:\n{self.said()}")
        self.kill()
        raise NodeFailed(f"the node was not ready in time; it said:\n{self.said()}")

    def said(self, bytes_max: int = 4000) -> str:
        return self.log.read_bytes()[-bytes_max:].decode(errors="replace")

    def credentials(self) -> Credentials:
        file = configparser.ConfigParser(interpolation=None)
        file.read(self.data / "credentials")
        return Credentials(file["default"]["aws_access_key_id"], file["default"]["aws_secret_access_key"])

    def client(self) -> Client:
        return Client(self.port, self.credentials())

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> int:
        """As a crash would; also if it is dead already. Its exit status: -9 when a signal ended it."""
        self.may_end = True
        if self.alive():
            self.process.kill()
        return self._gone()

    def stop(self, timeout_s: float = patience_s(60)) -> int:
        """As an administrator would: SIGTERM. The exit status; NodeFailed if it does not end, or had of itself."""
        if not self.alive() and not self.may_end:
            raise NodeFailed(f"the node had ended of itself with {self._gone()}; it said:\n{self.said()}")
        self.may_end = True
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise NodeFailed(f"the node did not end within {timeout_s} s of SIGTERM") from None
        return self._gone()

    def wait_dead(self, timeout_s: float) -> bool:
        self.may_end = True
        try:
            self.process.wait(timeout_s)
            return True
        except subprocess.TimeoutExpired:
            return False

    def _gone(self) -> int:
        status = self.process.wait()
        self.process.stdout.close()
        return status

    def run(self, *command: str, environment: dict = None) -> subprocess.CompletedProcess:
        """A command of the same program, against this node."""
        arguments = [program(), *command, "--endpoint", self.endpoint, "--data", self.data]
        return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=patience_s(120),
                              env={**clean_environment(), **(environment or {})})
