"""A summary table as a file: a workbook whose cells are numbers, dates and texts, never formulas; or a CSV."""

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from app.services import clock, csv_text, formats
from app.services.actors import Actor
from app.services.summaries import TOTAL, Heading, Summary, Value

WIDEST = 320  # pixels of a column
# A spreadsheet shows these with the separators of its reader's country: 1 074,99 € in France.
EUROS, COUNT, MONTH, DAY, MOMENT = '#,##0.00\\ "€"', "#,##0", "mm/yyyy", "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
TEXT = "@"
Style = dict[str, Any]
HEADING: Style = {"bold": True, "bg_color": "#F5F6FA", "border": 1, "border_color": "#D9DEE8"}


def file_name(extension: str) -> str:
    return f"tableau-de-synthese-{clock.today():%Y%m%d}.{extension}"


def as_csv(summary: Summary) -> bytes:
    """One row of headings, one per line, the total last. Amounts: 1074,99."""
    rows = summary.question.rows
    head = [dimension.label for dimension in rows] + [csv_text.inert(name) for name in summary.columns_in_full]
    lines = [
        [csv_text.inert(one.label) for one in line.headings] + [_text(value) for value in line.values]
        for line in summary.lines
    ]
    total = [TOTAL, *[""] * (len(rows) - 1)] + [_text(value) for value in summary.totals]
    return csv_text.written([head, *lines, total]).encode()


def _text(value: Value) -> str:
    return formats.euros(value) if isinstance(value, Decimal) else str(value)


def as_workbook(summary: Summary, author: Actor) -> bytes:
    """Two sheets: the table, its headings frozen; what was asked, when and by whom."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        made_at = summary.made_at.astimezone(clock.PARIS).replace(tzinfo=None)
        book.set_properties({"title": summary.question.title, "author": author.label, "created": made_at})
        _write_table(_Sheet(book, "Tableau"), summary)
        asked = _Sheet(book, "Critères")
        rows = [
            ("Tableau", summary.question.title),
            *summary.criteria,
            ("Établi le", made_at),
            ("Par", author.label),
        ]
        for rank, (what, chosen) in enumerate(rows):
            asked.put(rank, 0, what, HEADING)
            asked.put(rank, 1, chosen, {"align": "left"})
        asked.close()
    return out.getvalue()


class _Sheet:
    """A sheet on which a value is written by its type. A text stays a text, whatever it starts with, and even when its
    cell is edited."""

    def __init__(self, book: Any, name: str) -> None:
        self.book, self.sheet = book, book.add_worksheet(name)
        self.styles: dict[Any, Any] = {}

    def put(self, row: int, column: int, value: str | Value | dt.date, style: Style | None = None) -> None:
        look = style or {}
        match value:
            case str():
                self.sheet.write_string(row, column, value, self._style({"num_format": TEXT} | look))
            case Decimal():
                self.sheet.write_number(row, column, value, self._style(look | {"num_format": EUROS}))
            case int():
                self.sheet.write_number(row, column, value, self._style(look | {"num_format": COUNT}))
            case dt.datetime():
                self.sheet.write_datetime(row, column, value, self._style(look | {"num_format": MOMENT}))
            case dt.date():
                self.sheet.write_datetime(row, column, value, self._style({"num_format": DAY} | look))

    def put_all(self, row: int, column: int, values: Sequence[str | Value], style: Style | None = None) -> None:
        for rank, value in enumerate(values, column):
            self.put(row, rank, value, style)

    def put_heading(self, row: int, column: int, heading: Heading, width: int = 1, **more: Any) -> None:
        """A value of a dimension, over `width` columns; a month is a date."""
        style = HEADING | ({"num_format": MONTH} if heading.month else {}) | more
        if width > 1:
            self.sheet.merge_range(row, column, row, column + width - 1, "", self._style(style))
        self.put(row, column, heading.month or heading.label, style)

    def close(self, rows: int = 0, columns: int = 0) -> None:
        """Columns as wide as what they hold; the first rows and columns stay in sight."""
        self.sheet.autofit(WIDEST)
        self.sheet.freeze_panes(rows, columns)

    def _style(self, look: Style) -> Any:
        key = tuple(sorted(look.items()))
        if key not in self.styles:
            self.styles[key] = self.book.add_format(look)
        return self.styles[key]


def _write_table(sheet: _Sheet, summary: Summary) -> None:
    first, beside = _write_headings(sheet, summary), len(summary.question.rows)
    for row, line in enumerate(summary.lines, first):
        for place, heading in enumerate(line.headings):
            sheet.put_heading(row, place, heading, align="left")
        sheet.put_all(row, beside, line.values)
    last = first + len(summary.lines)
    sheet.put_all(last, 0, [TOTAL, *[""] * (beside - 1), *summary.totals], HEADING)
    sheet.close(first, beside)


def _write_headings(sheet: _Sheet, summary: Summary) -> int:
    """One row, or two where several measures stand under each group. Returns the row that follows."""
    measures, beside = summary.question.measures, len(summary.question.rows)
    last = int(bool(summary.groups) and len(measures) > 1)
    sheet.put_all(last, 0, [dimension.label for dimension in summary.question.rows], HEADING)
    for rank, group in enumerate(summary.groups):
        sheet.put_heading(0, beside + rank * len(measures), group, len(measures), align="center")
    if last or not summary.groups:
        names = [measure.label for measure in measures]
        sheet.put_all(last, beside, names * max(1, len(summary.groups)), HEADING)
    return last + 1
