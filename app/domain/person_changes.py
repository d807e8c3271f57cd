"""What changes of the people who speak for a supplier, and which pieces prove it.

Guide « Les écrans du portail », § 7.2: the mandate and the identity document; the identity document alone when only
the e-mail or the phone of the demandeur changes. The legal representative is the demandeur when there is no other.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.domain import contacts, typed_text
from app.domain.enums import PersonKind, PersonPieceKind

LABELS = {"last_name": "nom", "first_name": "prénom", "email": "email", "phone": "téléphone"}
LENGTHS = {"last_name": 100, "first_name": 100, "email": 254, "phone": 20}
_CONTACT = frozenset({"email", "phone"})


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as typed or as held."""

    last_name: str
    first_name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who speaks for a supplier; `declarant` is None when the legal representative is also the demandeur."""

    representative: Identity
    declarant: Identity | None


def as_json(speakers: Speakers) -> dict[str, Any]:
    return asdict(speakers)


def of_json(held: Mapping[str, Any]) -> Speakers:
    declarant = held["declarant"]
    return Speakers(Identity(**held["representative"]), Identity(**declarant) if declarant else None)


def changed(former: Speakers, proposed: Speakers) -> dict[PersonKind, tuple[str, ...]]:
    """The fields that change, by person; all of them for a demandeur who comes or goes."""
    found = {
        PersonKind.LEGAL_REPRESENTATIVE: _differences(former.representative, proposed.representative),
        PersonKind.DECLARANT: _differences(former.declarant, proposed.declarant),
    }
    return {kind: fields for kind, fields in found.items() if fields}


def required_pieces(former: Speakers, proposed: Speakers) -> tuple[PersonPieceKind, ...]:
    """What must be joined to this change; nothing when nothing changes."""
    changes = changed(former, proposed)
    if not changes:
        return ()
    alone = proposed.declarant is None
    demandeur = PersonKind.LEGAL_REPRESENTATIVE if alone else PersonKind.DECLARANT
    if set(changes) == {demandeur} and _CONTACT.issuperset(changes[demandeur]):
        return (PersonPieceKind.IDENTITY,)
    return (PersonPieceKind.MANDATE, PersonPieceKind.IDENTITY)


def in_words(former: Speakers, proposed: Speakers) -> str:
    """« Représentant légal : nom, email ; Demandeur : téléphone »."""
    said = []
    for kind, fields in changed(former, proposed).items():
        if kind is PersonKind.DECLARANT and former.declarant is None:
            said.append(f"{kind.label} : désigné")
        elif kind is PersonKind.DECLARANT and proposed.declarant is None:
            said.append(f"{kind.label} : le représentant légal")
        else:
            said.append(f"{kind.label} : {', '.join(LABELS[field] for field in fields)}")
    return " ; ".join(said)


def faults(person: Identity) -> dict[str, str]:
    """What is wrong with what was typed, by field, in French sentences."""
    found = {}
    for field in LABELS:
        fault = _fault(field, getattr(person, field))
        if fault:
            found[field] = fault
    return found


def _fault(field: str, value: str) -> str | None:
    if not value:
        return "Ce champ est obligatoire."
    if len(value) > LENGTHS[field]:
        return f"Au plus {LENGTHS[field]} caractères."
    check = {"email": contacts.email_fault, "phone": contacts.phone_fault}.get(field)
    reason = typed_text.fault(value, LENGTHS[field]) or (check(value) if check else None)
    return f"{reason[0].upper()}{reason[1:]}." if reason else None


def _differences(former: Identity | None, proposed: Identity | None) -> tuple[str, ...]:
    if former is None or proposed is None:
        return () if former is proposed else tuple(LABELS)
    return tuple(field for field in LABELS if getattr(former, field) != getattr(proposed, field))
