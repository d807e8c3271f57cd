"""What the workbench of an import shows: what was received, what is still expected, and the files to sort.

Reading only (guide « Les écrans du portail », § 9).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import sqlalchemy as sa

from app.domain import limits, piece_matching
from app.domain.piece_matching import Slot
from app.extensions import db
from app.models.imports import JsonImport
from app.models.kept_files import KeptFile
from app.models.mails import Mail
from app.services import countdowns, csv_text, formats, import_view, kept_files
from app.services.countdowns import Countdown
from app.services.import_view import Deposited, Piece

CSV_HEADINGS = ("N° éditeur", "Numéro demande", "Type de pièce", "Nom du fichier attendu", "État", "Date d'expiration")


@dataclass(frozen=True, slots=True)
class Target:
    """A piece that a kept file may become: « expected piece:document it replaces » (0: none), and how it is called."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ToSort:
    """A kept file with the likeliest pieces, first those it would replace."""

    kept: KeptFile
    suggestions: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Workbench:
    """`shown`: the requests the filter lets through; `targets`: every piece still expected."""

    requests: tuple[Deposited, ...]
    shown: tuple[Deposited, ...]
    to_sort: tuple[ToSort, ...]
    kept_count: int
    page: int
    pages: int
    targets: tuple[Target, ...]
    countdown: Countdown | None
    reminders: Sequence[Mail]

    @property
    def waiting(self) -> list[Deposited]:
        return [one for one in self.requests if one.waiting]

    @property
    def received(self) -> int:
        return sum(one.received_count for one in self.requests)

    @property
    def expected(self) -> int:
        return sum(len(one.pieces) for one in self.requests)

    @property
    def missing(self) -> int:
        """Pieces that may still be given."""
        return sum(len(one.pieces) - one.received_count for one in self.waiting)


def of(json_import: JsonImport, *, only_waiting: bool = False, page: int = 1) -> Workbench:
    """`page`: which of the pages of files to sort, from 1; beyond the last, the last."""
    requests = tuple(import_view.requests_of(json_import))
    count = kept_files.count_of(json_import)
    pages = max(1, -(-count // limits.KEPT_PAGE))
    page = min(max(page, 1), pages)
    kept = kept_files.of_import(json_import, (page - 1) * limits.KEPT_PAGE, limits.KEPT_PAGE) if count else []
    free = _free(requests)
    deadline = import_view.deadline_of(requests)
    return Workbench(
        requests,
        tuple(one for one in requests if one.waiting) if only_waiting else requests,
        tuple(ToSort(one, _suggestions(one, free, requests)) for one in kept),
        count,
        page,
        pages,
        tuple(_target(slot.key, label) for slot, label in free) if kept else (),
        countdowns.of(deadline) if deadline else None,
        _reminders(json_import),
    )


def _free(requests: Sequence[Deposited]) -> list[tuple[Slot, str]]:
    """The pieces still expected of requests that wait, with how they are called."""
    return [
        (_slot(one, piece), _called(one, piece))
        for one in requests
        if one.waiting
        for piece in one.pieces
        if not piece.received
    ]


def _slot(one: Deposited, piece: Piece) -> Slot:
    return Slot(piece.expected.id, piece.expected.file_name, one.avenant.editor_number, one.avenant.number)


def _called(one: Deposited, piece: Piece) -> str:
    return f"N° éditeur {one.avenant.editor_number} – {piece.label} ({piece.expected.file_name})"


def _target(expected_id: int, label: str, document_id: int = 0) -> Target:
    return Target(f"{expected_id}:{document_id}", label)


def _suggestions(kept: KeptFile, free: Sequence[tuple[Slot, str]], requests: Sequence[Deposited]) -> tuple[Target, ...]:
    if not kept.usable:
        return ()
    labels = {slot.key: label for slot, label in free}
    likely = piece_matching.suggestions(kept.name, [slot for slot, _ in free])
    likely.sort(key=lambda slot: slot.request_number != kept.request_number)
    return (*_replaced(kept, requests), *(_target(slot.key, labels[slot.key]) for slot in likely))


def _replaced(kept: KeptFile, requests: Sequence[Deposited]) -> list[Target]:
    """What the request it speaks of has already received, and may still change."""
    return [
        _target(
            piece.expected.id,
            f"{_called(one, piece)} : remplacer « {piece.expected.document.file_name} », déjà reçu",
            piece.expected.document.id,
        )
        for one in requests
        if one.waiting and one.avenant.number == kept.request_number
        for piece in one.pieces
        if piece.expected.document
    ]


def _reminders(json_import: JsonImport) -> Sequence[Mail]:
    query = sa.select(Mail).where(Mail.json_import_id == json_import.id).order_by(Mail.id)
    return db.session.scalars(query).all()


def names_csv(requests: Sequence[Deposited]) -> str:
    """The names of the pieces still expected, to name one's files right: `;`, a BOM, no cell that runs as a formula."""
    rows = (_cells(one, piece) for one in requests if one.waiting for piece in one.pieces if not piece.received)
    return csv_text.written(chain([CSV_HEADINGS], rows))


def _cells(one: Deposited, piece: Piece) -> list[str]:
    avenant = one.avenant
    typed = (avenant.editor_number, avenant.number, piece.label, piece.expected.file_name)
    return [*map(csv_text.inert, typed), "Attendue", formats.day(avenant.expires_on)]
