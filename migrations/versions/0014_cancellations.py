"""Cancellations, recoveries and the wordings of rejections."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# Of an order: what is never changed; what is not once it was judged; what is not once the money came back.
KEPT = ("id", "number", "payment_id", "request_id", "amount", "is_total", "reason", "proposed_by_id", "proposed_at")
JUDGED = ("judged_by_id", "judged_at", "judgement")
RECOVERED = ("status", "recovered_on", "reference", "recovered_by_id", "recovered_at")
BEYOND = "a recovery order asks back more than was paid"


def upgrade() -> None:
    _recovery_order()
    _keep()
    _rejections()
    condition = sa.text("status = 'superseded'")
    op.create_index(
        "ix_avenant_superseded_deposited",
        "avenant",
        ["deposited_at", "id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _recovery_order() -> None:
    values = ("proposed", "issued", "refused", "recovered")
    status = sa.Enum(*values, name="recoverystatus", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "recovery_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("is_total", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", INSTANT, nullable=True),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("recovered_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=60), nullable=True),
        sa.Column("recovered_by_id", sa.Integer(), nullable=True),
        sa.Column("recovered_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _check("amount_positive", "amount > 0"),
        _check("judged_has_its_day", "(status = 'proposed') = (judged_at IS NULL)"),
        _check("judged_has_its_judge", "(judged_at IS NULL) = (judged_by_id IS NULL)"),
        _check("refused_has_its_reason", "status <> 'refused' OR judgement <> ''"),
        _check(
            "recovered_at_once",
            "(status = 'recovered') = (recovered_on IS NOT NULL) AND (recovered_on IS NULL) = (recovered_at IS NULL)"
            " AND (recovered_on IS NULL) = (recovered_by_id IS NULL) AND (recovered_on IS NULL) = (reference IS NULL)",
        ),
        _check(
            "three_people",
            "judged_by_id <> proposed_by_id AND recovered_by_id <> proposed_by_id AND recovered_by_id <> judged_by_id",
        ),
        _to("recovery_order", "payment_id", "payment"),
        _to("recovery_order", "request_id", "funding_request"),
        _to("recovery_order", "proposed_by_id", "user"),
        _to("recovery_order", "judged_by_id", "user"),
        _to("recovery_order", "recovered_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_order")),
        sa.UniqueConstraint("number", name=op.f("uq_recovery_order_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_recovery_order_reference")),
    )
    for column in ("payment_id", "request_id", "status", "proposed_by_id", "judged_by_id", "recovered_by_id"):
        op.create_index(op.f(f"ix_recovery_order_{column}"), "recovery_order", [column])
    condition = sa.text("status IN ('proposed', 'issued')")
    op.create_index(
        "uq_recovery_order_open",
        "recovery_order",
        ["payment_id"],
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _rejections() -> None:
    op.create_table(
        "rejection_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_rejection_wording_says_something")),
        _to("rejection_wording", "written_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejection_wording")),
        sa.UniqueConstraint("code", name=op.f("uq_rejection_wording_code")),
    )
    op.create_table(
        "rejection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("avenant_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("wordings", sa.JSON(), nullable=False),
        _to("rejection", "avenant_id", "avenant", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejection")),
        sa.UniqueConstraint("avenant_id", name=op.f("uq_rejection_avenant_id")),
    )


def _check(name: str, text: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(text, name=op.f(f"ck_recovery_order_{name}"))


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def _keep() -> None:
    """An order is for ever, its judgement and its recovery once; together they never exceed the payment."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    settled = (
        f"OLD.judged_at IS NOT NULL AND ({_changed(sqlite, JUDGED)})"
        f" OR OLD.status IN ('refused', 'recovered') AND ({_changed(sqlite, RECOVERED)})"
    )
    _refuse(sqlite, "no_update", "UPDATE", _changed(sqlite, KEPT))
    _refuse(sqlite, "settled", "UPDATE", settled)
    _refuse(sqlite, "no_delete", "DELETE")
    more = (
        "SELECT 1 FROM payment WHERE payment.id = NEW.payment_id AND payment.amount < NEW.amount +"
        " (SELECT COALESCE(SUM(amount), 0) FROM recovery_order"
        " WHERE payment_id = NEW.payment_id AND status <> 'refused')"
    )
    if sqlite:
        op.execute(
            "CREATE TRIGGER recovery_order_within_payment BEFORE INSERT ON recovery_order"
            f" WHEN EXISTS ({more}) BEGIN SELECT RAISE(ABORT, '{BEYOND}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_recovery_beyond() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF EXISTS ({more}) THEN RAISE EXCEPTION '{BEYOND}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER recovery_order_within_payment BEFORE INSERT ON recovery_order"
        " FOR EACH ROW EXECUTE FUNCTION refuse_recovery_beyond()"
    )
    op.execute(
        "CREATE TRIGGER recovery_order_no_truncate BEFORE TRUNCATE ON recovery_order EXECUTE FUNCTION refuse_change()"
    )


def _changed(sqlite: bool, columns: tuple[str, ...]) -> str:
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    return " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)


def _refuse(sqlite: bool, name: str, what: str, when: str = "") -> None:
    begin = f"CREATE TRIGGER recovery_order_{name} BEFORE {what} ON recovery_order"
    condition = f" WHEN ({when})" if when else ""
    if sqlite:
        op.execute(f"{begin}{condition} BEGIN SELECT RAISE(ABORT, 'recovery_order is append-only'); END")
    else:
        op.execute(f"{begin} FOR EACH ROW{condition} EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    op.drop_index("ix_avenant_superseded_deposited", table_name="avenant")
    for table in ("rejection", "rejection_wording", "recovery_order"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_recovery_beyond")
