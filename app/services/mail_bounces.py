"""What comes back: a report of non-delivery (RFC 3464) is tied to the mail it is about, which then says so.

The mail is known by the Message-ID that the report repeats. A report proves nothing of who wrote it: it changes nothing
but what the staff read of one mail that had left.
"""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import MailStatus
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.mails import Mail
from app.services import audit
from app.services.actors import SYSTEM

NOT_A_REPORT = "Ce message n'est pas un avis de non-remise (RFC 3464) : rien n'a été changé."


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says: of which mail, whether delivery ended (`failed`) or goes on being tried, in which words."""

    message_id: str
    failed: bool
    words: str


def read(content: bytes) -> Report:
    """Raises `RuleBroken` for what is no report, or is too big to be one."""
    if len(content) > limits.BOUNCE_SIZE:
        raise RuleBroken(NOT_A_REPORT)
    try:
        parts = list(email.message_from_bytes(content, policy=email.policy.compat32).walk())
    except (ValueError, LookupError, RecursionError) as odd:
        raise RuleBroken(NOT_A_REPORT) from odd
    fields = [field for part in parts for field in _recipients(part)]
    message_id = next((found for part in parts for found in _returned(part)), "")
    if not fields or not message_id:
        raise RuleBroken(NOT_A_REPORT)
    failed = next((one for one in fields if _value(one, "Action").lower() == "failed"), None)
    said = failed or fields[0]
    words = (_value(said, name) for name in ("Status", "Diagnostic-Code", "Final-Recipient"))
    return Report(message_id, failed is not None, " ; ".join(word for word in words if word)[:400])


def apply(report: Report) -> bool:
    """Write on its mail that it did not arrive. False when nothing changes: delivery goes on being tried, the mail is
    none of ours, was told of already, or is being sent again."""
    if not report.failed:
        return False
    row = db.session.execute(
        sa.update(Mail)
        .where(Mail.message_id == report.message_id, Mail.status == MailStatus.SENT)
        .values(status=MailStatus.BOUNCED, last_error=f"Non remis : {report.words}"[:500])
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return False
    after = {"mail_status": MailStatus.BOUNCED.value}
    audit.record("bounce", "mail", str(row.id), SYSTEM, before={"mail_status": MailStatus.SENT.value}, after=after)
    return True


def _recipients(part: Message) -> Iterator[Message]:
    """The blocks of fields that a report holds for each recipient."""
    if part.get_content_type() == "message/delivery-status" and part.is_multipart():
        for block in part.get_payload():
            if isinstance(block, Message) and block.get("Action"):
                yield block


def _returned(part: Message) -> Iterator[str]:
    """The Message-ID of the mail a report repeats, whole or by its headers alone."""
    kind = part.get_content_type()
    if kind == "message/rfc822" and part.is_multipart():
        headers = part.get_payload(0)
    elif kind == "text/rfc822-headers":
        headers = email.message_from_string(str(part.get_payload()))
    else:
        return
    if isinstance(headers, Message) and headers.get("Message-ID"):
        yield _value(headers, "Message-ID")


def _value(block: Message, name: str) -> str:
    """One line, without what a database or a screen could not show."""
    return " ".join("".join(sign for sign in str(block.get(name, "")) if sign.isprintable() or sign.isspace()).split())
