"""What each letter of the ASP says, frozen with the event that owes it; `app.services.letters` makes its PDF."""

from typing import Any

from app.domain.enums import DepositMode, LetterKind
from app.extensions import db
from app.models.documents import Letter
from app.models.payments import Payment
from app.models.requests import Avenant
from app.services import clock, corridor_versions, formats


def owe_decision(avenant: Avenant) -> None:
    """The decision letter, owed by the validation."""
    _owe(avenant, LetterKind.DECISION, _decision(avenant))


def owe_payment_advice(payment: Payment) -> None:
    """The avis de paiement, owed by the confirmation of the transfer."""
    _owe(payment.avenant, LetterKind.PAYMENT_ADVICE, _payment_advice(payment))


def _owe(avenant: Avenant, kind: LetterKind, content: dict[str, Any]) -> None:
    common = {
        "number": avenant.number,
        "phase": avenant.phase.label,
        "supplier": avenant.supplier.name,
        "siret": avenant.supplier.siret,
        "address": avenant.supplier.full_address,
        "dsr": avenant.dossier.dsr,
    }
    db.session.add(Letter(avenant=avenant, kind=kind, content=common | content, asked_at=clock.now()))


def _decision(avenant: Avenant) -> dict[str, Any]:
    """A form declares neither an order nor an amount: the letter says nothing of them."""
    dossier = avenant.dossier
    by_form = corridor_versions.spec_of(dossier.corridor_version).deposit is DepositMode.FORM
    order = {} if by_form else {"order_date": avenant.order_date.isoformat()}
    return order | {
        "software": dossier.enrolment.referencing.software,
        "ans_number": dossier.enrolment.referencing.ans_number,
        "deposited_on": clock.paris_day(avenant.deposited_at).isoformat(),
        "judged_on": clock.today().isoformat(),
        "vat_regime": avenant.vat.regime_label,
        "vat_rate": avenant.vat.rate_label,
        "declared_ht": None if by_form else str(avenant.declared_ht),
        "ceiling_ht": None if avenant.ceiling_ht is None else str(avenant.ceiling_ht),
        "retained_ht": str(avenant.retained_ht),
        "retained": str(avenant.retained),
        "avance_paid": str(avenant.avance_paid),
        "amount": str(avenant.amount),
    }


def _payment_advice(payment: Payment) -> dict[str, Any]:
    return {
        "order": payment.order.number,
        "ordered_on": clock.paris_day(payment.order.ordered_at).isoformat(),
        "paid_on": payment.paid_on.isoformat() if payment.paid_on else "",
        "reference": payment.reference,
        "holder": payment.holder,
        "iban": formats.masked_iban(payment.iban),
        "bic": payment.bic,
        "amount": str(payment.amount),
    }
