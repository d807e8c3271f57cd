"""What does a supplier who deposits by form have: his enrolment, his dossier, its two requests; what may he deposit?

Guides « Dépôt d'une demande d'avance SAS », « Modification d'une demande de solde SAS » and « Opérateur MSS ». A solde
follows an avance « Décidée » and paid, as by file (domain dossier, D4). Reads only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import sqlalchemy as sa

from app.corridors.amount_rules import AmountRule, Basis, Fixed
from app.corridors.spec import CorridorSpec, FixedInstalments
from app.domain import amounts
from app.domain.amounts import ZERO
from app.domain.enums import ALIVE, DepositMode, EnrolmentStatus, PaymentState, Phase, RequestStatus
from app.extensions import db
from app.models.corridors import Corridor, CorridorVersion
from app.models.dossiers import Dossier
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.requests import Avenant, FundingRequest
from app.services import clock, corridor_versions, deposit_windows, formats, liquidation, recovery_facts, solde_controls
from app.services.declared_blocks import Fact
from app.services.deposit_windows import Closed


@dataclass(frozen=True, slots=True)
class Space:
    """One enrolment of a corridor deposited by form. `version`: in force; `dossiers`: those of the enrolment, the last
    first; `dossier`: the one looked at, None for the next one; `elsewhere`: the number of the only dossier he may have
    in this corridor, opened for another of his enrolments."""

    enrolment: Enrolment
    version: CorridorVersion
    dossiers: tuple[Dossier, ...]
    dossier: Dossier | None
    avance: Avenant | None
    solde: Avenant | None
    elsewhere: str | None

    def current(self, phase: Phase) -> Avenant | None:
        return self.avance if phase is Phase.AVANCE else self.solde

    @property
    def in_force(self) -> CorridorSpec:
        """The document of today, as the wave of the enrolment sees it."""
        return corridor_versions.spec_of(self.version).narrowed(self.enrolment.referencing.wave)

    def spec(self, phase: Phase) -> CorridorSpec:
        """What the form is drawn from: the document of today; for a solde, the one its dossier was opened under."""
        if phase is Phase.SOLDE and self.dossier is not None:
            return corridor_versions.spec_of_dossier(self.dossier)
        return self.in_force


def enrolments_of(supplier_id: int) -> Sequence[Enrolment]:
    """His enrolments in corridors deposited by form, the rejected ones left out."""
    query = (
        sa.select(Enrolment)
        .join(Referencing, Referencing.id == Enrolment.referencing_id)
        .join(Corridor, Corridor.code == Referencing.corridor_code)
        .where(
            Enrolment.supplier_id == supplier_id,
            Enrolment.status != EnrolmentStatus.REJECTED,
            Corridor.deposit == DepositMode.FORM,
        )
        .order_by(Enrolment.id)
    )
    return db.session.scalars(query).all()


def of(enrolment: Enrolment, dossier_number: str = "", *, another: bool = False) -> Space | None:
    """The space of an enrolment, on a dossier of his, else on the last one; `another`: on the next one. None when the
    dossier is not his."""
    version = corridor_versions.in_force(enrolment.referencing.corridor_code)
    assert version is not None, "a corridor deposited by form is published"
    query = sa.select(Dossier).where(Dossier.enrolment_id == enrolment.id).order_by(Dossier.id.desc())
    dossiers = tuple(db.session.scalars(query))
    dossier = None if another else next(iter(dossiers), None)
    if dossier_number:
        dossier = next((one for one in dossiers if one.number == dossier_number), None)
        if dossier is None:
            return None
    requests = _requests(dossier) if dossier else {}
    return Space(
        enrolment,
        version,
        dossiers,
        dossier,
        requests.get(Phase.AVANCE),
        requests.get(Phase.SOLDE),
        None if dossier else _single(enrolment),
    )


def _requests(dossier: Dossier) -> dict[Phase, Avenant]:
    """The two requests of a dossier, as they stand today."""
    query = (
        sa.select(Avenant)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .where(FundingRequest.dossier_id == dossier.id, Avenant.is_current)
        .execution_options(populate_existing=True)
    )
    return {one.phase: one for one in db.session.scalars(query)}


def _single(enrolment: Enrolment) -> str | None:
    query = sa.select(Dossier.number).where(
        Dossier.supplier_id == enrolment.supplier_id,
        Dossier.corridor_code == enrolment.referencing.corridor_code,
        Dossier.is_single,
    )
    return db.session.scalar(query)


def closed(space: Space, phase: Phase) -> Closed | None:
    """Why this phase may not be deposited now, and what to do; None when it may."""
    enrolment = space.enrolment
    if enrolment.status is not EnrolmentStatus.VALIDATED:
        message = f"votre enrôlement {enrolment.number} est au statut « {enrolment.status.label} »"
        return Closed(message, "Le dépôt s'ouvrira dès sa validation.")
    refusal = _avance_refusal(space) if phase is Phase.AVANCE else _solde_refusal(space)
    return refusal or deposit_windows.closed(space.in_force, enrolment.referencing, phase)


def until(space: Space, phase: Phase) -> str:
    """Until when this phase may be deposited, in Paris; empty when it may not."""
    referencing = space.enrolment.referencing
    window = space.in_force.window(referencing.wave, phase, clock.now(), referencing.software_type)
    return formats.minute(window.closes_at) if window else ""


def _avance_refusal(space: Space) -> Closed | None:
    if space.avance is not None:
        number, day = space.avance.number, formats.day(space.avance.deposited_at)
        return Closed(f"votre demande d'avance {number} est déjà déposée, le {day}", _ONCE)
    if space.elsewhere and space.in_force.single_dossier:
        return Closed(f"votre dossier {space.elsewhere} est déjà ouvert dans ce couloir", _ONCE)
    return None


_ONCE = "Un dossier n'est déposé qu'une fois. Pour toute correction, contactez l'assistance."


def _solde_refusal(space: Space) -> Closed | None:
    avance, solde = space.avance, space.solde
    if avance is None:
        return Closed("aucune demande d'avance n'est déposée", "Déposez d'abord votre demande d'avance.")
    if solde is not None and solde.status in ALIVE:
        message = f"votre demande de solde {solde.number} est déjà déposée, le {formats.day(solde.deposited_at)}"
        return Closed(message, "Pour toute correction, contactez l'assistance.")
    if avance.status is not RequestStatus.DECIDED or avance.payment_state is not PaymentState.PAID:
        state = f"{avance.status.label}, {avance.payment_state.label.lower()}"
        message = f"votre avance {avance.number} n'est pas encore décidée et payée ({state})"
        return Closed(message, solde_controls.until_paid(avance.status, avance.number))
    asked_back = recovery_facts.open_on_avance(avance.request.dossier_id)
    if asked_back and asked_back.is_total:
        message = f"votre avance {avance.number} fait l'objet de l'ordre de recouvrement total {asked_back.number}"
        return Closed(message, "Une avance entièrement recouvrée n'a pas de solde.")
    return None


def is_deposited(space: Space, phase: Phase) -> bool:
    """Whether this phase has a request that lives, or may not be deposited twice."""
    current = space.current(phase)
    if phase is Phase.AVANCE:
        return current is not None or bool(space.elsewhere and space.in_force.single_dossier)
    return current is not None and current.status in ALIVE


def instalment(space: Space, phase: Phase) -> Decimal | None:
    """What the form says the request is worth, in euros with VAT; None while it depends on the answers."""
    spec, vat = space.spec(phase), space.enrolment.vat
    fixed, rule = spec.instalments, _rule(space, phase)
    known = ZERO
    if isinstance(rule, Fixed):
        known = rule.amount
    elif not (isinstance(fixed, FixedInstalments) and (phase is Phase.AVANCE or fixed.solde_ht is not None)):
        return None
    paid = liquidation.avance_paid(space.dossier.id) if phase is Phase.SOLDE and space.dossier else ZERO
    return liquidation.instalment(spec, phase, amounts.engage(known, known, vat), paid).amount


def asked_ht(space: Space, phase: Phase, counts: dict[str, int]) -> Decimal:
    """What a form asks, HT: a form declares no amount, so it is what the rule of the corridor gives, in euros."""
    software_type = space.enrolment.referencing.software_type
    return _rule(space, phase).ceiling(Basis(software_type, (), counts)) or ZERO


def _rule(space: Space, phase: Phase) -> AmountRule:
    referencing = space.enrolment.referencing
    return space.spec(phase).amount_of(referencing.software_type, referencing.wave)


def figures(space: Space, phase: Phase) -> tuple[Fact, Fact]:
    """The two figures the portal fills in: the rate of the enrolment, the amount (with a point, as the guide writes
    it on the form)."""
    fixed = space.spec(phase).instalments
    rate, avance = (fixed.vat_label, fixed.avance_label) if isinstance(fixed, FixedInstalments) else _LABELS
    amount = instalment(space, phase)
    label = avance if phase is Phase.AVANCE else "Montant du solde"
    return (
        Fact(rate, space.enrolment.vat.rate_label),
        Fact(label, "Calculé d'après vos réponses" if amount is None else f"{amount:.2f}"),
    )


_LABELS = ("Taux de TVA", "Montant de l'avance")


def recap(space: Space, avenant: Avenant | None) -> tuple[Fact, ...]:
    """« Récapitulatif »: before the deposit, the company alone; then under the labels of the corridor's document."""
    supplier = space.enrolment.supplier
    who = (Fact("SIRET", supplier.siret), Fact("Dénomination sociale", supplier.name))
    if avenant is None:
        return who
    labels = space.in_force.recap
    return (
        Fact("N° unique de référencement (ANS)", space.enrolment.referencing.ans_number),
        *who,
        Fact("Adresse", supplier.full_address),
        Fact(labels.dossier, avenant.dossier.number),
        Fact(labels.deposited, formats.day(avenant.deposited_at)),
        Fact(labels.status, avenant.status.label),
        Fact("Date de changement de statut", formats.day(avenant.status_changed_at)),
    )


def next_deposit(space: Space, phase: Phase) -> bool:
    """Whether, besides the request that is shown, another may be deposited: an avance where the corridor allows many
    dossiers, a solde once rejected or cancelled."""
    if space.current(phase) is None:
        return False
    if phase is Phase.AVANCE:
        return not space.in_force.single_dossier and closed(replace(space, dossier=None, avance=None), phase) is None
    return closed(space, phase) is None
