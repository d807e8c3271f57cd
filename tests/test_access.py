"""Does each route open to the roles of tests/access_table.py and to nobody else, each answer with its protections?"""

import pytest
from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter

from app.domain.enums import Role
from tests import factories
from tests.access_table import ANYBODY, HIDDEN, WHO
from tests.protections import protected

LOGIN = "/segurnums/connexion"
# A well-formed value for each argument of an address; nothing of that name exists.
ARGUMENTS = {
    "number": "FINMDV999999M0", "key": "valider", "code": "AAA", "siret": "38042372300028", "verdict": "approuver",
    "filename": "absent.css", "export_type": "csv", "phase": "avance", "ans_number": "abc000001", "token": "1.a",
    "username": "personne", "act": "deverrouiller", "slug": "cgu",
    "form": "json", "section": "champs", "rank": "0", "move": "monter", "name": "modele", "job": "rien",
    "event": "identifier",
}  # fmt: skip


def address(rule: Rule) -> str:
    numbers = {name for name, converter in rule._converters.items() if isinstance(converter, NumberConverter)}
    values = {name: 999 if name in numbers else ARGUMENTS[name] for name in rule.arguments}
    built = rule.build(values)
    assert built is not None, rule
    return built[1]


def routes(app) -> list[tuple[str, str, str]]:
    """(endpoint, method, address), logout last: it ends the session."""
    found = [
        (rule.endpoint, method, address(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda route: (route[0] == "security.logout", route))


def test_every_route_is_in_the_table_and_the_table_has_no_other(app):
    registered = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert registered - WHO.keys() == set(), "add these routes to tests/access_table.py"
    assert WHO.keys() - registered == set(), "these routes are gone"


@pytest.fixture
def as_(client, login):
    def browser(role):
        if role is None:
            return client
        return login(factories.supplier_user() if role is Role.SUPPLIER else factories.user(role))

    return browser


@pytest.mark.parametrize("role", sorted(ANYBODY, key=str), ids=str)
def test_each_route_opens_to_those_of_the_table_only_and_every_answer_is_protected(app, session, as_, role):
    browser = as_(role)
    wrong, bare = [], []
    for endpoint, method, where in routes(app):
        answer = browser.open(where, method=method)
        to_login = answer.status_code == 302 and answer.location.startswith(LOGIN)
        kept_out = to_login if role is None else answer.status_code == 403
        allowed = role in WHO[endpoint]
        hidden = endpoint.rpartition(".")[2] in HIDDEN
        right = answer.status_code == 404 if allowed and hidden else allowed != kept_out
        if endpoint == "security.logout":
            right = answer.status_code == 302
        if not right or answer.status_code >= 500:
            wrong.append(f"{method} {where} ({endpoint}): {answer.status_code}")
        if not protected(endpoint, role, answer.headers):
            bare.append(f"{method} {where}: {dict(answer.headers)}")
    assert (wrong, bare) == ([], [])


def test_a_role_taken_away_closes_at_the_next_request(session, login):
    person = factories.user(Role.DECIDER, Role.ANALYST)
    client = login(person)
    assert client.get("/gestion/decisions/nouvelle").status_code == 200
    person.role_rows = [row for row in person.role_rows if row.name != Role.DECIDER]
    session.commit()
    assert client.get("/gestion/decisions/nouvelle").status_code == 403
    assert client.get("/gestion/exports/demandes").status_code == 200
