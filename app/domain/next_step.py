"""What will happen next to a request, and when: one sentence, the same for its supplier and for the staff.

The delays are the corridor's, the days those stored with the request (`app.domain.deadlines`); where the guides fix no
delay, the sentence says so. Wording ours; sources of the rules: guide « Les écrans du portail », § 5.1 and § 9; guide
« Modification d'une demande de solde SAS » (J+10, J+20, « en l'état »).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from app.domain import deadlines, schedule
from app.domain.enums import PaymentState, Phase, RequestStatus

NO_DELAY = "aucun délai n'est fixé"


@dataclass(frozen=True, slots=True)
class Opening:
    """When soldes of this software may be deposited: the instants as they are written (« 10/11/2026 à 12:00 »)."""

    opens: str
    closes: str
    opened: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """What the sentence is made of. Days are of Paris. `solde`: None when no period is published; `has_solde`: the
    dossier of an avance already has one. `to_give_back`: « 62,71 € (ordre de recouvrement OR-2026-0001) », of an issued
    order. `nothing_to_pay`: it is worth 0,00 €. `asked_on`, `reminded_on`, `closes_on`: of what an officer asked."""

    status: RequestStatus
    phase: Phase
    payment: PaymentState
    today: dt.date
    is_current: bool = True
    expires_on: dt.date | None = None
    asked_on: dt.date | None = None
    reminded_on: dt.date | None = None
    closes_on: dt.date | None = None
    has_solde: bool = False
    solde: Opening | None = None
    to_give_back: str = ""
    nothing_to_pay: bool = False


def sentence(now: Situation) -> str:
    """In French, ending with a full stop."""
    if not now.is_current:
        return "Cette version est remplacée : la suite est dans la version actuelle de la demande."
    return _SENTENCES[now.status](now)


def _incomplete(now: Situation) -> str:
    if now.expires_on is None:
        return f"Le fournisseur doit ajouter les pièces attendues ; {NO_DELAY}."
    if deadlines.is_locked(now.expires_on, now.today):
        sweep = _hour("purge-incomplete")
        return f"La demande est verrouillée depuis le {_limit(now.expires_on)} : elle est supprimée à {sweep}."
    return (
        f"Le fournisseur doit ajouter les pièces attendues avant le {_limit(now.expires_on)} : la demande est alors"
        " verrouillée, puis supprimée avec ses fichiers."
    )


def _awaiting_document(now: Situation) -> str:
    asked = f" demandée le {now.asked_on:%d/%m/%Y}" if now.asked_on else ""
    return (
        f"Le fournisseur doit ajouter la pièce{asked}, puis confirmer ; {NO_DELAY}, et l'instruction reprend à sa"
        " confirmation."
    )


def _to_amend(now: Situation) -> str:
    if now.closes_on is None:
        return f"Le fournisseur doit confirmer, avec ou sans modification ; {NO_DELAY}."
    if now.today >= now.closes_on:
        sweep = _hour("close-amendments")
        return f"La modification est close depuis le {_limit(now.closes_on)} : la demande est reprise à {sweep}."
    comes = now.reminded_on and now.today < now.reminded_on
    reminder = f" Un rappel part le {now.reminded_on:%d/%m/%Y}." if comes else ""
    return (
        f"Le fournisseur doit confirmer, avec ou sans modification, avant le {_limit(now.closes_on)} ; sinon la demande"
        f" repasse « En cours » et est instruite en l'état.{reminder}"
    )


def _rejected(now: Situation) -> str:
    if now.phase is Phase.AVANCE:
        return "La demande est rejetée : plus rien n'est attendu."
    return f"Le solde est rejeté. {_next_solde(now, 'Un autre solde')}"


def _decided(now: Situation) -> str:
    if now.nothing_to_pay:
        return "La demande est décidée à 0,00 € : il n'y a rien à payer, et rien n'est attendu."
    if now.payment is not PaymentState.PAID:
        return f"L'ASP met la demande en paiement, puis enregistre le virement ; {NO_DELAY}."
    if now.to_give_back:
        return f"Le fournisseur doit reverser {now.to_give_back} ; {NO_DELAY}."
    if now.phase is Phase.SOLDE:
        return "Le solde est payé : le dossier est terminé."
    if now.has_solde:
        return "L'avance est payée : la suite est dans la demande de solde."
    return f"L'avance est payée. {_next_solde(now, 'Le solde')}"


def _next_solde(now: Situation, what: str) -> str:
    if now.solde is None:
        return f"{what} pourra être déposé quand ses dates seront publiées."
    if now.solde.closed:
        return f"Le dépôt des soldes est clos depuis le {now.solde.closes} (heure de Paris)."
    if now.solde.opened:
        return f"{what} peut être déposé jusqu'au {now.solde.closes} (heure de Paris)."
    return f"{what} peut être déposé du {now.solde.opens} au {now.solde.closes} (heure de Paris)."


def _limit(day: dt.date) -> str:
    return f"{day:%d/%m/%Y} à 00:00 (heure de Paris)"


def _hour(job: str) -> str:
    return f"{schedule.BY_NAME[job].at:%H:%M}"


def _always(text: str) -> Callable[[Situation], str]:
    return lambda now: text


_SENTENCES: dict[RequestStatus, Callable[[Situation], str]] = {
    RequestStatus.INCOMPLETE: _incomplete,
    RequestStatus.IN_PROGRESS: _always(
        f"L'ASP instruit la demande ; {NO_DELAY}, et rien n'est attendu du fournisseur."
    ),
    RequestStatus.AWAITING_DOCUMENT: _awaiting_document,
    RequestStatus.TO_AMEND: _to_amend,
    RequestStatus.VALIDATED: _always(f"L'ASP décide la demande sur une enveloppe budgétaire ; {NO_DELAY}."),
    RequestStatus.DECIDED: _decided,
    RequestStatus.REJECTED: _rejected,
    RequestStatus.CANCELLED: _always("La demande est annulée : plus rien n'est attendu."),
    RequestStatus.SUPERSEDED: _always("Cette version est remplacée par une autre : plus rien n'y change."),
}
