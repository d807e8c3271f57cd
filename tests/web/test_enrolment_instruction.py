"""An enrolment from its queue to the first login, by the pages: the officer's, the declarant's, the new user's."""

import io
import re

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enrolment_steps import PieceKind
from app.domain.enums import EnrolmentStatus, Role
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.mails import Mail
from app.services import enrolment_follow_up, outbox, ports
from app.web import enrolment_answers
from tests import enrolments as made
from tests import factories, files, pages

QUEUE = "/gestion/enrolements/"
MANDATE = PieceKind.MANDATE.value


@pytest.fixture
def enrolment(session):
    one = made.filed()
    db.session.commit()
    return one


@pytest.fixture
def officer(session, login):
    return login(factories.user(Role.OFFICER))


def do(client, enrolment, act, **fields):
    data = {"seen": enrolment.version} | fields
    return client.post(f"{QUEUE}{enrolment.number}/actions/{act}", data=data)


def ask(client, enrolment):
    return do(client, enrolment, "ask_document", comment="Le mandat manque.", kinds=[MANDATE])


def path(address):
    return address.removeprefix(ports.get().public_base_url)


def link(rank=-1):
    mail = db.session.scalars(sa.select(Mail).where(Mail.secret.is_not(None)).order_by(Mail.id)).all()[rank]
    return path(ports.get().sealer.open(mail.secret))


def pdf(name="mandat.pdf"):
    return (io.BytesIO(files.pdf()), name)


# --- the queue and the page


def test_the_queue_lists_and_counts_what_waits(officer, enrolment):
    page = officer.get(QUEUE).text
    for shown in (enrolment.number, enrolment.supplier.siret, "EDITEUR DECLARE", enrolment.referencing.ans_number):
        assert shown in page
    assert re.search(r"En cours</span> <strong>1</strong>", page)
    assert enrolment.number in officer.get(f"{QUEUE}?statut=in_progress&ans={enrolment.referencing.ans_number}").text
    assert enrolment.number not in officer.get(f"{QUEUE}?statut=validated").text
    assert "Enrôlements à instruire" in officer.get("/gestion/").text


def test_the_page_shows_the_data_the_controls_and_a_piece(officer, enrolment):
    page = officer.get(f"{QUEUE}{enrolment.number}").text
    for shown in ("alice.martin@exemple.fr", made.IBAN, "Clés justes", "Un compte sera ouvert pour", "/apercu"):
        assert shown in page
    assert officer.get(f"{QUEUE}{enrolment.number}?piece=999999").status_code == 404
    assert officer.get(f"{QUEUE}ENR9999M0").status_code == 404


def test_a_piece_is_served_harmless_and_its_reading_noted(officer, enrolment):
    piece = enrolment.pieces[0]
    where = f"{QUEUE}{enrolment.number}/pieces/{piece.id}"
    with officer.get(where) as download, officer.get(f"{where}/apercu") as preview:
        assert download.headers["Content-Disposition"].startswith("attachment")
        assert preview.headers["Content-Disposition"].startswith("inline")
        assert "default-src 'none'" in preview.headers["Content-Security-Policy"]
        assert download.data == files.pdf()
    readings = [row.action for row in db.session.scalars(sa.select(AuditEntry)) if row.subject == enrolment.number]
    assert readings.count("Lire une pièce") == 2
    other = made.filed(**made.person("representative", "Bob", "Petit"))
    db.session.commit()
    assert officer.get(f"{QUEUE}{other.number}/pieces/{piece.id}").status_code == 404


def test_the_support_sees_the_state_but_no_piece_nor_act(login, enrolment):
    support = login(factories.user(Role.SUPPORT))
    page = support.get(f"{QUEUE}{enrolment.number}").text
    assert made.IBAN not in page
    assert "n'ouvre pas la lecture" in page
    assert "/actions/" not in page
    assert do(support, enrolment, "validate").status_code == 403


# --- acts


def test_an_act_without_what_it_needs_comes_back_with_the_input(officer, enrolment):
    refused = do(officer, enrolment, "ask_document", comment="Le mandat manque.")
    assert refused.status_code == 422
    assert "au moins une pièce" in refused.text
    assert "Le mandat manque." in refused.text
    assert do(officer, enrolment, "reject", comment=" ").status_code == 422
    assert do(officer, enrolment, "answer").status_code == 404
    assert officer.post(f"{QUEUE}{enrolment.number}/actions/validate", data={}).status_code == 400
    assert enrolment.status is EnrolmentStatus.IN_PROGRESS


def test_a_page_of_before_is_a_conflict(officer, enrolment):
    seen = enrolment.version
    assert ask(officer, enrolment).status_code == 303
    late = do(officer, enrolment, "reject", seen=seen, comment="non")
    assert late.status_code == 409
    assert "En attente de pièce justificative" in late.text


# --- the declarant


def test_the_declarant_answers_by_his_link(app, officer, enrolment):
    ask(officer, enrolment)
    browser, where = app.test_client(), link()
    page = browser.get(where).text
    assert "Le mandat manque." in page
    assert made.IBAN not in page
    assert "alice.martin" not in page
    wrong = browser.post(f"{where}/pieces", data={"kind": MANDATE, "file": (io.BytesIO(b"MZ"), "mandat.pdf")})
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text
    assert 'href="#file-1"' in wrong.text
    added = browser.post(f"{where}/pieces", data={"kind": MANDATE, "file": pdf()}, follow_redirects=True)
    assert "mandat.pdf" in added.text
    assert "en réponse" not in officer.get(f"{QUEUE}{enrolment.number}").text  # not sent yet
    seen = pages.forms(added.text)
    answer = next(form for form in seen.values() if form.action.endswith("/envoyer"))
    sent = browser.post(answer.action, data=answer.sent, follow_redirects=True)
    assert "l&#39;instruction reprend" in sent.text
    assert enrolment.status is EnrolmentStatus.IN_PROGRESS
    assert "en réponse" in officer.get(f"{QUEUE}{enrolment.number}").text
    assert browser.post(answer.action, data=answer.sent).status_code == 409  # the same again


def test_the_message_being_typed_waits_with_the_pieces(app, officer, enrolment):
    ask(officer, enrolment)
    browser, where, typed = app.test_client(), link(), {"kind": MANDATE, "answer": "La suite arrive.\r\nMerci."}
    page = browser.post(f"{where}/pieces", data=typed | {"file": pdf()}, follow_redirects=True).text
    assert "La suite arrive.\nMerci.</textarea>" in page.replace("\r", "")
    wrong = browser.post(
        f"{where}/pieces", data=typed | {"answer": "Autre.", "file": (io.BytesIO(b"MZ"), "mandat.pdf")}
    )
    assert "Autre.</textarea>" in wrong.text
    removal = next(one.action for one in pages.forms(page).values() if one.action.endswith("/suppression"))
    browser.post(removal, data={"answer": "Sans le mandat."})
    assert "Sans le mandat.</textarea>" in browser.get(where).text
    assert "Sans le mandat." not in officer.get(f"{QUEUE}{enrolment.number}").text, "it is not sent"
    do(officer, enrolment, "resume", comment="Non requis.")
    assert enrolment.exchanges[0].answer == "", "what was not sent is no answer"


def test_a_piece_too_big_is_refused_at_its_field(app, officer, enrolment, monkeypatch):
    ask(officer, enrolment)
    monkeypatch.setattr(limits, "PIECE_BYTES", 100)
    refused = app.test_client().post(f"{link()}/pieces", data={"kind": MANDATE, "file": pdf()})
    assert refused.status_code == 422
    assert "dépasse" in refused.text


def test_a_link_that_was_replaced_or_invented_leads_nowhere(app, officer, enrolment):
    ask(officer, enrolment)
    former = link()
    do(officer, enrolment, "await_certificate")
    browser = app.test_client()
    assert browser.get(former).status_code == 404
    assert browser.get(link()).status_code == 200
    assert browser.get("/segurnum/enrolement/suivi/invente").status_code == 404


def test_who_has_an_account_answers_in_his_space(app, login, officer, enrolment):
    do(officer, enrolment, "validate")
    user = enrolment_follow_up.supplier_accounts.of(enrolment.supplier)[0]
    user.settled = True
    software = factories.referencing(editor_siret=enrolment.supplier.siret)
    second = made.filed(siret=enrolment.supplier.siret, referencing=software)
    db.session.commit()
    ask(officer, second)
    asked = db.session.scalars(sa.select(Mail).order_by(Mail.id)).all()[-1]
    assert asked.secret is None
    where = re.search(r"http://localhost(/segurnums/enrolements/\d+/reponse)", asked.body)[1]
    supplier = login(user)
    assert where in supplier.get(where.removesuffix("/reponse")).text
    page = supplier.get(where)
    assert "Le mandat manque." in page.text
    supplier.post(f"{where}/pieces", data={"kind": MANDATE, "file": pdf()})
    assert supplier.post(f"{where}/envoyer", data={"seen": second.version, "answer": ""}).status_code == 303
    assert second.status is EnrolmentStatus.IN_PROGRESS
    stranger = login(factories.supplier_user())
    assert stranger.get(where).status_code == 404


def test_every_status_is_said_in_plain_words():
    assert enrolment_answers.MEANINGS.keys() == set(EnrolmentStatus)


# --- the whole tale


def test_from_a_filed_enrolment_to_the_suppliers_home(app, officer, enrolment, monkeypatch):
    sent = []
    monkeypatch.setattr(ports.get().mailer, "send", lambda *mail: sent.append(mail))
    ask(officer, enrolment)
    browser, where = app.test_client(), link()
    browser.post(f"{where}/pieces", data={"kind": MANDATE, "file": pdf()})
    browser.post(f"{where}/envoyer", data={"seen": enrolment.version, "answer": "Le voici."})
    assert do(officer, enrolment, "validate").status_code == 303
    assert outbox.send_due() == 4
    assert [mail[1] for mail in sent] == ["alice.martin@exemple.fr"] * 4
    identifier = re.search(r"est :\n\n    (\S+)", sent[2][3])[1]
    opening = path(re.search(r"(http://localhost/segurnums/acces/\S+)", sent[3][3])[1])
    assert "acces/" not in sent[2][3]

    newcomer = app.test_client()
    assert newcomer.get(opening).location == "/segurnums/acces"
    password = {"new": "Tulipes-en-hiver-7", "again": "Tulipes-en-hiver-7"}
    assert newcomer.post("/segurnums/acces", data=password).location == "/segurnums/connexion/question-secrete"
    secret = {"question": "Quel était mon premier logiciel ?", "answer": "Un tableur"}
    assert newcomer.post("/segurnums/connexion/question-secrete", data=secret).location == "/segurnums/espace"
    home = newcomer.get("/segurnums/espace", follow_redirects=True)
    assert home.status_code == 200
    assert identifier in home.text
    assert enrolment.number in newcomer.get("/segurnums/enrolements/").text
    assert app.test_client().get(opening).status_code == 404  # it served once
