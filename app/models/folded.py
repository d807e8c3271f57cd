"""How does the database search and sort text whatever its case and its accents, alike on SQLite and on PostgreSQL?

`folded(column)` is `app.domain.folding.fold` of its value: that very function on SQLite (registered by
`app.extensions`), the same letters replaced by the server on PostgreSQL, in the order of code points. Neither has an
index: what is long is searched otherwise (`app.services.trigrams`, `app.services.known_values`).
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.domain.folding import ACCENTED, LIGATURES, PLAIN, fold


class folded(GenericFunction[str]):
    """The value of a text column in small letters, without accents."""

    type = sa.String()
    inherit_cache = True


@compiles(folded, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    text = f"translate({compiler.process(element.clauses, **options)}, '{ACCENTED}', '{PLAIN}')"
    for letter, letters in LIGATURES.items():
        text = f"replace({text}, '{letter}', '{letters}')"
    return f'lower({text}) COLLATE "C"'


class listed(GenericFunction[str]):
    """The texts of a JSON list, one after the other: PostgreSQL and SQLite keep their accents escaped."""

    type = sa.String()
    inherit_cache = True


@compiles(listed, "postgresql")
def _listed_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    texts = f"json_array_elements_text({compiler.process(element.clauses, **options)})"
    return f"(SELECT string_agg(value, ', ') FROM {texts})"


@compiles(listed, "sqlite")
def _listed_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"(SELECT group_concat(value, ', ') FROM json_each({compiler.process(element.clauses, **options)}))"


def contains(expression: Any, text: str) -> sa.ColumnElement[bool]:
    """The WHERE of the values that hold this text; `%` and `_` are themselves."""
    return folded(expression).contains(fold(text), autoescape=True)
