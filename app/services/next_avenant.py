"""What does the avenant that cancels another repeat of it?"""

from app.domain.enums import PaymentState
from app.models.requests import Avenant, Beneficiary, Scenario

_COPIED = (
    "number", "phase", "supplier_id", "corridor_code", "software_type", "editor_number", "json_import_id",
    "deposited_at", "completed_at", "order_date", "invoice_number", "invoice_date", "vat", "declared", "declared_ht",
    "ceiling_ht", "retained_ht", "retained", "avance_paid", "amount", "excess", "first_instructed_at",
)  # fmt: skip


def cancelling(avenant: Avenant) -> Avenant:
    """What was declared and computed, nothing of what was judged or decided; its status is for the caller to write."""
    copy = Avenant(**{name: getattr(avenant, name) for name in _COPIED})
    copy.request_id, copy.ordinal = avenant.request_id, avenant.ordinal + 1
    copy.payment_state, copy.is_current = PaymentState.NONE, True
    copy.beneficiaries = [
        Beneficiary(
            position=one.position,
            name=one.name,
            email=one.email,
            phone=one.phone,
            identifier_kind=one.identifier_kind,
            identifier=one.identifier,
        )
        for one in avenant.beneficiaries
    ]
    copy.scenarios = [Scenario(position=one.position, answers=one.answers) for one in avenant.scenarios]
    return copy
