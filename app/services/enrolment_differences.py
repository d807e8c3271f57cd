"""What an enrolment declares otherwise than the ASP knows its supplier: told, never written over what stands.

Settled: who speaks for a supplier and where he is paid change by « Mon compte », under the eyes that this asks for.
"""

import sqlalchemy as sa

from app.domain.enums import EnrolmentStatus
from app.extensions import db
from app.models.enrolments import Enrolment
from app.services import bank_register, declared_companies, suppliers


def of(enrolment: Enrolment) -> list[str]:
    """In words; nothing when none of the supplier's was validated before, nor when nothing was declared."""
    if not enrolment.declared or not is_known(enrolment):
        return []
    return [*_company(enrolment), *_people(enrolment), *_account(enrolment)]


def is_known(enrolment: Enrolment) -> bool:
    """Whether another enrolment of this supplier was validated before."""
    query = sa.select(Enrolment.id).where(
        Enrolment.supplier_id == enrolment.supplier_id,
        Enrolment.status == EnrolmentStatus.VALIDATED,
        Enrolment.id != enrolment.id,
    )
    return db.session.scalar(query.limit(1)) is not None


def _company(enrolment: Enrolment) -> list[str]:
    declared, supplier = enrolment.declared, enrolment.supplier
    pairs = (("la dénomination sociale", "name", supplier.name), ("le code postal", "postcode", supplier.postcode))
    return [
        f"{called} : « {declared[name]} » est déclaré, « {known} » est connu"
        for called, name, known in pairs
        if declared.get(name) and declared[name] != known
    ]


def _people(enrolment: Enrolment) -> list[str]:
    known = {person.kind: person.email.lower() for person in enrolment.supplier.people}
    told = []
    for kind in declared_companies.people_of(enrolment.declared):
        prefix = "representative" if kind.value == "legal_representative" else "declarant"
        email = str(enrolment.declared.get(f"{prefix}_email", ""))
        if email and known.get(kind) != email.lower():
            told.append(f"{kind.label.lower()} : {email} est déclaré, {known.get(kind, 'personne')} est connu")
    return told


def _account(enrolment: Enrolment) -> list[str]:
    active = suppliers.active_account(enrolment.supplier_id)
    iban = bank_register.compact(str(enrolment.declared.get("iban", "")))
    if active is None or not iban or active.iban == iban:
        return []
    return [f"coordonnées bancaires : un IBAN finissant par {iban[-4:]} est déclaré, {active.iban[-4:]} est actif"]
