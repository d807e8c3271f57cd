"""Document models of suppliers (Vague 2)."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLE = "document_model"
STATUSES = ("draft", "pending", "accepted", "rejected")
CHECKS = {
    "sent_has_its_day": "(status = 'draft') = (sent_at IS NULL)",
    "judged_has_its_day": "(status IN ('draft', 'pending')) = (judged_at IS NULL)",
    "judged_by_somebody": "(judged_at IS NULL) = (judged_by_id IS NULL)",
    "rejected_says_why": "status <> 'rejected' OR comment <> ''",
}


def upgrade() -> None:
    status = sa.Enum(*STATUSES, name="modelstatus", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("corridor_code", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", INSTANT, nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.CheckConstraint(check, name=op.f(f"ck_{TABLE}_{name}")) for name, check in CHECKS.items()),
        _to("supplier_id", "supplier"),
        _to("attachment_id", "attachment"),
        _to("judged_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("attachment_id", name=op.f(f"uq_{TABLE}_attachment_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_supplier_id"), TABLE, ["supplier_id"])
    op.create_index(f"ix_{TABLE}_status_sent_at", TABLE, ["status", "sent_at"])


def _to(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{column}_{other}"))


def downgrade() -> None:
    op.drop_table(TABLE)
