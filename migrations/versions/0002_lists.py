"""What keeps the lists flat: one index per sort of the current avenants, and the trigrams of their numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CURRENT = {
    "ix_avenant_deposited": ("deposited_at", "id"),
    "ix_avenant_status_changed": ("status_changed_at", "id"),
    "ix_avenant_declared": ("declared_ht", "id"),
    "ix_avenant_status_deposited": ("status", "deposited_at", "id"),
    "ix_avenant_supplier_deposited": (
        "supplier_id",
        "deposited_at",
        "id",
        "number",
        "phase",
        "status",
        "payment_state",
    ),
    "ix_avenant_payment_deposited": ("payment_state", "deposited_at", "id"),
}
ONLY = {"ix_avenant_payment_deposited": " AND payment_state <> 'none'"}
PARTIAL = {
    "ix_avenant_superseded": (("supplier_id", "deposited_at", "id"), "status = 'superseded'"),
    "ix_avenant_decision_id": (("decision_id",), "decision_id IS NOT NULL"),
    "ix_avenant_judged_by_id": (("judged_by_id",), "judged_by_id IS NOT NULL"),
}
REPLACED = {
    "ix_avenant_status_deposited": ("status", "deposited_at"),
    "ix_avenant_decision_id": ("decision_id",),
    "ix_avenant_supplier_number": ("supplier_id", "number"),
}
TRIGRAMS = "avenant_number_fts"


def upgrade() -> None:
    for name in REPLACED:
        op.drop_index(name, table_name="avenant")
    for name, columns in CURRENT.items():
        more = ONLY.get(name, "")
        _partial(name, columns, "is_current = 1" + more, "is_current" + more)
    for name, (columns, where) in PARTIAL.items():
        _partial(name, columns, where, where)
    op.create_index("ix_payment_confirmed_by_id", "payment", ["confirmed_by_id"])
    if _sqlite():
        _create_trigrams()
    else:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute("CREATE INDEX ix_avenant_number_trigrams ON avenant USING gin (number gin_trgm_ops)")


def downgrade() -> None:
    if _sqlite():
        for when in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER avenant_number_{when}")
        op.execute(f"DROP TABLE {TRIGRAMS}")
    else:  # the extension stays: it may serve others, and only its owner may drop it
        op.drop_index("ix_avenant_number_trigrams", table_name="avenant")
    op.drop_index("ix_payment_confirmed_by_id", table_name="payment")
    for name in (*CURRENT, *PARTIAL):
        op.drop_index(name, table_name="avenant")
    for name, columns in REPLACED.items():
        op.create_index(name, "avenant", list(columns))


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _partial(name: str, columns: tuple[str, ...], on_sqlite: str, on_postgresql: str) -> None:
    op.create_index(
        name,
        "avenant",
        list(columns),
        sqlite_where=sa.text(on_sqlite),
        postgresql_where=sa.text(on_postgresql),
    )


def _create_trigrams() -> None:
    """An index of the numbers alone: their text stays in `avenant`."""
    op.execute(
        f"CREATE VIRTUAL TABLE {TRIGRAMS} USING fts5(number, content='avenant', content_rowid='id',"
        " tokenize='trigram', columnsize=0)"
    )
    op.execute(f"INSERT INTO {TRIGRAMS} ({TRIGRAMS}) VALUES ('rebuild')")
    add = f"INSERT INTO {TRIGRAMS} (rowid, number) VALUES (NEW.id, NEW.number)"
    remove = f"INSERT INTO {TRIGRAMS} ({TRIGRAMS}, rowid, number) VALUES ('delete', OLD.id, OLD.number)"
    op.execute(f"CREATE TRIGGER avenant_number_insert AFTER INSERT ON avenant BEGIN {add}; END")
    op.execute(f"CREATE TRIGGER avenant_number_delete AFTER DELETE ON avenant BEGIN {remove}; END")
    op.execute(f"CREATE TRIGGER avenant_number_update AFTER UPDATE OF number ON avenant BEGIN {remove}; {add}; END")
