"""« Valider » of a form: its answers and pieces become a request, numbered, complete and acknowledged, in one
transaction.

Guides « Dépôt d'une demande d'avance SAS » and « Opérateur MSS »; the form is drawn from the corridor's document.
`examine` proves everything before any lock; `deposit` looks again under them: enrolment, avance, envelopes, counter.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.domain import numbers
from app.domain.enums import PaymentState, Phase, RequestStatus
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.exchange import form_answers
from app.exchange.form_answers import Answers, Refused
from app.extensions import db
from app.models.documents import ExpectedDocument
from app.models.dossiers import Dossier
from app.models.enrolments import Enrolment
from app.models.form_deposits import FormDeposit
from app.models.requests import Avenant, FundingRequest
from app.models.users import User
from app.services import (
    actors,
    audit,
    automatic_decisions,
    budget,
    clock,
    counters,
    documents,
    form_spaces,
    messages,
)
from app.services.documents import Stored
from app.services.form_spaces import Space
from app.services.messages import Event

DEPOSIT = "Déposer la demande"
Sent = Mapping[str, tuple[str, BinaryIO]]  # by code of piece: the name of its file, and its bytes


NOTHING: Mapping[str, Stored] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Filled:
    """A sound form: its answers, its files in the store by code of piece, the key of the page it was typed in."""

    answers: Answers
    files: Mapping[str, Stored]
    key: str

    @property
    def digest(self) -> str:
        """SHA-256 of all it says."""
        files = {code: [one.file.name, one.file.digest] for code, one in self.files.items()}
        said = json.dumps([self.answers.declared, files], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def examine(
    space: Space, phase: Phase, typed: Mapping[str, str], sent: Sent, key: str, kept: Mapping[str, Stored] = NOTHING
) -> Filled:
    """Read the answers and prove the files, then store these; writes no row. `kept`: of this page, refused before.

    Raises `Refused`, which has the sound files, and `Unavailable`.
    """
    spec, profiles = space.spec(phase), space.enrolment.referencing.profiles
    answers = form_answers.read(spec, phase, typed, profiles)
    files: dict[str, Stored] = {}
    refused: dict[str, str] = {}
    for one in spec.documents_of(phase):
        try:
            found = documents.store(*sent[one.code]) if one.code in sent else kept.get(one.code)
        except RuleBroken as fault:
            refused[one.code] = str(fault)
            continue
        if found:
            files[one.code] = found
        elif one.required and answers.holds(one.required_if):
            refused[one.code] = "Joignez cette pièce."
    if answers.faults or refused:
        raise Refused(answers.faults, refused, files)
    return Filled(answers, files, key)


def deposit(space: Space, phase: Phase, filled: Filled, user: User) -> Avenant:
    """The request a form becomes: « En cours », or further where the corridor decides by itself. A page sent again
    gives the request it made.

    Raises `NotAllowed` (not his), `Conflict` (already deposited), `RuleBroken` (not now: window, avance, enrolment).
    """
    if user.supplier_id is None or user.supplier_id != space.enrolment.supplier_id:
        raise NotAllowed("Cet enrôlement n'est pas le vôtre.")
    enrolment = _hold(space.enrolment)
    again = _made_by(filled, user)
    if again is not None:
        return again
    fresh = form_spaces.of(enrolment, space.dossier.number if space.dossier else "", another=space.dossier is None)
    assert fresh is not None, "a dossier with a request is never deleted"
    _refuse(fresh, phase)
    automatic = phase is Phase.AVANCE and fresh.in_force.automatic_decision
    held = budget.hold(enrolment.referencing.corridor_code) if automatic else ()
    try:
        with db.session.begin_nested():
            avenant = _write(fresh, phase, filled)
    except IntegrityError as twice:
        raise Conflict("Cette demande vient d'être déposée. Rien n'a été enregistré de cet envoi.") from twice
    _give_pieces(avenant, filled, user)
    _acknowledge(avenant, fresh, filled, user)
    if automatic:
        automatic_decisions.decide(avenant, held)
    return avenant


def _hold(enrolment: Enrolment) -> Enrolment:
    """Two deposits for one enrolment follow each other."""
    query = sa.select(Enrolment).where(Enrolment.id == enrolment.id)
    held = query.with_for_update(key_share=True, of=Enrolment).execution_options(populate_existing=True)
    return db.session.scalars(held).one()


def _made_by(filled: Filled, user: User) -> Avenant | None:
    """What this very page already deposited. Raises `Conflict` when it said something else."""
    known = db.session.scalar(sa.select(FormDeposit).where(FormDeposit.key == filled.key))
    if known is None:
        return None
    if known.avenant.supplier_id != user.supplier_id or known.digest != filled.digest:
        raise Conflict("Cette page a déjà servi à un dépôt : rechargez-la. Rien n'a été enregistré de cet envoi.")
    return known.avenant


def _refuse(space: Space, phase: Phase) -> None:
    """Raise for what the person could not know when the page was shown. The avance of a solde stays as it is."""
    if phase is Phase.SOLDE and space.avance is not None:
        db.session.refresh(space.avance, with_for_update={"read": True, "of": Avenant})
    closed = form_spaces.closed(space, phase)
    if closed is None:
        return
    said = f"{closed.message[:1].upper()}{closed.message[1:]}. {closed.cure}"
    if form_spaces.is_deposited(space, phase):
        raise Conflict(f"{said} Rien n'a été enregistré de cet envoi.")
    raise RuleBroken(said)


def _write(space: Space, phase: Phase, filled: Filled) -> Avenant:
    """The rows of a request « Non complétée », its pieces expected."""
    asked_ht = form_spaces.asked_ht(space, phase, filled.answers.counts)
    if asked_ht <= 0:
        raise RuleBroken("Le montant calculé d'après vos réponses est nul : il n'y a rien à demander.")
    dossier = space.dossier or _open_dossier(space)
    request, ordinal = _request(space, dossier, phase)
    now = clock.now()
    avenant = Avenant(
        request=request,
        ordinal=ordinal,
        is_current=True,
        number=request.number,
        phase=phase,
        supplier_id=dossier.supplier_id,
        corridor_code=dossier.corridor_code,
        software_type=dossier.software_type,
        editor_number="",
        deposited_at=now,
        status=RequestStatus.INCOMPLETE,
        status_changed_at=now,
        payment_state=PaymentState.NONE,
        order_date=clock.today(),  # a form names no order: the day it was asked stands for it
        vat=space.enrolment.vat,
        declared=filled.answers.declared,
        declared_ht=asked_ht,
    )
    db.session.add(avenant)
    db.session.flush()
    db.session.add(FormDeposit(key=filled.key, digest=filled.digest, avenant_id=avenant.id))
    db.session.flush()
    return avenant


def _open_dossier(space: Space) -> Dossier:
    referencing = space.enrolment.referencing
    code = referencing.corridor_code
    dossier = Dossier(
        number=numbers.dossier(code, counters.take_one(counters.DOSSIER)),
        supplier_id=space.enrolment.supplier_id,
        enrolment_id=space.enrolment.id,
        corridor_version_id=space.version.id,
        corridor_code=code,
        software_type=referencing.software_type,
        dsr=referencing.dsr,
        created_at=clock.now(),
        is_single=space.in_force.single_dossier,
    )
    db.session.add(dossier)
    db.session.flush()
    return dossier


def _request(space: Space, dossier: Dossier, phase: Phase) -> tuple[FundingRequest, int]:
    """The request and the rank of its avenant: the first of a new one, or the next of a solde rejected or cancelled."""
    earlier = space.current(phase)
    if earlier is not None:
        earlier.is_current = False
        db.session.flush()
        return earlier.request, earlier.ordinal + 1
    request = FundingRequest(
        dossier=dossier,
        phase=phase,
        number=numbers.request(dossier.number, phase),
        supplier_id=dossier.supplier_id,
    )
    db.session.add(request)
    db.session.flush()
    return request, 0


def _give_pieces(avenant: Avenant, filled: Filled, user: User) -> None:
    """The files as pieces, then « En cours »: by the gate of every request."""
    for position, (code, stored) in enumerate(filled.files.items(), start=1):
        expected = ExpectedDocument(avenant=avenant, position=position, kind=code, file_name=stored.file.name)
        db.session.add(expected)
        db.session.flush()
        documents.place(expected, stored, user)
    complete = documents.complete_if_ready(avenant, actors.of(user))
    assert complete, "every required piece was asked"


def _acknowledge(avenant: Avenant, space: Space, filled: Filled, user: User) -> None:
    labels = [space.spec(avenant.phase).document_label(code) for code in filled.files]
    messages.tell_supplier(Event.DEPOSIT_RECEIVED, avenant, f"{avenant.id}", pieces=labels)
    after = {
        "phase": avenant.phase.value,
        "enrolment": space.enrolment.number,
        "asked_ht": str(avenant.declared_ht),
        "digest": filled.digest,
    }
    audit.record(DEPOSIT, "request", avenant.number, actors.of(user), after=after)
