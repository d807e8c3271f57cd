"""Can an administrator say anything a corridor may say, in forms, and is he told what is wrong and where?"""

import html
import re

import pytest

from admin_views.staff import corridor_sections
from app.corridors import anatomy, documents, editing, spec
from app.corridors.spec import CorridorSpec
from app.domain.enums import Role
from app.services import actors, corridor_drafts
from forms import corridor_parts
from tests import factories
from tests.shipped import SPECS

DRAFTS = "/gestion/couloirs/brouillons"


@pytest.fixture
def admin(session):
    return factories.user(Role.ADMINISTRATOR)


@pytest.fixture
def draft(admin, session):
    factories.corridor()
    made = corridor_drafts.open("MDV", actors.of(admin))
    session.commit()
    return made


@pytest.fixture
def browser(login, admin):
    return login(admin)


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the page's form as it stands, by name."""
    form = re.search(r"<form method=\"post\"[^>]*data-draft-check.*?</form>", page, re.DOTALL)[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        if 'type="checkbox"' in tag and "checked" not in tag:
            continue
        value = re.search(r'value="([^"]*)"', tag)
        sent.setdefault(re.search(r'name="([^"]*)"', tag)[1], []).append(html.unescape(value[1]) if value else "")
    for name, body in re.findall(r"<textarea[^>]*name=\"([^\"]*)\"[^>]*>(.*?)</textarea>", form, re.DOTALL):
        sent[name] = [html.unescape(body).strip()]
    for name, body in re.findall(r"<select[^>]*name=\"([^\"]*)\"[^>]*>(.*?)</select>", form, re.DOTALL):
        sent[name] = [html.unescape(one) for one in re.findall(r'<option selected value="([^"]*)"', body)]
    return sent


def places_of(document):
    """Every address of the editor that asks for something in this document."""
    for section in corridor_sections.SECTIONS:
        if not section.is_list:
            yield section.slug
        for rank, _ in enumerate(editing.elements(document, section.key) if section.is_list else ()):
            yield f"{section.slug}/{rank}"


# --- the whole model is asked


def test_every_key_of_every_part_of_a_document_is_asked_in_a_form(app):
    """A key added to the model appears in the editor, or this test fails."""
    offers = corridor_sections.offers({})
    with app.test_request_context():
        asked = {model: set(corridor_parts.form_of(model, offers)()._fields) for model in anatomy.models()}
    elsewhere = {
        (CorridorSpec, "code"),  # when the draft is opened
        *((CorridorSpec, key) for section in corridor_sections.SECTIONS for key in section.keys),
    }
    missing = [
        (model.__name__, key)
        for model in anatomy.models()
        for key, info in model.model_fields.items()
        if key not in asked[model]
        and (model, key) not in elsewhere
        and anatomy.shape(info).kind not in ("tables",)  # by CSV
        and not (anatomy.shape(info).kind == "one_of" and model is spec.SoftwareSpec)  # under « Montants »
        and len(anatomy.shape(info).options) != 1  # the kind of a rule, chosen first
    ]
    assert missing == []


def test_every_key_of_the_document_is_in_one_section():
    named = [key for section in corridor_sections.SECTIONS for key in section.keys]
    assert sorted([*named, "code"]) == sorted(CorridorSpec.model_fields)


def test_every_key_and_section_is_called_in_french():
    for model in anatomy.models():
        for key in model.model_fields:
            assert corridor_sections.word(model, key)[0] != key, (model, key)


@pytest.mark.parametrize("shipped", SPECS.values(), ids=lambda one: one.code)
def test_every_part_of_every_corridor_opened_and_saved_unchanged_stays_the_same(shipped, admin, session, browser):
    draft = corridor_drafts.open(shipped.code, actors.of(admin))
    corridor_drafts.save(draft, documents.canonical(shipped), actors.of(admin))
    session.commit()
    before = draft.document
    assert corridor_drafts.faults(draft) == ()
    for place in places_of(before):
        where = f"{DRAFTS}/{draft.id}/contenu/{place}"
        page = browser.get(where)
        assert page.status_code == 200, place
        answer = browser.post(where, data=fields_of(page.text))
        assert answer.status_code == 303, (place, re.findall(r"sg-error[^>]*>([^<]*)<", answer.text))
        session.refresh(draft)
        assert draft.document == before, place
