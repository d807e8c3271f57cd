"""Staff write what mails say: checked when written, every version kept, the shipped text never far."""

import pytest
import sqlalchemy as sa

from app.domain.enums import Role
from app.domain.errors import Conflict, RuleBroken
from app.domain.mail_texts import SECRET
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.mails import Mail, MailTemplateVersion
from app.services import actors, audit, clock, mail_html, mail_templates, mail_trials
from app.services import requests as request_service
from tests import factories

EVENT = "request_rejected"
SUBJECT, BODY = "Rejet de {{ numero }}", "Bonjour,\n\n{{ commentaire }}\n"


@pytest.fixture
def writer(session):
    return actors.of(factories.user(Role.OFFICER))


def rejected() -> Mail:
    """The mail of a request that an officer rejects now."""
    avenant = factories.avenant()
    request_service.act(avenant, Action.REJECT, actors.of(factories.user(Role.OFFICER)), comment="Pièce illisible.")
    db.session.commit()
    return db.session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first()


def test_the_next_mail_says_what_staff_wrote_and_names_its_version(writer):
    before = rejected()
    made = mail_templates.write(EVENT, SUBJECT, BODY, 0, writer)
    after = rejected()
    assert (before.template_version_id, after.template_version_id) == (None, made.id)
    assert "Motif :" in before.body
    assert after.subject.startswith("Rejet de FIN")
    assert after.body == "Bonjour,\n\nPièce illisible.\n" + mail_html.SIGNATURE


def test_going_back_to_the_shipped_text_is_one_more_version(writer):
    mail_templates.write(EVENT, SUBJECT, BODY, 0, writer)
    mail_templates.revert(EVENT, 1, writer)
    assert mail_templates.in_use(EVENT) == mail_templates.shipped(EVENT)
    assert [row.number for row in mail_templates.versions(EVENT)] == [2, 1]
    with pytest.raises(RuleBroken, match="déjà"):
        mail_templates.revert(EVENT, 2, writer)
    mail_templates.write(EVENT, SUBJECT, BODY, 2, writer)
    assert mail_templates.in_use(EVENT).subject == SUBJECT
    db.session.commit()
    entry = audit.last_entry("mail_template", EVENT)
    assert (entry.action, entry.payload["after"]) == ("write", {"version": 3})


def test_of_two_who_write_at_once_the_second_is_told(writer):
    mail_templates.write(EVENT, SUBJECT, BODY, 0, writer)
    with pytest.raises(Conflict, match="entre-temps"):
        mail_templates.write(EVENT, "Autre {{ numero }}", BODY, 0, writer)
    with pytest.raises(Conflict):
        mail_templates.revert(EVENT, 0, writer)


@pytest.mark.parametrize(
    ("subject", "body", "field", "said"),
    [
        ("", BODY, "subject", "Saisissez un objet"),
        (SUBJECT, " \n", "body", "Saisissez un texte"),
        ("x" * 151, BODY, "subject", "150 caractères"),
        (SUBJECT, BODY + "x" * 6000, "body", "6000 caractères"),
        ("{{ commentaire }}", BODY, "subject", "ne peut pas être dans l'objet"),
        (SUBJECT, "Bonjour\n{{ montant }}", "body", "Ligne 2, caractère 1 : la variable « montant » n'existe pas"),
        (SUBJECT, "Bonjour", "body", "« commentaire » est obligatoire"),
        (SUBJECT, BODY + "\u202e", "body", "invisibles"),
        (SUBJECT, BODY + "{{ ''.__class__ }}", "body", "n'est pas compris"),
    ],
)
def test_what_cannot_be_sent_is_not_kept(writer, subject, body, field, said):
    with pytest.raises(RuleBroken, match=said) as refusal:
        mail_templates.write(EVENT, subject, body, 0, writer)
    assert refusal.value.field == field
    assert mail_templates.current(EVENT) is None


def test_the_same_text_is_no_new_version(writer):
    text = mail_templates.shipped(EVENT)
    with pytest.raises(RuleBroken, match="rien à enregistrer"):
        mail_templates.write(EVENT, text.subject, text.body, 0, writer)


def test_a_version_that_is_no_longer_understood_loses_no_event(writer, caplog):
    row = MailTemplateVersion(event=EVENT, number=1, subject="{{ disparue }}", body=BODY, written_at=clock.now())
    db.session.add(row)
    db.session.flush()
    mail = rejected()
    assert (mail.template_version_id, "Motif :" in mail.body) == (None, True)
    assert "the shipped text is used" in caplog.text


def test_a_version_is_never_changed(writer):
    made = mail_templates.write(EVENT, SUBJECT, BODY, 0, writer)
    with pytest.raises(sa.exc.DBAPIError), db.session.begin_nested():
        db.session.execute(sa.update(MailTemplateVersion).where(MailTemplateVersion.id == made.id).values(body="x"))
    with pytest.raises(sa.exc.DBAPIError), db.session.begin_nested():
        db.session.execute(sa.delete(MailTemplateVersion))


def test_differences_say_what_changed_line_by_line(writer):
    text = mail_templates.shipped(EVENT)
    mail_templates.write(EVENT, text.subject, text.body.replace("Motif :", "Pourquoi :"), 0, writer)
    changed = [(one.sign, one.line) for one in mail_templates.differences(EVENT, 1) if one.sign != " "]
    assert changed == [("-", "Motif :"), ("+", "Pourquoi :")]


def test_a_trial_goes_to_its_author_with_examples_and_without_secret(session):
    author = factories.user(Role.OFFICER)
    text = mail_templates.shipped("opening_link")
    mail_trials.send("opening_link", text.subject, text.body, author)
    mail = db.session.scalars(sa.select(Mail)).one()
    assert (mail.recipient, mail.secret) == (author.email, None)
    assert mail.subject.startswith("[Essai] ")
    assert SECRET in mail.body
    with pytest.raises(RuleBroken, match="obligatoire"):
        mail_trials.send("opening_link", text.subject, "Bonjour", author)


def test_a_subject_longer_than_a_column_is_cut(writer):
    name = "n" * 300
    text = mail_templates.filled(mail_templates.Text("{{ nom }}", "x"), {"nom": name})
    assert (len(text.subject), text.subject[-1]) == (200, "…")


@pytest.mark.parametrize(
    ("line", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("http://localhost/segurnum/a?b=1&c=2.", '<a href="http://localhost/segurnum/a?b=1&amp;c=2">'),
        ("http://localhost.piege.fr/x", "<p>http://localhost.piege.fr/x</p>"),
        ("https://exemple.fr/x", "<p>https://exemple.fr/x</p>"),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("http://localhost@piege.fr/x", "<p>http://localhost@piege.fr/x</p>"),
        ("Voir http://localhost", 'Voir <a href="http://localhost">'),
        ('http://localhost/a"onclick="x', '<a href="http://localhost/a">http://localhost/a</a>&#34;onclick='),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>"),
        ("    à part", '<p class="mail-apart">à part</p>'),
    ],
)
def test_text_becomes_html_that_does_nothing_of_its_own(session, line, html):
    page = mail_html.document("Objet", line + "\n" + mail_html.SIGNATURE)
    assert html in page
    assert page.count("<h1") == 1
    assert "<img" not in page
    assert "<script" not in page
