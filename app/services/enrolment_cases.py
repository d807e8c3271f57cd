"""An enrolment being filled: its referencing and company, whether it may be filed, which pieces it must have."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.corridors.spec import CorridorSpec
from app.domain.enrolment_steps import NO, YES, Case, Piece, PieceKind, Quality, Step, pieces, possible
from app.domain.enums import EnrolmentKind, EnrolmentStatus
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.enrolment_drafts import EnrolmentDraft
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.suppliers import Supplier
from app.services import corridor_versions, enrolment_drafts, referencings

UNKNOWN = "Ce numéro n'est pas référencé : vérifiez-le auprès de l'Agence du numérique en santé."


def find_referencing(ans_number: str) -> Referencing:
    """The software of this number. Raises `RuleBroken` on `ans_number` when the ANS referenced none."""
    found = referencings.find(ans_number)
    if found is None or corridor_versions.in_force(found.corridor_code) is None:
        raise RuleBroken(UNKNOWN, field="ans_number")
    return found


def referencing_of(draft: EnrolmentDraft) -> Referencing:
    """That of its first step. Raises `RuleBroken` when it is gone since."""
    return find_referencing(str(draft.answers.get("ans_number", "")))


def renumber(draft: EnrolmentDraft, referencing: Referencing) -> None:
    """« Réinitialiser » found another software: the pieces that were the former's go with their files, all the rest
    stays, and each step is to be looked at again. Raises `RuleBroken` on `siret` when its company may not enrol it."""
    former = referencing_of(draft)
    if former.id == referencing.id:
        return
    if draft.kind is EnrolmentKind.INITIAL and draft.answers.get("siret"):
        refuse_unless_open(str(draft.answers["siret"]), referencing, complementary=False)
    of_the_number = {PieceKind.CERTIFICATE.value, *(one.code for one in of_corridor(former))}
    for code, piece in enrolment_drafts.held_of(draft).items():
        if code in of_the_number:
            enrolment_drafts.drop_piece(piece)
    enrolment_drafts.answer(draft, {"ans_number": referencing.ans_number})
    enrolment_drafts.fall_back(draft, Step.REFERENCING)


def spec_of(referencing: Referencing) -> CorridorSpec:
    """The document in force of its corridor."""
    version = corridor_versions.in_force(referencing.corridor_code)
    assert version is not None, "a referencing has a corridor"
    return corridor_versions.spec_of(version)


def case_of(draft: EnrolmentDraft, referencing: Referencing) -> Case:
    """What decides of its pieces, as it stands."""
    said: Mapping[str, Any] = draft.answers
    known = said.get("register") or {}
    quality = said.get("quality")
    return Case(
        complementary=draft.kind is EnrolmentKind.COMPLEMENTARY,
        other_siret=bool(said.get("siret")) and said["siret"] != referencing.editor_siret,
        name_changed=bool(known) and said.get("name", "") != known["name"],
        is_representative={YES: True, NO: False}.get(said.get("is_representative", "")),
        quality=Quality(quality) if quality in tuple(Quality) else None,
        without_vat=said.get("vat") == VatRegime.HT,
    )


def asked(draft: EnrolmentDraft) -> tuple[Piece, ...]:
    """The pieces it must have as it stands. Raises `RuleBroken` when its number is no longer referenced."""
    referencing = referencing_of(draft)
    return pieces(case_of(draft, referencing), of_corridor(referencing))


def offered(draft: EnrolmentDraft, step: Step) -> tuple[Piece, ...]:
    """The pieces a step may come to ask as it is filled."""
    referencing = referencing_of(draft)
    found = possible(case_of(draft, referencing), of_corridor(referencing))
    return tuple(one for one in found if one.step is step)


def missing(draft: EnrolmentDraft, step: Step | None = None) -> tuple[Piece, ...]:
    """Those asked, at a step or anywhere, that it does not have."""
    held = enrolment_drafts.held_of(draft)
    return tuple(one for one in asked(draft) if one.code not in held and step in (None, one.step))


def of_corridor(referencing: Referencing) -> tuple[Piece, ...]:
    """What the corridor's document asks besides: with the certificate, or with the company."""
    return tuple(
        Piece(
            Step.APPLICANT if one.when == "other_siret" else Step.REFERENCING,
            one.code,
            one.label,
            one.hint,
            of_other_siret=one.when == "other_siret",
        )
        for one in spec_of(referencing).enrolment_pieces
    )


def refuse_unless_open(siret: str, referencing: Referencing, *, complementary: bool) -> None:
    """Raise `RuleBroken` on `siret` when this company may not enrol this software this way: done already, one software
    only in this corridor, or to be done from its private space (guide « Les écrans du portail », § 1 and § 3.2)."""
    known = _of_company(siret)
    for one in known:
        if one.referencing_id == referencing.id:
            raise RuleBroken(
                f"Une demande d'enrôlement existe déjà pour ce SIRET et le N° {referencing.ans_number} :"
                f" {one.number}, « {one.status.label} ».",
                field="siret",
            )
    if spec_of(referencing).single_enrolment:
        _refuse_second(known, referencing)
    if not complementary and any(one.status is EnrolmentStatus.VALIDATED for one in known):
        raise RuleBroken(
            "Ce SIRET est déjà enrôlé : connectez-vous à votre espace personnel et choisissez « Faire une demande"
            " complémentaire ».",
            field="siret",
        )


def _of_company(siret: str) -> list[Enrolment]:
    query = (
        sa.select(Enrolment)
        .join(Enrolment.supplier)
        .where(Supplier.siret == siret, Enrolment.status != EnrolmentStatus.REJECTED)
        .options(sa.orm.joinedload(Enrolment.referencing))
        .order_by(Enrolment.id)
    )
    return list(db.session.scalars(query))


def _refuse_second(known: list[Enrolment], referencing: Referencing) -> None:
    for one in known:
        if one.referencing.corridor_code == referencing.corridor_code:
            raise RuleBroken(
                "Ce couloir n'admet qu'un enrôlement par fournisseur : le vôtre porte le numéro"
                f" {one.number}, « {one.status.label} ».",
                field="siret",
            )
