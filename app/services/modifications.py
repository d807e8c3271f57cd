"""What a supplier answers to an officer who asked for a modification: values corrected, pieces added, « Confirmer ».

Guide « Modification d'une demande de solde SAS », for avance and solde of every corridor: the rules of the deposit, a
new version, or « Ne pas modifier ». Services flush.
"""

from collections.abc import Mapping

from app.domain.errors import Conflict, RuleBroken
from app.domain.request_workflow import Action
from app.exchange.amended import Place
from app.extensions import db
from app.models.requests import Avenant, InformationRequest
from app.models.users import User
from app.services import actors, amended_lines, audit, complements, declared_versions, documents
from app.services import requests as request_service
from app.services.amended_lines import Refused

AMENDED = "Modifier"


def places(avenant: Avenant, question: InformationRequest) -> list[Place]:
    """The values the officer opened, each with its control."""
    return amended_lines.places(avenant, question.asked_fields)


def keep(avenant: Avenant, typed: Mapping[str, str], user: User) -> None:
    """Keep what was typed and is not confirmed: it is there again at the next visit. What is not open is left out.

    Raises as `confirm` when nothing is asked any more.
    """
    question = _held(avenant, user)
    shown = {one.name: one.shown for one in places(avenant, question)}
    kept = {name: said.replace("\x00", "") for name, said in typed.items()}  # no database keeps a NUL
    question.typed = {name: said for name, said in kept.items() if said != shown.get(name, said)}
    db.session.flush()


def confirm(avenant: Avenant, typed: Mapping[str, str], user: User, seen: int) -> Avenant:
    """The request with these values, back to « En cours »; what it declared before is kept as a version.

    `typed`: by `Place.name`. Raises `Conflict` (stale page), `Refused` (a value, or a field that is not open),
    `RuleBroken` (nothing changed, the delay is over), `NotAllowed`.
    """
    question = _held(avenant, user, seen)
    opened = places(avenant, question)
    _refuse_closed_fields(typed, opened)
    found = amended_lines.amended(avenant, opened, typed)
    if not found.changed and not complements.pending(avenant):
        raise RuleBroken(
            "Rien n'est modifié : corrigez une donnée, ajoutez une pièce, ou choisissez « Ne pas modifier »."
        )
    version = declared_versions.keep(avenant, question, user)
    if found.changed:
        amended_lines.write(avenant, found)
    request_service.flush(avenant)
    after = {"version": version.rank + 1, "fields": [one.label for one in found.changed]}
    audit.record(AMENDED, "request", avenant.number, actors.of(user), after=after)
    return request_service.act(avenant, Action.AMEND, actors.of(user))


def leave(avenant: Avenant, user: User, seen: int) -> Avenant:
    """« Ne pas modifier »: back to « En cours », instructed as it stands. Raises as `confirm`; a piece just added is to
    be removed first, or confirmed."""
    _held(avenant, user, seen)
    if complements.pending(avenant):
        raise RuleBroken(
            "Vous avez ajouté une pièce : confirmez, ou supprimez-la avant de choisir « Ne pas modifier ».",
            field="file",
        )
    return request_service.act(avenant, Action.LEAVE, actors.of(user))


def _held(avenant: Avenant, user: User, seen: int | None = None) -> InformationRequest:
    """What was asked, the request being locked and still open to this user."""
    documents.hold(avenant)
    request_service.refuse_stale(avenant, seen)
    documents.refuse_closed_complement(avenant, user)
    question = request_service.open_information_request(avenant)
    if question is None or question.action != Action.ASK_AMENDMENT:
        raise Conflict(f"Aucune modification n'est demandée pour {avenant.number}.")
    return question


def _refuse_closed_fields(typed: Mapping[str, str], opened: list[Place]) -> None:
    closed = sorted(typed.keys() - {one.name for one in opened})
    if closed:
        raise Refused({name: f"« {name[:80]} » n'est pas ouvert à la modification." for name in closed})
