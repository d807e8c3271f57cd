"""What keeps the lists flat: the corridor and the software type repeated on each avenant, what the searches of the
journal, the mails, the payments and the job runs read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OF_SUPPLIER = ("supplier_id", "deposited_at", "id", "number", "phase", "status", "payment_state")
INDEXES = {
    "audit_entry": {
        "ix_audit_entry_at": ("at", "id"),
        "ix_audit_entry_actor_at": ("actor", "at", "id"),
        "ix_audit_entry_action_at": ("action", "at", "id"),
    },
    "mail": {
        "ix_mail_created": ("created_at", "id"),
        "ix_mail_recipient_created": ("recipient", "created_at", "id"),
        "ix_mail_event_created": ("event", "created_at", "id"),
    },
    "job_run": {
        "ix_job_run_started": ("started_at", "id"),
        "ix_job_run_outcome_started": ("outcome", "started_at", "id"),
    },
}
TRIGRAMS = "audit_subject_fts"
REPEATED = {"corridor_code": 3, "software_type": 10}
ITS_DOSSIER = (
    "FROM funding_request JOIN dossier ON dossier.id = funding_request.dossier_id"
    " WHERE funding_request.id = {row}.request_id"
)
# What an avenant repeats never changes, nor what it is repeated from.
KEPT = {
    "avenant_of_its_dossier_kept": ("avenant", (*REPEATED, "request_id")),
    "dossier_repeated_kept": ("dossier", tuple(REPEATED)),
    "funding_request_dossier_kept": ("funding_request", ("dossier_id",)),
}
DIFFERS = "avenant does not repeat its dossier"


def upgrade() -> None:
    # Added with a default: to add one without, SQLite makes the table again, and its rows' children go with them.
    for name, length in REPEATED.items():
        op.add_column("avenant", sa.Column(name, sa.String(length), server_default="", nullable=False))
    chosen = ", ".join(f"dossier.{name}" for name in REPEATED)
    op.execute(f"UPDATE avenant SET ({', '.join(REPEATED)}) = (SELECT {chosen} {ITS_DOSSIER.format(row='avenant')})")
    op.drop_index("ix_avenant_supplier_deposited", table_name="avenant")
    _current("ix_avenant_supplier_deposited", *OF_SUPPLIER, "software_type", "editor_number", "declared_ht")
    _current("ix_avenant_software_deposited", "software_type", "deposited_at", "id", "status")
    _current("ix_avenant_corridor_deposited", "corridor_code", "deposited_at", "id", "status")
    open_ones = sa.text("paid_on IS NULL")
    op.create_index("ix_payment_open", "payment", ["order_id"], sqlite_where=open_ones, postgresql_where=open_ones)
    for table, indexes in INDEXES.items():
        for name, columns in indexes.items():
            op.create_index(name, table, list(columns))
    if _sqlite():
        _hold_on_sqlite()
        _create_trigrams()
    else:
        _hold_on_postgresql()
        op.execute("CREATE INDEX ix_audit_entry_subject_trigrams ON audit_entry USING gin (subject gin_trgm_ops)")


def downgrade() -> None:
    triggers = {"avenant_of_its_dossier": "avenant"} | {name: table for name, (table, _) in KEPT.items()}
    for name, table in triggers.items():
        op.execute(f"DROP TRIGGER {name}" + ("" if _sqlite() else f" ON {table}"))
    if _sqlite():
        op.execute("DROP TRIGGER audit_subject_insert")
        op.execute(f"DROP TABLE {TRIGRAMS}")
    else:
        op.execute("DROP FUNCTION refuse_other_dossier()")
        op.drop_index("ix_audit_entry_subject_trigrams", table_name="audit_entry")
    for table, indexes in INDEXES.items():
        for name in indexes:
            op.drop_index(name, table_name=table)
    op.drop_index("ix_payment_open", table_name="payment")
    op.drop_index("ix_avenant_corridor_deposited", table_name="avenant")
    op.drop_index("ix_avenant_software_deposited", table_name="avenant")
    op.drop_index("ix_avenant_supplier_deposited", table_name="avenant")
    _current("ix_avenant_supplier_deposited", *OF_SUPPLIER)
    for name in REPEATED:
        op.drop_column("avenant", name)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _current(name: str, *columns: str) -> None:
    op.create_index(
        name,
        "avenant",
        list(columns),
        sqlite_where=sa.text("is_current = 1"),
        postgresql_where=sa.text("is_current"),
    )


def _differing(row: str) -> str:
    """The condition that a row does not repeat its dossier, or has none."""
    same = " AND ".join(f"dossier.{name} = {row}.{name}" for name in REPEATED)
    return f"NOT EXISTS (SELECT 1 {ITS_DOSSIER.format(row=row)} AND {same})"


def _hold_on_sqlite() -> None:
    op.execute(
        f"CREATE TRIGGER avenant_of_its_dossier BEFORE INSERT ON avenant WHEN {_differing('NEW')}"
        f" BEGIN SELECT RAISE(ABORT, '{DIFFERS}'); END"
    )
    for name, (table, columns) in KEPT.items():
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE OF {', '.join(columns)} ON {table} WHEN {changed}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _hold_on_postgresql() -> None:
    """Rows written are looked at once a statement, however many it writes."""
    op.execute(
        "CREATE FUNCTION refuse_other_dossier() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF EXISTS (SELECT 1 FROM written WHERE {_differing('written')}) THEN RAISE EXCEPTION '{DIFFERS}'; END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER avenant_of_its_dossier AFTER INSERT ON avenant REFERENCING NEW TABLE AS written"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_dossier()"
    )
    for name, (table, columns) in KEPT.items():
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW WHEN ({changed})"
            " EXECUTE FUNCTION refuse_change()"
        )


def _create_trigrams() -> None:
    """An index of what entries are about: their text stays in `audit_entry`, which nothing leaves."""
    op.execute(
        f"CREATE VIRTUAL TABLE {TRIGRAMS} USING fts5(subject, content='audit_entry', content_rowid='id',"
        " tokenize='trigram', columnsize=0)"
    )
    op.execute(f"INSERT INTO {TRIGRAMS} ({TRIGRAMS}) VALUES ('rebuild')")
    add = f"INSERT INTO {TRIGRAMS} (rowid, subject) VALUES (NEW.id, NEW.subject)"
    op.execute(f"CREATE TRIGGER audit_subject_insert AFTER INSERT ON audit_entry BEGIN {add}; END")
