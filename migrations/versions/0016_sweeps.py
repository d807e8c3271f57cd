"""Each run of a job with its length and who asked for it, orders to run one at once, agendas of one's own deadlines."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WAITING = sa.text("taken_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("job_run") as table:
        table.add_column(sa.Column("took_ms", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("runs", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("asked_by_id", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_job_run_ran"), "runs > 0")
        table.create_foreign_key(op.f("fk_job_run_asked_by_id_user"), "user", ["asked_by_id"], ["id"])
    op.create_table(
        "job_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_job_order_asked_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_order")),
    )
    op.create_index(
        "uq_job_order_waiting", "job_order", ["name"], unique=True, sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_table(
        "calendar_link",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.String(length=500), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_calendar_link_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_link_digest")),
    )


def downgrade() -> None:
    op.drop_table("calendar_link")
    op.drop_table("job_order")
    with op.batch_alter_table("job_run") as table:
        table.drop_constraint(op.f("fk_job_run_asked_by_id_user"), type_="foreignkey")
        table.drop_constraint(op.f("ck_job_run_ran"), type_="check")
        for column in ("asked_by_id", "runs", "took_ms"):
            table.drop_column(column)
