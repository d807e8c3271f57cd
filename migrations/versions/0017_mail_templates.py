"""Mails whose templates the staff edit: their versions; the mails that came back."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "mail_template_version"
STATUSES = ("queued", "sent", "failed", "withdrawn")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(subject IS NULL) = (body IS NULL)", name=op.f("ck_mail_template_version_whole_or_shipped")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["user.id"], name=op.f("fk_mail_template_version_written_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_template_version")),
        sa.UniqueConstraint("event", "number", name=op.f("uq_mail_template_version_event_number")),
    )
    _append_only()
    with op.batch_alter_table("mail") as table:
        table.add_column(sa.Column("template_version_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_mail_template_version_id_mail_template_version"), TABLE, ["template_version_id"], ["id"]
        )
        _allow(table, (*STATUSES, "bounced"), "status IN ('sent', 'bounced')")


def downgrade() -> None:
    op.execute("UPDATE mail SET status = 'failed', sent_at = NULL WHERE status = 'bounced'")
    with op.batch_alter_table("mail") as table:
        _allow(table, STATUSES, "status = 'sent'")
        table.drop_constraint(op.f("fk_mail_template_version_id_mail_template_version"), type_="foreignkey")
        table.drop_column("template_version_id")
    op.drop_table(TABLE)


def _allow(table: BatchOperations, statuses: tuple[str, ...], left: str) -> None:
    """The values a mail's status may take, and which of them say that it left."""
    listed = ", ".join(f"'{status}'" for status in statuses)
    table.drop_constraint(op.f("ck_mail_mailstatus"), type_="check")
    table.create_check_constraint(op.f("ck_mail_mailstatus"), f"status IN ({listed})")
    table.drop_constraint(op.f("ck_mail_sent_has_its_day"), type_="check")
    table.create_check_constraint(op.f("ck_mail_sent_has_its_day"), f"({left}) = (sent_at IS NOT NULL)")


def _append_only() -> None:
    """A version is neither changed nor removed (`refuse_change` is of migration 0001)."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for what in ("update", "delete"):
        begins = f"CREATE TRIGGER {TABLE}_no_{what} BEFORE {what.upper()} ON {TABLE}"
        if sqlite:
            op.execute(f"{begins} BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END")
        else:
            op.execute(f"{begins} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    if not sqlite:
        op.execute(f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} EXECUTE FUNCTION refuse_change()")
