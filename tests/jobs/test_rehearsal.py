"""`jobs run NAME --rehearse`: what would be done is said, and nothing is written, deleted or sent."""

import pytest
import sqlalchemy as sa

from app.domain.enums import MailStatus, RequestStatus, Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.mails import Mail
from app.models.requests import Avenant
from app.services import actors, documents
from app.services import requests as request_service
from tests import factories
from tests.services import pieces

pytestmark = pytest.mark.committed


@pytest.fixture
def numbers(committed):
    """A request that expires with a piece given, and one asked to be modified, whose mail waits."""
    user = factories.supplier_user()
    batch = pieces.json_import(user, factories.enrolment(user.supplier))
    expired = pieces.waiting(batch, ["a.pdf", "b.pdf"])
    documents.attach_expected(documents.expected_of(expired)[0], "a.pdf", pieces.pdf(), user)
    asked = factories.avenant(batch.enrolment)
    officer = actors.of(factories.user(Role.OFFICER))
    request_service.act(asked, Action.ASK_AMENDMENT, officer, comment="La date ne correspond pas.")
    db.session.commit()
    return expired.number, asked.number


def everything_written():
    """How many rows in every table, the statuses, and the files."""
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in db.metadata.sorted_tables]
    statuses = [*db.session.scalars(sa.select(Avenant.status)), *db.session.scalars(sa.select(Mail.status))]
    db.session.commit()
    return counts, sorted(statuses), pieces.stored()


def run(committed, *arguments):
    done = committed.app.test_cli_runner().invoke(args=["jobs", "run", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_it_says_what_would_be_done_and_does_nothing(committed, numbers):
    expired, asked = numbers
    before = everything_written()
    assert set(before[1]) == {RequestStatus.INCOMPLETE, RequestStatus.TO_AMEND, MailStatus.QUEUED}

    def rehearse(name):
        return run(committed, name, "--rehearse", "--at", "2026-12-13T04:00")

    purge, closing = rehearse("purge-incomplete"), rehearse("close-amendments")
    assert f"Purger la demande expirée : {expired}" in purge
    assert "Courriel « Demandes non complétées supprimées » à" in purge
    assert f"Reprendre en l'état : {asked}" in closing
    assert "Courriel « Modification close sans réponse » à" in closing
    sending = run(committed, "send-mails", "--rehearse", "--at", "2026-12-12T04:00")  # at J+20, without object
    assert sending == "send-mails : 1 élément(s) seraient traités. Rien n'est écrit ni envoyé.\n"
    assert "remind-amendments : 0 élément(s)" in rehearse("remind-amendments"), "after J+20 nobody is reminded"
    assert everything_written() == before


def test_what_was_rehearsed_is_then_done(committed, numbers):
    at = ("--at", "2026-12-03T08:05")
    assert "1 élément(s) seraient" in run(committed, "remind-amendments", "--rehearse", *at)
    assert "1 élément(s) traité" in run(committed, "remind-amendments", *at)
    assert "0 élément(s) seraient" in run(committed, "remind-amendments", "--rehearse", *at)
