"""Each dossier says what will happen next, and when."""

import datetime as dt

import pytest

from app.domain import next_step
from app.domain.enums import PaymentState, Phase, RequestStatus
from app.domain.next_step import Opening, Situation

S, P = RequestStatus, PaymentState
DAY = dt.date(2026, 11, 23)
OPEN = Opening("10/07/2026 à 14:00", "10/12/2026 à 12:00", opened=True, closed=False)
COMING = Opening("10/12/2026 à 14:00", "10/01/2027 à 12:00", opened=False, closed=False)
CLOSED = Opening("10/07/2026 à 14:00", "10/11/2026 à 12:00", opened=False, closed=True)


def says(status, phase=Phase.AVANCE, payment=P.NONE, today=DAY, **more):
    return next_step.sentence(Situation(status, phase, payment, today, **more))


@pytest.mark.parametrize("status", RequestStatus)
@pytest.mark.parametrize("phase", Phase)
def test_every_status_says_something_in_one_breath(status, phase):
    said = says(status, phase)
    assert said.endswith(".")
    assert len(said) < 250


def test_a_non_completed_request_says_its_lock_then_its_purge():
    expires = dt.date(2026, 11, 30)
    assert "avant le 30/11/2026 à 00:00 (heure de Paris)" in says(S.INCOMPLETE, expires_on=expires)
    locked = says(S.INCOMPLETE, expires_on=expires, today=expires)
    assert locked == (
        "La demande est verrouillée depuis le 30/11/2026 à 00:00 (heure de Paris) : elle est supprimée à 03:30."
    )


def test_what_is_decided_at_nought_waits_for_no_transfer():
    assert "rien à payer" in says(S.DECIDED, Phase.SOLDE, P.PENDING, nothing_to_pay=True)
    assert "virement" in says(S.DECIDED, Phase.SOLDE, P.PENDING)


AMENDING = {"asked_on": DAY, "reminded_on": dt.date(2026, 12, 3), "closes_on": dt.date(2026, 12, 13)}


@pytest.mark.parametrize(
    ("rank", "reminder", "open_"),
    [(0, True, True), (9, True, True), (10, False, True), (19, False, True), (20, False, False), (21, False, False)],
)
def test_a_modification_says_its_reminder_until_j10_and_its_closing_from_j20(rank, reminder, open_):
    said = says(S.TO_AMEND, today=DAY + dt.timedelta(rank), **AMENDING)
    assert ("Un rappel part le 03/12/2026." in said) is reminder
    assert ("avant le 13/12/2026 à 00:00 (heure de Paris)" in said) is open_
    assert ("close depuis le 13/12/2026 à 00:00 (heure de Paris) : la demande est reprise à 03:15" in said) is not open_


@pytest.mark.parametrize(
    ("opening", "words"),
    [
        (OPEN, "Le solde peut être déposé jusqu'au 10/12/2026 à 12:00 (heure de Paris)"),
        (COMING, "Le solde peut être déposé du 10/12/2026 à 14:00 au 10/01/2027 à 12:00 (heure de Paris)"),
        (CLOSED, "clos depuis le 10/11/2026 à 12:00 (heure de Paris)"),
        (None, "quand ses dates seront publiées"),
    ],
)
def test_a_paid_avance_says_when_its_solde_may_be_deposited(opening, words):
    assert words in says(S.DECIDED, payment=P.PAID, solde=opening)


def test_a_solde_ends_the_dossier_and_a_rejected_one_may_be_deposited_again():
    assert "terminé" in says(S.DECIDED, Phase.SOLDE, P.PAID)
    assert "Un autre solde peut être déposé jusqu'au" in says(S.REJECTED, Phase.SOLDE, solde=OPEN)
    assert "la suite est dans la demande de solde" in says(S.DECIDED, payment=P.PAID, has_solde=True)


def test_what_has_no_delay_says_so():
    for status in (S.IN_PROGRESS, S.AWAITING_DOCUMENT, S.VALIDATED, S.DECIDED):
        assert next_step.NO_DELAY in says(status)


def test_a_former_version_leads_to_the_current_one():
    assert "version actuelle" in says(S.REJECTED, Phase.SOLDE, is_current=False)
