"""Enrolments: deposited for one N° ANS, validated by an officer; only a validated one may deposit requests."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.domain import numbers
from app.domain.enums import CompanyCheck, DepositMode, EnrolmentKind, EnrolmentStatus, Role
from app.domain.errors import Conflict, NotAllowed
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.corridors import Corridor
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.suppliers import Supplier
from app.services import audit, clock, counters, declared_companies
from app.services.actors import Actor


def deposit(
    supplier: Supplier,
    referencing: Referencing,
    account: BankAccount,
    vat: VatRegime,
    kind: EnrolmentKind,
    actor: Actor,
    *,
    declared: Mapping[str, Any] | None = None,
    company_check: CompanyCheck = CompanyCheck.TO_VERIFY,
) -> Enrolment:
    """A new enrolment « En cours », numbered ENRnnnnM0. `declared`: what its form was filled with."""
    enrolment = Enrolment(
        number=numbers.enrolment(counters.take_one(counters.ENROLMENT)),
        kind=kind,
        status=EnrolmentStatus.IN_PROGRESS,
        supplier=supplier,
        referencing=referencing,
        bank_account=account,
        vat=vat,
        deposited_at=clock.now(),
        declared=dict(declared or {}),
        company_check=company_check,
    )
    db.session.add(enrolment)
    db.session.flush()
    audit.record(
        "deposit", "enrolment", enrolment.number, actor, after={"ans": referencing.ans_number, "vat": vat.value}
    )
    return enrolment


def validate(enrolment: Enrolment, actor: Actor) -> None:
    """Open the right to deposit; what the first one declared becomes what the ASP knows of the supplier. Raises
    `NotAllowed` (role) or `Conflict` (already judged)."""
    if Role.OFFICER not in actor.roles:
        raise NotAllowed("Seul un gestionnaire valide un enrôlement.")
    db.session.refresh(enrolment, with_for_update=True)
    if enrolment.status in (EnrolmentStatus.VALIDATED, EnrolmentStatus.REJECTED):
        raise Conflict(f"L'enrôlement {enrolment.number} est déjà « {enrolment.status.label} ».")
    if enrolment.declared and not _is_known(enrolment.supplier_id):
        declared_companies.adopt(enrolment, actor)
    before = enrolment.status
    enrolment.status = EnrolmentStatus.VALIDATED
    enrolment.judged_at, enrolment.judged_by_id = clock.now(), actor.id
    db.session.flush()
    audit.record(
        "validate",
        "enrolment",
        enrolment.number,
        actor,
        before={"status": before.value},
        after={"status": enrolment.status.value},
    )


def _is_known(supplier_id: int) -> bool:
    """Whether one was validated before: his people and his account change by their own screens since."""
    query = sa.select(Enrolment.id).where(
        Enrolment.supplier_id == supplier_id, Enrolment.status == EnrolmentStatus.VALIDATED
    )
    return db.session.scalar(query.limit(1)) is not None


def open_by_file(supplier_id: int) -> list[Enrolment]:
    """His validated enrolments in the corridors that deposit by file, by N° ANS."""
    query = (
        sa.select(Enrolment)
        .join(Enrolment.referencing)
        .join(Corridor, Corridor.code == Referencing.corridor_code)
        .where(
            Enrolment.supplier_id == supplier_id,
            Enrolment.status == EnrolmentStatus.VALIDATED,
            Corridor.deposit == DepositMode.JSON,
        )
        .options(sa.orm.contains_eager(Enrolment.referencing))
        .order_by(Referencing.ans_number)
    )
    return list(db.session.scalars(query))
