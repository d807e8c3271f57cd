"""The trail is only ever added to, and says where somebody who went round the portal touched it."""

import os

import pytest
import sqlalchemy as sa

from app.extensions import db
from app.models.audit import AuditEntry, AuditHead
from app.services import audit
from app.services.actors import SYSTEM
from tests import factories

POSTGRES = bool(os.environ.get("TEST_DATABASE_URL"))
LINES = 5


def record(count: int = 1) -> None:
    for rank in range(count):
        audit.record("agir", "request", f"FIN{rank}", SYSTEM, before={"status": "a"}, after={"status": "é", "n": rank})


@pytest.fixture
def trail(session):
    record(LINES)
    db.session.commit()


def breaches():
    db.session.expire_all()
    return {(breach.rank, breach.reason) for breach in audit.verify()}


def ranks():
    return {rank for rank, _ in breaches()}


def tamper(statement: str, **values: object) -> None:
    """What a superuser can do: lift the triggers, write, put them back."""
    connection = db.session.connection()
    if POSTGRES:
        connection.exec_driver_sql("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    else:
        names = ("audit_entry_no_update", "audit_entry_no_delete")
        said = dict(
            connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_entry%'"
            ).all()
        )
        assert set(said) == set(names)
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.execute(sa.text(statement), values)
    if POSTGRES:
        connection.exec_driver_sql("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    else:
        for sql in said.values():
            connection.exec_driver_sql(sql)
    db.session.commit()


def test_it_holds(trail):
    assert breaches() == set()
    assert db.session.scalars(sa.select(AuditEntry.id).order_by(AuditEntry.id)).all() == list(range(1, LINES + 1))


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'Un autre'",
        "action = 'rien'",
        "subject = 'FIN9'",
        "address = '10.0.0.1'",
        "at = '2020-01-01 00:00:00'",
        "digest = '" + "1" * 64 + "'",
        "payload_digest = '" + "1" * 64 + "'",
        """payload = '{"before": {}, "after": {}}'""",
        "payload = '\"rien\"'",
    ],
)
def test_an_altered_row_is_named(trail, change):
    tamper(f"UPDATE audit_entry SET {change} WHERE id = 3")
    assert 3 in ranks()
    assert ranks() <= {3, 4}


def test_a_row_rewritten_with_its_hash_breaks_the_next(trail):
    row = db.session.get_one(AuditEntry, 3)
    line = {name: getattr(row, name) for name in ("at", "actor_id", "address", "action", "subject_kind", "subject")}
    forged = audit.chain_digest(3, line | {"actor": "Un autre"}, row.payload_digest, row.previous_digest)
    tamper("UPDATE audit_entry SET actor = 'Un autre', digest = :digest WHERE id = 3", digest=forged)
    assert breaches() == {(4, "la ligne ne suit pas la précédente")}


def test_a_removed_row_is_named(trail):
    tamper("DELETE FROM audit_entry WHERE id = 2")
    assert 2 in ranks()


@pytest.mark.parametrize("last", [(LINES,), tuple(range(1, LINES + 1))])
def test_the_removal_of_the_end_is_seen(trail, last):
    tamper(f"DELETE FROM audit_entry WHERE id IN ({', '.join(map(str, last))})")
    assert breaches() == {(min(last), "la fin de la chaîne a été retirée")}


def test_the_removal_of_the_head_is_seen(trail):
    db.session.execute(sa.delete(AuditHead))
    assert ranks() == {LINES + 1}


def test_a_payload_purged_by_retention_breaks_nothing(trail):
    db.session.execute(sa.update(AuditEntry).where(AuditEntry.id.in_([2, 4])).values(payload=None))
    db.session.commit()
    assert breaches() == set()
    record()
    db.session.commit()
    assert breaches() == set()


REFUSED = {
    "audit_entry": [
        "UPDATE audit_entry SET actor = 'x'",
        """UPDATE audit_entry SET payload = '{}'""",
        "UPDATE audit_entry SET payload = NULL, actor = 'x'",
        "DELETE FROM audit_entry",
    ],
    "corridor_version": ["UPDATE corridor_version SET number = 9", "DELETE FROM corridor_version"],
}


@pytest.mark.parametrize(
    ("table", "statement"), [(table, statement) for table, refused in REFUSED.items() for statement in refused]
)
def test_the_database_itself_refuses_to_rewrite(trail, table, statement):
    factories.corridor()
    db.session.commit()
    with pytest.raises(sa.exc.DBAPIError, match=f"{table} is append-only"), db.session.begin_nested():
        db.session.execute(sa.text(statement))


def test_what_is_rolled_back_is_not_in_the_trail(trail):
    record()
    db.session.rollback()
    record()
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == LINES + 1


def test_what_a_savepoint_undid_is_not_in_the_trail(trail):
    audit.record("avant", "request", "FIN", SYSTEM)
    undone = db.session.begin_nested()
    audit.record("dedans", "request", "FIN", SYSTEM)
    with db.session.begin_nested():
        audit.record("plus loin", "request", "FIN", SYSTEM)
    undone.rollback()
    with db.session.begin_nested():
        audit.record("après", "request", "FIN", SYSTEM)
    db.session.commit()
    done = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.id > LINES).order_by(AuditEntry.id)).all()
    assert done == ["avant", "après"]
    assert breaches() == set()
