"""What staff write for the public: questions, news, pages; previewed, dated, safe."""

import io

import pytest
import sqlalchemy as sa

from app.domain.enums import Role
from app.extensions import db
from app.models.contents import FaqEntry
from app.models.news import NewsItem
from app.services import faq, news, text_pages, written_texts
from app.services.actors import SYSTEM
from tests import factories, files


@pytest.fixture
def writer(login):
    return login(factories.user(Role.SUPPORT))


def rubric(title="Assistance Utilisateur"):
    return next(one for one in faq.rubrics() if one.title == title)


# --- questions


def test_the_rubrics_of_the_guide_are_there_from_the_start(client, session):
    page = client.get("/segurnum/foires-aux-questions").text
    assert "Sommaire" in page
    assert page.index("Référencement ; SONS") < page.index("Couloir SAS - spécificités") < page.index("Solde - demande")
    assert len(faq.rubrics()) == 20


def test_words_are_sought_whatever_case_and_accents(client, session):
    page = client.get("/segurnum/foires-aux-questions?q=PIECES+zip").text
    assert "1 question pour" in page
    assert "Comment joindre les pièces ?" in page
    assert "Qui peut s" not in page
    assert "Aucune question" in client.get("/segurnum/foires-aux-questions?q=licorne").text


def test_a_question_is_written_read_changed_and_removed(writer):
    typed = {
        "rubric": rubric().id,
        "position": 9,
        "question": "Et **ensuite** ?",
        "answer": "Voir [là](/segurnum/cgu).",
    }
    assert writer.post("/gestion/questions/nouvelle", data=typed).status_code == 303
    entry = db.session.scalars(sa.select(FaqEntry).where(FaqEntry.position == 9)).one()
    page = writer.get("/segurnum/foires-aux-questions").text
    assert '<a href="/segurnum/cgu">là</a>' in page
    writer.post(f"/gestion/questions/{entry.id}", data=typed | {"question": "Et après ?"})
    assert "Et après ?" in writer.get("/segurnum/foires-aux-questions").text
    writer.post(f"/gestion/questions/{entry.id}/supprimer")
    assert "Et après ?" not in writer.get("/segurnum/foires-aux-questions").text


def test_a_preview_keeps_nothing(writer):
    typed = {"rubric": rubric().id, "position": 9, "question": "Nouvelle ?", "answer": "**Oui**", "apercu": "1"}
    page = writer.post("/gestion/questions/nouvelle", data=typed)
    assert page.status_code == 200
    assert "<strong>Oui</strong>" in page.text
    assert "Nouvelle ?" not in writer.get("/segurnum/foires-aux-questions").text


def test_a_rubric_that_holds_questions_is_not_removed(writer):
    assert writer.post(f"/gestion/rubriques/{rubric().id}/supprimer").status_code == 422
    writer.post("/gestion/rubriques/nouvelle", data={"title": "Vide", "position": 30})
    empty = rubric("Vide")
    assert writer.post("/gestion/rubriques/nouvelle", data={"title": "VIDE", "position": 31}).status_code == 422
    assert writer.post(f"/gestion/rubriques/{empty.id}/supprimer").status_code == 303


# --- Markdown


@pytest.mark.parametrize(
    ("typed", "absent"),
    [
        ("<script>alert(1)</script>", "<script"),
        ('<img src=x onerror="x()">', "<img"),
        ("[x](javascript:alert(1))", "href"),
        ("[x](data:text/html,x)", "href"),
        ("[x](//evil.test)", "href"),
        ("[x](http://clair.test)", "href"),
        ("![x](https://espion.test/p.png)", "<img"),
        ("<a href='https://x' onclick='y()'>x</a>", "<a "),
    ],
)
def test_no_html_nor_script_comes_through(typed, absent):
    assert absent not in written_texts.as_html(typed)


def test_links_lists_and_emphasis_do():
    html = written_texts.as_html("# T\n\n- **a**\n- [b](https://esante.gouv.fr)\n- [c](/segurnum/)")
    assert "<h1>T</h1>" in html
    assert html.count("<li>") == 3
    assert html.count("href=") == 2


# --- news


def item(**over):
    return {
        "title": "Guichet de printemps",
        "body": "Le guichet **ouvre**.",
        "audience": "everybody",
        "corridor_code": "",
    } | over


def test_an_item_for_everybody_stands_on_the_public_home(client, writer):
    assert writer.post("/gestion/actualites/nouvelle", data=item()).status_code == 303
    client.post("/segurnums/deconnexion")
    assert "<strong>ouvre</strong>" in client.get("/segurnum/").text


def test_an_item_for_suppliers_does_not(client, writer):
    writer.post("/gestion/actualites/nouvelle", data=item(audience="suppliers"))
    client.post("/segurnums/deconnexion")
    assert "Guichet de printemps" not in client.get("/segurnum/").text
    assert [one.title for one in news.for_corridors(set())] == ["Guichet de printemps"]


def test_an_item_is_shown_between_its_dates_in_paris(writer, frozen):
    import datetime as dt

    from tests.conftest import TODAY

    writer.post("/gestion/actualites/nouvelle", data=item(published_at="2026-11-23T12:00", ends_at="2026-11-24T12:00"))
    assert news.for_everybody() == []
    frozen.move_to(TODAY, dt.time(12))
    assert len(news.for_everybody()) == 1
    frozen.move_to(TODAY + dt.timedelta(1), dt.time(12))
    assert news.for_everybody() == []


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"title": ""}, "Saisissez un titre"),
        ({"body": ""}, "Saisissez un texte"),
        ({"published_at": "2026-11-24T12:00", "ends_at": "2026-11-24T12:00"}, "précède"),
        ({"published_at": "demain"}, "422"),
    ],
)
def test_a_wrong_item_is_not_published(writer, over, said):
    answer = writer.post("/gestion/actualites/nouvelle", data=item(**over))
    assert answer.status_code == 422
    assert said in answer.text or said == "422"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(NewsItem)) == 0


def test_a_file_is_attached_replaced_and_read_by_its_public_only(client, writer):
    def send(where, name, **over):
        return writer.post(where, data=item(file=(io.BytesIO(files.pdf()), name), **over))

    send("/gestion/actualites/nouvelle", "note.pdf", audience="suppliers")
    made = db.session.scalars(sa.select(NewsItem)).one()
    send(f"/gestion/actualites/{made.id}", "autre.pdf", audience="suppliers")
    assert made.attachment.file_name == "autre.pdf"
    where = f"/segurnum/actualites/{made.id}/piece"
    client.post("/segurnums/deconnexion")
    assert client.get(where).status_code == 404
    made.audience = "everybody"
    db.session.commit()
    given = client.get(where)
    assert given.data == files.pdf()
    given.close()


# --- pages


def test_a_page_is_written_and_its_versions_are_kept(client, writer):
    assert "non conforme" in client.get("/segurnum/accessibilite").text
    typed = {"seen": 0, "body": "# Accessibilité\n\nPartiellement conforme."}
    assert writer.post("/gestion/pages/accessibilite", data=typed).status_code == 303
    assert "Partiellement conforme." in client.get("/segurnum/accessibilite").text
    text_pages.write("accessibilite", "# Accessibilité\n\nConforme.", 1, SYSTEM)
    assert [one.number for one in text_pages.versions("accessibilite")] == [2, 1]


def test_two_writers_of_one_page_do_not_erase_each_other(writer):
    writer.post("/gestion/pages/cgu", data={"seen": 0, "body": "# CGU\n\nA"})
    assert writer.post("/gestion/pages/cgu", data={"seen": 0, "body": "# CGU\n\nB"}).status_code == 409
    assert text_pages.body_of("cgu").endswith("A")


def test_a_page_begins_with_its_title(writer):
    assert writer.post("/gestion/pages/cgu", data={"seen": 0, "body": "sans titre"}).status_code == 422
    assert writer.get("/gestion/pages/inconnue").status_code == 404


def test_only_writers_write(login):
    assert login(factories.user(Role.DECIDER)).get("/gestion/pages/").status_code == 403
