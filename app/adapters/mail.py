"""Who carries mails away: an SMTP server (`SMTP_URL`), or `.eml` files in a folder when there is none."""

from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path


class TemporaryFailure(Exception):
    """Try again later: the server is down, slow, or said 4xx."""


class PermanentFailure(Exception):
    """Never for this recipient: the server said 5xx."""


class EmlFolder:
    """Each mail is a file, named by its Message-ID: a resend overwrites it."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder, self.sender = folder, sender

    def send(self, message_id: str, recipient: str, subject: str, body: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = message_id.strip("<>").replace("/", "_")
        content = compose(self.sender, message_id, recipient, subject, body)
        (self.folder / f"{name}.eml").write_bytes(content.as_bytes())


def compose(sender: str, message_id: str, recipient: str, subject: str, body: str) -> EmailMessage:
    """The message itself. A line break in a header raises ValueError (the library's own guard)."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Message-ID"] = message_id
    message["Date"] = formatdate(localtime=False)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def open_mailer(url: str | None, folder: Path, sender: str) -> EmlFolder:
    """The mailer an `SMTP_URL` names; `.eml` files without one."""
    return EmlFolder(folder, sender)
