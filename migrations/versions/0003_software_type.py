"""What keeps the lists flat: the software type repeated on each avenant, what the searches of audit and mails read."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
