"""Does the database write each cell as Python would: the same Paris day, the same text, for every value?"""

import csv
import datetime as dt
import io
import random
import unicodedata
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.domain.enums import PaymentState, Phase, RequestStatus
from app.services import clock, csv_cells, csv_text

SECOND = dt.timedelta(seconds=1)
YEARS = range(1990, 2100)


def transitions() -> Iterator[dt.datetime]:
    """Each instant at which the hour of Paris changes, as zoneinfo knows it. It always does on the hour."""
    hour = dt.timedelta(hours=1)
    for year in YEARS:
        for month in (3, 9, 10):
            at = dt.datetime(year, month, 1, tzinfo=dt.UTC)
            while at.month == month:
                if at.astimezone(clock.PARIS).utcoffset() != (at - hour).astimezone(clock.PARIS).utcoffset():
                    yield at
                at += hour


def instants() -> list[dt.datetime]:
    """Around each change of hour, the evenings near it, and anywhere."""
    changes = list(transitions())
    assert len(changes) == 2 * len(YEARS)
    tick = dt.timedelta(microseconds=1)
    found = [change + step for change in changes for step in (-SECOND, -tick, dt.timedelta(0), SECOND)]
    for change in changes:
        midnight = change.replace(hour=0)
        for days in (-8, -1, 0, 1):
            day = midnight + dt.timedelta(days=days)
            for hour in (21, 22, 23, 24):
                edge = day + dt.timedelta(hours=hour)
                found += [edge - SECOND, edge - tick, edge, edge + SECOND]
    draw = random.Random(20261121)  # the same instants each time
    first, last = dt.datetime(1990, 1, 1, tzinfo=dt.UTC), dt.datetime(2099, 12, 31, 22, tzinfo=dt.UTC)
    span = int((last - first) / tick)
    return found + [first + draw.randrange(span) * tick for _ in range(10_000)]


def test_the_paris_day_is_zoneinfos_for_every_instant(session):
    known = sa.Table("instant", sa.MetaData(), sa.Column("at", sa.DateTime(timezone=True)), prefixes=["TEMPORARY"])
    known.create(session.connection())
    session.execute(sa.insert(known), [{"at": at} for at in instants()])
    wrong = [
        (at, day)
        for at, day in session.execute(sa.select(known.c.at, csv_cells.paris_day(known.c.at)))
        if f"{clock.paris_day(at if at.tzinfo else at.replace(tzinfo=dt.UTC)):%d/%m/%Y}" != day
    ]
    assert wrong == []


def test_what_is_absent_is_empty(session):
    cells = (csv_cells.paris_day, csv_cells.day, csv_cells.amount, csv_cells.text)
    nothing = sa.null()
    kinds = (sa.DateTime(timezone=True), sa.Date(), sa.BigInteger(), sa.Text())
    query = sa.select(*[cell(sa.cast(nothing, kind)) for cell, kind in zip(cells, kinds, strict=True)])
    assert session.execute(query).one() == (None, None, None, None)


@pytest.mark.parametrize("enum", [Phase, RequestStatus, PaymentState])
def test_a_label_needs_neither_quotes_nor_guard(enum):
    for member in enum:
        assert not set(member.label) & {csv_cells.SEPARATOR, '"', "\r", "\n"}
        assert not member.label.startswith((" ", *csv_cells.FORMULA_STARTS))


# Skipped or not shown by a spreadsheet, at the beginning of a cell.
INVISIBLE = ["\x01", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\u00a0", "\u00ad", "\u1680", "\u2003", "\u2028"]
INVISIBLE += ["\u200b", "\u202f", "\u2060", "\u3000", "\ufeff"]


def every_text() -> list[str]:
    """Each character that matters, at each place, beside others; none is NUL, which no text holds."""
    pieces = [
        "",
        " ",
        ";",
        '"',
        "'",
        "a",
        "Z",
        "0",
        "9",
        "é",
        "Œ",
        "語",
        "(",
        "[",
        "]",
        "^",
        "{",
        "~",
        "%",
        "*",
        "?",
        "\\",
        *INVISIBLE,
    ]
    pieces += csv_cells.FORMULA_STARTS
    texts = [a + b for a in pieces for b in pieces]
    every_start = [chr(code) + "=1" for code in range(1, 0x10000) if not 0xD800 <= code < 0xE000]
    return sorted({*texts, *every_start, *[f"a{text}b" for text in texts], *[f"  {text}" for text in texts]})


# Typed, written: what a spreadsheet would run, behind whatever it skips, is text; a cell is on one line.
HOSTILE = {
    **{f"{before}{start}1": f"'{before}{start}1" for start in "=+-@＝＋－＠" for before in ("", " ", *INVISIBLE)},
    "\t1": "'\t1",
    "\x0b\t1": "'\x0b\t1",
    "\r=1": "' =1",
    "\n1": "' 1",
    " \u00a0\x0b \u200b=1": "' \u00a0\x0b \u200b=1",
    "a\r\n=1": "a  =1",
    "1\n=1": "1 =1",
    "a=1": "a=1",
    "\u00a0a": "\u00a0a",
    "": "",
}


@pytest.mark.parametrize("typed", HOSTILE, ids=repr)
def test_python_disarms_what_is_hostile(typed):
    assert csv_text.inert(typed) == HOSTILE[typed]


def test_nothing_that_does_not_show_hides_a_formula():
    unseen = [
        char
        for char in map(chr, range(1, 0x10000))
        if char.isspace() or unicodedata.category(char) in ("Cc", "Zs", "Zl", "Zp")
    ]
    assert [char for char in unseen if csv_text.inert(char + "=1")[0] != "'"] == []


def test_the_database_disarms_every_text_as_python_does_and_it_is_read_back(session):
    typed = sa.Table("typed", sa.MetaData(), sa.Column("text", sa.Text), prefixes=["TEMPORARY"])
    typed.create(session.connection())
    texts = sorted({*every_text(), *HOSTILE})
    session.execute(sa.insert(typed), [{"text": text} for text in texts])
    for text, cell in session.execute(sa.select(typed.c.text, csv_cells.text(typed.c.text))):
        if session.connection().dialect.name == "sqlite":  # PostgreSQL's COPY quotes afterwards
            ((cell,),) = csv.reader(io.StringIO(cell or '""', newline=""), delimiter=csv_cells.SEPARATOR)
        assert (cell or "") == csv_text.inert(text), repr(text)
