"""What the page of a request shows, for its supplier and for staff alike: `present(avenant)`.

Source: guide « Les écrans du portail », § 5.2: recap, accordions, the eight descriptions of amounts. Reads only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain.enums import DocumentOrigin, Phase
from app.exchange import line_model
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.documents import Document, Letter
from app.models.mails import Mail
from app.models.payments import Payment
from app.models.recoveries import RecoveryOrder
from app.models.rejections import Rejection
from app.models.requests import Avenant, Beneficiary, FundingRequest, InformationRequest
from app.services import asked as asked_service
from app.services import (
    corridor_versions,
    declared_blocks,
    declared_rest,
    declared_versions,
    formats,
    next_steps,
    payment_follow_up,
    payments,
    rejections,
    request_information,
    request_steps,
    suppliers,
)
from app.services import requests as request_service
from app.services.declared_blocks import BeneficiaryBlock, Fact, ScenarioBlock, Table
from app.services.declared_versions import Difference, Version
from app.services.payment_follow_up import FollowUpRow
from app.services.request_steps import Step
from app.services.table_pages import NO_PAGE, Asked


@dataclass(frozen=True, slots=True)
class RequestView:
    """The page of one avenant, ready for the partials of templates/request/. Values are shown as they stand.

    `rest`: what the file says besides. `letters_due`: letters of the ASP asked but not made yet. `follow_up`: empty
    until the avance is decided. `recoveries`: what is asked back of it. `rejection`: why it was rejected. `asked`: what
    an officer waits for from the supplier, if anything. `versions`: every avenant, the newest first; `history`: the
    same with what modifications replaced. `over`: the delay to answer is. `modified`: what the last modification of
    this avenant changed. `next_step`: what will happen now, and when.
    """

    avenant: Avenant
    title: str
    recap: tuple[Fact, ...]
    information: tuple[Fact, ...]
    bank: tuple[Fact, ...]
    beneficiaries: BeneficiaryBlock | None
    other_tables: tuple[Table, ...]
    documents: tuple[Document, ...]
    letters_due: tuple[Letter, ...]
    scenario: ScenarioBlock | None
    rest: tuple[Fact, ...]
    mails: tuple[Mail, ...]
    follow_up: tuple[FollowUpRow, ...]
    recoveries: tuple[RecoveryOrder, ...]
    rejection: Rejection | None
    versions: tuple[Avenant, ...]
    steps: tuple[Step, ...]
    asked: InformationRequest | None
    over: bool
    history: tuple[Version, ...]
    modified: Difference | None
    next_step: str


def present(
    avenant: Avenant, *, full_iban: bool = True, for_staff: bool = False, asked_pages: Asked = NO_PAGE
) -> RequestView:
    """Everything the page of this avenant shows. `full_iban` False: only the two ends of the account are written.

    `for_staff`: with the recovery orders that are only proposed. `asked_pages`: the pages asked of its tables.
    """
    version = avenant.dossier.corridor_version
    whole = corridor_versions.spec_of(version)
    wave = whole.wave_of(avenant.dossier.dsr)
    documents = tuple(db.session.scalars(_documents(avenant)))
    asked = request_service.open_information_request(avenant)
    history = declared_versions.of(avenant)
    model = line_model.model_of(version.digest, whole, avenant.phase, wave)
    spec = model.spec
    followed = payment_follow_up.of(avenant.request.dossier_id)
    return RequestView(
        avenant=avenant,
        title=_title(avenant),
        recap=recap(avenant),
        information=request_information.facts(avenant, spec),
        bank=_bank(avenant, full_iban),
        beneficiaries=declared_blocks.beneficiary_block(avenant, spec, _avance_beneficiaries(avenant), asked_pages),
        other_tables=declared_blocks.other_tables(avenant, spec, asked_pages),
        documents=documents,
        letters_due=tuple(db.session.scalars(_letters_due(avenant))),
        scenario=declared_blocks.scenario_block(avenant, spec, asked_pages),
        rest=declared_rest.facts(avenant, spec, model, {piece.file_name for piece in documents}),
        mails=tuple(db.session.scalars(_mails(avenant))),
        follow_up=followed,
        recoveries=tuple(payment_follow_up.recoveries(avenant.request.dossier_id, for_staff)) if followed else (),
        rejection=rejections.of(avenant),
        versions=tuple(reversed(avenant.request.avenants)),
        steps=request_steps.of(avenant),
        asked=asked,
        over=asked is not None and asked_service.is_over(asked),
        history=history,
        modified=declared_versions.last_modification(history, avenant),
        next_step=next_steps.of(avenant, asked),
    )


# The guide's screenshots say « Faite le » of an avance and « Déposée le » of a solde.
_DEPOSITED = {Phase.AVANCE: "Faite le", Phase.SOLDE: "Déposée le"}


def _title(avenant: Avenant) -> str:
    return (
        f"Détails de la demande numéro {avenant.number} - {avenant.phase.label} - Statut : {avenant.status.label}"
        f" - {_DEPOSITED[avenant.phase]} {formats.day(avenant.deposited_at)}"
    )


def recap(avenant: Avenant) -> tuple[Fact, ...]:
    """The left recap, common to avance and solde but for the last date."""
    referencing, supplier = avenant.dossier.enrolment.referencing, avenant.supplier
    return (
        Fact("N° unique de référencement (ANS)", referencing.ans_number),
        Fact("Date de prise d'effet", formats.day(referencing.effective_on)),
        Fact("SIRET", supplier.siret),
        Fact("Dénomination sociale", supplier.name),
        Fact("Adresse", supplier.full_address),
        Fact("Date de changement de statut", formats.moment(avenant.status_changed_at)),
    )


def _bank(avenant: Avenant, full_iban: bool) -> tuple[Fact, ...]:
    """The account the payment went to once ordered, else the supplier's active one. Empty when there is none."""
    payment = payments.payment_of(avenant)
    account = _account(avenant, payment)
    held = payment or account
    if held is None:
        return ()
    return (
        Fact("IBAN", held.iban if full_iban else formats.masked_iban(held.iban)),
        Fact("BIC", held.bic),
        Fact("Titulaire", held.holder),
        Fact("Domiciliation", formats.shown(account.bank_name if account else "")),
    )


def _account(avenant: Avenant, payment: Payment | None) -> BankAccount | None:
    if payment:
        query = sa.select(BankAccount).where(BankAccount.supplier_id == avenant.supplier_id)
        return db.session.scalar(query.where(BankAccount.iban == payment.iban).limit(1))
    return suppliers.active_account(avenant.supplier_id) or avenant.dossier.enrolment.bank_account


def _avance_beneficiaries(avenant: Avenant) -> Sequence[Beneficiary] | None:
    """Those a solde is compared with: the last avenant of the dossier's avance. None on an avance."""
    if avenant.phase is Phase.AVANCE:
        return None
    query = (
        sa.select(Beneficiary)
        .join(Avenant, Avenant.id == Beneficiary.avenant_id)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .where(
            FundingRequest.dossier_id == avenant.request.dossier_id,
            FundingRequest.phase == Phase.AVANCE,
            Avenant.is_current.is_(True),
        )
        .order_by(Beneficiary.position)
    )
    return db.session.scalars(query).all()


def _documents(avenant: Avenant) -> sa.Select[Any]:
    """Those of the deposit, of its complements once confirmed, and the ASP's."""
    given = sa.or_(Document.confirmed_at.is_not(None), Document.origin == DocumentOrigin.AGENCY)
    query = sa.select(Document).where(Document.request_id == avenant.request_id, given)
    return query.order_by(Document.deposited_at, Document.id)


def _letters_due(avenant: Avenant) -> sa.Select[Any]:
    return (
        sa.select(Letter)
        .join(Avenant, Avenant.id == Letter.avenant_id)
        .where(Avenant.request_id == avenant.request_id, Letter.document_id.is_(None))
        .order_by(Letter.id)
    )


def _mails(avenant: Avenant) -> sa.Select[Any]:
    return sa.select(Mail).where(Mail.request_id == avenant.request_id).order_by(Mail.created_at.desc(), Mail.id.desc())
