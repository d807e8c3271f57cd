"""The drafts of enrolments, their pieces, and what is asked and answered about them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = ("initial", "complementary")
STATUSES = ("in_progress", "rejected", "awaiting_document", "awaiting_certificate", "validated")
CHECKS = ("verified", "to_verify", "differs", "closed")
ONCE = "uq_enrolment_supplier_id_referencing_id"
ALIVE = "status <> 'rejected'"
KEPT = (
    "id, number, kind, status, supplier_id, referencing_id, bank_account_id, vat, deposited_at, judged_at, judged_by_id"
)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _new_columns() -> list[sa.Column]:
    return [
        sa.Column("declared", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("follow_digest", sa.String(length=64), nullable=True),
        sa.Column("company_check", _enum("companycheck", *CHECKS), nullable=False, server_default="to_verify"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    ]


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_again(_new_columns(), sa.UniqueConstraint("follow_digest", name=op.f("uq_enrolment_follow_digest")))
    else:
        op.drop_constraint(op.f(ONCE), "enrolment")
        for column in _new_columns():
            op.add_column("enrolment", column)
        op.create_unique_constraint(op.f("uq_enrolment_follow_digest"), "enrolment", ["follow_digest"])
    op.create_index(
        "uq_enrolment_alive",
        "enrolment",
        ["supplier_id", "referencing_id"],
        unique=True,
        sqlite_where=sa.text(ALIVE),
        postgresql_where=sa.text(ALIVE),
    )
    _drafts()
    _exchanges()
    _pieces()


def _make_again(columns: list[sa.Column], unique: sa.UniqueConstraint) -> None:
    """SQLite drops no constraint of a table. Rows that refer to it wait: its own come back before the commit."""
    op.execute("CREATE TEMPORARY TABLE enrolment_kept AS SELECT * FROM enrolment")
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.drop_table("enrolment")
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", _enum("enrolmentkind", *KINDS), nullable=False),
        sa.Column("status", _enum("enrolmentstatus", *STATUSES), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("referencing_id", sa.Integer(), nullable=False),
        sa.Column("bank_account_id", sa.Integer(), nullable=True),
        sa.Column("vat", _enum("vatregime", "ht", "ttc_0", "ttc_8_5", "ttc_20"), nullable=False),
        sa.Column("deposited_at", INSTANT, nullable=False),
        sa.Column("judged_at", INSTANT, nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        *columns,
        sa.CheckConstraint(
            "status <> 'validated' OR judged_at IS NOT NULL", name=op.f("ck_enrolment_validated_is_judged")
        ),
        _to("enrolment", "bank_account"),
        sa.ForeignKeyConstraint(["judged_by_id"], ["user.id"], name=op.f("fk_enrolment_judged_by_id_user")),
        _to("enrolment", "referencing"),
        _to("enrolment", "supplier"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("number", name=op.f("uq_enrolment_number")),
        unique,
    )
    op.execute(f"INSERT INTO enrolment ({KEPT}) SELECT {KEPT} FROM enrolment_kept")
    op.execute("DROP TABLE enrolment_kept")
    op.create_index(op.f("ix_enrolment_referencing_id"), "enrolment", ["referencing_id"])
    op.create_index(op.f("ix_enrolment_supplier_id"), "enrolment", ["supplier_id"])


def _drafts() -> None:
    op.create_table(
        "enrolment_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", _enum("enrolmentkind", *KINDS), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("furthest_step", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("links_sent", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("touched_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("furthest_step BETWEEN 1 AND 5", name=op.f("ck_enrolment_draft_one_of_five_steps")),
        sa.CheckConstraint(
            "(kind = 'complementary') = (user_id IS NOT NULL)",
            name=op.f("ck_enrolment_draft_complementary_has_its_user"),
        ),
        _to("enrolment_draft", "supplier", ondelete="CASCADE"),
        _to("enrolment_draft", "user", ondelete="CASCADE"),
        _to("enrolment_draft", "enrolment", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_draft")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_enrolment_draft_token_digest")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_enrolment_draft_enrolment_id")),
    )
    op.create_index(op.f("ix_enrolment_draft_user_id"), "enrolment_draft", ["user_id"])
    op.create_index(op.f("ix_enrolment_draft_expires_at"), "enrolment_draft", ["expires_at"])


def _exchanges() -> None:
    op.create_table(
        "enrolment_exchange",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "answered_at IS NULL OR answered_at >= asked_at", name=op.f("ck_enrolment_exchange_answer_follows")
        ),
        _to("enrolment_exchange", "enrolment", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_enrolment_exchange_asked_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_exchange")),
    )
    op.create_index(op.f("ix_enrolment_exchange_enrolment_id"), "enrolment_exchange", ["enrolment_id"])


def _pieces() -> None:
    op.create_table(
        "enrolment_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("exchange_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(draft_id IS NULL) <> (enrolment_id IS NULL)", name=op.f("ck_enrolment_piece_of_a_draft_or_an_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["enrolment_draft.id"],
            name=op.f("fk_enrolment_piece_draft_id_enrolment_draft"),
            ondelete="CASCADE",
        ),
        _to("enrolment_piece", "enrolment", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["enrolment_exchange.id"], name=op.f("fk_enrolment_piece_exchange_id_enrolment_exchange")
        ),
        _to("enrolment_piece", "attachment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_piece")),
        sa.UniqueConstraint("draft_id", "kind", name=op.f("uq_enrolment_piece_draft_id_kind")),
        sa.UniqueConstraint("attachment_id", name=op.f("uq_enrolment_piece_attachment_id")),
    )
    op.create_index(op.f("ix_enrolment_piece_enrolment_id"), "enrolment_piece", ["enrolment_id"])


def _to(table: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{other}_id_{other}")
    return sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    """An enrolment asked for again after a rejection is not kept twice: the constraint that returns refuses it."""
    for table in ("enrolment_piece", "enrolment_exchange", "enrolment_draft"):
        op.drop_table(table)
    op.drop_index("uq_enrolment_alive", table_name="enrolment")
    once = sa.UniqueConstraint("supplier_id", "referencing_id", name=op.f(ONCE))
    if op.get_bind().dialect.name == "sqlite":
        _make_again([], once)
        return
    op.drop_constraint(op.f("uq_enrolment_follow_digest"), "enrolment")
    for column in reversed(_new_columns()):
        op.drop_column("enrolment", column.name)
    op.create_unique_constraint(op.f(ONCE), "enrolment", ["supplier_id", "referencing_id"])
