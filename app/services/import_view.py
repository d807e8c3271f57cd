"""What the pages of an import show: its lines, its requests and the pieces each of them expects.

Reading only. Every look-up is narrowed to one supplier: what belongs to another is not found.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.domain.enums import LineOutcome, RequestStatus
from app.extensions import db
from app.models.documents import ExpectedDocument
from app.models.dossiers import Dossier
from app.models.imports import JsonImport, JsonImportLine, JsonSimulation
from app.models.requests import Avenant, FundingRequest
from app.services import corridor_versions, incomplete, supplier_scope


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece the file announced, with the label its corridor gives to its type."""

    expected: ExpectedDocument
    label: str

    @property
    def received(self) -> bool:
        return self.expected.document_id is not None


@dataclass(frozen=True, slots=True)
class Deposited:
    """A request of an import, with its pieces."""

    avenant: Avenant
    pieces: tuple[Piece, ...]

    @property
    def received_count(self) -> int:
        return sum(piece.received for piece in self.pieces)

    @property
    def waiting(self) -> bool:
        """Pieces may still be added."""
        return self.avenant.status is RequestStatus.INCOMPLETE and not self.locked

    @property
    def locked(self) -> bool:
        """Its date d'expiration is reached: it will be removed."""
        return self.avenant.status is RequestStatus.INCOMPLETE and incomplete.is_locked(self.avenant.expires_on)


def find_import(import_id: int, supplier_id: int) -> JsonImport | None:
    return db.session.scalar(
        sa.select(JsonImport).where(JsonImport.id == import_id, JsonImport.supplier_id == supplier_id)
    )


def simulation_of(json_import: JsonImport) -> JsonSimulation | None:
    """The simulation this import was made from."""
    return db.session.scalar(sa.select(JsonSimulation).where(JsonSimulation.json_import_id == json_import.id))


def rejected_lines(json_import: JsonImport) -> list[JsonImportLine]:
    return [line for line in json_import.lines if line.outcome is LineOutcome.REJECTED]


def requests_of(json_import: JsonImport) -> list[Deposited]:
    """The requests of an import that still exist, in the order of the file, with their pieces."""
    query = _current().where(Avenant.json_import_id == json_import.id).order_by(Avenant.editor_number, Avenant.number)
    return _with_pieces(db.session.scalars(query))


def deadline_of(requests: Iterable[Deposited]) -> dt.date | None:
    """The first date d'expiration among those that still wait for a piece."""
    return min((one.avenant.expires_on for one in requests if one.waiting and one.avenant.expires_on), default=None)


def find_request(number: str, supplier_id: int) -> Deposited | None:
    """One request by its number, whatever its status."""
    avenant = supplier_scope.find(number, supplier_id)
    return _with_pieces([avenant])[0] if avenant else None


def _current() -> sa.Select[tuple[Avenant]]:
    # Not joined: `requests.lock` reads the row again with these options, and PostgreSQL locks no outer join.
    to_version = selectinload(Avenant.request).joinedload(FundingRequest.dossier).joinedload(Dossier.corridor_version)
    return sa.select(Avenant).where(Avenant.is_current).options(to_version)


def _with_pieces(avenants: Iterable[Avenant]) -> list[Deposited]:
    found = list(avenants)
    query = (
        sa.select(ExpectedDocument)
        .where(ExpectedDocument.avenant_id.in_([avenant.id for avenant in found]))
        .options(joinedload(ExpectedDocument.document))
        .order_by(ExpectedDocument.avenant_id, ExpectedDocument.position)
    )
    pieces: dict[int, list[ExpectedDocument]] = {}
    for expected in db.session.scalars(query):
        pieces.setdefault(expected.avenant_id, []).append(expected)
    return [_deposited(avenant, pieces.get(avenant.id, [])) for avenant in found]


def _deposited(avenant: Avenant, expected: list[ExpectedDocument]) -> Deposited:
    spec = corridor_versions.spec_of_dossier(avenant.dossier)
    return Deposited(avenant, tuple(Piece(one, spec.document_label(one.kind)) for one in expected))
