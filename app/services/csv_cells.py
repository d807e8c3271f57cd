"""How the database itself writes the cells of an export, the same text on SQLite and on PostgreSQL.

Formatting in SQL keeps Python out of the loop over the rows. Days are Paris days, amounts are whole cents written with
a decimal comma; a text a spreadsheet would run as a formula gets a leading apostrophe (OWASP, « CSV Injection »).
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.domain.labelled import Labelled
from app.services import clock

SEPARATOR, LINE_END = ";", "\r\n"
# What starts a formula; the full-width forms count in some locales, tab and line breaks are skipped by spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class paris_day(GenericFunction[str]):
    """The Paris day of an instant: 31/10/2021."""

    type = sa.Text()
    inherit_cache = True


@compiles(paris_day, "postgresql")
def _paris_day_of_postgresql(element: paris_day, compiler: Any, **options: Any) -> str:
    return f"to_char(timezone('Europe/Paris', {compiler.process(element.clauses, **options)}), 'DD/MM/YYYY')"


def teach_sqlite(connection: sa.Connection) -> None:
    """SQLite knows no time zone: give this connection the function. Nothing to do on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("paris_day", 1, _paris_day_of_sqlite, deterministic=True)


def _paris_day_of_sqlite(stored: str | None) -> str | None:
    if stored is None:
        return None
    return f"{clock.paris_day(dt.datetime.fromisoformat(stored).replace(tzinfo=dt.UTC)):%d/%m/%Y}"


def day(column: Any) -> Any:
    """A legal day: 31/10/2021."""
    written = sa.cast(column, sa.Text)
    return sa.func.substr(written, 9, 2) + "/" + sa.func.substr(written, 6, 2) + "/" + sa.func.substr(written, 1, 4)


def amount(column: Any) -> Any:
    """Euros of a `Money` column, never negative: 1074,99. It stays a number for the spreadsheet."""
    cents = sa.type_coerce(column, sa.BigInteger)
    rest = cents - (cents // 100) * 100
    return sa.cast(cents // 100, sa.Text) + "," + sa.func.substr(sa.cast(rest + 100, sa.Text), 2, 2)


def label(column: Any, enum: type[Labelled]) -> Any:
    """The French label of a closed list."""
    return sa.case(*[(column == member, sa.literal(member.label)) for member in enum])


def text(column: Any) -> Any:
    """What somebody typed: on one line, disarmed, empty when there is nothing."""
    stripped = sa.func.substr(sa.func.ltrim(column, " "), 1, 1)
    one_line = sa.func.replace(sa.func.replace(column, "\r", " "), "\n", " ")
    return sa.func.nullif(sa.case((stripped.in_(FORMULA_STARTS), "'" + one_line), else_=one_line), "")


def line(cells: list[Any]) -> Any:
    """A whole line in one expression, quoted as PostgreSQL's COPY does: only what holds a separator or a quote."""
    written = [sa.func.coalesce(_quoted(cell), "") for cell in cells]
    whole: sa.ColumnElement[str] = written[0]
    for cell in written[1:]:
        whole = whole + SEPARATOR + cell
    return whole + LINE_END


def _quoted(cell: Any) -> Any:
    special = sa.or_(sa.func.instr(cell, SEPARATOR) > 0, sa.func.instr(cell, '"') > 0)
    return sa.case((special, '"' + sa.func.replace(cell, '"', '""') + '"'), else_=cell)
