"""Are the summary tables exact: the right requests, in the right month, to the cent, in every file?"""

import csv
import datetime as dt
import io
from decimal import Decimal as D

import openpyxl
import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import PaymentState, Phase, RequestStatus, Role
from app.domain.errors import RuleBroken
from app.domain.request_workflow import Action
from app.domain.summary_tables import Dimension, Measure, Question
from app.models.audit import AuditEntry
from app.services import actors, summaries, summary_files
from app.services import requests as request_service
from app.services.actors import SYSTEM
from tests import factories
from tests.lives import ordered, paid

ANALYST = frozenset({Role.ANALYST})
EVERY_MEASURE = tuple(Measure)
COUNT, DECLARED = (Measure.COUNT,), (Measure.DECLARED,)
BY_CORRIDOR = (Dimension.CORRIDOR,)


def compute(rows=BY_CORRIDOR, measures=COUNT, **more):
    return summaries.compute(Question(tuple(rows), measures, **more), ANALYST)


def table(summary) -> dict[tuple[str, ...], tuple]:
    return {tuple(one.label for one in line.headings): line.values for line in summary.lines}


def paris(*moment: int) -> dt.datetime:
    """Noon of a day, or a moment, in UTC."""
    return dt.datetime(*(moment if len(moment) > 3 else (*moment, 12)), tzinfo=dt.UTC)


def test_amounts_and_counts_are_those_made_by_hand(session):
    """Two corridors, two phases, cents that floats add badly: 0,10 + 0,20 and 1 000 000 000,01."""
    mdv, hospital = factories.enrolment(), factories.enrolment(code="HOP")
    for euros in ("0.10", "0.20"):
        factories.avenant(mdv, declared_ht=D(euros))
    factories.avenant(mdv, declared_ht=D("1000000000.01"), phase=Phase.SOLDE)
    factories.avenant(hospital, declared_ht=D("74.99"), retained=D("70.01"))
    summary = compute(measures=EVERY_MEASURE, columns=Dimension.PHASE)
    zero = D("0.00")
    nothing = (0, zero, zero, zero, zero)
    hop = (1, D("74.99"), D("70.01"), zero, zero)
    assert [(line.headings[0].label[:3], line.values) for line in summary.lines] == [
        ("HOP", (*hop, *nothing, *hop)),
        (
            "MDV",
            (
                *(2, D("0.30"), zero, zero, zero),
                *(1, D("1000000000.01"), zero, zero, zero),
                *(3, D("1000000000.31"), zero, zero, zero),
            ),
        ),
    ]
    assert summary.totals[-5:] == (4, D("1000000075.30"), D("70.01"), zero, zero)
    assert all(isinstance(value, int | D) for line in summary.lines for value in line.values)


def test_totals_of_rows_and_columns_agree(session):
    enrolled = factories.enrolment()
    for cents in range(1, 24):
        status = (RequestStatus.IN_PROGRESS, RequestStatus.TO_AMEND)[cents % 2]
        factories.avenant(enrolled, declared_ht=D(cents).scaleb(-2), status=status, phase=list(Phase)[cents % 3 % 2])
    summary = compute((Dimension.STATUS, Dimension.SOFTWARE), DECLARED, columns=Dimension.PHASE)
    assert summary.totals[-1] == D("2.76") == sum(line.values[-1] for line in summary.lines)
    for line in summary.lines:
        assert sum(line.values[:-1]) == line.values[-1]
    for place, total in enumerate(summary.totals):
        assert sum(line.values[place] for line in summary.lines) == total


def test_decided_and_paid_amounts_count_once_they_are_so(session):
    ordered(waiting := factories.avenant())
    summary = compute(measures=EVERY_MEASURE)
    assert summary.totals == (1, D("1074.99"), waiting.retained, waiting.amount, D("0.00"))
    assert waiting.amount == D("322.50")


def test_what_is_paid_is_in_the_month_of_its_payment(session):
    paid(factories.avenant())
    factories.avenant()
    summary = compute((Dimension.PAID,), (Measure.COUNT, Measure.PAID))
    assert table(summary) == {("11/2026",): (1, D("322.50")), ("Non payée",): (1, D("0.00"))}
    assert table(compute((Dimension.DECIDED,))) == {("11/2026",): (1,), ("Non décidée",): (1,)}
    assert table(compute((Dimension.PAYMENT_STATE,))) == {
        (PaymentState.NONE.label,): (1,), (PaymentState.PAID.label,): (1,),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (paris(2026, 3, 31, 21, 59, 59), "03/2026"),  # summer time: Paris is two hours ahead
        (paris(2026, 3, 31, 22, 0, 0), "04/2026"),
        (paris(2026, 10, 31, 22, 59, 59), "10/2026"),  # winter time again: one hour
        (paris(2026, 10, 31, 23, 0, 0), "11/2026"),
        (paris(2025, 12, 31, 23, 0, 0), "01/2026"),
        (paris(2026, 1, 31, 22, 59, 59, 999999), "01/2026"),
    ],
)
def test_months_are_those_of_paris(session, moment, month):
    enrolled = factories.enrolment()
    for day in (paris(2024, 2, 29), moment, paris(2026, 11, 20)):
        factories.avenant(enrolled, deposited_at=day)
    found = table(compute((Dimension.DEPOSITED,)))
    assert found.pop(("02/2024",)) == (1,)
    assert (month,) in found
    assert sum(values[0] for values in found.values()) == 2


def test_months_and_statuses_stand_in_their_order(session):
    enrolled = factories.enrolment()
    for month, status in ((11, RequestStatus.CANCELLED), (2, RequestStatus.IN_PROGRESS), (10, RequestStatus.TO_AMEND)):
        factories.avenant(enrolled, deposited_at=paris(2026, month, 15), status=status)
    summary = compute((Dimension.STATUS,), columns=Dimension.DEPOSITED)
    assert [one.label for one in summary.columns] == ["02/2026", "10/2026", "11/2026"]
    assert [line.headings[0].label for line in summary.lines] == ["En cours", "A modifier", "Annulée"]
    assert [line.values for line in summary.lines] == [(1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1)]


def test_suppliers_of_one_name_stay_apart(session):
    one, other = (factories.supplier(name="DUPONT") for _ in range(2))
    for supplier in (one, other, other):
        factories.avenant(factories.enrolment(supplier))
    assert table(compute((Dimension.SUPPLIER,))) == {
        (f"DUPONT ({one.siret})",): (1,), (f"DUPONT ({other.siret})",): (2,),
    }  # fmt: skip


def test_the_requests_are_those_of_the_exports(session):
    """Neither the non-completed ones nor the avenants of the past."""
    factories.avenant(status=RequestStatus.INCOMPLETE, completed_at=None)
    cancelled = factories.avenant()
    request_service.act(cancelled, Action.CANCEL, actors.of(factories.user(Role.OFFICER)), comment="à sa demande")
    assert table(compute((Dimension.STATUS,))) == {("Annulée",): (1,)}


@pytest.mark.parametrize(
    ("role", "seen"),
    [(Role.ANALYST, 2), (Role.DECIDER, 2), (Role.AUTHORISER, 1), (Role.ACCOUNTANT, 1), (Role.ADMINISTRATOR, 0)],
)
def test_each_role_counts_what_it_sees(session, role, seen):
    ordered(factories.avenant())
    factories.avenant()
    summary = summaries.compute(Question(BY_CORRIDOR, COUNT), {role})
    assert sum(line.values[0] for line in summary.lines) == seen == summary.totals[0]


def test_criteria_narrow(session):
    mdv, hop = factories.enrolment(), factories.enrolment(code="HOP")
    factories.avenant(mdv, deposited_at=paris(2026, 10, 31, 22, 30))
    factories.avenant(mdv, deposited_at=paris(2026, 10, 31, 23, 30), phase=Phase.SOLDE)
    factories.avenant(hop, deposited_at=paris(2026, 11, 30, 22, 59, 59))
    factories.avenant(hop, deposited_at=paris(2026, 11, 30, 23, 0, 0))
    november = {"deposited_from": dt.date(2026, 11, 1), "deposited_to": dt.date(2026, 11, 30)}
    assert compute(**november).totals == (2,)
    assert compute(corridor="HOP").totals == (2,)
    assert compute(corridor="HOP", **november).totals == (1,)
    assert compute(phase=Phase.SOLDE, columns=Dimension.DEPOSITED).totals == (1, 1)
    assert compute(deposited_from=dt.date(2027, 1, 1)).lines == ()


@pytest.mark.parametrize("columns", [None, Dimension.PAID])
def test_nothing_to_count_is_an_empty_table(session, columns):
    summary = compute((Dimension.DEPOSITED,), (Measure.COUNT, Measure.PAID), columns=columns)
    assert (summary.lines, summary.columns) == ((), ())
    assert summary.totals == (0, D("0.00"))


@pytest.mark.parametrize(
    ("asked", "field", "message"),
    [
        ({"rows": ()}, "rows", "figure en lignes"),
        ({"measures": ()}, "measures", "au moins une mesure"),
        ({"rows": (Dimension.STATUS, Dimension.STATUS)}, "then", "« Statut » est déjà en lignes"),
        ({"columns": Dimension.CORRIDOR}, "columns", "« Couloir » est déjà en lignes"),
        ({"deposited_from": dt.date(2026, 2, 1), "deposited_to": dt.date(2026, 1, 1)}, "deposited_to", "précède"),
        ({"deposited_to": dt.date(9999, 12, 31)}, "deposited_to", "entre 1900 et 2999"),
        ({"deposited_from": dt.date(1, 1, 1)}, "deposited_from", "entre 1900 et 2999"),
        ({"corridor": "X\0Z"}, "corridor", "un couloir de la liste"),
    ],
)
def test_what_cannot_be_answered_is_refused_at_its_field(session, asked, field, message):
    with pytest.raises(RuleBroken, match=message) as refusal:
        compute(**asked)
    assert refusal.value.field == field


@pytest.mark.parametrize(("limit", "field"), [("SUMMARY_CELLS", "rows"), ("SUMMARY_COLUMNS", "columns")])
def test_a_table_too_large_to_be_read_is_refused(session, monkeypatch, limit, field):
    for month in (1, 2, 3):
        factories.avenant(deposited_at=paris(2026, month, 10))
    asked = {"rows": (Dimension.SUPPLIER,), "measures": (Measure.COUNT, Measure.PAID), "columns": Dimension.DEPOSITED}
    size = {"SUMMARY_CELLS": 18, "SUMMARY_COLUMNS": 6}[limit]
    monkeypatch.setattr(limits, limit, size)
    assert len(compute(**asked).lines) == 3
    monkeypatch.setattr(limits, limit, size - 1)
    with pytest.raises(RuleBroken, match="trop grand") as refusal:
        compute(**asked)
    assert refusal.value.field == field


# --- the files


moment = dt.datetime.fromisoformat  # what openpyxl makes of a date


def workbook(summary, author=SYSTEM):
    return openpyxl.load_workbook(io.BytesIO(summary_files.as_workbook(summary, author)))


def test_the_workbook_holds_numbers_dates_and_what_was_asked(session):
    factories.avenant(declared_ht=D("1000.10"), deposited_at=paris(2026, 10, 5))
    factories.avenant(declared_ht=D("0.20"), deposited_at=paris(2026, 11, 5))
    asked = {"columns": Dimension.DEPOSITED, "deposited_from": dt.date(2026, 10, 1)}
    author = actors.of(factories.user(Role.ANALYST))
    book = workbook(compute(BY_CORRIDOR, (Measure.COUNT, Measure.DECLARED), **asked), author)
    assert book.sheetnames == ["Tableau", "Critères"]
    sheet = book["Tableau"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == [None, moment("2026-10-01"), None, moment("2026-11-01"), None, "Total", None]
    assert rows[1] == ["Couloir", *["Nombre de demandes", "Montant déclaré HT"] * 3]
    assert rows[2][1:] == [1, 1000.1, 1, 0.2, 2, 1000.3]
    assert rows[3] == ["Total", *rows[2][1:]]
    assert sheet.freeze_panes == "B3"
    assert {str(area) for area in sheet.merged_cells.ranges} == {"B1:C1", "D1:E1", "F1:G1"}
    assert sheet["B1"].number_format == "mm/yyyy"
    assert [sheet.cell(3, column).data_type for column in range(1, 8)] == ["s", *"n" * 6]
    assert [sheet.cell(3, column).number_format for column in (2, 3)] == ["#,##0", '#,##0.00\\ "€"']
    criteria = {row[0].value: row[1].value for row in book["Critères"].iter_rows()}
    assert criteria["Tableau"] == "Nombre de demandes et montant déclaré HT par couloir, mois de dépôt en colonnes"
    assert criteria["Déposées à partir du"] == moment("2026-10-01")
    assert criteria["Établi le"] == moment("2026-11-23 10:00")
    assert criteria["Par"] == author.label
    assert criteria["Type"] == "Tous"
    assert book.properties.creator == author.label


def test_one_measure_needs_one_row_of_headings(session):
    factories.avenant()
    sheet = workbook(compute((Dimension.STATUS, Dimension.PHASE), columns=Dimension.PAYMENT_STATE))["Tableau"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Statut", "Type", "Aucun paiement en cours", "Total"],
        ["En cours", "Avance", 1, 1],
        ["Total", "", 1, 1],
    ]
    assert sheet.freeze_panes == "C2"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://exemple.fr", "=HYPERLINK(1)"])
@pytest.mark.parametrize("along", [False, True])
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(session, name, along):
    factories.avenant(factories.enrolment(factories.supplier(name=name)))
    by, columns = (BY_CORRIDOR, Dimension.SUPPLIER) if along else ((Dimension.SUPPLIER,), None)
    sheet = workbook(compute(by, EVERY_MEASURE, columns=columns))["Tableau"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    (found,) = [cell for cell in cells if str(cell.value).startswith(name)]
    assert (found.data_type, found.hyperlink, found.number_format) == ("s", None, "@")
    assert "f" not in {cell.data_type for cell in cells}


def rows_of(summary) -> list[list[str]]:
    text = summary_files.as_csv(summary).decode("utf-8-sig")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_csv_is_written_as_the_exports_are(session):
    supplier = factories.supplier(name='=cmd|"/c calc"')
    factories.avenant(factories.enrolment(supplier), declared_ht=D("123456.70"))
    summary = compute((Dimension.SUPPLIER,), (Measure.COUNT, Measure.DECLARED), columns=Dimension.DEPOSITED)
    assert summary_files.as_csv(summary).startswith("\ufeffFournisseur;11/2026 – Nombre de demandes;".encode())
    head, line, total = rows_of(summary)
    assert head[2:] == ["11/2026 – Montant déclaré HT", "Total – Nombre de demandes", "Total – Montant déclaré HT"]
    assert line == [f'\'=cmd|"/c calc" ({supplier.siret})', "1", "123456,70", "1", "123456,70"]
    assert total == ["Total", "1", "123456,70", "1", "123456,70"]
    along = rows_of(compute(columns=Dimension.SUPPLIER))
    assert along[0][1].startswith("'=cmd")


def test_a_table_that_leaves_is_audited(session):
    summary = compute(columns=Dimension.STATUS, corridor=None, deposited_to=dt.date(2026, 11, 30))
    actor = actors.of(factories.user(Role.ANALYST))
    summaries.record_export(summary, summary_files.file_name("xlsx"), actor)
    session.commit()
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (entry.actor, entry.subject) == (actor.label, "tableau-de-synthese-20261123.xlsx")
    assert entry.payload["after"] == {"title": "Nombre de demandes par couloir, statut en colonnes"}
    assert "Déposées jusqu'au : 30/11/2026" in entry.payload["comment"]
