"""A served application, watched from outside: its answers over HTTP/1.1, its memory."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import portal, world
from benchmarks.databases import ROOT

BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Download:
    """What came: bytes, lines, seconds to the first byte and to the last."""

    size: int
    lines: int
    first: float
    whole: float


@dataclass(slots=True)
class Served:
    """A server process and one person's cookies on it."""

    pid: int
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """One request; cookies are kept. The answer is to be read by the caller."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=900)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def login(self, username: str) -> None:
        """Through the portal's own form."""
        form = {"username": username, "password": world.PASSWORD, "csrf_token": self.token(portal.LOGIN)}
        answer = self.ask("POST", portal.LOGIN, form)
        answer.read()
        if answer.status != 302:
            raise RuntimeError(f"{username} cannot log in: {answer.status}")

    def token(self, path: str) -> str:
        return portal.token(self.ask("GET", path).read())

    def download(self, method: str, path: str, form: dict[str, str] | None = None, *, count: bool = False) -> Download:
        """Read an answer to its end; a file cut before it raises. `count`: count its lines too."""
        began = time.perf_counter()
        answer = self.ask(method, path, form)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        block = answer.read1(BLOCK)
        first, size, lines = time.perf_counter() - began, 0, 0
        while block:
            size += len(block)
            lines += block.count(b"\n") if count else 0
            block = answer.read1(BLOCK)
        return Download(size, lines, first, time.perf_counter() - began)

    def resident(self, what: str = "VmRSS") -> float:
        """MiB held now, or at most since `forget_peak` (`VmHWM`)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) / 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


@contextmanager
def served(which: str, url: str, folder: Path) -> Iterator[Served]:
    """A server of this implementation in a process of its own, ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.server", which, url, str(folder), str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield Served(process.pid, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")
