"""The first questions of « Questions fréquentes », which staff then keep."""

import datetime as dt
import tomllib
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SHIPPED = Path(__file__).resolve().parents[2] / "app" / "contents" / "faq.toml"


def upgrade() -> None:
    rubric = sa.table("faq_rubric", sa.column("id"), sa.column("position"), sa.column("title"))
    entry = sa.table(
        "faq_entry",
        *(sa.column(name) for name in ("rubric_id", "position", "question", "answer")),
        sa.column("updated_at", sa.DateTime(timezone=True)),
    )
    now = dt.datetime.now(dt.UTC)
    for rank, one in enumerate(tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["rubrics"], start=1):
        made = op.get_bind().execute(sa.insert(rubric).values(position=rank, title=one["title"]).returning(rubric.c.id))
        rubric_id = made.scalar_one()
        for place, said in enumerate(one["entries"], start=1):
            values = {"rubric_id": rubric_id, "position": place, "updated_at": now}
            op.execute(sa.insert(entry).values(values | said))


def downgrade() -> None:
    op.execute("DELETE FROM faq_entry")
    op.execute("DELETE FROM faq_rubric")
