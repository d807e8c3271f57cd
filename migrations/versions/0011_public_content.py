"""Questions and answers, tickets, news, pages that staff write."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("corridor_code", sa.String(length=3), nullable=False),
        sa.Column("phase", _enum("ticketphase", "enrolment", "avance", "solde", "other"), nullable=False),
        sa.Column("kind", _enum("ticketkind", "question", "technical", "rejection", "correction"), nullable=False),
        sa.Column("status", _enum("ticketstatus", "open", "answered", "closed"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("ans_number", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=30), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("follow_digest", sa.String(length=64), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_ticket_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
        sa.UniqueConstraint("follow_digest", name=op.f("uq_ticket_follow_digest")),
    )
    op.create_index(op.f("ix_ticket_user_id"), "ticket", ["user_id"])
    op.create_index("ix_ticket_status_updated", "ticket", ["status", "updated_at", "id"])
    op.create_table(
        "ticket_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_message_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_ticket_message_author_id_user")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_ticket_message_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_message")),
        sa.UniqueConstraint("attachment_id", name=op.f("uq_ticket_message_attachment_id")),
    )
    op.create_index(op.f("ix_ticket_message_ticket_id"), "ticket_message", ["ticket_id"])
    op.create_table(
        "faq_rubric",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_rubric")),
        sa.UniqueConstraint("title", name=op.f("uq_faq_rubric_title")),
    )
    op.create_table(
        "faq_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["rubric_id"], ["faq_rubric.id"], name=op.f("fk_faq_entry_rubric_id_faq_rubric"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_entry")),
    )
    op.create_index(op.f("ix_faq_entry_rubric_id"), "faq_entry", ["rubric_id"])
    op.create_table(
        "page_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["written_by_id"], ["user.id"], name=op.f("fk_page_version_written_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_version")),
        sa.UniqueConstraint("slug", "number", name=op.f("uq_page_version_slug_number")),
    )
    with op.batch_alter_table("news_item") as table:
        audience = _enum("audience", "everybody", "suppliers")
        table.add_column(sa.Column("audience", audience, nullable=False, server_default="suppliers"))
        table.add_column(sa.Column("ends_at", INSTANT, nullable=True))
        table.add_column(sa.Column("attachment_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_news_item_attachment_id_attachment"), "attachment", ["attachment_id"], ["id"])
        table.create_unique_constraint(op.f("uq_news_item_attachment_id"), ["attachment_id"])


def downgrade() -> None:
    with op.batch_alter_table("news_item") as table:
        table.drop_constraint(op.f("ck_news_item_audience"), type_="check")
        table.drop_constraint(op.f("uq_news_item_attachment_id"), type_="unique")
        table.drop_constraint(op.f("fk_news_item_attachment_id_attachment"), type_="foreignkey")
        for column in ("attachment_id", "ends_at", "audience"):
            table.drop_column(column)
    for name in ("page_version", "faq_entry", "faq_rubric", "ticket_message", "ticket"):
        op.drop_table(name)
