"""What the tests of deposits by form share: suppliers enrolled, forms filled, envelopes."""

import io
from decimal import Decimal

from app.domain.enums import Phase, Role
from app.domain.vat import VatRegime
from app.models.budget import Envelope
from app.models.enrolments import Enrolment
from app.models.requests import Avenant
from app.models.users import User
from app.services import actors, budget, form_deposits, form_spaces
from forms.form_requests import new_key
from tests import factories, files

PDF = files.pdf()
SAS_AVANCE = ("PV_MISE_EN_SERVICE", "ATTESTATION_DOCUMENTS", "TRANSMISSION_DONNEES")
CONTACT = {"contact": "support@exemple.fr"}
BOXES = ("applicative", "organisationnelle", "personnelle")


def enrolled(code: str, vat: VatRegime = VatRegime.TTC_20) -> tuple[Enrolment, User]:
    """A supplier enrolled in this corridor, open today, and his account."""
    enrolment = factories.enrolment(code=code, vat=vat)
    return enrolment, factories.supplier_user(enrolment.supplier)


def pieces(*codes: str) -> dict[str, tuple[str, io.BytesIO]]:
    return {code: (f"{code.lower()}.pdf", io.BytesIO(PDF)) for code in codes}


def counts(number: object = 10, phase: Phase = Phase.AVANCE) -> dict[str, str]:
    """The same number of mailboxes everywhere; six of them at the avance."""
    names = BOXES + tuple(f"{one}Estimee" for one in BOXES) if phase is Phase.AVANCE else BOXES
    return dict.fromkeys(names, str(number))


def deposit(who: tuple[Enrolment, User], phase: Phase, typed=None, sent=None, key: str = "") -> Avenant:
    """Examined, then deposited, as the page does."""
    enrolment, user = who
    space = form_spaces.of(enrolment)
    filled = form_deposits.examine(space, phase, typed or {}, sent or {}, key or new_key())
    return form_deposits.deposit(space, phase, filled, user)


def envelope(corridor_code: str | None = "MSS", amount: str = "100000.00") -> Envelope:
    """An approved envelope with this much money."""
    decider, authoriser = (actors.of(factories.user(role)) for role in (Role.DECIDER, Role.AUTHORISER))
    code = f"ENV-{corridor_code or 'COMMUNE'}"
    change = budget.propose_envelope(code, f"Enveloppe {code}", Decimal(amount), decider, corridor_code=corridor_code)
    budget.judge(change, True, authoriser)
    return change.envelope
