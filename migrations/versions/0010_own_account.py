"""Bank accounts and people that change under several pairs of eyes; who administers the accounts of a supplier."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# The first account of each supplier administers the others.
FIRST_OF_EACH = """
UPDATE "user" SET administers = TRUE
WHERE id IN (SELECT MIN(id) FROM "user" WHERE supplier_id IS NOT NULL AND active GROUP BY supplier_id)
"""


def upgrade() -> None:
    op.add_column("user", sa.Column("administers", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(FIRST_OF_EACH)
    _bank_change()
    _person_change()


def _bank_change() -> None:
    op.create_table(
        "bank_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("former_id", sa.Integer(), nullable=True),
        sa.Column("rib_id", sa.Integer(), nullable=False),
        sa.Column("status", _status(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("told", sa.String(length=254), nullable=False),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'pending') = (judged_at IS NULL)", name=op.f("ck_bank_change_judged_has_its_day")
        ),
        sa.CheckConstraint(
            "status <> 'accepted' OR accepted_by_id IS NOT NULL",
            name=op.f("ck_bank_change_accepted_has_a_first_judge"),
        ),
        sa.CheckConstraint(
            "status <> 'accepted' OR accepted_by_id <> judged_by_id", name=op.f("ck_bank_change_two_people")
        ),
        _to("bank_change", "supplier_id", "supplier"),
        _to("bank_change", "account_id", "bank_account"),
        _to("bank_change", "former_id", "bank_account"),
        _to("bank_change", "rib_id", "attachment"),
        _to("bank_change", "asked_by_id", "user"),
        _to("bank_change", "accepted_by_id", "user"),
        _to("bank_change", "judged_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_change")),
        sa.UniqueConstraint("account_id", name=op.f("uq_bank_change_account_id")),
        sa.UniqueConstraint("rib_id", name=op.f("uq_bank_change_rib_id")),
    )
    op.create_index(op.f("ix_bank_change_supplier_id"), "bank_change", ["supplier_id"])
    _one_open("uq_bank_change_pending", "bank_change", "status = 'pending'")


def _person_change() -> None:
    op.create_table(
        "person_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("status", _status(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.JSON(), nullable=False),
        sa.Column("former", sa.JSON(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", INSTANT, nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('draft', 'pending')) = (judged_at IS NULL)", name=op.f("ck_person_change_judged_has_its_day")
        ),
        sa.CheckConstraint("(status = 'draft') = (sent_at IS NULL)", name=op.f("ck_person_change_sent_has_its_day")),
        _to("person_change", "supplier_id", "supplier"),
        _to("person_change", "asked_by_id", "user"),
        _to("person_change", "judged_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_change")),
    )
    op.create_index(op.f("ix_person_change_supplier_id"), "person_change", ["supplier_id"])
    _one_open("uq_person_change_open", "person_change", "status IN ('draft', 'pending')")
    kind = sa.Enum("mandate", "identity", name="personpiecekind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "person_change_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        _to("person_change_piece", "change_id", "person_change", ondelete="CASCADE"),
        _to("person_change_piece", "attachment_id", "attachment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_change_piece")),
        sa.UniqueConstraint("attachment_id", name=op.f("uq_person_change_piece_attachment_id")),
    )
    op.create_index(op.f("ix_person_change_piece_change_id"), "person_change_piece", ["change_id"])


def _status() -> sa.Enum:
    values = ("draft", "pending", "accepted", "rejected")
    return sa.Enum(*values, name="changestatus", native_enum=False, create_constraint=True, length=32)


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def _one_open(name: str, table: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, ["supplier_id"], unique=True, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for table in ("person_change_piece", "person_change", "bank_change"):
        op.drop_table(table)
    op.drop_column("user", "administers")
