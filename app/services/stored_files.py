"""How the files of the store follow the rows of the database: bytes first, rows after, deletions after the commit.

A file whose transaction fails is an orphan, taken by `sweep_orphans`; a row never lacks its file.
"""

import logging
import uuid
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session, SessionTransaction

from app.domain.errors import Unavailable
from app.extensions import db
from app.models.attachments import Attachment
from app.models.csv_uploads import CsvUpload
from app.models.documents import Document
from app.models.form_deposits import FormPiece
from app.models.imports import JsonImport, JsonSimulation
from app.models.kept_files import KeptFile
from app.services import ports

logger = logging.getLogger(__name__)
DOCUMENTS, ATTACHMENTS, SIMULATIONS, IMPORTS = "documents/", "attachments/", "simulations/", "imports/"
QUARANTINE, CSV_UPLOADS = "quarantaine/", "csv/"
PREFIXES = (DOCUMENTS, ATTACHMENTS, SIMULATIONS, IMPORTS, QUARANTINE, CSV_UPLOADS)
HOLDERS = (
    Document.storage_key,
    Attachment.storage_key,
    JsonSimulation.storage_key,
    JsonImport.storage_key,
    JsonImport.result_key,
    KeptFile.storage_key,
    CsvUpload.storage_key,
    FormPiece.storage_key,
)
# What is made again from the rest when it is missing: its row may come before its file.
MADE_ON_DEMAND = (JsonImport.result_key,)
DOOMED = "doomed_files"
BATCH = 500


def put_document(content: BinaryIO) -> str:
    """Store the bytes of a piece under a generated key. Returns the key. Raises `Unavailable`."""
    return _put(DOCUMENTS, content)


def put_attachment(content: BinaryIO) -> str:
    """The same for a file that belongs to no request."""
    return _put(ATTACHMENTS, content)


def put_quarantined(content: BinaryIO) -> str:
    """The same for a file of a ZIP that found no place."""
    return _put(QUARANTINE, content)


def put_csv(content: BinaryIO) -> str:
    """The same for a CSV that staff sent."""
    return _put(CSV_UPLOADS, content)


def _put(prefix: str, content: BinaryIO) -> str:
    key = f"{prefix}{uuid.uuid4()}"
    ports.get().store.put(key, content)
    return key


def delete_after_commit(key: str) -> None:
    """The row is gone: its file goes once the transaction is committed, and stays if it is not."""
    db.session.info.setdefault(DOOMED, []).append(key)


@sa.event.listens_for(Session, "after_commit")
def _delete_what_was_doomed(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for key in session.info.pop(DOOMED, []):
        try:
            ports.get().store.delete(key)
        except Unavailable:
            logger.warning("file %s is left to the sweeper", key)


@sa.event.listens_for(Session, "after_soft_rollback")
def _spare_what_was_doomed(session: Session, transaction: SessionTransaction) -> None:
    """Whatever was undone, a savepoint included: at worst a file is left to the sweeper."""
    session.info.pop(DOOMED, None)


def sweep_orphans(older_than_hours: int) -> int:
    """Delete the files that no row knows. Returns how many.

    Younger ones are spared: their transaction may still be running. Raises `Unavailable`.
    """
    store = ports.get().store
    old = [key for prefix in PREFIXES for key, age in store.keys(prefix) if age >= max(1, older_than_hours) * 3600]
    swept = 0
    for start in range(0, len(old), BATCH):
        batch = old[start : start + BATCH]
        for key in set(batch) - _known(batch):
            store.delete(key)
            swept += 1
    return swept


def _known(keys: list[str]) -> set[str]:
    return {found for column in HOLDERS for found in db.session.scalars(sa.select(column).where(column.in_(keys)))}
