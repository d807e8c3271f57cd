"""Does a version published by one web process rule the next request of another, with nothing restarted?"""

import pytest

from app.domain.enums import Role
from app.extensions import db
from app.factory import create_app
from app.services import actors, corridor_drafts, corridor_versions, ports
from tests import factories
from tests.conftest import settings_for

pytestmark = pytest.mark.committed


@pytest.fixture
def processes(committed):
    """Two applications, each with its own connections and caches, on one database."""
    before = ports.configured()
    other = create_app(settings_for(committed.url, committed.folder))
    yield committed.app, other
    with other.app_context():
        db.session.remove()
        db.engine.dispose()
    ports.configure(before)


def told_by(app, code="MDV") -> str:
    """What the public documentation of this process says of a corridor."""
    return app.test_client().get(f"/segurnum/documentation-json/{code}").get_data(as_text=True)


def publish(**changes):
    author, reader = (actors.of(factories.user(Role.ADMINISTRATOR)) for _ in range(2))
    draft = corridor_drafts.open("MDV", author)
    corridor_drafts.save(draft, draft.document | changes, author)
    corridor_drafts.submit(draft, author)
    version = corridor_drafts.publish(draft, reader)
    db.session.commit()
    return version


def test_what_one_publishes_the_other_says_at_its_next_request(processes):
    one, other = processes
    factories.corridor()
    db.session.commit()
    assert "Médecine de ville" in told_by(other)
    assert "Médecine des villes et des champs" not in told_by(other)
    publish(label="Médecine des villes et des champs")
    assert "Médecine des villes et des champs" in told_by(other)
    assert "Médecine des villes et des champs" in told_by(one)


def test_what_one_closes_the_other_refuses_at_its_next_request(processes):
    from app.domain.enums import Phase
    from app.services import clock

    _, other = processes
    factories.corridor()
    db.session.commit()

    def is_open() -> bool:
        with other.app_context():
            spec = corridor_versions.spec_of(corridor_versions.in_force("MDV"))
            found = spec.window(1, Phase.AVANCE, clock.now(), spec.software[0].type)
            db.session.remove()
            return found is not None

    assert is_open()
    spec = corridor_versions.spec_of(corridor_versions.in_force("MDV"))
    past = [
        window.model_dump(mode="json") | {"closes_at": clock.now().isoformat(), "opens_at": "2026-01-01T00:00:00+01:00"}
        for window in spec.windows
    ]
    publish(windows=past)
    assert not is_open()
