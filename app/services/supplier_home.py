"""What a supplier's home and menu are made of: his corridors, his counts, his warning.

Sources: guides « Les écrans du portail », § 2 and § 9, « Dépôt d'une demande d'avance SAS » and « Opérateur MSS ».
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from app.domain.enums import DepositMode, EnrolmentStatus, PaymentState, Phase, RequestStatus
from app.extensions import db
from app.models.corridors import Corridor, CorridorVersion
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.requests import Avenant
from app.services import countdowns
from app.services.countdowns import Countdown

Counts = Mapping[tuple[Phase, RequestStatus, PaymentState], int]


@dataclass(frozen=True, slots=True)
class Statistic:
    """A line of « Demandes »: its label in the guide's words, and its two counts."""

    label: str
    avance: int
    solde: int


@dataclass(frozen=True, slots=True)
class Home:
    """`has_incomplete`: the red warning is shown; `countdown` is that of the first request that will lock."""

    statistics: tuple[Statistic, ...]
    has_incomplete: bool
    countdown: Countdown | None = None


class OpenCorridor(NamedTuple):
    """A corridor as a supplier's menu knows it."""

    code: str
    deposit: DepositMode


class Place(NamedTuple):
    """One of his enrolments: what it is for, and the version of its corridor in force."""

    status: EnrolmentStatus
    software_type: str
    wave: int
    code: str
    deposit: DepositMode
    version_id: int
    digest: str

    @property
    def corridor(self) -> OpenCorridor:
        return OpenCorridor(self.code, self.deposit)


_LAST = sa.select(sa.func.max(CorridorVersion.number)).where(CorridorVersion.corridor_id == Corridor.id)
# Built once, and read as columns: the menu of every page asks it.
_PLACES = (
    sa.select(
        Enrolment.status,
        Referencing.software_type,
        Referencing.wave,
        Corridor.code,
        Corridor.deposit,
        CorridorVersion.id,
        CorridorVersion.digest,
    )
    .join(Referencing, Referencing.id == Enrolment.referencing_id)
    .join(Corridor, Corridor.code == Referencing.corridor_code)
    .join(CorridorVersion, CorridorVersion.corridor_id == Corridor.id)
    .where(
        Enrolment.supplier_id == sa.bindparam("supplier_id"),
        CorridorVersion.number == _LAST.correlate(Corridor).scalar_subquery(),
    )
    .order_by(Corridor.code, Referencing.wave, Enrolment.id)
)


def enrolments_of(supplier_id: int) -> list[Place]:
    """Every enrolment of his, by corridor then wave."""
    found = db.session.connection().execute(_PLACES, {"supplier_id": supplier_id})
    return [Place(*row) for row in found]


def places_among(enrolments: Iterable[Place]) -> list[Place]:
    """Those that open a corridor to him, or may: the rejected ones are left out."""
    return [one for one in enrolments if one.status is not EnrolmentStatus.REJECTED]


def places_of(supplier_id: int) -> list[Place]:
    """The same, of this supplier."""
    return places_among(enrolments_of(supplier_id))


def corridors_of(supplier_id: int) -> Sequence[OpenCorridor]:
    """The corridors of his enrolments, the rejected ones left out."""
    return corridors_among(places_of(supplier_id))


def corridors_among(places: Iterable[Place]) -> list[OpenCorridor]:
    """The corridors of these enrolments, each once."""
    return list(dict.fromkeys(place.corridor for place in places))


def has_form(corridors: Sequence[OpenCorridor]) -> bool:
    """True when one corridor at least is deposited by form."""
    return any(corridor.deposit is DepositMode.FORM for corridor in corridors)


def deposits_by_form(corridors: Sequence[OpenCorridor]) -> bool:
    """True when every corridor is deposited by form: no JSON file, no export, a reduced menu."""
    return bool(corridors) and all(corridor.deposit is DepositMode.FORM for corridor in corridors)


def of(supplier_id: int) -> Home:
    """The counts of his current requests, in one query. Non-completed requests only raise the warning."""
    counts = _counts(supplier_id)
    has_incomplete = any(status is RequestStatus.INCOMPLETE for _, status, _ in counts)
    return Home(
        statistics=(
            _statistic("Nombre de demandes en cours", counts, {RequestStatus.IN_PROGRESS}),
            # Inferred from the guide's figures (21 validées, 20 payées): a decided request stays among the validated.
            _statistic("Nombre de demandes validées", counts, {RequestStatus.VALIDATED, RequestStatus.DECIDED}),
            _statistic(
                "Nombre de demandes en attente de pièces jointes complémentaires",
                counts,
                {RequestStatus.AWAITING_DOCUMENT},
            ),
            _statistic("Nombre de demandes payées", counts, {RequestStatus.DECIDED}, {PaymentState.PAID}),
        ),
        has_incomplete=has_incomplete,
        countdown=countdowns.first_of(supplier_id) if has_incomplete else None,
    )


def _counts(supplier_id: int) -> Counts:
    keys = (Avenant.phase, Avenant.status, Avenant.payment_state)
    query = sa.select(*keys, sa.func.count()).where(Avenant.supplier_id == supplier_id, Avenant.is_current)
    return {(phase, status, state): n for phase, status, state, n in db.session.execute(query.group_by(*keys))}


def _statistic(
    label: str, counts: Counts, statuses: set[RequestStatus], states: set[PaymentState] | None = None
) -> Statistic:
    def total(phase: Phase) -> int:
        return sum(
            n
            for (of_phase, status, state), n in counts.items()
            if of_phase is phase and status in statuses and (states is None or state in states)
        )

    return Statistic(label, total(Phase.AVANCE), total(Phase.SOLDE))
