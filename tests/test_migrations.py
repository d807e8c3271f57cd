"""Is the database the migrations make the one the models describe, down to what autogenerate does not look at?"""

import re

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.extensions import db
from app.services import audit
from app.services.actors import SYSTEM
from tests import factories, lives
from tests.committed import ground

pytestmark = [
    pytest.mark.committed,
    # SQLite cannot describe an index on an expression: this file looks at those itself.
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
]

FOR_EVER = (
    "audit_entry",
    "corridor_version",
    "decision",
    "mail_template_version",
    "payment",
    "payment_order",
    "recovery_order",
)
SETTLED = ("avenant", "payment", "envelope_change", "recovery_order")
REPEATED = {
    ("avenant", "avenant_of_its_dossier"),
    ("avenant", "avenant_of_its_dossier_kept"),
    ("dossier", "dossier_repeated_kept"),
    ("funding_request", "funding_request_dossier_kept"),
}
TRIGGERS = (
    {(table, f"{table}_{what}") for table in FOR_EVER for what in ("no_delete", "no_update")}
    | {(table, f"{table}_settled") for table in SETTLED}
    | REPEATED
    | {("declared_version", "declared_version_no_update")}
    | {("recovery_order", "recovery_order_within_payment")}
)
TRUNCATE_TRIGGERS = {(table, f"{table}_no_truncate") for table in FOR_EVER}  # SQLite has no TRUNCATE


# The trigrams: a full-text table filled by triggers on SQLite, an index on PostgreSQL.
TRIGRAM_TRIGGERS = {("avenant", f"avenant_number_{when}") for when in ("insert", "update", "delete")} | {
    ("audit_entry", "audit_subject_insert")
}


OF_DOSSIERS = (
    "SELECT avenant.corridor_code, avenant.software_type, dossier.corridor_code, dossier.software_type FROM avenant"
    " JOIN funding_request ON funding_request.id = avenant.request_id"
    " JOIN dossier ON dossier.id = funding_request.dossier_id ORDER BY avenant.id"
)


def in_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def query(text: str) -> list[tuple]:
    return [tuple(row) for row in db.session.execute(sa.text(text))]


def checks_of_models() -> set[tuple[str, str]]:
    return {
        (table.name, str(constraint.name))
        for table in db.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }


def checks_of_database() -> set[tuple[str, str]]:
    if in_sqlite():
        made = query("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        return {(name, check) for name, text in made for check in re.findall(r'CONSTRAINT "?(\w+)"? CHECK', text)}
    return set(
        query("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0")
    )


def special_indexes_of_models() -> dict[str, bool]:
    """Partial indexes and those on an expression, with whether they are unique."""
    return {
        str(index.name): bool(index.unique)
        for table in db.metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
        or any(not isinstance(part, sa.Column) for part in index.expressions)
    }


def special_indexes_of_database() -> dict[str, bool]:
    if in_sqlite():
        made = query("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    else:
        made = query("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    special = [(name, text) for name, text in made if " WHERE " in text or re.search(r"\(\s*\(?lower\(", text)]
    return {name: text.startswith("CREATE UNIQUE") for name, text in special}


def unquoted(names: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(table.strip('"'), name) for table, name in names}


def test_there_is_one_head(app):
    assert len(ScriptDirectory("migrations").get_heads()) == 1


def test_upgrading_from_nothing_leaves_no_drift(committed):
    flask_migrate.check()


def test_every_check_of_the_models_is_in_the_database(session):
    assert unquoted(checks_of_database()) == checks_of_models()


def test_partial_and_expression_indexes_are_in_the_database(session):
    assert special_indexes_of_database() == special_indexes_of_models()


def test_triggers_are_in_the_database(session):
    if in_sqlite():
        found = query("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
    else:
        found = query("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
    assert set(found) == TRIGGERS | (TRIGRAM_TRIGGERS if in_sqlite() else TRUNCATE_TRIGGERS)


def test_numbers_are_found_by_their_trigrams(committed):
    number = factories.avenant().number
    db.session.commit()
    if in_sqlite():
        match = f"SELECT rowid FROM avenant_number_fts WHERE avenant_number_fts MATCH '\"{number[3:9]}\"'"
        assert query(match) == query("SELECT id FROM avenant")
        db.session.execute(sa.text("DELETE FROM avenant"))
        assert query(match) == []
    else:
        found = query("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_avenant_number_trigrams'")
        assert "gin (number gin_trgm_ops)" in found[0][0]


def test_what_entries_are_about_is_found_by_its_trigrams(committed):
    number = factories.avenant().number
    audit.record("essai", "request", number, SYSTEM)
    db.session.commit()
    if in_sqlite():
        match = f"SELECT rowid FROM audit_subject_fts WHERE audit_subject_fts MATCH '\"{number[3:9]}\"'"
        assert query(match) == query(f"SELECT id FROM audit_entry WHERE subject = '{number}'")
    else:
        found = query("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_audit_entry_subject_trigrams'")
        assert "gin (subject gin_trgm_ops)" in found[0][0]


@pytest.mark.parametrize("other", [{"software_type": "AUTRE"}, {"corridor_code": "ZZZ"}])
def test_an_avenant_that_does_not_repeat_its_dossier_is_refused(session, other):
    mine = factories.enrolment()
    db.session.commit()
    with pytest.raises(DatabaseError, match="does not repeat its dossier"):
        factories.avenant(mine, **other)
    db.session.rollback()


def test_the_migration_gives_each_avenant_what_it_repeats_of_its_dossier(committed):
    for code in ("MDV", "HOP"):
        factories.avenant(factories.enrolment(code=code))
    db.session.commit()
    before = query(OF_DOSSIERS)
    db.session.rollback()
    flask_migrate.downgrade(revision="0002")
    flask_migrate.upgrade()
    assert query(OF_DOSSIERS) == before
    assert len(set(before)) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE avenant SET software_type = 'AUTRE'",
        "UPDATE avenant SET corridor_code = 'ZZZ'",
        "UPDATE dossier SET software_type = 'AUTRE'",
        "UPDATE dossier SET corridor_code = 'ZZZ'",
        "UPDATE funding_request SET dossier_id = dossier_id + 1",
        "UPDATE audit_entry SET action = 'autre'",
        "UPDATE audit_entry SET payload = '{}'",
        "DELETE FROM audit_entry",
        "UPDATE corridor_version SET number = 9",
        "UPDATE corridor_version SET document = '{}'",
        "DELETE FROM corridor_version",
        "UPDATE payment SET amount = amount + 1",
        "UPDATE payment SET iban = 'FR00'",
        "UPDATE payment SET reference = 'autre'",
        "DELETE FROM payment",
        "UPDATE payment_order SET control_total = 0",
        "DELETE FROM payment_order",
        "UPDATE recovery_order SET amount = amount - 1",
        "UPDATE recovery_order SET judged_by_id = NULL",
        "UPDATE recovery_order SET reference = 'autre'",
        "UPDATE recovery_order SET status = 'issued', recovered_on = NULL, reference = NULL, recovered_by_id = NULL,"
        " recovered_at = NULL",
        "DELETE FROM recovery_order",
        "UPDATE decision SET total = 0",
        "DELETE FROM decision",
        "UPDATE avenant SET amount = amount + 1",
        "UPDATE avenant SET decision_id = NULL, decided_at = NULL, status = 'validated', payment_state = 'none'",
        "UPDATE envelope_change SET amount = amount + 1",
    ],
)
def test_what_is_written_for_ever_cannot_be_changed(session, statement):
    paid = factories.avenant()
    lives.paid(paid)
    lives.recovered(paid, "100.00")
    db.session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()


def test_recovery_orders_never_exceed_the_payment_nor_are_two_open(committed):
    paid = factories.avenant()
    lives.paid(paid)
    order = lives.recovered(paid, "100.00")
    db.session.commit()

    def again(number: str, amount: int) -> None:
        db.session.execute(
            sa.text(
                "INSERT INTO recovery_order (number, payment_id, request_id, amount, is_total, reason, status,"
                " proposed_by_id, proposed_at, judgement, version) SELECT :number, payment_id, request_id, :amount,"
                " is_total, reason, 'proposed', proposed_by_id, proposed_at, '', 1 FROM recovery_order WHERE id = :id"
            ),
            {"number": number, "amount": amount, "id": order.id},
        )

    with pytest.raises(DatabaseError, match="more than was paid"):
        again("OR-A", 22_251)  # 322,50 were paid, 100,00 came back
    db.session.rollback()
    again("OR-B", 100)
    with pytest.raises(IntegrityError):
        again("OR-C", 100)
    db.session.rollback()


def test_a_payload_may_be_emptied_by_retention(committed):
    factories.corridor()
    db.session.commit()
    db.session.execute(sa.text("UPDATE audit_entry SET payload = NULL"))
    db.session.commit()


@pytest.mark.parametrize(
    "change",
    [
        "status = 'decided', amount = NULL",
        "status = 'validated', amount = 1, judged_at = NULL",
        "status = 'superseded'",
        "status = 'inconnu'",
        "declared_ht = 0",
        "completed_at = NULL",
        "payment_state = 'paid'",
        "is_current = NULL",
        "supplier_id = 999999",
    ],
)
def test_the_database_refuses_an_incoherent_request(session, change):
    factories.avenant()
    db.session.commit()
    with pytest.raises(IntegrityError):
        db.session.execute(sa.text(f"UPDATE avenant SET {change}"))
    db.session.rollback()


def test_downgrading_leaves_nothing_but_the_version_table(tmp_path):
    with ground(tmp_path):
        flask_migrate.downgrade(revision="base")
        assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
        flask_migrate.upgrade()
        flask_migrate.check()
