"""A real clamd on localhost, with one signature of ours: it needs no network and no virus base."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("clamd") or "/usr/sbin/clamd"
MISSING = None if Path(PROGRAM).exists() else "clamd is not installed (Debian: clamav-daemon)"
# Not a virus: a line of ours that our one signature knows.
INFECTED = b"SEGURNUM-ESSAI-ANTIVIRUS-7f3a91"


@dataclass
class Peer:
    tcp: str
    unix: str
    process: subprocess.Popen


@contextmanager
def running(folder: Path) -> Iterator[Peer]:
    """Its socket is in `folder`, which must have a short path."""
    base = folder / "base"
    base.mkdir()
    (base / "essai.ndb").write_text(f"Essai.Portail:0:*:{INFECTED.hex()}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = folder / "clamd.conf"
    settings.write_text(
        f"DatabaseDirectory {base}\nLocalSocket {folder}/s\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"Foreground yes\nStreamMaxLength 8M\nMaxThreads 4\n" + (f"User {_me()}\n" if os.getuid() == 0 else "")
    )
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen([PROGRAM, "-c", str(settings)], stdout=said, stderr=said)
        try:
            _wait(folder / "s", folder / "said")
            yield Peer(f"tcp://127.0.0.1:{port}", f"unix://{folder}/s", process)
        finally:
            process.kill()
            process.wait(timeout=10)


def _me() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _wait(path: Path, said: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as caller:
            try:
                caller.connect(str(path))
                caller.sendall(b"zPING\0")
                if caller.recv(8).startswith(b"PONG"):
                    return
            except OSError:
                time.sleep(0.05)
    raise RuntimeError(f"clamd did not start: {said.read_text()}")
