"""A real SMTP server on loopback (aiosmtpd) that answers what a test tells it to, and keeps what it accepted."""

import contextlib
import email
import email.policy
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Peer:
    """`answers` are said to the next mails, in order; then everything is accepted. `mails` is what was accepted.
    `at_goodbye`: done when a client that was served takes its leave, before it is answered."""

    def __init__(self, port: int = 0) -> None:
        self.answers: list[str] = []
        self.mails: list[EmailMessage] = []
        self.at_goodbye: Callable[[], None] | None = None
        self._arrived = threading.Condition()
        self.port = port or free_port()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def open(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, server_hostname="pair.invalid")
        self._controller.start()

    def close(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    def wait_for(self, count: int, seconds: float = 40) -> bool:
        """True once this many mails were accepted, False when they are not in time."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.mails) >= count, seconds)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answers and self.answers[0].startswith("RCPT "):
            return self.answers.pop(0).removeprefix("RCPT ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        with self._arrived:
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
            self._arrived.notify_all()
        return "250 accepted"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        if self.at_goodbye:
            self.at_goodbye()
        return "221 Bye"


@contextmanager
def peer() -> Iterator[Peer]:
    """A peer that answers for the time of a test."""
    made = Peer()
    made.open()
    try:
        yield made
    finally:
        made.close()


@contextmanager
def silent_server() -> Iterator[str]:
    """The URL of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def hold() -> None:
            while True:
                try:
                    held.append(listener.accept()[0])
                except OSError:
                    return

        holding = threading.Thread(target=hold, daemon=True)
        holding.start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        holding.join()
        for connection in held:
            connection.close()


@contextmanager
def endless_server() -> Iterator[str]:
    """The URL of a server whose greeting never ends: it never hangs for a twentieth of a second."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def greet() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                while not over.wait(0.02):
                    connection.sendall(b"220-patience\r\n")

        greeting = threading.Thread(target=greet, daemon=True)
        greeting.start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        greeting.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
