"""Is every form refused without its token, before anything is written?"""

import pytest
import sqlalchemy as sa

from app.domain.enums import Role
from app.extensions import db
from app.models.audit import AuditEntry
from tests import factories
from tests.access_table import WHO
from tests.test_access import routes


@pytest.fixture
def guarded(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return client


def role_for(endpoint: str) -> Role:
    """One it is open to; of an address closed to everybody, any: the token is asked for first."""
    return min((role for role in WHO[endpoint] if role), key=str, default=Role.OFFICER)


def written_rows() -> dict[str, int]:
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in db.metadata.sorted_tables
        if table.name != "web_session"
    }


@pytest.mark.parametrize("form", [{}, {"csrf_token": "faux"}], ids=["no token", "wrong token"])
def test_every_post_without_its_token_is_refused(app, session, guarded, login, form):
    posts = [(endpoint, where) for endpoint, method, where in routes(app) if method == "POST"]
    asked = {role_for(endpoint) for endpoint, _ in posts}
    people = {role: factories.supplier_user() if role is Role.SUPPLIER else factories.user(role) for role in asked}
    session.commit()
    before = written_rows()
    answers = {}
    for role, person in people.items():
        login(person)
        mine = [(endpoint, where) for endpoint, where in posts if role_for(endpoint) is role]
        answers |= {endpoint: guarded.post(where, data=form).status_code for endpoint, where in mine}
    assert len(answers) == len({endpoint for endpoint, _ in posts})
    assert {endpoint: code for endpoint, code in answers.items() if code != 400} == {}
    assert written_rows() == before


def test_no_page_that_is_read_writes_anything(app, session, client, login):
    factories.avenant()
    session.commit()
    person = factories.user(Role.DECIDER)
    supplier = factories.supplier_user()
    session.commit()
    before = written_rows(), session.scalar(sa.select(sa.func.count(AuditEntry.id)))
    for one in (person, supplier):
        login(one)
        for _, method, where in routes(app):
            if method == "GET":
                client.get(where)
    assert (written_rows(), session.scalar(sa.select(sa.func.count(AuditEntry.id)))) == before
