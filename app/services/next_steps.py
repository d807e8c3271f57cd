"""What will happen next to this request, and when: what `app.domain.next_step` needs is read here."""

import sqlalchemy as sa

from app.domain import next_step
from app.domain.amounts import ZERO
from app.domain.enums import PaymentState, Phase, RequestStatus
from app.domain.next_step import Opening, Situation
from app.extensions import db
from app.models.requests import Avenant, FundingRequest, InformationRequest
from app.services import clock, corridor_versions, deposit_calendar, formats, recovery_facts
from app.services.deposit_calendar import Period, State


def of(avenant: Avenant, asked: InformationRequest | None) -> str:
    """One sentence in French. `asked`: what an officer waits for from the supplier, if anything."""
    may_follow = avenant.is_current and _a_solde_may_follow(avenant)
    has_solde = may_follow and avenant.phase is Phase.AVANCE and _has_solde(avenant)
    return next_step.sentence(
        Situation(
            status=avenant.status,
            phase=avenant.phase,
            payment=avenant.payment_state,
            today=clock.today(),
            is_current=avenant.is_current,
            expires_on=avenant.expires_on,
            asked_on=clock.paris_day(asked.asked_at) if asked else None,
            reminded_on=asked.remind_on if asked else None,
            closes_on=asked.closes_on if asked else None,
            has_solde=has_solde,
            solde=_opening(avenant) if may_follow and not has_solde else None,
            to_give_back=_to_give_back(avenant),
            nothing_to_pay=avenant.amount == ZERO,
        )
    )


def _a_solde_may_follow(avenant: Avenant) -> bool:
    if avenant.phase is Phase.SOLDE:
        return avenant.status is RequestStatus.REJECTED
    return avenant.payment_state is PaymentState.PAID


def _to_give_back(avenant: Avenant) -> str:
    if avenant.status is not RequestStatus.DECIDED or avenant.payment_state is not PaymentState.PAID:
        return ""
    order = recovery_facts.issued_on(avenant)
    return f"{formats.money(order.amount)} (ordre de recouvrement {order.number})" if order else ""


def _has_solde(avenant: Avenant) -> bool:
    dossier_id = avenant.request.dossier_id
    same = sa.exists().where(FundingRequest.dossier_id == dossier_id, FundingRequest.phase == Phase.SOLDE)
    return bool(db.session.scalar(sa.select(same)))


def _opening(avenant: Avenant) -> Opening | None:
    """The period that is open; else the next; else the last. None when the version in force has none."""
    found = _periods(avenant)
    if not found:
        return None
    one = next((period for period in found if period.state is not State.CLOSED), found[-1])
    return Opening(one.opening, one.closing, one.state is State.OPEN, one.state is State.CLOSED)


def _periods(avenant: Avenant) -> list[Period]:
    version = corridor_versions.in_force(avenant.corridor_code)
    if version is None:
        return []
    wave = corridor_versions.spec_of(version).wave_of(avenant.dossier.dsr)
    return [
        period
        for period in deposit_calendar.of_version(version)
        if period.phase is Phase.SOLDE and period.wave == wave and period.window.is_for(avenant.software_type)
    ]
