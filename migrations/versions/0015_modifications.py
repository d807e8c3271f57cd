"""Modifications: what an officer opens, the versions that follow."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ASKED = {"asked_fields": "'[]'", "asked_kinds": "'[]'", "typed": "'{}'"}
KEPT = "declared_version_no_update"


def upgrade() -> None:
    for name, nothing in ASKED.items():
        op.add_column(
            "information_request", sa.Column(name, sa.JSON(), server_default=sa.text(nothing), nullable=False)
        )
    op.create_table(
        "declared_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("avenant_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("declared", sa.JSON(), nullable=False),
        sa.Column("declared_ht", sa.BigInteger(), nullable=False),
        sa.Column("retained_ht", sa.BigInteger(), nullable=True),
        sa.Column("retained", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by_id", sa.Integer(), nullable=False),
        sa.Column("information_request_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank > 0", name=op.f("ck_declared_version_rank_positive")),
        sa.ForeignKeyConstraint(
            ["avenant_id"], ["avenant.id"], name=op.f("fk_declared_version_avenant_id_avenant"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["information_request_id"],
            ["information_request.id"],
            name=op.f("fk_declared_version_information_request_id_information_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["user.id"], name=op.f("fk_declared_version_replaced_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_version")),
        sa.UniqueConstraint("avenant_id", "rank", name=op.f("uq_declared_version_avenant_id_rank")),
        sa.UniqueConstraint("information_request_id", name=op.f("uq_declared_version_information_request_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'declared_version is append-only'); END"
        op.execute(f"CREATE TRIGGER {KEPT} BEFORE UPDATE ON declared_version {refuse}")
    else:
        op.execute(
            f"CREATE TRIGGER {KEPT} BEFORE UPDATE ON declared_version FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("declared_version")
    for name in ASKED:
        op.drop_column("information_request", name)
