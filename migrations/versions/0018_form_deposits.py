"""Deposits by form: the only dossier of a supplier in a corridor; a page that deposits once."""

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


def downgrade() -> None:
    op.drop_table("form_deposit")
    op.drop_index("uq_dossier_single", table_name="dossier")
    op.drop_column("dossier", "is_single")
