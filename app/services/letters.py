"""How the letters the ASP owes become PDFs on their request, after the commit of the event that asked for them.

A sweep: it commits once per letter, holds no lock while it renders, and may run twice or from two processes. A crash
between the file and its row leaves an orphan file and the letter still to be made.
"""

import datetime as dt
import hashlib
import io
import logging
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.adapters import pdf
from app.domain.enums import DocumentOrigin, LetterKind, ScanState
from app.domain.errors import Unavailable
from app.extensions import db, reading
from app.models.documents import Document, Letter
from app.models.requests import Avenant
from app.services import clock, formats, ports, stored_files

_log = logging.getLogger(__name__)

# Type and name of the file (guides « Demande d'avance MSS » and « Demande de solde MSS », pieces of a decided request);
# the avis follows the same manner (inferred).
_NAMES = {
    LetterKind.DECISION: ("decision_attribution", "decision-attribution"),
    LetterKind.PAYMENT_ADVICE: ("avis_de_paiement", "avis-de-paiement"),
}
_TEMPLATES = {LetterKind.DECISION: "decision", LetterKind.PAYMENT_ADVICE: "payment_advice"}


@dataclass(frozen=True, slots=True)
class _Owed:
    """A letter to make, read once: nothing of it is locked."""

    id: int
    kind: LetterKind
    content: dict[str, Any]
    asked_at: dt.datetime
    request_id: int


def make_pending() -> int:
    """Make every letter that has no PDF yet; returns how many were made. One that fails is logged and tried again at
    the next sweep, the others are made. Stops at the first `Unavailable` of the store, which it raises.

    Commits what the caller left open, then once per letter.
    """
    db.session.commit()
    with reading():
        waiting = list(db.session.scalars(sa.select(Letter.id).where(Letter.document_id.is_(None)).order_by(Letter.id)))
        db.session.commit()
    made = 0
    for letter_id in waiting:
        try:
            made += _make(letter_id)
        except Unavailable:
            db.session.rollback()
            raise
        except Exception:
            db.session.rollback()
            _log.exception("letter %s not made", letter_id)
    return made


def _make(letter_id: int) -> bool:
    """Render one letter, store it, link it. False when somebody else did meanwhile."""
    owed = _read(letter_id)
    if owed is None:
        return False
    content = pdf.render(_TEMPLATES[owed.kind], shown(owed.kind, owed.content), owed.asked_at)
    key = stored_files.put_document(io.BytesIO(content))
    if _link(owed, key, content):
        db.session.commit()
        return True
    db.session.rollback()
    ports.get().store.delete(key)
    return False


def _read(letter_id: int) -> _Owed | None:
    with reading():
        row = db.session.execute(
            sa.select(Letter.id, Letter.kind, Letter.content, Letter.asked_at, Avenant.request_id)
            .join(Avenant, Avenant.id == Letter.avenant_id)
            .where(Letter.id == letter_id, Letter.document_id.is_(None))
        ).one_or_none()
        db.session.commit()
    return _Owed(*row) if row else None


def _link(owed: _Owed, key: str, content: bytes) -> bool:
    """Insert the document and give it to the letter, unless another process holds or has made this one."""
    free = sa.select(Letter.id).where(Letter.id == owed.id, Letter.document_id.is_(None))
    if db.session.scalar(free.with_for_update(skip_locked=True)) is None:
        return False
    kind, name = _NAMES[owed.kind]
    number = owed.content["number"]
    document = Document(
        request_id=owed.request_id,
        kind=f"{kind}_{number}",
        file_name=f"{name}-{number.lower()}.pdf",
        media_type="application/pdf",
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        storage_key=key,
        origin=DocumentOrigin.AGENCY,
        scan=ScanState.CLEAN,
        deposited_at=clock.now(),
        confirmed_at=clock.now(),
    )
    db.session.add(document)
    db.session.flush()
    db.session.execute(sa.update(Letter).where(Letter.id == owed.id).values(document_id=document.id))
    return True


def shown(kind: LetterKind, content: dict[str, Any]) -> dict[str, Any]:
    """The frozen content as the PDF writes it: French dates, euros, and the steps of the amount."""
    days = ("order_date", "deposited_on", "judged_on", "ordered_on", "paid_on")
    said = content | {name: _day(content[name]) for name in days if name in content}
    steps = _steps(content) if kind is LetterKind.DECISION else [("VERSE001 – montant payé", content["amount"])]
    return said | {"amount": _euros(content["amount"]), "amounts": [[label, _euros(euros)] for label, euros in steps]}


def _steps(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Declared → ceiling → retained HT → with VAT → what is granted. A step the corridor does not have is left out."""
    steps = [
        ("Montant Ségur déclaré HT", content["declared_ht"]),
        ("Plafond HT", content["ceiling_ht"]),
        ("Montant HT retenu", content["retained_ht"]),
        (f"Montant retenu, TVA au taux de {content['vat_rate']}", content["retained"]),
        ("Avance déjà versée", content["avance_paid"] if Decimal(content["avance_paid"]) else None),
    ]
    granted = f"Montant de l'aide – {content['phase'].lower()}"
    return [(label, euros) for label, euros in steps if euros is not None] + [(granted, content["amount"])]


def _day(text: str) -> str:
    return formats.day(dt.date.fromisoformat(text) if text else None)


def _euros(text: str) -> str:
    return formats.money(Decimal(text))
