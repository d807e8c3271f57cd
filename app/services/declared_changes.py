"""A validated enrolment declares otherwise than its supplier is known: what it proves is asked as a change, for him.

Nothing that stands is written over: the account waits for two officers, the people for one, as when he asks himself.
"""

from app.domain.enrolment_steps import PieceKind
from app.domain.enums import PersonPieceKind
from app.domain.errors import RuleBroken
from app.domain.person_changes import Identity, Speakers
from app.extensions import db
from app.models.enrolment_drafts import EnrolmentPiece
from app.models.enrolments import Enrolment
from app.models.person_changes import PersonChangePiece
from app.models.users import User
from app.services import bank_changes, bank_details, declared_companies, person_changes, suppliers
from app.services.actors import Actor

_PROOFS = {
    PieceKind.MANDATE.value: PersonPieceKind.MANDATE,
    PieceKind.CONTRACT.value: PersonPieceKind.MANDATE,
    PieceKind.REPRESENTATIVE_IDENTITY.value: PersonPieceKind.IDENTITY,
    PieceKind.DECLARANT_IDENTITY.value: PersonPieceKind.IDENTITY,
}


def open_for(enrolment: Enrolment, actor: Actor) -> list[str]:
    """Open what its pieces prove, asked by the officer who validates it; one that is open already stays as it is.
    Returns what was opened, in words."""
    officer = db.session.get(User, actor.id)
    assert officer is not None, "an officer has an account"
    pieces = {piece.kind: piece for piece in enrolment.pieces}
    opened = (_account(enrolment, pieces, officer), _people(enrolment, pieces, officer))
    return [said for said in opened if said]


def _account(enrolment: Enrolment, pieces: dict[str, EnrolmentPiece], officer: User) -> str:
    rib, active = pieces.get(PieceKind.BANK_DETAILS.value), suppliers.active_account(enrolment.supplier_id)
    declared = enrolment.declared
    if rib is None or active is None or not declared.get("iban"):
        return ""
    try:
        with db.session.begin_nested():
            details = bank_details.checked(
                declared["iban"], declared["bic"], declared["holder"], declared.get("bank_name", "")
            )
            bank_changes.ask_with(enrolment.supplier, details, rib.attachment, officer)
    except RuleBroken:  # the account in force, or one that waits already
        return ""
    return "coordonnées bancaires"


def _people(enrolment: Enrolment, pieces: dict[str, EnrolmentPiece], officer: User) -> str:
    supplier = enrolment.supplier
    if person_changes.open_of(supplier) is not None:
        return ""
    try:
        with db.session.begin_nested():
            change = person_changes.save(supplier, _speakers(enrolment), officer)
            for kind, piece in pieces.items():
                if kind in _PROOFS:
                    change.pieces.append(PersonChangePiece(kind=_PROOFS[kind], attachment=piece.attachment))
            person_changes.send(change, officer)
    except RuleBroken:  # nothing changes, or it is not proved
        return ""
    return "personnes"


def _speakers(enrolment: Enrolment) -> Speakers:
    known = [_identity(enrolment, prefix) for prefix in ("representative", "declarant")]
    alone = len(declared_companies.people_of(enrolment.declared)) == 1
    return Speakers(known[0], None if alone else known[1])


def _identity(enrolment: Enrolment, prefix: str) -> Identity:
    parts = ("last_name", "first_name", "email", "phone")
    return Identity(*(str(enrolment.declared.get(f"{prefix}_{part}", "")) for part in parts))
