"""What the simulator counts, and which simulation a mended file comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PREVIOUS = "fk_json_simulation_previous_id_json_simulation"


def upgrade() -> None:
    op.create_table(
        "simulation_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("corridor_code", sa.String(length=3), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulation_count")),
        sa.UniqueConstraint("day", "corridor_code", name=op.f("uq_simulation_count_day_corridor_code")),
    )
    # Written out: the batch of Alembic would copy the table on SQLite, and lose what it cannot read back.
    op.execute(
        f"ALTER TABLE json_simulation ADD COLUMN previous_id INTEGER CONSTRAINT {PREVIOUS}"
        " REFERENCES json_simulation (id)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE json_simulation DROP COLUMN previous_id")
    op.drop_table("simulation_count")
