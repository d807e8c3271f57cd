"""Deposits by form: the only dossier of a supplier in a corridor; a page that deposits once; its files, if refused."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("is_single", sa.Boolean(), server_default=sa.false(), nullable=False))
    single = sa.text("is_single")
    op.create_index(
        "uq_dossier_single",
        "dossier",
        ["supplier_id", "corridor_code"],
        unique=True,
        sqlite_where=single,
        postgresql_where=single,
    )
    op.create_table(
        "form_deposit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("avenant_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["avenant_id"], ["avenant.id"], name="fk_form_deposit_avenant_id_avenant", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_form_deposit"),
        sa.UniqueConstraint("key", name="uq_form_deposit_key"),
        sa.UniqueConstraint("avenant_id", name="uq_form_deposit_avenant_id"),
    )
    op.create_table(
        "form_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("storage_key", sa.String(100), nullable=False),
        sa.Column(
            "scan",
            sa.Enum(
                "clean", "pending", "not_scanned",
                name="scanstate", native_enum=False, create_constraint=True, length=32,
            ),
            nullable=False,
        ),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_form_piece_not_empty")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_form_piece_user_id_user", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_form_piece"),
        sa.UniqueConstraint("key", "user_id", "code", name="uq_form_piece_key_user_id_code"),
        sa.UniqueConstraint("storage_key", name="uq_form_piece_storage_key"),
    )  # fmt: skip
    op.create_index("ix_form_piece_user_id", "form_piece", ["user_id"])
    op.create_index("ix_form_piece_kept_at", "form_piece", ["kept_at"])


def downgrade() -> None:
    op.drop_table("form_piece")
    op.drop_table("form_deposit")
    op.drop_index("uq_dossier_single", table_name="dossier")
    op.drop_column("dossier", "is_single")
