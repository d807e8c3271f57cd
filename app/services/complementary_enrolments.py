"""A further software, enrolled from the private space: begun there, filled with what the ASP knows of the supplier.

Guide « Les écrans du portail », § 3.2. Settled: what is known is shown and not typed again; the people and the account
change by « Mon compte », under the eyes that this asks for.
"""

import sqlalchemy as sa

from app.domain.enrolment_steps import DECLARANT, NO, REPRESENTATIVE, YES
from app.domain.enums import EnrolmentStatus, PersonKind
from app.domain.errors import RuleBroken
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.enrolment_drafts import EnrolmentDraft
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.suppliers import Person, Supplier
from app.models.users import User
from app.services import enrolment_cases, enrolment_drafts, suppliers


def find(user: User, ans_number: str) -> Referencing:
    """The software of this number, that this person's company may enrol. Raises `RuleBroken` on `ans_number`: unknown,
    enrolled already, or one more than the corridor allows."""
    referencing = enrolment_cases.find_referencing(ans_number)
    try:
        enrolment_cases.refuse_unless_open(_supplier_of(user).siret, referencing, complementary=True)
    except RuleBroken as refusal:
        raise RuleBroken(str(refusal), field="ans_number") from refusal
    return referencing


def begin(user: User, ans_number: str) -> EnrolmentDraft:
    """The draft of this person for the software of this number. Raises as `find`."""
    supplier, referencing = _supplier_of(user), find(user, ans_number)
    answers = {"ans_number": referencing.ans_number, "siret": supplier.siret, "vat": _vat_of(supplier)}
    draft, _ = enrolment_drafts.begin(answers, user)
    return draft


def known(draft: EnrolmentDraft) -> dict[str, str]:
    """What the ASP knows now of the supplier of a complementary draft, by the names of the form; nothing for another
    draft. The bank's part is empty while no account is active."""
    if draft.supplier is None:
        return {}
    supplier = draft.supplier
    people = {person.kind: person for person in supplier.people}
    declarant = people.get(PersonKind.DECLARANT)
    return {
        "siret": supplier.siret,
        "name": supplier.name,
        "trade_name": supplier.trade_name or supplier.name,
        "street": supplier.address,
        "postcode": supplier.postcode,
        "city": supplier.city,
        "is_representative": NO if declarant else YES,
        **_of_person(REPRESENTATIVE, people.get(PersonKind.LEGAL_REPRESENTATIVE)),
        **_of_person(DECLARANT, declarant),
        **_of_account(suppliers.active_account(supplier.id)),
    }


def _supplier_of(user: User) -> Supplier:
    assert user.supplier is not None, "a supplier's account carries its supplier"
    return user.supplier


def _vat_of(supplier: Supplier) -> str:
    """The regime of his last validated enrolment, to be confirmed; empty when there is none."""
    query = sa.select(Enrolment.vat).where(
        Enrolment.supplier_id == supplier.id, Enrolment.status == EnrolmentStatus.VALIDATED
    )
    last = db.session.scalar(query.order_by(Enrolment.id.desc()).limit(1))
    return last.value if last else ""


def _of_person(names: tuple[str, ...], person: Person | None) -> dict[str, str]:
    if person is None:
        return dict.fromkeys(names, "")
    said = (person.last_name, person.first_name, person.email, person.email, person.phone)
    return dict(zip(names, said, strict=True))


def _of_account(account: BankAccount | None) -> dict[str, str]:
    if account is None:
        return dict.fromkeys(("iban", "bic", "holder", "bank_name"), "")
    return {"iban": account.iban, "bic": account.bic, "holder": account.holder, "bank_name": account.bank_name}
