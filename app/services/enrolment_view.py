"""What the page of an enrolment shows of what was declared: sections of (label, value), as the form called them."""

from dataclasses import dataclass

from app.domain.enrolment_steps import YES, Quality
from app.models.enrolments import Enrolment
from app.services import formats

_COMPANY = (
    ("Numéro de SIRET", "siret"),
    ("Dénomination sociale", "name"),
    ("Nom commercial", "trade_name"),
    ("Identité du destinataire / service", "recipient"),
    ("Entrée / Bât / Immeuble", "building"),
    ("N°", "number"),
    ("Extension", "extension"),
    ("Type de voie", "street_type"),
    ("Nom de voie", "street"),
    ("Complément d'adresse", "complement"),
    ("Code postal", "postcode"),
    ("Commune", "city"),
)
_PERSON = (("Nom", "last_name"), ("Prénom", "first_name"), ("Email", "email"), ("Téléphone", "phone"))


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    facts: tuple[tuple[str, str], ...]


def sections(enrolment: Enrolment, *, bank: bool, full_iban: bool) -> list[Section]:
    """What was declared. `bank`: with the account; `full_iban`: without hiding its middle."""
    shown = [_software(enrolment), _company(enrolment), *_people(enrolment)]
    if bank:
        shown.append(_account(enrolment, full_iban))
    return [*shown, Section("Taux TVA", (("Régime TVA", enrolment.vat.label),))]


def _software(enrolment: Enrolment) -> Section:
    software = enrolment.referencing
    return Section(
        "Référencement",
        (
            ("N° unique de référencement (ANS)", software.ans_number),
            ("Nom du logiciel", software.software),
            ("Version du logiciel", formats.shown(software.software_version)),
            ("DSR concerné", software.dsr),
            ("SIRET du titulaire", software.editor_siret),
            ("Date de prise d'effet", formats.day(software.effective_on)),
        ),
    )


def _company(enrolment: Enrolment) -> Section:
    declared, supplier = enrolment.declared, enrolment.supplier
    if declared:
        return Section("Personne morale", tuple((label, str(declared.get(name) or "—")) for label, name in _COMPANY))
    facts = (("Numéro de SIRET", supplier.siret), ("Dénomination sociale", supplier.name))
    return Section("Personne morale", (*facts, ("Adresse", formats.shown(supplier.full_address))))


def _people(enrolment: Enrolment) -> list[Section]:
    declared = enrolment.declared
    if not declared.get("representative_last_name"):
        return [
            Section(
                person.kind.label,
                (("Nom", person.last_name), ("Prénom", person.first_name), ("Email", person.email)),
            )
            for person in enrolment.supplier.people
        ]
    alone = declared.get("is_representative") == YES
    found = [Section("Représentant légal", _person(enrolment, "representative"))]
    if not alone:
        quality = next((one.label for one in Quality if one == declared.get("quality")), "—")
        found.append(Section("Demandeur", (*_person(enrolment, "declarant"), ("Qualité", quality))))
    return found


def _person(enrolment: Enrolment, prefix: str) -> tuple[tuple[str, str], ...]:
    return tuple((label, str(enrolment.declared.get(f"{prefix}_{name}") or "—")) for label, name in _PERSON)


def _account(enrolment: Enrolment, full_iban: bool) -> Section:
    account = enrolment.bank_account
    if account is None:
        return Section("Coordonnées bancaires", (("IBAN", "—"),))
    return Section(
        "Coordonnées bancaires",
        (
            ("IBAN", account.iban if full_iban else formats.masked_iban(account.iban)),
            ("BIC", account.bic),
            ("Titulaire", account.holder),
            ("Domiciliation", formats.shown(account.bank_name)),
            ("Statut", account.status.label),
        ),
    )
