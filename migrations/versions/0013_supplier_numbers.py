"""The numbers of one supplier in their order: along everybody's, his list would read those of the corridors before."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME = "ix_avenant_supplier_number"


def upgrade() -> None:
    op.create_index(
        NAME,
        "avenant",
        ["supplier_id", "number", "id"],
        sqlite_where=sa.text("is_current = 1"),
        postgresql_where=sa.text("is_current"),
    )


def downgrade() -> None:
    op.drop_index(NAME, table_name="avenant")
