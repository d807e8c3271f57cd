"""The drafts of corridors, which a second administrator publishes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATUSES = ("writing", "submitted", "published", "abandoned")


def upgrade() -> None:
    op.create_table(
        "corridor_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("base_version_id", sa.Integer(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(*STATUSES, name="draftstatus", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("published_version_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "judged_by_id IS NULL OR judged_by_id <> submitted_by_id", name=op.f("ck_corridor_draft_two_people")
        ),
        sa.CheckConstraint(
            "status <> 'submitted' OR submitted_by_id IS NOT NULL", name=op.f("ck_corridor_draft_submitted_by_someone")
        ),
        sa.CheckConstraint(
            "(status = 'published') = (published_version_id IS NOT NULL)",
            name=op.f("ck_corridor_draft_published_has_its_version"),
        ),
        sa.ForeignKeyConstraint(
            ["base_version_id"],
            ["corridor_version.id"],
            name=op.f("fk_corridor_draft_base_version_id_corridor_version"),
        ),
        sa.ForeignKeyConstraint(
            ["published_version_id"],
            ["corridor_version.id"],
            name=op.f("fk_corridor_draft_published_version_id_corridor_version"),
        ),
        *(
            sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_corridor_draft_{column}_user"))
            for column in ("opened_by_id", "saved_by_id", "submitted_by_id", "judged_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corridor_draft")),
    )
    op.create_index(op.f("ix_corridor_draft_code"), "corridor_draft", ["code"])
    op.create_table(
        "corridor_draft_editor",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["corridor_draft.id"], name=op.f("fk_corridor_draft_editor_draft_id_corridor_draft")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_corridor_draft_editor_user_id_user")),
        sa.PrimaryKeyConstraint("draft_id", "user_id", name=op.f("pk_corridor_draft_editor")),
    )


def downgrade() -> None:
    op.drop_table("corridor_draft_editor")
    op.drop_table("corridor_draft")
