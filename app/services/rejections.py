"""Rejecting a request with reasons of the library, filled with what the request says, edited before they leave."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.domain import mail_texts
from app.domain.enums import RequestStatus
from app.domain.errors import RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.rejections import Rejection
from app.models.requests import Avenant
from app.services import corridor_versions, formats, rejection_wordings
from app.services import requests as request_service
from app.services.actors import Actor


@dataclass(frozen=True, slots=True)
class Reason:
    """A wording as it would read on one request."""

    code: str
    title: str
    text: str


def of(avenant: Avenant) -> Rejection | None:
    """Why this avenant was rejected, if it was."""
    if avenant.status is not RequestStatus.REJECTED:
        return None
    return db.session.scalar(sa.select(Rejection).where(Rejection.avenant_id == avenant.id))


def reasons_for(avenant: Avenant) -> list[Reason]:
    """The whole library, filled for this request."""
    values = _values(avenant)
    return [Reason(one.code, one.title, mail_texts.fill(one.text, values)) for one in rejection_wordings.offered()]


def text_of(avenant: Avenant, codes: Collection[str]) -> str:
    """The chosen reasons one after the other. Raises `RuleBroken` when one is no longer offered."""
    known = {reason.code: reason for reason in reasons_for(avenant)}
    if gone := [code for code in codes if code not in known]:
        raise RuleBroken(f"Le motif {gone[0]} n'est plus proposé.", field="wordings")
    return "\n\n".join(reason.text for code, reason in known.items() if code in codes)


def reject(avenant: Avenant, codes: Collection[str], text: str, actor: Actor, *, seen: int | None = None) -> Avenant:
    """Reject for `text`, or, where nothing was typed, for the chosen reasons as they stand.

    Raises what `app.services.requests.act` raises, and `RuleBroken` (a reason no longer offered).
    """
    filled = text_of(avenant, codes)
    rejected = request_service.act(avenant, Action.REJECT, actor, comment=text.strip() or filled, seen=seen)
    rejection = of(rejected)
    assert rejection is not None, "written by the act"
    rejection.wordings = sorted(codes)
    db.session.flush()
    return rejected


def _values(avenant: Avenant) -> Mapping[str, str]:
    referencing = avenant.dossier.enrolment.referencing
    return {
        "numero": avenant.number,
        "de_type": avenant.phase.of,
        "couloir": corridor_versions.spec_of(avenant.dossier.corridor_version).label,
        "fournisseur": avenant.supplier.name,
        "siret": avenant.supplier.siret,
        "logiciel": referencing.software,
        "numero_ans": referencing.ans_number,
        "numero_editeur": avenant.editor_number,
        "date_depot": formats.day(avenant.deposited_at),
        "date_commande": formats.day(avenant.order_date),
        "montant_declare": formats.euros(avenant.declared_ht),
    }
