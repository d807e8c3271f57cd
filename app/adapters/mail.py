"""Who carries mails away: an SMTP server (`SMTP_URL`), or `.eml` files in a folder when there is none."""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 20.0  # each exchange with the server; a hanging one is a temporary failure
# For one mail: a server that says a word now and then never hangs, and never ends. Below the claim of a mail.
WHOLE_SECONDS = 300.0
_EXCHANGES = 6  # that long each, at most, in a session
_PORTS = {"smtp": 25, "smtps": 465}


class TemporaryFailure(Exception):
    """Try this mail again later: the server said 4xx."""


class Unreachable(TemporaryFailure):
    """The server itself cannot be used (down, hanging, refuses our name or password): no other mail would pass now."""


class PermanentFailure(Exception):
    """Never for this mail: the server said 5xx, or the message cannot be written."""


class Mailer(Protocol):
    """See `app.services.ports.Mailer`."""

    def send(self, message_id: str, recipient: str, subject: str, body: str, html: str) -> None: ...


class EmlFolder:
    """Each mail is a file, named by its Message-ID: a resend overwrites it."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder, self.sender = folder, sender

    def send(self, message_id: str, recipient: str, subject: str, body: str, html: str) -> None:
        content = compose(self.sender, message_id, recipient, subject, body, html)
        name = message_id.strip("<>").replace("/", "_")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{name}.eml").write_bytes(content.as_bytes())
        except OSError as fault:
            raise Unreachable(f"dossier des courriels : {fault.strerror}") from fault


class _Watched:
    """A session that is cut at the end of its time, its greeting included. Mixed with a session of `smtplib`."""

    sock: socket.socket | None

    def __init__(self, seconds: float, *given: Any, **more: Any) -> None:
        self._watch = threading.Timer(seconds, self._cut)
        self._watch.daemon = True
        self._watch.start()
        try:
            super().__init__(*given, **more)
        except BaseException:
            self._watch.cancel()
            raise

    def close(self) -> None:
        self._watch.cancel()
        super().close()  # type: ignore[misc]

    def _cut(self) -> None:
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


class _Plain(_Watched, smtplib.SMTP):
    pass


class _Encrypted(_Watched, smtplib.SMTP_SSL):
    pass


class SmtpServer:
    """One connection per mail, which has a time limit, as each of its exchanges. `bounces`: where what cannot be
    delivered comes back (the envelope's sender); the sender itself unless said."""

    def __init__(self, url: str, sender: str, timeout: float = TIMEOUT_SECONDS, bounces: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("SMTP_URL: expected smtp://[user:password@]host[:port][?starttls=1] or smtps://…")
        self.sender, self.timeout, self.bounces = sender, timeout, bounces or sender
        self._host, self._port = parts.hostname, parts.port or _PORTS[parts.scheme]
        self._tls = parts.scheme == "smtps"
        self._starttls = parse_qs(parts.query).get("starttls", ["0"])[-1] not in ("", "0")
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None

    def send(self, message_id: str, recipient: str, subject: str, body: str, html: str) -> None:
        message = compose(self.sender, message_id, recipient, subject, body, html)
        with self._session() as server, _refusals_said():
            server.send_message(message, self.bounces, [recipient])

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """An open session. What the server says at the end is not heard: the mail is already its own."""
        try:
            server = self._open()
        except (smtplib.SMTPException, OSError) as fault:
            raise Unreachable(_said(fault)) from fault
        try:
            yield server
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        """Connect, encrypt and log in as the URL says."""
        name = self.sender.rpartition("@")[2]  # said in EHLO; the library would ask the DNS for ours
        whole = min(WHOLE_SECONDS, _EXCHANGES * self.timeout)
        server: smtplib.SMTP
        if self._tls:
            context = ssl.create_default_context()
            server = _Encrypted(whole, self._host, self._port, name, timeout=self.timeout, context=context)
        else:
            server = _Plain(whole, self._host, self._port, name, timeout=self.timeout)
        try:
            if self._starttls:
                server.starttls(context=ssl.create_default_context())
            if self._login:
                server.login(*self._login)
        except BaseException:
            server.close()
            raise
        return server


@contextmanager
def _refusals_said() -> Iterator[None]:
    """What the server answers to a mail, as one of our two failures."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        raise _failure(code)(_answer(code, text)) from refused
    except smtplib.SMTPResponseException as refused:
        raise _failure(refused.smtp_code)(_answer(refused.smtp_code, refused.smtp_error)) from refused
    except smtplib.SMTPNotSupportedError as refused:
        raise PermanentFailure(_said(refused)) from refused
    except (smtplib.SMTPException, OSError) as fault:
        raise Unreachable(_said(fault)) from fault


def _failure(code: int) -> type[Exception]:
    """421 closes the session: the server is going away."""
    if code == 421:
        return Unreachable
    return PermanentFailure if code >= 500 else TemporaryFailure


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return _answer(fault.smtp_code, fault.smtp_error)
    return f"serveur de courriels injoignable ({type(fault).__name__} : {fault})"


def compose(sender: str, message_id: str, recipient: str, subject: str, body: str, html: str) -> EmailMessage:
    """The message itself, as text and as HTML.

    Raises `PermanentFailure` when a header cannot be written (a line break in an address).
    """
    message = EmailMessage()
    try:
        message["From"] = sender
        message["To"] = recipient
        message["Subject"] = subject
        message["Message-ID"] = message_id
    except ValueError as fault:
        raise PermanentFailure(f"en-tête impossible à écrire : {fault}") from fault
    message["Date"] = formatdate(localtime=False)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, cte="quoted-printable")  # passes any relay, however long the lines
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def open_mailer(
    url: str | None, folder: Path, sender: str, *, timeout: float = TIMEOUT_SECONDS, bounces: str = ""
) -> Mailer:
    """The mailer an `SMTP_URL` names; `.eml` files without one. Raises ValueError for an URL of another kind."""
    return SmtpServer(url, sender, timeout, bounces) if url else EmlFolder(folder, sender)
