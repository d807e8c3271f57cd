"""Envelopes: proposed by a décideur, approved by an ordonnateur, never by the same person, all of it audited."""

import pytest
import sqlalchemy as sa

from app.domain.enums import ProposalStatus, Role
from app.models.audit import AuditEntry
from app.models.budget import Envelope, EnvelopeChange
from tests import factories

HERE = "/gestion/enveloppes/"
NEW = f"{HERE}nouvelle"
TO_APPROVE = f"{HERE}a-approuver"
VALID = {
    "code": "ENV-MDV",
    "label": "Médecine de ville 2026",
    "corridor": "",
    "amount": "1 000,50",
    "reason": "Vague 1",
}


def change(session):
    return session.scalar(sa.select(EnvelopeChange).order_by(EnvelopeChange.id.desc()))


def test_an_envelope_is_empty_until_another_person_approves(people, login, session):
    done = login(people.decider).post(NEW, data=VALID)
    assert done.location == f"{HERE}ENV-MDV"
    envelope = session.scalar(sa.select(Envelope))
    assert (str(envelope.total), str(change(session).amount)) == ("0.00", "1000.50")
    client = login(people.authoriser)
    assert "1\u202f000,50" in client.get(TO_APPROVE).text
    assert client.post(f"{TO_APPROVE}/{change(session).id}/approuver").location == TO_APPROVE
    session.expire_all()
    assert str(envelope.total) == "1000.50"
    assert client.post(f"{TO_APPROVE}/{change(session).id}/approuver").status_code == 409
    about_it = sa.select(AuditEntry.action).where(AuditEntry.subject == "ENV-MDV").order_by(AuditEntry.id)
    actions = session.scalars(about_it).all()
    assert actions == ["propose", "approve"]


def test_an_increase_may_be_refused(people, envelope, login, session):
    done = login(people.decider).post(f"{HERE}ENV-1/augmentation", data={"amount": "500", "reason": ""})
    assert done.location == f"{HERE}ENV-1"
    assert login(people.authoriser).post(f"{TO_APPROVE}/{change(session).id}/refuser").status_code == 302
    session.expire_all()
    assert change(session).status is ProposalStatus.REFUSED
    assert str(envelope.total) == "1000.00"
    assert "Refusée" in login(people.decider).get(f"{HERE}ENV-1").text


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "zéro"), ("amount", "10,505"), ("amount", "0"), ("amount", "-5"), ("amount", ""), ("amount", "9" * 12),
     ("code", "avec espace"), ("code", ""), ("label", ""), ("corridor", "ZZZ"), ("code", "É" * 5)],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(people, login, session, field, value):
    session.commit()
    answer = login(people.decider).post(NEW, data=VALID | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Envelope)) == 0


def test_a_code_serves_once(people, envelope, login):
    answer = login(people.decider).post(NEW, data=VALID | {"code": "ENV-1"})
    assert (answer.status_code, "existe déjà" in answer.text) == (422, True)


def test_nobody_approves_his_own_proposal(session, login):
    both = factories.user(Role.DECIDER, Role.AUTHORISER)
    session.commit()
    client = login(both)
    client.post(NEW, data=VALID)
    assert "une autre personne doit l'approuver" in client.get(TO_APPROVE).text
    assert client.post(f"{TO_APPROVE}/{change(session).id}/approuver").status_code == 403


def test_rights(people, envelope, login, session):
    login(people.decider).post(f"{HERE}ENV-1/augmentation", data={"amount": "5"})
    verdict = f"{TO_APPROVE}/{change(session).id}/approuver"
    assert login(people.authoriser).post(NEW, data=VALID).status_code == 403
    assert login(people.authoriser).post(f"{HERE}ENV-1/augmentation", data={"amount": "5"}).status_code == 403
    for role in ("decider", "accountant", "analyst", "officer", "administrator"):
        assert login(getattr(people, role)).post(verdict).status_code == 403
    for role in ("officer", "support", "administrator"):
        assert login(getattr(people, role)).get(HERE).status_code == 403


def test_odd_addresses_are_404(people, envelope, login):
    client = login(people.authoriser)
    for address in (f"{TO_APPROVE}/99999/approuver", f"{TO_APPROVE}/1/nimporte", f"{TO_APPROVE}/{'9' * 30}/approuver"):
        assert client.post(address).status_code == 404
    for code in ("ZZZ", "%00", "é", "env-1"):
        assert client.get(HERE + code).status_code == 404
