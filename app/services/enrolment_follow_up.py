"""What is asked of who filed an enrolment, and how he answers: by the link of his mails, or from his space.

A link replaces the former with each mail; only its digest is kept. Pieces are added one by one, removable until the
answer is sent; the answer brings the enrolment back to « En cours ».
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.domain import enrolment_workflow, limits
from app.domain.enrolment_workflow import AWAITING, Act
from app.domain.enums import EnrolmentKind, Role
from app.domain.errors import Conflict, IllegalAction, RuleBroken
from app.extensions import db
from app.models.enrolment_drafts import EnrolmentPiece
from app.models.enrolments import Enrolment, EnrolmentExchange
from app.models.users import User
from app.services import (
    actors,
    attachments,
    audit,
    clock,
    declared_companies,
    enrolment_pieces,
    messages,
    ports,
    supplier_accounts,
)
from app.services.actors import Actor


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is written to about an enrolment. `space`: where he answers with his account; None when he has a link."""

    email: str
    space: str | None


def contact_of(enrolment: Enrolment) -> Contact:
    """Who filed it; for a complementary one, who speaks for the supplier."""
    declared = declared_companies.email_of(enrolment.declared) if enrolment.declared else ""
    email = declared or messages.contact_of(enrolment.supplier)
    known = {user.email.lower() for user in supplier_accounts.of(enrolment.supplier)}
    has_space = enrolment.kind is EnrolmentKind.COMPLEMENTARY or email.lower() in known
    here = f"{ports.get().public_base_url}/segurnums/enrolements/{enrolment.id}"
    return Contact(email, here if has_space else None)


def renew_link(enrolment: Enrolment) -> str:
    """Another link to follow it, which ends the former. Returns its address, kept nowhere."""
    token = secrets.token_urlsafe(32)
    enrolment.follow_digest = _digest(token)
    return f"{ports.get().public_base_url}/segurnum/enrolement/suivi/{token}"


def followed(token: str) -> Enrolment | None:
    """The enrolment a mailed link leads to; only the last link sent does."""
    return db.session.scalar(_whole().where(Enrolment.follow_digest == _digest(token)))


def find(number: str) -> Enrolment | None:
    """Any enrolment with what was asked and joined, for the ASP."""
    return db.session.scalar(_whole().where(Enrolment.number == number))


def of_supplier(enrolment_id: int, user: User) -> Enrolment | None:
    """One of this person's company; None for anybody else's."""
    mine = _whole().where(Enrolment.id == enrolment_id, Enrolment.supplier_id == user.supplier_id)
    return db.session.scalar(mine)


def open_question(enrolment: Enrolment) -> EnrolmentExchange | None:
    """What waits for an answer, if anything."""
    if enrolment.status not in AWAITING:
        return None
    return next((one for one in reversed(enrolment.exchanges) if one.answered_at is None), None)


def pieces_of(exchange: EnrolmentExchange) -> Sequence[EnrolmentPiece]:
    """Those given in answer, so far."""
    query = sa.select(EnrolmentPiece).where(EnrolmentPiece.exchange_id == exchange.id).order_by(EnrolmentPiece.id)
    return db.session.scalars(query.options(selectinload(EnrolmentPiece.attachment))).all()


def keep_words(enrolment: Enrolment, text: str) -> None:
    """What is being answered waits with the pieces, until it is sent. Raises `IllegalAction` (nothing is asked)."""
    lock(enrolment)
    _asked(enrolment).answer = text.strip()[: limits.MESSAGE_LENGTH]
    db.session.flush()


def add_piece(enrolment: Enrolment, kind: str, file: tuple[str, BinaryIO], user: User | None) -> EnrolmentPiece:
    """One of the pieces asked; it takes the place of the one of its kind not yet sent.

    Raises `IllegalAction` (nothing is asked), `RuleBroken` (kind, file), `Unavailable`.
    """
    _asked(enrolment)
    kept = attachments.keep(*file, user)
    lock(enrolment)
    question = _asked(enrolment)
    if kind not in question.kinds:
        raise RuleBroken("Cette pièce n'est pas demandée.", field="file")
    for former in pieces_of(question):
        if former.kind == kind:
            _drop(former)
    piece = EnrolmentPiece(
        enrolment_id=enrolment.id,
        exchange_id=question.id,
        kind=kind,
        label=enrolment_pieces.labels(enrolment).get(kind, kind),
        attachment=kept,
    )
    db.session.add(piece)
    db.session.flush()
    audit.record("add_piece", "enrolment", enrolment.number, _as(user), after={"file_name": kept.file_name})
    return piece


def remove_piece(enrolment: Enrolment, piece_id: int, user: User | None) -> str | None:
    """Take back a piece not yet sent. Returns its name; None when there is no such piece."""
    lock(enrolment)
    question = _asked(enrolment)
    piece = next((one for one in pieces_of(question) if one.id == piece_id), None)
    if piece is None:
        return None
    name = piece.attachment.file_name
    _drop(piece)
    audit.record("remove_piece", "enrolment", enrolment.number, _as(user), before={"file_name": name})
    return name


def answer(enrolment: Enrolment, text: str, user: User | None, *, seen: int) -> None:
    """Send what was added, and a word: the instruction goes on.

    Raises `Conflict` (asked or judged meanwhile), `IllegalAction`, `RuleBroken` on `answer` when a piece asked is
    neither joined nor explained.
    """
    lock(enrolment)
    refuse_stale(enrolment, seen)
    row = enrolment_workflow.check(enrolment.status, Act.ANSWER, {Role.SUPPLIER})
    question, text = _asked(enrolment), text.strip()
    if len(text) > limits.MESSAGE_LENGTH:
        raise RuleBroken(f"Au plus {limits.MESSAGE_LENGTH} caractères.", field="answer")
    given = {piece.kind for piece in pieces_of(question)}
    if not text and not set(question.kinds) <= given:
        raise RuleBroken("Ajoutez chaque pièce demandée, ou dites pourquoi vous ne la joignez pas.", field="answer")
    before = enrolment.status
    question.answer, question.answered_at = text, clock.now()
    enrolment.status = row.target
    db.session.flush()
    audit.record(
        row.act.label,
        "enrolment",
        enrolment.number,
        _as(user),
        before={"status": before.value},
        after={"status": enrolment.status.value},
        comment=text,
    )


def lock(enrolment: Enrolment) -> None:
    """Hold the row until the commit, and read it and what was asked afresh."""
    db.session.refresh(enrolment, with_for_update={"of": Enrolment})
    db.session.expire(enrolment, ["exchanges", "pieces"])


def refuse_stale(enrolment: Enrolment, seen: int) -> None:
    """Raise `Conflict` when the person acts on another version than the one of today, saying where it stands."""
    if seen != enrolment.version:
        raise Conflict(
            f"La demande {enrolment.number} a été modifiée entre-temps. Elle est maintenant au statut"
            f" « {enrolment.status.label} ». Rien n'a été enregistré de votre action."
        )


def _asked(enrolment: Enrolment) -> EnrolmentExchange:
    question = open_question(enrolment)
    if question is None:
        raise IllegalAction(f"Rien n'est demandé pour {enrolment.number} (statut « {enrolment.status.label} »).")
    return question


def _drop(piece: EnrolmentPiece) -> None:
    kept = piece.attachment
    db.session.delete(piece)
    db.session.flush()
    attachments.drop(kept)


def _as(user: User | None) -> Actor:
    return actors.of(user) if user else Actor(None, "Déclarant (lien de suivi)", frozenset({Role.SUPPLIER}))


def _whole() -> sa.Select[tuple[Enrolment]]:
    return sa.select(Enrolment).options(
        selectinload(Enrolment.pieces).joinedload(EnrolmentPiece.attachment),
        selectinload(Enrolment.exchanges).selectinload(EnrolmentExchange.pieces).joinedload(EnrolmentPiece.attachment),
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
