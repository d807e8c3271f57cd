"""Does a statement that is too long, or a lock held too long, become a page that says so, with nothing half-written?

Real slow statements and a real lock of another connection; the limits are some hundredths of a second.
"""

import contextvars
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import g
from flask.testing import FlaskClient

import config
from app.domain.enums import JobOutcome, Role
from app.domain.schedule import Schedule
from app.extensions import db, set_hurried
from app.models.job_runs import JobRun
from app.models.suppliers import Supplier
from app.models.users import User, WebSession
from app.services import clock, exports
from app.services.actors import SYSTEM
from app.services.exports import Export
from app.web import sessions
from jobs import runner
from jobs.registry import Job
from tests import factories
from tests.committed import Ground, ground

pytestmark = pytest.mark.committed


@pytest.fixture
def quick(tmp_path) -> Iterator[Ground]:
    """A ground whose limits are short. CSRF is asked for elsewhere (test_csrf)."""
    with ground(tmp_path, shared=False, STATEMENT_TIMEOUT="0.15", LOCK_TIMEOUT="0.05") as made:
        made.app.config["WTF_CSRF_ENABLED"] = False
        yield made
    set_hurried(False)  # the test's own client said so


def long_query(seconds: float = 3600) -> sa.Select:
    """A statement of about that length: PostgreSQL sleeps, SQLite counts."""
    if db.engine.dialect.name == "postgresql":
        return sa.select(sa.cast(sa.func.pg_sleep(seconds), sa.Text).label("one"))
    numbers = sa.select(sa.literal(0).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < int(seconds * 10_000_000)))
    return sa.select(sa.cast(sa.func.max(numbers.c.n), sa.Text).label("one"))


@contextmanager
def locked_elsewhere(row: sa.Select) -> Iterator[None]:
    """Another connection holds these rows; on SQLite, which locks no row, the whole base."""
    other = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
    with other.begin() as connection:
        connection.execute(row.with_for_update())
        yield


def signed_in(quick: Ground, person: User) -> FlaskClient:
    """A browser whose session row, last seen six minutes ago, is to be written at its next request."""
    with quick.app.test_request_context():
        from flask import session as cookie

        sessions.open_session(quick.app, person)
        kept = {"_user_id": person.fs_uniquifier, "_fresh": True, sessions.KEY: cookie[sessions.KEY]}
    db.session.execute(sa.update(WebSession).values(last_seen_at=clock.now() - dt.timedelta(minutes=6)))
    db.session.commit()
    client = quick.app.test_client()
    with client.session_transaction() as cookie:
        cookie |= kept
    return client


@contextmanager
def lock_limits_seen() -> Iterator[set[str]]:
    """How long each statement would have waited for a lock, as the database itself says it."""
    seen: set[str] = set()
    asked = "SHOW lock_timeout" if db.engine.dialect.name == "postgresql" else "PRAGMA busy_timeout"

    def look(connection, *statement) -> None:
        ((limit,),) = connection.connection.driver_connection.execute(asked).fetchall()
        seen.add(str(limit).removesuffix("ms"))

    sa.event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", look)


def add_supplier_then(statement) -> str:
    """A view that writes, then sends this statement before its commit."""
    db.session.add(Supplier(siret="38042372300028", name="A MOITIE"))
    db.session.flush()
    db.session.execute(statement)
    db.session.commit()
    return "fait"


def suppliers() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Supplier.name)))


def test_a_page_that_takes_too_long_says_to_narrow_the_search(quick):
    quick.app.add_url_rule("/lent", view_func=lambda: str(db.session.scalar(long_query())))
    answer = quick.app.test_client().get("/lent")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Réponse trop longue" in answer.text
    assert "Précisez la recherche" in answer.text


def test_what_is_interrupted_leaves_nothing_half_written(quick):
    view = lambda: add_supplier_then(long_query())  # noqa: E731
    quick.app.add_url_rule("/ecrit", "ecrit", view, methods=["POST"])
    assert quick.app.test_client().post("/ecrit").status_code == 503
    assert suppliers() == []


def test_what_is_interrupted_inside_a_savepoint_leaves_nothing_either(quick):
    """SQLite undoes the whole transaction of an interrupted INSERT: the savepoint is gone when it is rolled back to."""
    name = long_query().scalar_subquery()
    grown = sa.insert(Supplier).values(siret="40483304800022", name=name)

    def view() -> str:
        with db.session.begin_nested():
            return add_supplier_then(grown)

    quick.app.add_url_rule("/ecrit", "ecrit", view, methods=["POST"])
    answer = quick.app.test_client().post("/ecrit")
    assert answer.status_code == 503
    assert "Réponse trop longue" in answer.text
    assert suppliers() == []


def test_a_lock_held_elsewhere_says_to_try_again(quick):
    held = factories.supplier()
    db.session.commit()
    change = sa.update(Supplier).where(Supplier.id == held.id).values(name="AUTRE")
    name = held.name
    quick.app.add_url_rule("/ecrit", "ecrit", lambda: add_supplier_then(change), methods=["POST"])
    db.session.rollback()
    with locked_elsewhere(sa.select(Supplier.id)):
        answer = quick.app.test_client().post("/ecrit")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "La base est occupée, réessayez." in answer.text
    assert suppliers() == [name]
    assert quick.app.test_client().post("/ecrit").text == "fait"  # once the lock is given back
    assert sorted(suppliers()) == ["A MOITIE", "AUTRE"]


def test_the_page_that_says_so_does_not_wait_for_the_same_lock(quick):
    """The person himself cannot be loaded: his session row, five minutes old, is to be written."""
    client = signed_in(quick, factories.user(Role.OFFICER))
    with locked_elsewhere(sa.select(WebSession.id)):
        answer = client.get("/gestion/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    g.pop("_login_user", None)  # the test and its requests share one application context
    assert client.get("/gestion/").status_code == 200


def test_any_other_error_of_the_database_is_a_bug(quick):
    quick.app.add_url_rule("/casse", view_func=lambda: str(db.session.scalar(sa.text("SELECT gone FROM gone"))))
    answer = quick.app.test_client().get("/casse")
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers


def test_a_page_after_an_interrupted_one_has_all_its_time(quick):
    quick.app.add_url_rule("/lent", view_func=lambda: str(db.session.scalar(long_query())))
    client = quick.app.test_client()
    assert client.get("/lent").status_code == 503
    assert client.get("/segurnum/").status_code == 200


def test_an_export_takes_the_time_it_needs(quick):
    query = long_query(0.2)
    made = Export("demandes", ("N° ASP",), tuple(query.selected_columns), query)
    set_hurried(True)
    db.session.rollback()
    assert len(b"".join(exports.stream(made)).splitlines()) == 2
    db.session.rollback()


def test_a_large_form_after_an_export_of_the_same_thread_has_limits_from_its_first_statement(quick):
    """Who may send one is looked up before the form is read, hence before anything else of the request."""
    client = signed_in(quick, factories.supplier_user())
    b"".join(exports.stream(exports.requests_export(None, SYSTEM)))
    db.session.rollback()
    g.pop("_login_user", None)
    with lock_limits_seen() as seen:
        assert client.post("/segurnums/imports/nouveau").status_code < 500
    assert seen == {"50"}


def test_a_command_takes_the_time_it_needs(quick):
    """In the state a new process begins in."""

    def command() -> None:
        with quick.app.app_context():
            db.session.execute(long_query(0.2)).one()

    contextvars.Context().run(command)


def test_a_job_that_takes_too_long_fails_and_writes_nothing(quick):
    job = Job(Schedule("lent", "Essai", "", seconds=5), lambda: len(add_supplier_then(long_query())))
    report = runner.run(job, quick.app.app_context)
    assert report.error
    assert suppliers() == []
    assert db.session.scalars(sa.select(JobRun.outcome)).all() == [JobOutcome.FAILED]


@pytest.mark.parametrize("environment", ["demo", "test", "production"])
@pytest.mark.parametrize("name", ["STATEMENT_TIMEOUT", "LOCK_TIMEOUT"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "0.0004", "1e9", "abc", ""])
def test_no_environment_does_without_a_limit(environment, name, value):
    with pytest.raises(config.UnsafeSettings, match=f"- {name} doit être un nombre de secondes, de 0,001 à 86400"):
        config.read({"APP_ENV": environment, name: value})


def test_a_bug_met_while_a_busy_base_was_being_told_of_is_a_bug(quick):
    """It stands behind the bug only because it was being handled: nothing links it to what failed."""

    def view() -> str:
        try:
            db.session.execute(long_query())
        except sa.exc.OperationalError:
            db.session.rollback()
            return {}["absent"]
        return "fait"

    quick.app.add_url_rule("/casse", view_func=view)
    answer = quick.app.test_client().get("/casse")
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers


def test_what_was_raised_from_a_struck_statement_is_struck(quick):
    def view() -> str:
        try:
            return str(db.session.scalar(long_query()))
        except sa.exc.OperationalError as fault:
            raise LookupError("liste illisible") from fault

    quick.app.add_url_rule("/lent", view_func=view)
    assert quick.app.test_client().get("/lent").status_code == 503
