"""« Importer mes modèles de pièces justificatives » and its queue: both sites, from the import to the comments."""

import io
import re

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import Role
from app.extensions import db
from app.models.audit import AuditEntry
from app.services import document_models
from tests import factories, files, wave_two
from tests.wave_two import KIND, added, sent

HERE, QUEUE = "/segurnums/modeles-de-documents/", "/gestion/modeles-de-documents/"
MENU = "Importer mes modèles de pièces justificatives"


@pytest.fixture
def alice(session):
    made = wave_two.user()
    session.commit()
    return made


def upload(client, name="bdc.pdf", kind=KIND, content=None):
    content = files.pdf() if content is None else content
    answer = client.post(HERE, data={"kind": kind, "file": (io.BytesIO(content), name)})
    answer.request.environ["wsgi.input"].close()
    return answer


def test_the_screen_is_only_his_who_is_validated_in_wave_2(login, alice, session):
    assert MENU in login(alice).get("/segurnums/").text
    other = factories.supplier_user(factories.enrolment(code="HOP").supplier)
    session.commit()
    client = login(other)
    assert MENU not in client.get("/segurnums/").text
    assert client.get(HERE).status_code == 404
    assert client.post(f"{HERE}valider").status_code == 404
    assert upload(client).status_code == 404


def test_a_model_is_imported_validated_judged_and_consulted(login, alice):
    client = login(alice)
    page = client.get(HERE).text
    for said in (
        "Historique des modèles de documents",
        "Fichiers en cours d&#39;import",
        "Ajouter un modèle de document :",
        "Veuillez sélectionner un type de pièces jointes complémentaires",
        "Taille maximale : 4 Mo. Formats supportés : jpg, jpeg, png, pdf. Le nom du fichier ne doit pas excéder 50"
        " caractères et ne doit pas contenir de caractères spéciaux.",
        "Valider mon import",
    ):
        assert said.replace("&#39;", "'") in page.replace("&#39;", "'"), said
    assert upload(client).status_code == 303
    page = client.get(HERE).text
    assert "L'import est effectué" in page.replace("&#39;", "'")
    assert f'<td class="sg-break">{KIND}</td>' in page
    (model,) = document_models.drafts_of(alice.supplier)
    file = client.get(f"{HERE}{model.id}/fichier")
    assert file.data == files.pdf()
    file.close()
    assert client.get(f"{HERE}{model.id}").status_code == 404  # not sent: nothing to consult yet
    assert client.post(f"{HERE}valider").status_code == 303
    officer = factories.user(Role.OFFICER)
    db.session.commit()
    staff = login(officer)
    assert "bdc.pdf" in staff.get(f"{QUEUE}?statut=pending").text
    seen = re.search(r'name="seen" type="hidden" value="(\d+)"', staff.get(f"{QUEUE}{model.id}").text)[1]
    silent = staff.post(f"{QUEUE}{model.id}/rejeter", data={"seen": seen, "comment": ""})
    assert silent.status_code == 422
    assert "motif du rejet" in silent.text
    done = staff.post(f"{QUEUE}{model.id}/rejeter", data={"seen": seen, "comment": "Le SIRET manque."})
    assert done.status_code == 303
    assert staff.post(f"{QUEUE}{model.id}/accepter", data={"seen": seen, "comment": ""}).status_code == 409
    client = login(alice)
    assert "Rejeté" in client.get(HERE).text
    assert "Le SIRET manque." in client.get(f"{HERE}{model.id}").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "x" * 47 + ".pdf"}, "excède 50 caractères"),
        ({"name": "n°1.pdf"}, "caractères spéciaux"),
        ({"kind": ""}, "Choisissez un type de fichier"),
        ({"kind": "AUTRE"}, "Choisissez un type de fichier"),
        ({"content": b"%PDF-" + b"0" * limits.PIECE_BYTES}, "4 Mo"),
        ({"content": b"PK"}, "pas celui d&#39;un PDF"),
    ],
)
def test_a_bad_import_is_refused_at_its_field(login, alice, sent, said):
    answer = upload(login(alice), **sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'role="alert"' in answer.text


def test_validating_nothing_is_refused(login, alice):
    answer = login(alice).post(f"{HERE}valider")
    assert answer.status_code == 422
    assert "Importez d&#39;abord" in answer.text


def test_a_draft_is_removed_a_sent_one_is_not(login, alice, session):
    draft, gone = added(alice), sent(wave_two.user())
    session.commit()
    client = login(alice)
    for address in (f"{HERE}{gone.id}", f"{HERE}{gone.id}/fichier"):
        assert client.get(address).status_code == 404
    assert client.post(f"{HERE}{gone.id}/supprimer").status_code == 404
    assert client.post(f"{HERE}{draft.id}/supprimer").status_code == 303
    assert client.post(f"{HERE}{draft.id}/supprimer").status_code == 404
    mine = sent(alice)
    session.commit()
    assert client.post(f"{HERE}{mine.id}/supprimer").status_code == 409


def test_the_history_turns_its_pages(login, alice, session):
    for rank in range(limits.DETAIL_ROWS + 1):
        sent(alice, f"bdc-{rank:02d}.pdf")
    session.commit()
    client = login(alice)
    assert "bdc-00.pdf" not in client.get(HERE).text
    assert "bdc-00.pdf" in client.get(f"{HERE}?page_historique=2").text


def test_staff_reads_what_was_sent_and_the_reading_is_noted(login, alice, session):
    draft = added(alice)
    officer = factories.user(Role.OFFICER)
    session.commit()
    staff = login(officer)
    for address in (f"{QUEUE}{draft.id}", f"{QUEUE}{draft.id}/fichier"):
        assert staff.get(address).status_code == 404
    document_models.send(alice.supplier, alice)
    session.commit()
    shown = staff.get(f"{QUEUE}{draft.id}/fichier/apercu")
    assert shown.headers["Content-Disposition"].startswith("inline")
    shown.close()
    assert db.session.scalar(sa.select(AuditEntry.actor_id).where(AuditEntry.action == "read_model")) == officer.id
