"""The antivirus: clamd when `CLAMD_URL` is set, nothing otherwise. See `ports.Scanner`."""

import logging
from typing import BinaryIO
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

from app.domain.enums import ScanState
from app.domain.errors import RuleBroken, Unavailable

logger = logging.getLogger(__name__)
DOWN = "L'antivirus ne répond pas : le fichier « {} » n'a pas été accepté. Réessayez dans quelques minutes."
SECONDS = 30.0  # without an answer in that time, clamd is down


class NoScanner:
    """No antivirus is configured: nothing is called clean."""

    def scan(self, content: BinaryIO, file_name: str) -> ScanState:
        return ScanState.NOT_SCANNED


class ClamdScanner:
    """A clamd, asked by its INSTREAM command: it needs no access to our files. Its StreamMaxLength must be above the
    size of a piece (`app.domain.limits.PIECE_BYTES`)."""

    def __init__(self, client: ClamdNetworkSocket) -> None:
        self._client = client

    def scan(self, content: BinaryIO, file_name: str) -> ScanState:
        try:
            answer = self._client.instream(content)
        except (ClamdError, OSError) as fault:
            raise Unavailable(DOWN.format(file_name)) from fault
        finally:
            content.seek(0)
        status, reason = answer.get("stream", ("", None))
        if status == "FOUND":
            logger.warning("virus refused: %s", reason)
            raise RuleBroken(f"Le fichier « {file_name} » est infecté ({reason}) : il a été refusé.")
        if status != "OK":
            raise Unavailable(DOWN.format(file_name))
        return ScanState.CLEAN


def open_scanner(url: str | None) -> NoScanner | ClamdScanner:
    """The scanner a `CLAMD_URL` names: `tcp://host:port` or `unix:///path`. Raises ValueError on another form."""
    if not url:
        return NoScanner()
    parts = urlsplit(url)
    if parts.scheme == "unix" and parts.path:
        return ClamdScanner(ClamdUnixSocket(parts.path, timeout=SECONDS))  # type: ignore[arg-type, unused-ignore]
    if parts.scheme == "tcp" and parts.hostname:
        return ClamdScanner(ClamdNetworkSocket(parts.hostname, parts.port or 3310, timeout=SECONDS))
    raise ValueError(f"CLAMD_URL: expected tcp://host:port or unix:///path, got {url!r}")
