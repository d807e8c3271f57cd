"""A deposit killed at enumerated system calls (SIGKILL by strace on a real server): what was acknowledged is there.

`make killpoints` (`python -m tests.kill_points`) runs every point and prints what it met; the suite runs a few. A
deposit is what a browser sends: simulate a file, import it, add the piece that completes the request; a form is in
`tests.kill_forms`. The ledger holds what the server acknowledged; after each death the database and the store are
compared with it.
"""

import collections
import dataclasses
import hashlib
import http.client
import json
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from stdnum import luhn

import config
from app.domain.enums import RequestStatus
from app.extensions import db
from app.models.documents import Document, ExpectedDocument
from app.models.imports import JsonImport
from app.models.requests import Avenant
from app.models.users import User
from app.services import audit, clock, ports, stored_files
from app.web import sessions
from tests import factories, files
from tests.admin_views.supplier import deposits
from tests.committed import Ground, ground

# What writes, on disk or to somebody: a death before any of them must leave nothing halfway.
CALLS = ("fsync", "fdatasync", "rename", "unlink", "mkdir", "ftruncate", "pwrite64", "write", "sendto")
MOST_OF_ONE = 200  # points on one call: evenly among all of its invocations
BOUNDARY = "kill-points"
Files = Mapping[str, tuple[str, bytes]]  # by the name of their control
NO_FILE: Files = {}
Point = tuple[str, int]


@dataclasses.dataclass
class Ledger:
    """What the server acknowledged: imports (id → digest of the file), pieces (n° of import → digest), forms (id of the
    enrolment)."""

    imports: dict[int, str] = dataclasses.field(default_factory=dict)
    pieces: dict[int, str] = dataclasses.field(default_factory=dict)
    forms: set[int] = dataclasses.field(default_factory=set)


class Browser:
    """One connection to the server at a time, with a session that was opened before. Raises OSError once it is dead."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._cookie = port, cookie

    def get(self, path: str) -> str:
        status, _, body = self._ask("GET", path)
        assert status == 200, (path, status)
        return body

    def post(self, path: str, page: str, fields: dict[str, str], sent: Files = NO_FILE) -> str:
        """Send a form of this page. Returns where the answer leads."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None, "a page with a form"
        body = _multipart(fields | {"csrf_token": token[1]}, sent)
        status, where, text = self._ask("POST", path, body)
        assert status == 303, (path, status, text)
        return urllib.parse.urlsplit(where).path

    def _ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Cookie": self._cookie}
        if body:
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            self._cookie = (answer.getheader("Set-Cookie") or self._cookie).partition(";")[0]
            return answer.status, answer.getheader("Location", ""), answer.read().decode()
        except http.client.HTTPException as cut:
            raise ConnectionResetError(str(cut)) from cut
        finally:
            connection.close()


def _multipart(fields: dict[str, str], sent: Files) -> bytes:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]  # fmt: skip
    for name, (file_name, content) in sent.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


class Run:
    """A ground, an account, servers forked from one that has loaded everything, and the ledger."""

    page = deposits.NEW

    def __init__(self, on: Ground) -> None:
        self.on, self.ledger, self._rank = on, Ledger(), 0
        self.enrolment = factories.enrolment()
        self.cookie = self.entering(factories.supplier_user(self.enrolment.supplier))
        self._loaded = subprocess.Popen(
            [sys.executable, "-m", "tests.kill_server"], cwd=config.ROOT, env=on.env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def entering(self, user: User) -> str:
        """The cookie of a session of his."""
        with self.on.app.test_request_context():
            from flask import session as cookie

            sessions.open_session(self.on.app, user)
            said = {"_user_id": user.fs_uniquifier, "_fresh": True, sessions.KEY: cookie[sessions.KEY]}
        signing: Any = self.on.app.session_interface
        name = self.on.app.config["SESSION_COOKIE_NAME"]
        db.session.commit()
        return f"{name}={signing.get_signing_serializer(self.on.app).dumps(said)}"

    def close(self) -> None:
        assert self._loaded.stdin is not None
        self._loaded.stdin.close()
        self._loaded.wait(10)
        assert self._loaded.stdout is not None
        self._loaded.stdout.close()

    def count(self) -> dict[str, int]:
        """How many times one thread makes each call during a whole deposit."""
        self.get_ready()
        with self.server() as (pid, browser):
            page = browser.get(self.page)
            with tempfile.NamedTemporaryFile("r") as log:
                with _strace(pid, "-o", log.name, "-e", f"trace={','.join(CALLS)}"):
                    self.deposit(browser, page)
                    os.kill(pid, 9)
                made = collections.Counter(tuple(found) for found in re.findall(r"(?m)^(\d+) +(\w+)\(", log.read()))
        counts: dict[str, int] = {}
        for (_, call), times in made.items():
            counts[call] = max(times, counts.get(call, 0))
        return counts

    def kill_at(self, point: Point) -> bool:
        """A deposit on a server that dies at this point. True when it died before the last acknowledgement."""
        call, rank = point
        self.get_ready()
        with self.server() as (pid, browser):
            page = browser.get(self.page)
            with _strace(pid, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={rank}"):
                try:
                    self.deposit(browser, page)
                except OSError:
                    return True
        return False

    def get_ready(self) -> None:
        """What a deposit needs before its server starts."""

    def deposit(self, browser: Browser, page: str) -> None:
        content, piece = self._file(), files.pdf()
        chosen = {"phase": "avance", "ans_number": self.enrolment.referencing.ans_number, "vat": "ht"}
        db.session.rollback()
        simulation = browser.post(deposits.NEW, page, chosen, {"file": ("demandes.json", content)})
        where = browser.post(f"{simulation}/importer", page, {})
        import_id = int(re.search(r"/imports/(\d+)/", where)[1])  # type: ignore[index]
        self.ledger.imports[import_id] = hashlib.sha256(content).hexdigest()
        page = browser.get(where)
        action = re.search(r'action="([^"]*/\d+)" class="sg-upload"', page)
        assert action is not None, page
        browser.post(action[1], page, {}, {"file": ("bdc-00001.pdf", piece)})
        self.ledger.pieces[import_id] = hashlib.sha256(piece).hexdigest()

    def _file(self) -> bytes:
        """A file of one line for somebody who was in none before."""
        self._rank += 1
        rpps = f"1{self._rank:09d}"
        made = deposits.a_file(self.enrolment, 1, dateCommande=f"{clock.today().replace(day=1):%d/%m/%Y}")
        made["lignesImport"][0]["beneficiaires"]["liberal"][0]["RPPS"] = rpps + luhn.calc_check_digit(rpps)
        return json.dumps(made).encode()

    @contextmanager
    def server(self) -> Iterator[tuple[int, Browser]]:
        """A server that answers; killed at the end if it is not dead yet."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        assert self._loaded.stdin is not None
        assert self._loaded.stdout is not None
        self._loaded.stdin.write(f"{port}\n")
        self._loaded.stdin.flush()
        pid = int(self._loaded.stdout.readline())
        try:
            _wait_for(port)
            yield pid, Browser(port, self.cookie)
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)

    # --- what must be true after each death

    def faults(self) -> list[str]:
        """What the database and the store say against the ledger, or against themselves."""
        db.session.rollback()
        db.session.expire_all()
        found = [*self.lost(), *_without_file(), *_halfway(), *_unswept(), *_altered()]
        db.session.rollback()  # it holds the base, as whatever looks at it outside a GET
        return found

    def lost(self) -> Iterator[str]:
        for import_id, digest in self.ledger.imports.items():
            row = db.session.get(JsonImport, import_id)
            if row is None or digest_of(row.storage_key) != digest:
                yield f"import {import_id} acknowledged, and lost"
        for import_id, digest in self.ledger.pieces.items():
            query = sa.select(Document).join(Avenant, Avenant.request_id == Document.request_id)
            piece = db.session.scalar(query.where(Avenant.json_import_id == import_id))
            if piece is None or piece.digest != digest or digest_of(piece.storage_key) != digest:
                yield f"piece of import {import_id} acknowledged, and lost"


R = TypeVar("R", bound=Run)


def digest_of(key: str) -> str:
    try:
        with ports.get().store.open(key) as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    except KeyError:
        return ""


def _stored() -> set[str]:
    return {key for key, _ in ports.get().store.keys()}  # noqa: SIM118 -- a store is no mapping


def _without_file() -> Iterator[str]:
    there = _stored()
    for column in stored_files.HOLDERS:
        if column not in stored_files.MADE_ON_DEMAND:
            for key in db.session.scalars(sa.select(column).where(column.is_not(None))):
                if key not in there:
                    yield f"{column}: a row without its file {key}"


def _halfway() -> Iterator[str]:
    waits = sa.exists().where(ExpectedDocument.avenant_id == Avenant.id, ExpectedDocument.document_id.is_(None))
    for number, status, waiting in db.session.execute(sa.select(Avenant.number, Avenant.status, waits)):
        if (status is RequestStatus.INCOMPLETE) is not bool(waiting):
            yield f"{number}: {status} while a piece is {'expected' if waiting else 'expected no more'}"


def _unswept() -> Iterator[str]:
    """Files a day old that no row knows are swept; nothing else is."""
    for path in Path(ports.get().store.root).rglob("*"):  # type: ignore[attr-defined]
        if path.is_file():
            os.utime(path, (time.time() - 90_000,) * 2)
    stored_files.sweep_orphans(24)
    known = {key for column in stored_files.HOLDERS for key in db.session.scalars(sa.select(column))}
    for key in sorted(_stored() - known):
        yield f"a file that no row knows is left: {key}"


def _altered() -> Iterator[str]:
    yield from (f"journal: {breach}" for breach in audit.verify())


@contextmanager
def _strace(pid: int, *options: str) -> Iterator[None]:
    """The server under strace; let go at the end if it still lives."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(pid), *(options if "-o" in options else ("-o", "/dev/null", *options))],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert tracer.stderr is not None
    try:
        ready, _, _ = select.select([tracer.stderr], [], [], 20)
        said = tracer.stderr.readline() if ready else "nothing"
        assert "attached" in said, f"strace: {said}"
        yield
    finally:
        tracer.kill()
        tracer.wait(20)
        tracer.stderr.close()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.02)


def points_of(counts: dict[str, int], most: int = MOST_OF_ONE) -> list[Point]:
    """Every invocation of each call, or `most` of them evenly, the first and the last included."""
    found = []
    for call, times in sorted(counts.items()):
        ranks = {1 + round(step * (times - 1) / max(1, min(most, times) - 1)) for step in range(min(most, times))}
        found += [(call, rank) for rank in sorted(ranks)]
    return found


@contextmanager
def run(folder: Path, kind: type[R]) -> Iterator[R]:
    """Everything ready, under the real clock."""
    clock.move_to(None)
    with ground(folder) as on:
        made = kind(on)
        try:
            yield made
        finally:
            made.close()


def main(kind: type[Run]) -> int:
    """Every point; a line for each fault and one for the whole. 1 when there is a fault."""
    with tempfile.TemporaryDirectory() as folder, run(Path(folder), kind) as made:
        began, counts = time.monotonic(), made.count()
        points, died, faults = points_of(counts), 0, []
        for point in points:
            died += made.kill_at(point)
            faults += [f"{point[0]} n° {point[1]}: {fault}" for fault in made.faults()]
        ledger = made.ledger
        print(*faults, sep="\n", end="\n" if faults else "")  # noqa: T201
        print(  # noqa: T201
            f"{len(points)} points ({', '.join(f'{call} {times}' for call, times in sorted(counts.items()))}),"
            f" {died} deaths before the end of the deposit, {len(ledger.imports)} imports, {len(ledger.pieces)} pieces"
            f" and {len(ledger.forms)} forms acknowledged, {len(faults)} faults, {time.monotonic() - began:.0f} s"
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Run))
