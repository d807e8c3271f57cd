"""How the database itself writes the cells of an export, the same text on SQLite and on PostgreSQL.

Formatting in SQL keeps Python out of the loop over the rows. Days are Paris days, amounts are whole cents written with
a decimal comma; a text a spreadsheet would run as a formula gets a leading apostrophe (OWASP, « CSV Injection »).

Each cell is as few functions of the database as can be: a million rows pay for each one.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.domain.labelled import Labelled

BOM, SEPARATOR, LINE_END = "\ufeff", ";", "\r\n"
# What starts a formula; the full-width forms count in some locales, tab and line breaks are skipped by spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What a spreadsheet skips, or hides, before a formula: spaces, controls (no text holds NUL), marks of direction. Each
# first to last, or one alone.
_UNSEEN = (
    "\x01\x20",
    "\x7f\xa0",
    "\xad",
    "\u061c",
    "\u1680",
    "\u180e",
    "\u2000\u200f",
    "\u2028\u202f",
    "\u205f\u206f",
    "\u3000",
    "\ufeff",
)
BLANKS = "".join(
    char for ends in _UNSEEN for char in map(chr, range(ord(ends[0]), ord(ends[-1]) + 1)) if char not in FORMULA_STARTS
)
# What nearly every text begins with, first to last, none of it blank nor the start of a formula.
_PLAIN_STARTS = (("0", "9"), ("A", "~"), ("À", "Ͽ"))


class paris_day(GenericFunction[str]):
    """The Paris day of an instant: 31/10/2021."""

    type = sa.Text()
    inherit_cache = True


class day(GenericFunction[str]):
    """A legal day: 31/10/2021."""

    type = sa.Text()
    inherit_cache = True


class amount(GenericFunction[str]):
    """Euros of a `Money` column, never negative: 1074,99. It stays a number for the spreadsheet."""

    type = sa.Text()
    inherit_cache = True


class _harmless(GenericFunction[bool]):
    """Whether a text is quickly seen to leave as it is. False or NULL: it must be looked at closely."""

    type = sa.Boolean()
    inherit_cache = True


class _quoted(GenericFunction[str]):
    """A cell as it stands between separators. PostgreSQL's COPY quotes what it writes; SQLite is told to do the same:
    only what holds a separator or a quote."""

    type = sa.Text()
    inherit_cache = True


@compiles(paris_day, "postgresql")
def _paris_day_of_postgresql(element: paris_day, compiler: Any, **options: Any) -> str:
    return f"to_char(timezone('Europe/Paris', {compiler.process(element.clauses, **options)}), 'DD/MM/YYYY')"


@compiles(paris_day, "sqlite")
def _paris_day_of_sqlite(element: paris_day, compiler: Any, **options: Any) -> str:
    """SQLite knows no time zone. Paris is one hour ahead of UTC, two in summer: before 22:00 UTC it is the same day,
    from 23:00 the next one, and between them the season tells. Summer goes from the last Sunday of March to that of
    October (of September until 1995). The next day is counted from the date alone: SQLite may round 23:59:59.9999 up.
    """
    at = compiler.process(element.clauses, **options)
    year = f"substr({at}, 1, 4)"
    spring = f"date({year} || '-03-25', 'weekday 0')"
    autumn = f"date({year} || CASE WHEN {year} < '1996' THEN '-09-24' ELSE '-10-25' END, 'weekday 0')"
    return (
        f"CASE WHEN substr({at}, 12, 2) < '22' OR substr({at}, 12, 2) = '22' AND ({at} < {spring} OR {at} >= {autumn})"
        f" THEN strftime('%d/%m/%Y', {at})"
        f" ELSE strftime('%d/%m/%Y', substr({at}, 1, 10), '+1 day') END"
    )


@compiles(day, "postgresql")
def _day_of_postgresql(element: day, compiler: Any, **options: Any) -> str:
    return f"to_char(CAST({compiler.process(element.clauses, **options)} AS timestamp), 'DD/MM/YYYY')"


@compiles(day, "sqlite")
def _day_of_sqlite(element: day, compiler: Any, **options: Any) -> str:
    return f"strftime('%d/%m/%Y', {compiler.process(element.clauses, **options)})"


@compiles(amount, "postgresql")
def _amount_of_postgresql(element: amount, compiler: Any, **options: Any) -> str:
    cents = compiler.process(element.clauses, **options)
    # A hundred more, so that five cents end with two digits.
    return f"CAST({cents} / 100 AS text) || ',' || right(CAST({cents} + 100 AS text), 2)"


@compiles(amount, "sqlite")
def _amount_of_sqlite(element: amount, compiler: Any, **options: Any) -> str:
    cents = compiler.process(element.clauses, **options)
    return f"CASE WHEN {cents} IS NOT NULL THEN printf('%d,%02d', {cents} / 100, {cents} % 100) END"


@compiles(_harmless, "postgresql")
def _harmless_of_postgresql(element: _harmless, compiler: Any, **options: Any) -> str:
    """It begins plainly, and is on one line."""
    text = compiler.process(element.clauses, **options)
    plain = " OR ".join(f"ascii({text}) BETWEEN {ord(first)} AND {ord(last)}" for first, last in _PLAIN_STARTS)
    return f"(({plain}) AND strpos({text}, chr(10)) = 0 AND strpos({text}, chr(13)) = 0)"


@compiles(_harmless, "sqlite")
def _harmless_of_sqlite(element: _harmless, compiler: Any, **options: Any) -> str:
    """It begins plainly, with neither separator, quote nor line break in it."""
    text = compiler.process(element.clauses, **options)
    plain = "".join(f"{first}-{last}" for first, last in _PLAIN_STARTS)
    return f"""({text} GLOB '[{plain}]*' AND {text} NOT GLOB '*[{SEPARATOR}"{LINE_END}]*')"""


@compiles(_quoted, "postgresql")
def _quoted_of_postgresql(element: _quoted, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(_quoted, "sqlite")
def _quoted_of_sqlite(element: _quoted, compiler: Any, **options: Any) -> str:
    cell = compiler.process(element.clauses, **options)
    special = f"""instr({cell}, '{SEPARATOR}') > 0 OR instr({cell}, '"') > 0"""
    return f"""CASE WHEN {special} THEN '"' || replace({cell}, '"', '""') || '"' ELSE {cell} END"""


def label(column: Any, enum: type[Labelled]) -> Any:
    """The French label of a closed list: it holds nothing to quote or to disarm (a test sees to it)."""
    return sa.case(*[(sa.literal(member.value), sa.literal(member.label)) for member in enum], value=column)


def text(column: Any) -> Any:
    """What somebody typed: on one line, disarmed, empty when there is nothing."""
    return sa.case((_harmless(column), column), else_=_quoted(_disarmed(column)))


def _disarmed(column: Any) -> Any:
    """`csv_text.inert`, in SQL (a test holds both to the same text)."""
    first = sa.func.substr(column, 1, 1)  # asked before the stripping, which costs more: « +33 » is frequent
    stripped = sa.func.substr(sa.func.ltrim(column, BLANKS), 1, 1)
    dangerous = sa.or_(first.in_(FORMULA_STARTS), stripped.in_(FORMULA_STARTS))
    one_line = sa.func.replace(sa.func.replace(column, "\r", " "), "\n", " ")
    return sa.func.nullif(sa.case((dangerous, "'" + one_line), else_=one_line), "")


def line(cells: list[Any]) -> Any:
    """A whole line in one expression, as the bytes of the file, on SQLite (`printf` writes nothing for a NULL)."""
    shape = SEPARATOR.join(["%s"] * len(cells)) + LINE_END
    return sa.cast(sa.func.printf(shape, *cells), sa.LargeBinary)
