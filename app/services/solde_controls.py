"""On which dossier does each line of a solde stand, and may it? The avance must be « Décidée » and paid, no solde open.

Source: domain dossier, D4 (refusal of the portal: « le dernier avenant n'est pas au statut Décidé et payé »); the
beneficiaries of the solde are compared with the avance's (guide « Les écrans du portail », § 5.2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain import numbers
from app.domain.enums import ALIVE, PaymentState, Phase, RequestStatus
from app.exchange import codes
from app.exchange.examination import Examination, Line
from app.extensions import db
from app.models.corridors import CorridorVersion
from app.models.dossiers import Dossier
from app.models.enrolments import Enrolment
from app.models.requests import Avenant, Beneficiary, FundingRequest
from app.services import bulk_rows, corridor_versions, recovery_facts

_TAG = "numeroASP"


@dataclass(frozen=True, slots=True)
class EarlierSolde:
    """The solde already there, if any: it may be deposited again once rejected or cancelled."""

    request_id: int
    avenant_id: int
    ordinal: int
    status: RequestStatus


@dataclass(frozen=True, slots=True)
class Target:
    """The dossier a line asks the solde of, under the corridor version and wave of its avance."""

    dossier_id: int
    number: str
    version: CorridorVersion
    wave: int
    software_type: str
    avance_id: int
    avance_status: RequestStatus
    avance_payment: PaymentState
    avance_asked_back: bool
    beneficiaries: frozenset[str]
    solde: EarlierSolde | None

    @property
    def avance_number(self) -> str:
        return numbers.request(self.number, Phase.AVANCE)

    @property
    def solde_number(self) -> str:
        return numbers.request(self.number, Phase.SOLDE)


def targets(lines: Sequence[Any], enrolment: Enrolment, *, lock: bool) -> dict[int, Target]:
    """By rank of line, the dossier of this enrolment its `numeroASP` names. Four queries, whatever the lines.

    `lock`: the avances may not be cancelled before the commit.
    """
    asked = {rank: _dossier_number(line) for rank, line in enumerate(lines)}
    sought = {number for number in asked.values() if number}
    if not sought:
        return {}
    rows = _avances(sought, enrolment, lock=lock)
    versions = _versions({row.corridor_version_id for row in rows})
    people = _beneficiaries([row.avance_id for row in rows])
    soldes = _soldes([row.dossier_id for row in rows])
    found = {
        row.number: Target(
            dossier_id=row.dossier_id,
            number=row.number,
            version=versions[row.corridor_version_id],
            wave=corridor_versions.spec_of(versions[row.corridor_version_id]).wave_of(row.dsr),
            software_type=row.software_type,
            avance_id=row.avance_id,
            avance_status=row.status,
            avance_payment=row.payment_state,
            avance_asked_back=row.asked_back,
            beneficiaries=people.get(row.avance_id, frozenset()),
            solde=soldes.get(row.dossier_id),
        )
        for row in rows
    }
    return {rank: found[number] for rank, number in asked.items() if number in found}


def check(examined: Examination, found: dict[int, Target]) -> None:
    """Refuse the lines whose dossier is unknown, not paid, under another solde, or asked twice."""
    seen: dict[int, Line] = {}
    for line in examined.lines:
        number = line.raw.get(_TAG) if isinstance(line.raw, dict) else None
        if not isinstance(number, str) or not number.strip():
            continue
        target = found.get(line.rank)
        if target is None:
            message = f"« {number[:30]} » n'est pas un de vos dossiers pour ce numéro ANS"
            line.refuse(codes.UNKNOWN_DOSSIER, (_TAG,), message, number)
            continue
        first = seen.setdefault(target.dossier_id, line)
        if first is not line:
            message = f"le solde de {target.number} est déjà demandé par la ligne {first.number or first.rank + 1}"
            line.refuse(codes.DOSSIER_TWICE, (_TAG,), message, number)
        _check_target(line, target, number)


def _check_target(line: Line, target: Target, number: str) -> None:
    if target.avance_status is not RequestStatus.DECIDED or target.avance_payment is not PaymentState.PAID:
        message = (
            f"le dernier avenant de l'avance {target.avance_number} n'est pas au statut Décidé et payé"
            f" ({target.avance_status.label}, {target.avance_payment.label.lower()})"
        )
        cure = until_paid(target.avance_status, target.avance_number)
        line.refuse(codes.AVANCE_NOT_PAID, (_TAG,), message, number, cure=cure)
    elif target.avance_asked_back:
        message = f"l'avance {target.avance_number} fait l'objet d'un ordre de recouvrement total"
        cure = "Retirez la ligne : une avance entièrement recouvrée n'a pas de solde."
        line.refuse(codes.AVANCE_NOT_PAID, (_TAG,), message, number, cure=cure)
    if target.solde and target.solde.status in ALIVE:
        message = f"le solde {target.solde_number} est déjà déposé, au statut « {target.solde.status.label} »"
        line.refuse(codes.SOLDE_EXISTS, (_TAG,), message, number, cure=_about_solde(target, target.solde.status))
    named = {person.identifier for person in line.people}
    if named and named != target.beneficiaries:
        message = f"les bénéficiaires ne sont pas ceux de l'avance de {target.number}"
        line.refuse(codes.OTHER_BENEFICIARIES, ("beneficiaires",), message)


# What to do about an avance that is not paid yet. Those not named here wait for the ASP.
_AVANCE_CURES = {
    RequestStatus.INCOMPLETE: "Déposez les pièces attendues de l'avance {0}, puis attendez son paiement.",
    RequestStatus.AWAITING_DOCUMENT: "Ajoutez la pièce demandée sur l'avance {0}, puis attendez son paiement.",
    RequestStatus.TO_AMEND: "Modifiez l'avance {0} comme demandé, puis attendez son paiement.",
    RequestStatus.VALIDATED: "Attendez que l'avance {0} soit décidée et payée.",
    RequestStatus.DECIDED: "Attendez le paiement de l'avance {0} : il est en cours.",
    RequestStatus.REJECTED: "Déposez et faites payer une nouvelle avance : {0} ne peut pas être soldée.",
    RequestStatus.CANCELLED: "Déposez et faites payer une nouvelle avance : {0} ne peut pas être soldée.",
}
_SOLDE_CURES = {
    RequestStatus.INCOMPLETE: "Retirez la ligne et déposez les pièces attendues du solde {0}, avant son expiration.",
    RequestStatus.AWAITING_DOCUMENT: "Retirez la ligne et ajoutez la pièce demandée sur le solde {0}.",
    RequestStatus.TO_AMEND: "Retirez la ligne et modifiez le solde {0} comme demandé.",
    RequestStatus.DECIDED: "Retirez la ligne : le solde {0} est déjà décidé.",
}


def until_paid(status: RequestStatus, avance_number: str) -> str:
    """What to do about an avance that is not paid yet, whose solde is asked."""
    waiting = "Attendez que l'ASP instruise, décide et paie l'avance {0}."
    return _AVANCE_CURES.get(status, waiting).format(avance_number)


def _about_solde(target: Target, status: RequestStatus) -> str:
    under_way = "Retirez la ligne : le solde {0} est à l'instruction ; pour l'annuler, contactez l'assistance."
    return _SOLDE_CURES.get(status, under_way).format(target.solde_number)


def _dossier_number(line: Any) -> str | None:
    number = line.get(_TAG) if isinstance(line, dict) else None
    return numbers.dossier_of(number) if isinstance(number, str) and len(number) <= 30 else None


def _avances(sought: Iterable[str], enrolment: Enrolment, *, lock: bool) -> Sequence[Any]:
    query = (
        sa.select(
            Dossier.id.label("dossier_id"),
            Dossier.number,
            Dossier.corridor_version_id,
            Dossier.dsr,
            Dossier.software_type,
            Avenant.id.label("avance_id"),
            Avenant.status,
            Avenant.payment_state,
            recovery_facts.asked_back_whole().label("asked_back"),
        )
        .join(FundingRequest, FundingRequest.dossier_id == Dossier.id)
        .join(Avenant, Avenant.request_id == FundingRequest.id)
        .where(
            bulk_rows.among(Dossier.number, sorted(sought)),
            Dossier.supplier_id == enrolment.supplier_id,
            Dossier.enrolment_id == enrolment.id,
            FundingRequest.phase == Phase.AVANCE,
            Avenant.is_current,
        )
        .order_by(Avenant.id)
    )
    return db.session.execute(query.with_for_update(read=True, of=Avenant) if lock else query).all()


def _versions(ids: set[int]) -> dict[int, CorridorVersion]:
    query = sa.select(CorridorVersion).where(CorridorVersion.id.in_(ids))
    return {version.id: version for version in db.session.scalars(query)}


def _beneficiaries(avenant_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    query = sa.select(Beneficiary.avenant_id, Beneficiary.identifier).where(
        bulk_rows.among(Beneficiary.avenant_id, avenant_ids)
    )
    found: dict[int, set[str]] = {}
    for avenant_id, identifier in db.session.execute(query):
        found.setdefault(avenant_id, set()).add(identifier)
    return {avenant_id: frozenset(people) for avenant_id, people in found.items()}


def _soldes(dossier_ids: Sequence[int]) -> dict[int, EarlierSolde]:
    query = (
        sa.select(FundingRequest.dossier_id, FundingRequest.id, Avenant.id, Avenant.ordinal, Avenant.status)
        .join(Avenant, Avenant.request_id == FundingRequest.id)
        .where(
            bulk_rows.among(FundingRequest.dossier_id, dossier_ids),
            FundingRequest.phase == Phase.SOLDE,
            Avenant.is_current,
        )
    )
    return {dossier_id: EarlierSolde(*rest) for dossier_id, *rest in db.session.execute(query)}
