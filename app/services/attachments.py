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


def keep(file_name: str, content: BinaryIO, user: User | None = None) -> Attachment:
    """Prove a piece (type, size, name, antivirus: those of every piece), store it, and write its row.

    `user`: who gives it; None for a person without account. Raises `RuleBroken` naming the file, `Unavailable`.
    """
    file, scan = documents.prove(file_name, content)
    return keep_proved(file, scan, user)


def keep_proved(file: Inspected, scan: ScanState, user: User | None = None) -> Attachment:
    """The same for a file that was proved otherwise. Raises `Unavailable`."""
    made = Attachment(
        file_name=file.name,
        media_type=file.media_type,
        size=file.size,
        digest=file.digest,
        storage_key=stored_files.put_attachment(file.content),
        scan=scan,
        deposited_at=clock.now(),
        deposited_by_id=user.id if user else None,
    )
    db.session.add(made)
    db.session.flush()
    return made


def open_content(attachment: Attachment) -> BinaryIO:
    """A stream of its bytes. Raises `KeyError` when the store lost it, `Unavailable`."""
    return ports.get().store.open(attachment.storage_key)


def drop(attachment: Attachment) -> None:
    """Remove the row now, the bytes once the transaction is committed."""
    stored_files.delete_after_commit(attachment.storage_key)
    db.session.delete(attachment)
    db.session.flush()
