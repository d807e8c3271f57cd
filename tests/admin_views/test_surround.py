"""Is what surrounds a list, drawn once for all, free of what one person typed or is offered?"""

import re

import pytest

from app.domain.enums import Role
from app.extensions import db
from tests import factories

LIST = "/segurnums/demandes/"


@pytest.fixture
def asked(login):
    """`asked(person, path)`: the page that a person is shown, before its rows."""
    return lambda person, path: login(person).get(path).text.split("<tbody")[0]


def options(page: str, name: str) -> list[str]:
    found = re.search(rf'<select[^>]* id="{name}".*?</select>', page, re.DOTALL)
    return re.findall(r'<option value="([^"]+)"', found[0])


def test_what_was_typed_is_shown_to_who_typed_it_alone(session, asked):
    mine, other = (factories.supplier_user(factories.enrolment().supplier) for _ in range(2))
    before = asked(mine, LIST)
    typed = asked(
        mine, f"{LIST}?numero=719&type=solde&logiciel=LGC&depot_du=2026-01-02&depot_au=2026-01-03&f_number=FINX"
    )
    for value in ('value="719"', 'value="solde" selected', 'value="2026-01-02"', 'value="FINX"'):
        assert value in typed
        assert value not in before
    assert [page for page in (asked(mine, LIST), asked(other, LIST)) if "719" in page or "FINX" in page] == []
    assert options(asked(mine, LIST), "type") == options(typed, "type") == ["avance", "solde"]


def test_each_supplier_is_offered_his_own_software(session, asked):
    kept = [factories.enrolment() for _ in range(2)]
    for one, kind in zip(kept, ("LGC", "RIS"), strict=True):
        one.referencing.software_type = kind
    db.session.flush()
    for one, kind in zip(kept, ("LGC", "RIS"), strict=True):
        assert options(asked(factories.supplier_user(one.supplier), LIST), "logiciel") == [kind]


def test_a_refused_criterion_says_why_on_that_page_only(session, asked):
    officer = factories.user(Role.OFFICER)
    assert "au moins 3 caractères" in asked(officer, "/gestion/demandes/?numero=ab")
    assert "au moins 3 caractères" not in asked(officer, "/gestion/demandes/")


def test_the_headings_lead_to_their_sorts_with_the_criteria_of_the_page(session, asked):
    officer = factories.user(Role.OFFICER)
    for criteria in ("statut=in_progress&amp;", "type=avance&amp;", ""):
        page = asked(officer, f"/gestion/demandes/?{criteria.replace('&amp;', '&')}tri=number")
        assert f'href="/gestion/demandes/?{criteria}tri=-number"' in page
        assert f'href="/gestion/demandes/?{criteria}tri=declared_ht"' in page
        assert page.count("aria-sort") == 1


def test_the_menu_marks_the_page_that_is_shown(session, asked):
    officer = factories.user(Role.OFFICER)
    for path in ("/gestion/demandes/", "/gestion/couloirs/", "/gestion/demandes/"):
        menu = asked(officer, path).split("sg-nav")[1].split("</nav>")[0]
        assert re.findall(r'<a href="([^"]+)" aria-current', menu) == [path]
