"""Which versions has a request had since its deposit, and what changed from one to the next, side by side?

Guides « Les écrans du portail », § 5.2 (« Historique »), and « Modification d'une demande de solde SAS ». A version is
what was declared until a modification replaced it, or an avenant as it stands. Amounts in euros.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.domain.enums import DocumentOrigin, RequestStatus
from app.exchange.faults import Path
from app.exchange.line_model import LineModel
from app.extensions import db
from app.models.declared_versions import DeclaredVersion
from app.models.documents import Document
from app.models.requests import Avenant, InformationRequest
from app.models.users import User
from app.services import asked, clock, declared_rest, formats, request_information

_OF_THE_FILE = frozenset({declared_rest.COMPUTED, "numLigne", "typeAction", "piecesJustificatives"})


@dataclass(frozen=True, slots=True)
class Version:
    """One row of « Historique ». `number`: from 1. `replaced`: what a modification put an end to, None for an avenant
    as it stands. `modified`: it was made by a modification, which can be compared with the version before."""

    number: int
    avenant: Avenant
    replaced: DeclaredVersion | None = None
    modified: bool = False

    @property
    def is_current(self) -> bool:
        return self.replaced is None and self.avenant.is_current

    @property
    def status(self) -> RequestStatus:
        """That of the avenant; a replaced version was « A modifier » when it was replaced."""
        return RequestStatus.TO_AMEND if self.replaced else self.avenant.status

    @property
    def until(self) -> dt.datetime:
        """When it was replaced, or took its status."""
        return self.replaced.replaced_at if self.replaced else self.avenant.status_changed_at


@dataclass(frozen=True, slots=True)
class Row:
    """One value, before and after."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Difference:
    """From a version to the next one, by a modification: `values` declared, `amounts` reckoned, `pieces` added."""

    before: Version
    after: Version
    question: InformationRequest
    at: dt.datetime
    values: tuple[Row, ...]
    amounts: tuple[Row, ...]
    pieces: tuple[Document, ...]

    @property
    def changed(self) -> tuple[Row, ...]:
        """What the supplier changed."""
        return tuple(row for row in self.values if row.changed)

    @property
    def unchanged(self) -> tuple[Row, ...]:
        return tuple(row for row in self.values if not row.changed)


def keep(avenant: Avenant, question: InformationRequest, user: User) -> DeclaredVersion:
    """Keep what the request declares, which this answer to an officer replaces (its row is locked)."""
    last = sa.select(sa.func.max(DeclaredVersion.rank)).where(DeclaredVersion.avenant_id == avenant.id)
    kept = DeclaredVersion(
        avenant_id=avenant.id,
        rank=(db.session.scalar(last) or 0) + 1,
        declared=avenant.declared,
        declared_ht=avenant.declared_ht,
        retained_ht=avenant.retained_ht,
        retained=avenant.retained,
        amount=avenant.amount,
        replaced_at=clock.now(),
        replaced_by_id=user.id,
        information_request_id=question.id,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def of(avenant: Avenant) -> tuple[Version, ...]:
    """Every version of this request, the newest first."""
    avenants = avenant.request.avenants
    query = sa.select(DeclaredVersion).where(DeclaredVersion.avenant_id.in_([one.id for one in avenants]))
    replaced: dict[int, list[DeclaredVersion]] = {}
    for one in db.session.scalars(query.order_by(DeclaredVersion.rank)):
        replaced.setdefault(one.avenant_id, []).append(one)
    found: list[Version] = []
    for each in avenants:
        own = replaced.get(each.id, [])
        for old in (*own, None):
            found.append(Version(len(found) + 1, each, old, modified=bool(own) and old is not own[0]))
    return tuple(reversed(found))


def last_modification(versions: tuple[Version, ...], avenant: Avenant) -> Difference | None:
    """What the last modification of this avenant changed; None when it had none."""
    mine = next((one for one in versions if one.avenant is avenant and one.replaced is None), None)
    return difference(versions, mine.number) if mine and mine.modified else None


def difference(versions: tuple[Version, ...], number: int) -> Difference | None:
    """What changed with this version; None when there is none of this number, or no modification made it."""
    for after, before in pairwise(versions):
        if after.number == number and after.modified and before.replaced is not None:
            return _difference(before, after, before.replaced)
    return None


def _difference(before: Version, after: Version, replaced: DeclaredVersion) -> Difference:
    return Difference(
        before,
        after,
        replaced.asked,
        replaced.replaced_at,
        tuple(_values(before, after)),
        tuple(_amounts(before, after)),
        tuple(db.session.scalars(_pieces(after.avenant, replaced))),
    )


def _values(before: Version, after: Version) -> Iterator[Row]:
    """Every value of either, in the order of the newer line, then what it no longer says."""
    model = asked.model_of(after.avenant)
    old, new = _leaves(before), _leaves(after)
    for path in dict.fromkeys((*new, *old)):
        yield Row(declared_rest.label_of(model, path), *(_said(model, path, one) for one in (old, new)))


def _said(model: LineModel, path: Path, leaves: Mapping[Path, Any]) -> str:
    return declared_rest.value_of(model, path, leaves[path]) if path in leaves else formats.NOTHING


def _leaves(version: Version) -> dict[Path, Any]:
    declared: Mapping[str, Any] = (version.replaced or version.avenant).declared
    return dict(declared_rest.leaves({key: value for key, value in declared.items() if key not in _OF_THE_FILE}))


def _amounts(before: Version, after: Version) -> Iterator[Row]:
    labels = [label for label, _ in request_information.AMOUNTS[after.avenant.phase][1:]]
    for label, old, new in zip(labels, _reckoned(before), _reckoned(after), strict=True):
        if old is not None or new is not None:
            yield Row(label, formats.euros(old), formats.euros(new))


def _reckoned(version: Version) -> tuple[Decimal | None, ...]:
    one = version.replaced or version.avenant
    return one.retained_ht, one.retained, one.amount


def _pieces(avenant: Avenant, replaced: DeclaredVersion) -> sa.Select[Any]:
    """Those given before the answer to the officer, and for good with it."""
    query = sa.select(Document).where(
        Document.request_id == avenant.request_id,
        Document.origin == DocumentOrigin.SUPPLIER,
        Document.deposited_at <= replaced.replaced_at,
        Document.confirmed_at >= replaced.replaced_at,
    )
    return query.order_by(Document.id)
