"""What becomes of a request whose money is asked back: in whole, in part, twice, by the wrong person?"""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain.enums import PaymentState, Phase, RecoveryStatus, RequestStatus, Role
from app.domain.errors import Conflict, IllegalAction, NotAllowed, RuleBroken
from app.domain.request_workflow import Action
from app.domain.summary_tables import Dimension, Measure, Question
from app.models.dossiers import BeneficiaryClaim
from app.models.mails import Mail
from app.models.requests import Avenant
from app.services import (
    actors,
    audit,
    budget,
    clock,
    decisions,
    exports,
    liquidation,
    payments,
    recoveries,
    recovery_facts,
    summaries,
)
from app.services import requests as request_service
from tests import factories, lives


@pytest.fixture
def paid(session):
    """An avance of 1074,99 € paid 322,50 € out of an envelope of 1000,00 €."""
    avenant = factories.avenant()
    session.add(
        BeneficiaryClaim(dsr="DSR-MDV-LGC-Va1", identifier="10000000001", dossier_id=avenant.request.dossier_id)
    )
    lives.paid(avenant)
    session.commit()
    return avenant


def person(*roles: Role):
    return actors.of(factories.user(*roles))


def mails(session):
    return [(mail.event, mail.body) for mail in session.scalars(sa.select(Mail).order_by(Mail.id))]


def current(avenant, session) -> Avenant:
    found = sa.select(Avenant).where(Avenant.request_id == avenant.request_id, Avenant.is_current)
    return session.scalars(found).one()


def solde_of(avenant, **over):
    return factories.avenant(avenant.dossier.enrolment, dossier=avenant.dossier, phase=Phase.SOLDE, **over)


def test_a_total_recovery_cancels_the_request_and_gives_the_money_back(paid, session):
    order = lives.recovered(paid, "322.50")
    session.commit()
    last = current(paid, session)
    assert (paid.status, last.status, last.ordinal) == (RequestStatus.SUPERSEDED, RequestStatus.CANCELLED, 1)
    assert (paid.payment_state, last.payment_state) == (PaymentState.PAID, PaymentState.NONE)
    assert (order.number, order.status, order.is_total) == ("OR-2026-0001", RecoveryStatus.RECOVERED, True)
    assert payments.payment_of(paid).order is not None, "what was paid stays written"
    assert budget.with_money_left()[0].used == 0
    assert liquidation.avance_paid(paid.request.dossier_id) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(BeneficiaryClaim)) == 0, "free for another dossier"
    told = dict(mails(session)[-2:])
    assert "322,50 €" in told["Ordre de recouvrement émis"]
    assert "la demande est annulée" in told["Recouvrement enregistré"]
    acts = [entry.action for entry in audit.entries_of("request", paid.number)]
    assert acts[:4] == [
        "Enregistrer le recouvrement",
        "Annuler après recouvrement total",
        "Émettre l'ordre de recouvrement",
        "Proposer un ordre de recouvrement",
    ]
    assert list(audit.verify()) == []


def test_a_part_leaves_the_status_and_the_solde_pays_what_is_left_of_the_engagement(paid, session):
    lives.recovered(paid, "100.00")
    session.commit()
    assert (paid.status, paid.payment_state, paid.is_current) == (RequestStatus.DECIDED, PaymentState.PAID, True)
    assert budget.with_money_left()[0].used == Decimal("222.50")
    solde = solde_of(paid)
    request_service.act(solde, Action.VALIDATE, person(Role.OFFICER))
    assert (solde.avance_paid, solde.amount) == (Decimal("222.50"), Decimal("852.49"))  # 1074,99 − (322,50 − 100,00)


def test_parts_that_make_the_whole_cancel_the_request(paid, session):
    lives.recovered(paid, "22.50")
    order = lives.recovered(paid, "300.00")
    assert order.is_total
    assert current(paid, session).status is RequestStatus.CANCELLED


@pytest.mark.parametrize("amount", ["322.51", "0.00"])
def test_nothing_or_more_than_what_was_paid_is_refused_at_its_field(paid, amount):
    with pytest.raises(RuleBroken) as refusal:
        recoveries.propose(paid, Decimal(amount), "motif", person(Role.DECIDER))
    assert refusal.value.field == "amount"


def test_a_reason_is_compulsory(paid):
    with pytest.raises(RuleBroken, match="motif"):
        recoveries.propose(paid, Decimal("1.00"), "  ", person(Role.DECIDER))


def test_what_is_not_paid_has_nothing_to_give_back(session):
    avenant = factories.avenant()
    lives.ordered(avenant)
    with pytest.raises(IllegalAction, match="n'est pas payée"):
        recoveries.propose(avenant, Decimal("1.00"), "motif", person(Role.DECIDER))


def test_one_order_at_a_time_and_each_step_once(paid, session):
    order = lives.asked_back(paid, "100.00")
    with pytest.raises(Conflict, match="OR-2026-0001 est déjà en cours"):
        recoveries.propose(paid, Decimal("1.00"), "motif", person(Role.DECIDER))
    with pytest.raises(Conflict, match="« Émis »"):
        recoveries.issue(order, person(Role.AUTHORISER))
    recoveries.confirm(order, clock.today(), "REC-1", person(Role.ACCOUNTANT))
    with pytest.raises(Conflict, match="« Recouvré »"):
        recoveries.confirm(order, clock.today(), "REC-2", person(Role.ACCOUNTANT))
    assert order.reference == "REC-1"


def test_a_refused_proposal_tells_nobody_and_lets_another_be_made(paid, session):
    before = len(mails(session))
    order = recoveries.propose(paid, Decimal("322.50"), "motif", person(Role.DECIDER))
    recoveries.refuse(order, "Montant à revoir", person(Role.AUTHORISER))
    recoveries.propose(paid, Decimal("322.50"), "motif", person(Role.DECIDER))
    assert len(mails(session)) == before
    assert paid.status is RequestStatus.DECIDED


def test_who_proposes_neither_issues_nor_confirms(paid, session):
    all_three = person(Role.DECIDER, Role.AUTHORISER)
    order = recoveries.propose(paid, Decimal("10.00"), "motif", all_three)
    with pytest.raises(NotAllowed, match="déjà assuré la proposition de recouvrement"):
        recoveries.issue(order, all_three)
    for wrong in (Role.OFFICER, Role.DECIDER, Role.ACCOUNTANT):
        with pytest.raises(NotAllowed, match="profil"):
            recoveries.issue(order, person(wrong))
    recoveries.issue(order, person(Role.AUTHORISER))
    both = person(Role.DECIDER, Role.ACCOUNTANT)
    other = factories.avenant(dossier=paid.dossier, phase=Phase.SOLDE, of=paid.dossier.enrolment)
    other.judged_by_id, other.judged_at = both.id, clock.now()
    session.flush()
    with pytest.raises(NotAllowed, match="déjà assuré la validation"):
        recoveries.confirm(order, clock.today(), "REC-1", both)


@pytest.mark.parametrize(
    ("day", "reference", "field"),
    [
        (dt.date(2026, 11, 24), "REC-1", "paid_on"),
        (dt.date(2026, 11, 22), "REC-1", "paid_on"),
        (dt.date(2026, 11, 23), "  ", "reference"),
    ],
)
def test_odd_facts_are_named_at_their_field(paid, day, reference, field):
    order = lives.asked_back(paid, "10.00")
    with pytest.raises(RuleBroken) as refusal:
        recoveries.confirm(order, day, reference, person(Role.ACCOUNTANT))
    assert refusal.value.field == field


def test_what_a_solde_found_overpaid_is_what_is_proposed_then_what_is_left(paid, session):
    payment = payments.payment_of(paid)
    solde = solde_of(paid, declared_ht=Decimal("300.00"))  # 22,50 € less than what the avance paid
    request_service.act(solde, Action.VALIDATE, person(Role.OFFICER))
    assert recovery_facts.likely(paid, payment) == Decimal("322.50"), "not decided yet"
    decisions.decide(budget.with_money_left()[0], [(solde.id, solde.version)], person(Role.DECIDER))
    assert (solde.amount, solde.excess) == (Decimal(0), Decimal("22.50"))
    assert recovery_facts.likely(paid, payment) == Decimal("22.50")
    lives.recovered(paid, "22.50")
    assert recovery_facts.likely(paid, payment) == Decimal("300.00")


def test_an_avance_is_not_asked_back_whole_under_a_living_solde(paid):
    solde = solde_of(paid)
    with pytest.raises(NotAllowed, match=f"{solde.number} de ce dossier est en cours"):
        recoveries.propose(paid, Decimal("322.50"), "motif", person(Role.DECIDER))


def test_a_solde_is_not_validated_while_a_part_of_its_avance_is_asked_back(paid):
    solde = solde_of(paid)
    lives.asked_back(paid, "100.00")
    with pytest.raises(IllegalAction, match="OR-2026-0001 est en cours sur l'avance"):
        request_service.act(solde, Action.VALIDATE, person(Role.OFFICER))


def test_nor_is_it_asked_back_between_the_validation_and_the_decision_of_the_solde(paid):
    solde = solde_of(paid)
    request_service.act(solde, Action.VALIDATE, person(Role.OFFICER))
    with pytest.raises(IllegalAction, match="doit être décidé ou annulé d'abord"):
        recoveries.propose(paid, Decimal("100.00"), "motif", person(Role.DECIDER))


def test_the_superseded_avenant_counts_in_no_export_and_no_summary(paid, session):
    question = Question((Dimension.STATUS,), (Measure.COUNT, Measure.DECIDED, Measure.PAID))
    roles = frozenset({Role.ANALYST})
    assert summaries.compute(question, roles).totals == (1, Decimal("322.50"), Decimal("322.50"))
    lives.recovered(paid, "322.50")
    assert summaries.compute(question, roles).totals == (1, Decimal(0), Decimal(0))
    session.commit()
    (row,) = b"".join(exports.stream(exports.requests_export(None, person(Role.ANALYST)))).decode().splitlines()[1:]
    assert row.split(";")[2] == "Annulée"
    assert row.split(";")[9:12:2] == ["", ""]


def test_cancelling_twice_is_named_and_changes_nothing(paid, session):
    validated = factories.avenant()
    officer, decider = person(Role.OFFICER), person(Role.DECIDER)
    envelope = budget.with_money_left()[0]
    request_service.act(validated, Action.VALIDATE, officer)
    decisions.decide(envelope, [(validated.id, validated.version)], decider)
    seen = validated.version
    cancelled = decisions.cancel_decided(validated, decider, comment="à sa demande", seen=seen)
    before = envelope.used
    with pytest.raises(Conflict, match="a été modifiée entre-temps"):
        decisions.cancel_decided(validated, decider, comment="à sa demande", seen=seen)
    with pytest.raises(IllegalAction, match="impossible au statut « Annulée »"):
        decisions.cancel_decided(cancelled, decider, comment="à sa demande")
    assert envelope.used == before == Decimal("322.50")
    assert [event for event, _ in mails(session)].count("Demande annulée") == 1
