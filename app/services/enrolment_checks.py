"""What an officer would look up before he judges an enrolment: each control with what it found, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from app.domain.enrolment_workflow import OPEN
from app.domain.enums import CompanyCheck
from app.domain.labelled import Labelled
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.services import (
    bank_register,
    declared_companies,
    enrolment_differences,
    enrolment_pieces,
    supplier_accounts,
    suppliers,
)


class Verdict(Labelled):
    """How a control ended."""

    RIGHT = "right", "Conforme"
    LOOK = "look", "À regarder"
    WRONG = "wrong", "Anomalie"


@dataclass(frozen=True, slots=True)
class Check:
    """One control: what was looked at, how it ended, what was found."""

    subject: str
    verdict: Verdict
    found: str


V = Verdict
_COMPANY = {
    CompanyCheck.VERIFIED: (V.RIGHT, "La dénomination et la commune sont celles du répertoire."),
    CompanyCheck.TO_VERIFY: (V.LOOK, "Le répertoire n'a pas répondu au dépôt : il est interrogé de nouveau."),
    CompanyCheck.DIFFERS: (V.LOOK, "La dénomination ou la commune diffère du répertoire, ou le SIRET y est inconnu."),
    CompanyCheck.CLOSED: (V.WRONG, "L'établissement est fermé au répertoire."),
}


def of(enrolment: Enrolment) -> list[Check]:
    """Every control of an enrolment, in the order of its page."""
    return [
        _company(enrolment),
        _holder(enrolment),
        _pieces(enrolment),
        *_bank(enrolment),
        _same_software(enrolment),
        *_account(enrolment),
        *_differences(enrolment),
    ]


def _company(enrolment: Enrolment) -> Check:
    verdict, found = _COMPANY[enrolment.company_check]
    register = enrolment.declared.get("register")
    name = enrolment.declared.get("name", "")
    if register and name != register["name"]:
        found += f" Au répertoire : « {register['name']} » ; déclarée : « {name} »."
    return Check("Entreprise (SIRENE)", verdict, found)


def _holder(enrolment: Enrolment) -> Check:
    holder, siret = enrolment.referencing.editor_siret, enrolment.supplier.siret
    if holder == siret:
        return Check("Titulaire du référencement", V.RIGHT, "Le SIRET est celui du titulaire du N° ANS.")
    found = f"Le titulaire du N° ANS est le SIRET {holder} : une pièce doit donner ce droit au déclarant."
    return Check("Titulaire du référencement", V.LOOK, found)


def _pieces(enrolment: Enrolment) -> Check:
    absent = enrolment_pieces.absent(enrolment)
    if absent:
        return Check("Pièces attendues", V.WRONG, f"Absentes : {', '.join(one.label for one in absent)}.")
    found = "Toutes les pièces attendues sont au dossier." if enrolment.declared else "Déposée hors du formulaire."
    return Check("Pièces attendues", V.RIGHT, found)


def _bank(enrolment: Enrolment) -> Iterator[Check]:
    account = enrolment.bank_account
    if account is None:
        yield Check("IBAN et BIC", V.LOOK, "Aucune coordonnée bancaire n'est rattachée.")
        return
    fault = bank_register.iban_fault(account.iban) or bank_register.bic_fault(account.bic, account.iban)
    bank = bank_register.proposed(account.iban).bank_name
    yield Check(
        "IBAN et BIC",
        V.WRONG if fault else V.RIGHT,
        fault or f"Clés justes. Banque : {bank or 'inconnue du registre'}.",
    )
    others = suppliers.paid_also_on(account.iban, enrolment.supplier_id)
    found = f"Cet IBAN est aussi celui de : {', '.join(others)}." if others else "Aucun autre fournisseur n'a cet IBAN."
    yield Check("Même IBAN ailleurs", V.WRONG if others else V.RIGHT, found)


def _same_software(enrolment: Enrolment) -> Check:
    query = (
        sa.select(Enrolment.number, Enrolment.status)
        .join(Referencing, Referencing.id == Enrolment.referencing_id)
        .where(
            Enrolment.supplier_id == enrolment.supplier_id,
            Enrolment.referencing_id == enrolment.referencing_id,
            Enrolment.id != enrolment.id,
        )
        .order_by(Enrolment.id)
    )
    others = [f"{number} ({status.label})" for number, status in db.session.execute(query)]
    if others:
        return Check("Même SIRET et même N° ANS", V.LOOK, f"Autres demandes : {', '.join(others)}.")
    return Check("Même SIRET et même N° ANS", V.RIGHT, "Aucune autre demande.")


def _account(enrolment: Enrolment) -> Iterator[Check]:
    """Who will log in once it is validated."""
    if not enrolment.declared or enrolment.status not in OPEN:
        return
    known = supplier_accounts.of(enrolment.supplier)
    if known:
        yield Check("Compte", V.RIGHT, f"Sera ouvert à : {', '.join(user.username for user in known)}.")
        return
    prefixes = ["representative", "declarant"][: len(declared_companies.people_of(enrolment.declared))]
    emails = [str(enrolment.declared.get(f"{prefix}_email", "")) for prefix in reversed(prefixes)]
    free = [email for email in emails if not supplier_accounts.is_taken(email)]
    if not free:
        found = (
            f"{' et '.join(emails)} : déjà le courriel d'un compte d'un autre fournisseur. Aucun ne peut être ouvert."
        )
        yield Check("Compte", V.WRONG, found)
    elif free[0] != emails[0]:
        found = f"{emails[0]} est déjà le courriel d'un autre compte : il sera ouvert au nom de {free[0]}."
        yield Check("Compte", V.LOOK, found)
    else:
        yield Check("Compte", V.RIGHT, f"Un compte sera ouvert pour {free[0]}.")


def _differences(enrolment: Enrolment) -> Iterator[Check]:
    for told in enrolment_differences.of(enrolment):
        found = f"{told[0].upper()}{told[1:]}. La validation n'y change rien : ce que les pièces prouvent est demandé."
        yield Check("Fournisseur déjà connu", V.LOOK, found)
