"""The files of a ZIP that no request expected, kept until somebody says whose they are; the CSVs that staff send; the
mails of an import, which may lose their object before they leave."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MAIL_STATUSES = ("queued", "sent", "failed")


def upgrade() -> None:
    op.create_table(
        "kept_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("json_import_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "attached",
                "unmatched",
                "ambiguous",
                "duplicate",
                "different",
                "wrong_type",
                "too_big",
                "expired",
                name="entryoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("request_number", sa.String(length=22), nullable=True),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=True),
        sa.Column(
            "scan",
            sa.Enum(
                "clean",
                "pending",
                "not_scanned",
                name="scanstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(storage_key IS NULL) = (digest = '')", name=op.f("ck_kept_file_bytes_have_a_digest")),
        sa.CheckConstraint("media_type = '' OR storage_key IS NOT NULL", name=op.f("ck_kept_file_usable_has_bytes")),
        sa.ForeignKeyConstraint(
            ["json_import_id"], ["json_import.id"], name=op.f("fk_kept_file_json_import_id_json_import")
        ),
        sa.ForeignKeyConstraint(["kept_by_id"], ["user.id"], name=op.f("fk_kept_file_kept_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_file")),
        sa.UniqueConstraint("json_import_id", "name", "digest", name=op.f("uq_kept_file_json_import_id_name_digest")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_kept_file_storage_key")),
    )
    op.create_table(
        "csv_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("referencings", "ceilings", name="csvkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("corridor_code", sa.String(length=3), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=100), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totals", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'ceilings') = (corridor_code IS NOT NULL)", name=op.f("ck_csv_upload_ceilings_of_a_corridor")
        ),
        sa.CheckConstraint("(applied_at IS NULL) = (totals IS NULL)", name=op.f("ck_csv_upload_applied_has_totals")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_csv_upload_uploaded_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_csv_upload")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_csv_upload_storage_key")),
    )
    op.create_index(op.f("ix_csv_upload_uploaded_by_id"), "csv_upload", ["uploaded_by_id"])
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("json_import_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_mail_json_import_id"), ["json_import_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_mail_json_import_id_json_import"), "json_import", ["json_import_id"], ["id"]
        )
        _allow(batch_op, (*MAIL_STATUSES, "withdrawn"))


def downgrade() -> None:
    op.execute("UPDATE mail SET status = 'failed' WHERE status = 'withdrawn'")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        _allow(batch_op, MAIL_STATUSES)
        batch_op.drop_constraint(batch_op.f("fk_mail_json_import_id_json_import"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_mail_json_import_id"))
        batch_op.drop_column("json_import_id")
    op.drop_table("csv_upload")
    op.drop_table("kept_file")


def _allow(batch_op: BatchOperations, statuses: tuple[str, ...]) -> None:
    """The values a mail's status may take."""
    listed = ", ".join(f"'{status}'" for status in statuses)
    batch_op.drop_constraint(batch_op.f("ck_mail_mailstatus"), type_="check")
    batch_op.create_check_constraint(batch_op.f("ck_mail_mailstatus"), f"status IN ({listed})")
