"""Staff read the mails, send a lost one again, and write what the next ones say."""

import pytest
import sqlalchemy as sa

from app.domain.enums import LinkPurpose, MailStatus, Role
from app.extensions import db
from app.models.mails import Mail, MailTemplateVersion
from app.services import clock, lost_credentials, ports
from app.services.mail_catalogue import CATALOGUE
from app.services.messages import SECRET, Event
from tests import factories
from tests.services.test_outbox import queued

HERE = "/gestion/modeles-de-courriels/"
REJECTED = HERE + "request_rejected"
TYPED = {"seen": 0, "subject": "Rejet de {{ numero }}", "body": "Bonjour,\r\n\r\n{{ commentaire }}"}


@pytest.fixture
def officer(session, login):
    return login(factories.user(Role.OFFICER, full_name="Camille BERNARD"))


def test_every_mail_is_in_the_list_and_opens_with_its_preview(officer):
    page = officer.get(HERE).text
    for event in CATALOGUE:
        assert f'href="{HERE}{event}"' in page
        opened = officer.get(HERE + event)
        assert opened.status_code == 200
        assert "Aperçu" in opened.text


def test_a_text_is_previewed_then_kept_then_compared_then_given_back(officer):
    shown = officer.post(REJECTED, data=TYPED | {"apercu": "1"})
    assert shown.status_code == 200
    assert "Rejet de FINXYZ005046M0" in shown.text
    assert "rien n&#39;est encore enregistré" in shown.text or "rien n'est encore enregistré" in shown.text
    assert officer.post(REJECTED, data=TYPED).status_code == 303
    page = officer.get(REJECTED).text
    assert "Version 1" in page
    assert "Camille BERNARD" in page
    version = officer.get(REJECTED + "/versions/1").text
    assert "<del>Motif :</del>" in version
    assert "Version 1" in officer.get(HERE).text
    assert officer.post(REJECTED + "/texte-d-origine", data={"seen": 1}).status_code == 303
    assert "texte d&#39;origine)" in officer.get(REJECTED).text or "texte d'origine)" in officer.get(REJECTED).text


def test_both_turns_of_a_text_are_previewed(officer):
    page = officer.get(HERE + "enrolment_piece_asked").text
    assert "depuis votre espace" in page
    assert "Cette adresse vous est réservée" in page


def test_a_version_no_longer_understood_is_said_to_be_set_aside(officer):
    row = MailTemplateVersion(
        event="request_rejected", number=1, subject="{{ disparue }}", body="x", written_at=clock.now()
    )
    db.session.add(row)
    db.session.commit()
    page = officer.get(REJECTED).text
    assert "n'est plus comprise" in page or "n&#39;est plus comprise" in page
    assert "{{ disparue }}" not in page


def test_a_flaw_is_named_at_its_field_and_what_was_typed_stays(officer):
    answer = officer.post(REJECTED, data=TYPED | {"body": "Bonjour {{ nom }}"})
    assert answer.status_code == 422
    assert "Ligne 1, caractère 9 : la variable « nom » n&#39;existe pas" in answer.text
    assert "Bonjour {{ nom }}" in answer.text


def test_of_two_officers_the_second_is_told(officer):
    officer.post(REJECTED, data=TYPED)
    assert officer.post(REJECTED, data=TYPED | {"subject": "Autre {{ numero }}"}).status_code == 409
    assert officer.post(REJECTED + "/texte-d-origine", data={"seen": 0}).status_code == 409


def test_a_trial_goes_to_oneself(officer):
    assert officer.post(REJECTED, data=TYPED | {"essai": "1"}).status_code == 200
    mail = db.session.scalars(sa.select(Mail)).one()
    assert (mail.subject, mail.event) == ("[Essai] Rejet de FINXYZ005046M0", "Essai d'un modèle de courriel")
    assert mail.recipient.startswith("compte")


@pytest.mark.parametrize("odd", ["rien", "request_rejected/versions/9", "request_rejected/versions/x", "%00"])
def test_what_does_not_exist_is_not_found(officer, odd):
    assert officer.get(HERE + odd).status_code == 404


def test_a_lost_mail_is_listed_and_sent_again(officer):
    mail = queued()
    mail.status, mail.last_error = MailStatus.FAILED, "550 no such user"
    db.session.commit()
    assert mail.subject in officer.get("/gestion/courriels/?statut=failed&statut=bounced").text
    page = officer.get(f"/gestion/courriels/{mail.id}").text
    assert "550 no such user" in page
    assert "Renvoyer" in page
    assert officer.post(f"/gestion/courriels/{mail.id}/renvoyer").status_code == 303
    assert mail.status is MailStatus.QUEUED
    assert officer.post(f"/gestion/courriels/{mail.id}/renvoyer").status_code == 409


def test_a_secret_is_on_no_screen(officer, session):
    user = factories.supplier_user()
    lost_credentials.send_link(user, LinkPurpose.RESET, Event.PASSWORD_LOST)
    db.session.commit()
    mail = db.session.scalars(sa.select(Mail)).one()
    token = ports.get().sealer.open(mail.secret).rpartition("/")[2]
    for address in ("/gestion/courriels/", f"/gestion/courriels/{mail.id}", HERE + "password_lost"):
        assert token not in officer.get(address).text
    assert SECRET in officer.get(f"/gestion/courriels/{mail.id}").text
