"""How migrations reach the database: inside the application, on the URL it is set to.

Our column types are written as the types they are in the database, so that a migration never imports the application.
"""

import re
import warnings
from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from app.extensions import db
from app.models.types import Money, UtcDateTime

# SQLite cannot describe an index on an expression; the catalogue test looks at those.
warnings.filterwarnings("ignore", message="autogenerate skipping metadata-specified expression-based index")
warnings.filterwarnings("ignore", message="Skipped unsupported reflection of expression-based index")

PLAIN = {Money: "sa.BigInteger()", UtcDateTime: "sa.DateTime(timezone=True)"}


def render_item(kind: str, thing: Any, autogen_context: Any) -> str | bool:
    if kind == "type":
        for special, written in PLAIN.items():
            if isinstance(thing, special):
                return written
        if type(thing).__name__ == "AsaList":
            return "sa.Text()"
    return False


def described(name: str | None, kind: str, parents: Any) -> bool:
    """What models describe: not the trigrams (full-text tables, indexes), that the catalogue test looks at."""
    return not re.search("_fts|_trigrams$", name or "")


def differs(
    autogen_context: Any,
    inspected: sa.Column,
    described: sa.Column,
    found: str | None,
    default: Any,
    rendered: str | None,
) -> bool | None:
    """Whether a default differs, for JSON only: PostgreSQL compares no two of them, so that their texts are. `None`
    leaves the others to Alembic."""
    if not isinstance(described.type, sa.JSON):
        return None
    return (found or "").removesuffix("::json").strip("'") != (rendered or "").strip("'")


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        render_item=render_item,
        include_name=described,
        compare_type=True,
        compare_server_default=differs,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Offline migrations are not supported: the catalogue test needs a database.")

with current_app.extensions["migrate"].db.engine.connect() as connection:
    run(connection)
    connection.commit()
