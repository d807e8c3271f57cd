"""Single-use links, secret questions, second factors, identities from elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in _of_a_person():
        op.add_column("user", column)
    op.add_column("web_session", sa.Column("stepped_up_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mail", sa.Column("secret", sa.String(length=500), nullable=True))
    purpose = sa.Enum("opening", "reset", name="linkpurpose", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "access_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", purpose, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _of_a_user("access_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_link_digest")),
    )
    op.create_index(op.f("ix_access_link_user_id"), "access_link", ["user_id"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _of_a_user("recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_recovery_code_user_id_digest")),
    )
    op.create_table(
        "mailed_code",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        _of_a_user("mailed_code"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mailed_code")),
    )
    op.create_table(
        "outside_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        _of_a_user("outside_identity"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_outside_identity_issuer_subject")),
    )
    op.create_index(op.f("ix_outside_identity_user_id"), "outside_identity", ["user_id"])
    op.create_table(
        "unfinished_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("with_files", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _of_a_user("unfinished_form"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unfinished_form")),
        sa.UniqueConstraint("user_id", name=op.f("uq_unfinished_form_user_id")),
    )
    op.create_index(op.f("ix_unfinished_form_expires_at"), "unfinished_form", ["expires_at"])


def _of_a_person() -> list[sa.Column]:
    return [
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("secret_question", sa.String(length=200), nullable=True),
        sa.Column("secret_answer", sa.String(length=255), nullable=True),
        sa.Column("wrong_answers", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("totp_secret", sa.String(length=255), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
    ]


def _of_a_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id_user"), ondelete="CASCADE")


def downgrade() -> None:
    for table in ("unfinished_form", "outside_identity", "mailed_code", "recovery_code", "access_link"):
        op.drop_table(table)
    op.drop_column("mail", "secret")
    op.drop_column("web_session", "stepped_up_at")
    for column in reversed(_of_a_person()):
        op.drop_column("user", column.name)
