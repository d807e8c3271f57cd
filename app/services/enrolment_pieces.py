"""The pieces of a filed enrolment: which ones it should have, which are absent, which may be asked."""

from app.domain.enrolment_steps import Case, Piece, PieceKind, pieces, possible
from app.models.enrolment_drafts import EnrolmentDraft, EnrolmentPiece
from app.models.enrolments import Enrolment
from app.models.users import User
from app.services import actors, audit, enrolment_cases

OTHER = ("AUTRE", "Autre pièce")
READ = "Lire une pièce"


def case_of(enrolment: Enrolment) -> Case:
    """What decides of its pieces, as when it was filed."""
    as_filed = EnrolmentDraft(kind=enrolment.kind, answers=enrolment.declared)
    return enrolment_cases.case_of(as_filed, enrolment.referencing)


def absent(enrolment: Enrolment) -> tuple[Piece, ...]:
    """Those its case asks for and nobody gave; none is expected of what was not filed by the form."""
    if not enrolment.declared:
        return ()
    held = {piece.kind for piece in enrolment.pieces}
    expected = pieces(case_of(enrolment), enrolment_cases.of_corridor(enrolment.referencing))
    return tuple(one for one in expected if one.code not in held)


def labels(enrolment: Enrolment) -> dict[str, str]:
    """What may be asked, by code: the pieces of any case of its corridor, and another one."""
    found = possible(case_of(enrolment), enrolment_cases.of_corridor(enrolment.referencing))
    everything = {one.code: one.label for one in found}
    everything.setdefault(PieceKind.CERTIFICATE.value, PieceKind.CERTIFICATE.label)
    return everything | dict([OTHER])


def find(enrolment: Enrolment, piece_id: int) -> EnrolmentPiece | None:
    """A piece of this very enrolment."""
    return next((one for one in enrolment.pieces if one.id == piece_id), None)


def record_reading(enrolment: Enrolment, piece: EnrolmentPiece, user: User) -> None:
    """Who of the ASP read which piece: in the journal, not in the history of the enrolment."""
    after = {"document": piece.id, "file_name": piece.attachment.file_name}
    audit.record(READ, "document", enrolment.number, actors.of(user), after=after)
