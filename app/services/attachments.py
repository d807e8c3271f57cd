"""Files that belong to no request: kept once proved, opened, dropped with their bytes.

Who may read one is the business of whoever holds its row. A file is stored before any lock; its row comes after.
"""

from typing import BinaryIO

from app.adapters.file_types import Inspected
from app.domain.enums import ScanState
from app.extensions import db
from app.models.attachments import Attachment
from app.models.users import User
from app.services import clock, documents, ports, stored_files
from app.services.documents import Stored


def keep(file_name: str, content: BinaryIO, user: User | None = None) -> Attachment:
    """Prove a piece (type, size, name, antivirus: those of every piece), store it, and write its row.

    `user`: who gives it; None for a person without account. Raises `RuleBroken` naming the file, `Unavailable`.
    """
    return write(store(file_name, content), user)


def store(file_name: str, content: BinaryIO) -> Stored:
    """The same without the row, for what must be done before a lock is taken. Raises as above."""
    return _stored(*documents.prove(file_name, content))


def keep_proved(file: Inspected, scan: ScanState, user: User | None = None) -> Attachment:
    """The same for a file that was proved otherwise. Raises `Unavailable`."""
    return write(_stored(file, scan), user)


def write(stored: Stored, user: User | None = None) -> Attachment:
    """The row of a stored file."""
    made = Attachment(
        file_name=stored.file.name,
        media_type=stored.file.media_type,
        size=stored.file.size,
        digest=stored.file.digest,
        storage_key=stored.key,
        scan=stored.scan,
        deposited_at=clock.now(),
        deposited_by_id=user.id if user else None,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _stored(file: Inspected, scan: ScanState) -> Stored:
    return Stored(file, scan, stored_files.put_attachment(file.content))


def open_content(attachment: Attachment) -> BinaryIO:
    """A stream of its bytes. Raises `KeyError` when the store lost it, `Unavailable`."""
    return ports.get().store.open(attachment.storage_key)


def drop(attachment: Attachment) -> None:
    """Remove the row now, the bytes once the transaction is committed."""
    stored_files.delete_after_commit(attachment.storage_key)
    db.session.delete(attachment)
    db.session.flush()
