"""Do the people who speak for a supplier change only once an officer accepted, on the pieces the guide asks?"""

import datetime as dt
import io

import pytest
import sqlalchemy as sa

from app.domain.enums import ChangeStatus, LinkPurpose, PersonKind, Role
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.person_changes import Speakers
from app.extensions import db
from app.models.attachments import Attachment
from app.models.audit import AuditEntry
from app.models.mails import Mail
from app.services import access_links, actors, messages, person_changes, ports
from tests import factories, files, own_account
from tests.conftest import TODAY
from tests.own_account import declarant, renamed, sent


@pytest.fixture
def alice(session):
    return factories.supplier_user()


def moved(user):
    """Only the e-mail changes: the identity document is enough."""
    return renamed(person_changes.held(user.supplier), email="nouvelle@exemple.fr")


def test_nothing_changes_before_the_acceptance(alice):
    known = person_changes.held(alice.supplier)
    change = sent(alice, moved(alice), "identity")
    assert change.status.label == "En attente d'instruction"
    assert person_changes.held(alice.supplier) == known
    person_changes.accept(change, "", change.version, own_account.officer())
    assert person_changes.held(alice.supplier).representative.email == "nouvelle@exemple.fr"
    assert messages.contact_of(alice.supplier) == "nouvelle@exemple.fr"
    assert change.status is ChangeStatus.ACCEPTED


def test_both_addresses_are_told_at_the_request_and_at_the_end(alice):
    known = person_changes.held(alice.supplier).representative.email
    change = sent(alice, moved(alice), "identity")
    assert own_account.mails("Changement de personnes demandé") == sorted([known, "nouvelle@exemple.fr"])
    person_changes.accept(change, "", change.version, own_account.officer())
    assert own_account.mails("Personnes changées") == sorted([known, "nouvelle@exemple.fr"])


def test_a_rejection_needs_a_word_and_changes_nothing(alice):
    known = person_changes.held(alice.supplier)
    change = sent(alice, moved(alice), "identity")
    with pytest.raises(RuleBroken, match="motif"):
        person_changes.reject(change, " ", change.version, own_account.officer())
    person_changes.reject(change, "Pièce illisible", change.version, own_account.officer())
    assert change.status.label == "Rejetée"
    assert person_changes.held(alice.supplier) == known
    assert len(own_account.mails("Changement de personnes rejeté")) == 2


@pytest.mark.parametrize("kinds", [(), ("identity",), ("mandate",)])
def test_another_name_needs_the_mandate_and_the_identity_document(alice, kinds):
    proposed = renamed(person_changes.held(alice.supplier), last_name="MOREL")
    with pytest.raises(RuleBroken, match="Il manque") as refusal:
        sent(alice, proposed, *kinds)
    assert refusal.value.field == "kind"


def test_a_demandeur_comes_and_goes(alice):
    alone = person_changes.held(alice.supplier)
    change = sent(alice, Speakers(alone.representative, declarant()), "mandate", "identity")
    person_changes.accept(change, "", change.version, own_account.officer())
    db.session.commit()
    db.session.expire_all()
    assert {person.kind for person in alice.supplier.people} == set(PersonKind)
    change = sent(alice, alone, "mandate", "identity")
    person_changes.accept(change, "", change.version, own_account.officer())
    db.session.commit()
    db.session.expire_all()
    assert person_changes.held(alice.supplier) == alone


def test_a_change_of_nothing_is_refused(alice):
    with pytest.raises(RuleBroken, match="Rien n'est modifié"):
        sent(alice, person_changes.held(alice.supplier))


def test_one_change_at_a_time(alice):
    sent(alice, moved(alice), "identity")
    with pytest.raises(Conflict, match="déjà en attente"):
        person_changes.save(alice.supplier, moved(alice), alice)


def test_only_officers_judge_and_not_a_page_of_before(alice):
    change = sent(alice, moved(alice), "identity")
    with pytest.raises(NotAllowed):
        person_changes.accept(change, "", change.version, actors.of(factories.user(Role.SUPPORT)))
    seen = change.version
    person_changes.accept(change, "", seen, own_account.officer())
    for deed in (person_changes.accept, person_changes.reject):
        with pytest.raises(Conflict):
            deed(change, "non", seen, own_account.officer())


def test_pieces_come_and_go_with_their_bytes(alice):
    change = person_changes.save(alice.supplier, moved(alice), alice)
    piece = person_changes.add_piece(change, "identity", "cni.pdf", io.BytesIO(files.pdf()), alice)
    again = person_changes.add_piece(change, "identity", "cni.pdf", io.BytesIO(files.pdf()), alice)
    assert again is piece, "the same piece sent twice is one piece"
    key = piece.attachment.storage_key
    db.session.commit()
    assert person_changes.remove_piece(change, piece.id)
    assert not person_changes.remove_piece(change, piece.id)
    db.session.commit()
    with pytest.raises(KeyError):
        ports.get().store.open(key)


def test_a_draft_is_erased_with_its_pieces(alice):
    change = person_changes.save(alice.supplier, moved(alice), alice)
    person_changes.add_piece(change, "identity", "cni.pdf", io.BytesIO(files.pdf()), alice)
    person_changes.discard(alice.supplier)
    assert person_changes.open_of(alice.supplier) is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 0


def test_the_journal_tells_what_changed(alice):
    change = sent(alice, moved(alice), "identity")
    person_changes.accept(change, "", change.version, own_account.officer())
    db.session.commit()
    about_them = sa.select(AuditEntry.action).where(AuditEntry.subject == alice.supplier.siret)
    actions = db.session.scalars(about_them.order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["ask_people_change", "change_people"]


def test_the_account_is_written_to_at_the_accepted_address(alice):
    alice.email = person_changes.held(alice.supplier).representative.email.upper()
    change = sent(alice, moved(alice), "identity")
    assert alice.email != "nouvelle@exemple.fr"
    token = access_links.make(alice, LinkPurpose.OPENING).rpartition("/")[2]
    person_changes.accept(change, "", change.version, own_account.officer())
    assert alice.email == "nouvelle@exemple.fr"
    assert access_links.find(token) is None, "a link sent to the former address dies"
    told = db.session.scalar(sa.select(Mail.body).where(Mail.event == "Personnes changées").limit(1))
    assert alice.username in told


def test_an_address_that_is_another_account_s_is_not_taken(alice):
    known = alice.email = person_changes.held(alice.supplier).representative.email
    factories.supplier_user(email="nouvelle@exemple.fr")
    change = sent(alice, moved(alice), "identity")
    person_changes.accept(change, "", change.version, own_account.officer())
    assert alice.email == known
    assert person_changes.held(alice.supplier).representative.email == "nouvelle@exemple.fr"


def test_a_draft_nobody_saves_is_erased_with_its_pieces(alice, frozen):
    person_changes.save(alice.supplier, moved(alice), alice)
    frozen.move_to(TODAY + dt.timedelta(20))
    change = person_changes.save(alice.supplier, moved(alice), alice)
    person_changes.add_piece(change, "identity", "cni.pdf", io.BytesIO(files.pdf()), alice)
    db.session.commit()
    frozen.move_to(TODAY + dt.timedelta(49))
    assert person_changes.sweep() == 0
    frozen.move_to(TODAY + dt.timedelta(51))
    assert person_changes.sweep() == 1
    assert person_changes.open_of(alice.supplier) is None
    assert db.session.query(Attachment).count() == 0


def test_a_change_that_was_sent_is_never_swept(alice, frozen):
    sent(alice, moved(alice), "identity")
    db.session.commit()
    frozen.move_to(TODAY + dt.timedelta(400))
    assert person_changes.sweep() == 0
    assert person_changes.open_of(alice.supplier) is not None
