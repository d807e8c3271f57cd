"""« Mon compte »: what a supplier asks on its screens, and every bad thing that is sent to them."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import ChangeStatus, Role
from app.extensions import db
from app.models.bank_accounts import BankChange
from app.models.mails import Mail
from app.models.person_changes import PersonChange
from app.models.users import User
from app.services import accounts, clock, person_changes, ports, suppliers
from tests import factories, files, own_account
from tests.own_account import NEW, NEW_BIC, OLD, upload

NEW_PAGE = "/segurnums/compte/coordonnees-bancaires/nouvelle"
PEOPLE, USERS = "/segurnums/compte/personnes", "/segurnums/compte/utilisateurs"
CONFIRM = "/segurnums/compte/confirmer"
BAD_FILES = [
    (lambda: b"%PDF-" + b"0" * limits.PIECE_BYTES, "rib.pdf", "dépasse la taille maximum de 4 Mo"),
    (lambda: b"PK\x03\x04", "rib.pdf", "n&#39;est pas celui d&#39;un PDF"),
    (lambda: files.image("JPEG"), "rib.png", "n&#39;est pas celui d&#39;une image PNG"),
    (files.encrypted, "rib.pdf", "chiffré"),
    (lambda: files.pdf(files.with_opening_script), "rib.pdf", "script"),
    (lambda: files.png_header(20_000, 20_000), "rib.png", "trop de points"),
    (lambda: b"MZ", "rib.exe", "type accepté"),
    (lambda: b"", "rib.pdf", "vide"),
]


@pytest.fixture
def alice(session):
    return factories.supplier_user(password=None)


@pytest.fixture
def browser(login, alice):
    return login(alice)


@pytest.fixture
def proved(browser, alice):
    own_account.prove(alice)
    return browser


def form(**over):
    return {"iban": NEW, "bic": NEW_BIC, "holder": "EDITEUR", "bank_name": "", "file": upload()} | over


def people(user, **over):
    held = person_changes.held(user.supplier).representative
    typed = {f"representative_{name}": getattr(held, name) for name in ("last_name", "first_name", "email", "phone")}
    return typed | {"alone": "y", "act": "keep"} | over


def given(browser, path, data):
    """The answer to a form with a file; a big one waits in a temporary file of the test's own browser."""
    answer = browser.post(path, data=data)
    answer.request.environ["wsgi.input"].close()
    return answer


def code_of(browser, path) -> int:
    answer = browser.get(path)
    answer.close()
    return answer.status_code


def changes() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(BankChange))


def test_an_account_is_asked_after_a_proof_and_waits(proved, alice):
    assert proved.post(NEW_PAGE, data=form()).status_code == 303
    text = proved.get("/segurnums/compte/coordonnees-bancaires/").text
    assert "En attente de validation" in text
    assert "Ajouter une coordonnée bancaire" not in text
    assert suppliers.active_account(alice.supplier_id).iban == OLD


def test_without_a_proof_nothing_is_asked_and_nothing_typed_is_lost(browser, alice):
    assert browser.get(NEW_PAGE).location.startswith(CONFIRM)
    answer = browser.post(NEW_PAGE, data=form(bank_name="Ma banque"))
    assert (answer.status_code, answer.location) == (303, f"{CONFIRM}?pour=coordonnees-bancaires")
    assert changes() == 0
    own_account.prove(alice)
    text = browser.get(NEW_PAGE).text
    for typed in (NEW, NEW_BIC, "EDITEUR", "Ma banque"):
        assert f'value="{typed}"' in text


def test_a_proof_holds_ten_minutes(proved, frozen):
    frozen.move_to(clock.today(), dt.time(10, limits.STEP_UP_MINUTES))
    assert proved.post(NEW_PAGE, data=form()).location.startswith(CONFIRM)


def test_the_password_and_the_mailed_code_prove_it_and_lead_back(login, session):
    user = accounts.create(
        "alice", "alice@exemple.fr", factories.PASSWORD, [Role.SUPPLIER], supplier=factories.supplier()
    )
    browser = login(user)
    assert browser.post(f"{CONFIRM}/code?pour=personnes").status_code == 303
    mail = db.session.scalars(sa.select(Mail).where(Mail.event == "Code de confirmation")).one()
    code = ports.get().sealer.open(mail.secret)
    assert code not in mail.body
    for wrong in ({"password": "faux", "code": code}, {"password": factories.PASSWORD, "code": "12"}, {}):
        assert browser.post(f"{CONFIRM}?pour=personnes", data=wrong).status_code == 422
    right = browser.post(f"{CONFIRM}?pour=personnes", data={"password": factories.PASSWORD, "code": code})
    assert (right.status_code, right.location) == (303, PEOPLE)
    assert browser.get(NEW_PAGE).status_code == 200


@pytest.mark.parametrize("where", ["", "https://mechant.fr", "//mechant.fr", "/gestion/"])
def test_the_proof_leads_to_our_own_pages_only(browser, where):
    assert browser.get(CONFIRM, query_string={"pour": where}).status_code == 400


def test_the_same_post_ten_times_asks_once(proved):
    codes = [proved.post(NEW_PAGE, data=form()).status_code for _ in range(10)]
    assert codes == [303] + [409] * 9
    assert changes() == 1
    assert len(own_account.mails("Changement de coordonnées bancaires demandé")) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"iban": "FR7617807000430512179603698"}, "IBAN est faux"),
        ({"iban": ""}, "Saisissez l&#39;IBAN"),
        ({"iban": "9" * 61}, "Au plus 60"),
        ({"iban": "FR76\u202e"}, "invisible"),
        ({"bic": "BNPADEFF"}, "autre pays"),
        ({"bic": "CCBP"}, "BIC est faux"),
        ({"holder": ""}, "Saisissez le titulaire"),
        ({"holder": "A" * 201}, "Au plus 200"),
        ({"holder": "EDI\x00TEUR\x07"}, "invisible"),
        ({"iban": OLD, "bic": "CEPAFRPP313"}, "déjà celui de votre compte actif"),
    ],
)
def test_a_wrong_field_comes_back_with_the_rest(proved, wrong, said):
    answer = proved.post(NEW_PAGE, data=form(bank_name='Ma "banque" & la leur') | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Ma &#34;banque&#34; &amp; la leur" in answer.text
    assert changes() == 0


def test_tags_and_pictures_are_refused_and_come_back_harmless(proved):
    answer = proved.post(NEW_PAGE, data=form(bank_name="Ma <script> banque 😀"))
    assert (answer.status_code, changes()) == (422, 0)
    assert "Saisie refusée" in answer.text
    assert "Ma &lt;script&gt; banque 😀" in answer.text


@pytest.mark.parametrize(("content", "name", "said"), BAD_FILES)
def test_a_bad_rib_is_refused_by_name(proved, content, name, said):
    answer = given(proved, NEW_PAGE, form(file=upload(content(), name)))
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{NEW}"' in answer.text
    assert changes() == 0


def test_a_rib_is_compulsory(proved):
    answer = proved.post(NEW_PAGE, data=form(file=(io.BytesIO(), "")))
    assert answer.status_code == 422
    assert "Choisissez un fichier" in answer.text


def test_the_register_of_banks_proposes(browser):
    answer = browser.post("/segurnums/compte/coordonnees-bancaires/banque", data={"iban": NEW})
    assert answer.json == {"bic": NEW_BIC, "bank_name": "BANQUE POPULAIRE GRAND OUEST"}
    assert browser.post("/segurnums/compte/coordonnees-bancaires/banque", data={"iban": "FR"}).json == {}


def test_what_is_anothers_is_not_found(login, alice):
    change = own_account.ask(alice)
    speakers = own_account.renamed(person_changes.held(alice.supplier), email="n@exemple.fr")
    asked = own_account.sent(alice, speakers, "identity")
    paths = (
        f"/segurnums/compte/coordonnees-bancaires/{change.account_id}",
        f"/segurnums/compte/coordonnees-bancaires/{change.account_id}/rib",
        f"{PEOPLE}/pieces/{asked.pieces[0].id}",
    )
    mine = login(alice)
    assert [code_of(mine, path) for path in paths] == [200] * 3
    other = login(factories.supplier_user())
    assert [code_of(other, path) for path in paths] == [404] * 3
    own_account.prove(db.session.scalars(sa.select(User).order_by(User.id.desc())).first())
    assert other.post(f"{USERS}/{alice.id}/fermer").status_code == 404
    assert alice.active


def test_a_change_of_people_is_typed_proved_and_sent(browser, alice):
    typed = people(alice, representative_email="nouvelle@exemple.fr")
    joined = typed | {"act": "import", "kind": "identity", "file": upload(name="cni.pdf")}
    assert browser.post(PEOPLE, data=joined).status_code == 303
    text = browser.get(PEOPLE).text
    assert "cni.pdf" in text
    assert 'value="nouvelle@exemple.fr"' in text
    assert browser.post(PEOPLE, data=typed | {"act": "send"}).location.startswith(CONFIRM)
    own_account.prove(alice)
    assert 'value="nouvelle@exemple.fr"' in browser.get(PEOPLE).text
    assert browser.post(PEOPLE, data=typed | {"act": "send"}).location == PEOPLE
    text = browser.get(PEOPLE).text
    assert "En attente d&#39;instruction" in text
    assert "Représentant légal : email" in text
    assert "nouvelle@exemple.fr" not in text, "the recap shows who speaks until the acceptance"


def test_the_text_of_the_guide_and_its_empty_table(browser):
    text = browser.get(PEOPLE).text.replace("&#39;", "'")
    for said in (
        "Dans le cadre de la modification des données personnelles du demandeur (Nom, prénom, email et/ou téléphone),"
        " les pièces-jointes suivantes sont requises :",
        "Le mandat du représentant légal",
        "La pièce d'identité de l'utilisateur",
        "Si la modification concerne uniquement l'email ou le téléphone du demandeur, seule la pièce d'identité de"
        " l'utilisateur est demandée.",
        "Aucune donnée disponible dans le tableau",
        "Le représentant légal est aussi le demandeur.",
        "Action de modification",
        "Valider mes informations",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"representative_email": "alice.exemple.fr"}, "« @ »"),
        ({"representative_phone": "0326212"}, "10 chiffres"),
        ({"representative_last_name": ""}, "obligatoire"),
        ({"representative_last_name": "A" * 5000}, "Au plus 100"),
        ({"alone": "", "declarant_last_name": "DURAND"}, "obligatoire"),
    ],
)
def test_people_wrongly_typed_come_back_kept(proved, alice, wrong, said):
    typed = people(alice, act="send", representative_first_name="Alix <script> 😀") | wrong
    answer = proved.post(PEOPLE, data={name: value for name, value in typed.items() if value or name != "alone"})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Alix &lt;script&gt; 😀" in answer.text
    assert "Alix &lt;script&gt; 😀" in proved.get(PEOPLE).text, "kept on the server too"
    assert db.session.scalars(sa.select(PersonChange.status)).all() == [ChangeStatus.DRAFT]


@pytest.mark.parametrize(("content", "name", "said"), BAD_FILES)
def test_a_bad_piece_is_refused_by_name_and_costs_nothing_typed(browser, alice, content, name, said):
    typed = people(alice, representative_first_name="Alix", act="import", kind="identity")
    answer = given(browser, PEOPLE, typed | {"file": upload(content(), name)})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Alix"' in answer.text


def test_a_piece_has_a_type_and_is_taken_out_once(browser, alice):
    joined = people(alice, act="import", file=upload())
    assert browser.post(PEOPLE, data=joined | {"kind": "autre"}).status_code == 422
    browser.post(PEOPLE, data=people(alice, act="import", kind="mandate", file=upload()))
    piece = person_changes.open_of(alice.supplier).pieces[0].id
    answers = [browser.post(PEOPLE, data=people(alice, act=f"remove-{piece}")).status_code for _ in range(2)]
    assert answers == [303, 404]
    for act in ("remove-", "remove-0x1", "remove-99999999999999999999", "detruire"):
        assert browser.post(PEOPLE, data=people(alice, act=act)).status_code in (400, 404), act


def test_the_same_sending_ten_times_is_one_change(proved, alice):
    typed = people(alice, representative_email="nouvelle@exemple.fr")
    proved.post(PEOPLE, data=typed | {"act": "import", "kind": "identity", "file": upload()})
    codes = [proved.post(PEOPLE, data=typed | {"act": "send"}).status_code for _ in range(10)]
    assert codes == [303] + [409] * 9
    assert len(own_account.mails("Changement de personnes demandé")) == 2


def test_an_administrator_invites_and_closes_after_a_proof(browser, alice):
    typed = {"full_name": "Bob Leblanc", "email": "bob@exemple.fr"}
    assert browser.post(USERS, data=typed).location.startswith(CONFIRM)
    own_account.prove(alice)
    kept = browser.get(USERS).text
    assert all(f'value="{said}"' in kept for said in typed.values())
    assert browser.post(USERS, data=typed).status_code == 303
    assert "Bob Leblanc" not in browser.get(USERS).text.split("Inviter un utilisateur")[1]
    assert browser.post(USERS, data=typed).status_code == 422
    bob = db.session.scalars(sa.select(User).where(User.username == "bob.leblanc")).one()
    assert browser.post(f"{USERS}/{bob.id}/fermer").status_code == 303
    assert browser.post(f"{USERS}/{bob.id}/fermer").status_code == 409
    assert browser.post(f"{USERS}/{alice.id}/fermer").status_code == 403
    assert "Fermé" in browser.get(USERS).text


def test_who_does_not_administer_only_reads(login, alice):
    bob = factories.supplier_user(alice.supplier, administers=False)
    browser = login(bob)
    own_account.prove(bob)
    assert "Inviter" not in browser.get(USERS).text.replace("invite un utilisateur", "")
    assert browser.post(USERS, data={"full_name": "Eve", "email": "eve@exemple.fr"}).status_code == 403
    assert browser.post(f"{USERS}/{alice.id}/fermer").status_code == 403


@pytest.mark.parametrize("email", ["", "bob", "bob@exemple", "b b@exemple.fr", "bob@exemple.fr\u202e", "a" * 300])
def test_a_malformed_address_is_not_invited(proved, email):
    assert proved.post(USERS, data={"full_name": "Bob", "email": email}).status_code == 422
