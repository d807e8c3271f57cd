"""Are the two exports the guide's: columns, rows, cells a French spreadsheet reads and no formula runs?"""

import csv
import datetime as dt
import io
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain import identifiers
from app.domain.enums import RequestStatus, Role
from app.domain.errors import RuleBroken
from app.domain.request_workflow import Action
from app.extensions import set_reading
from app.models.audit import AuditEntry
from app.models.requests import Beneficiary
from app.services import actors, exports
from app.services import requests as request_service
from app.services.actors import SYSTEM
from tests import bulk, factories, shipped
from tests.lives import ordered, paid

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
TWELVE = [
    "N° ASP", "Type", "Statut", "Date de changement de statut", "Logiciel", "Date de dépôt", "Date de commande",
    "N° éditeur", "Etat de paiement", "Date du paiement", "Montant déclaré SEGUR HT",
    "Montant payé (fonction du régime TVA)",
]  # fmt: skip
EIGHTEEN = [
    "N° de la demande", *TWELVE[1:], "N°ANS", "FINESS PMSI", "Nom du client", "E-mail du client",
    "Téléphone du client", "Raison sociale client",
]  # fmt: skip


def written(export) -> bytes:
    found = b"".join(exports.stream(export))
    set_reading(False)
    return found


def table(export) -> list[list[str]]:
    text = written(export).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def all_requests():
    return table(exports.requests_export(None, SYSTEM))


def cell(column: str, **over) -> str:
    factories.avenant(**over)
    head, row = all_requests()
    return row[head.index(column)]


def test_requests_have_the_guides_twelve_columns(session):
    assert all_requests() == [TWELVE]


def test_beneficiaries_of_hospitals_have_the_guides_eighteen_columns(session):
    factories.corridor("HOP")
    assert table(exports.beneficiaries_export(None, "HOP", SYSTEM)) == [EIGHTEEN]


def test_the_fourteenth_heading_names_the_corridors_identifiers(session):
    factories.corridor("MDV")
    (head,) = table(exports.beneficiaries_export(None, "MDV", SYSTEM))
    assert head[13] == "RPPS / FINESS"
    assert len(head) == 18


@pytest.mark.parametrize("code", ["", "XXX", "SAS"])
def test_a_corridor_with_beneficiaries_must_be_chosen_first(session, code):
    factories.corridor("MDV")
    factories.corridor("SAS")
    with pytest.raises(RuleBroken, match="Sélectionnez d'abord un couloir") as refusal:
        exports.beneficiaries_export(None, code, SYSTEM)
    assert refusal.value.field == "corridor"


def test_non_completed_requests_and_superseded_avenants_stay_out(session):
    factories.avenant(status=RequestStatus.INCOMPLETE, completed_at=None)
    cancelled = factories.avenant()
    request_service.act(cancelled, Action.CANCEL, actors.of(factories.user(Role.OFFICER)), comment="à sa demande")
    _, *rows = all_requests()
    assert [(row[0], row[2]) for row in rows] == [(cancelled.number, "Annulée")]


def test_a_supplier_exports_his_own_rows_only(session):
    mine, _ = factories.avenant(), factories.avenant()
    _, *rows = table(exports.requests_export(mine.supplier_id, SYSTEM))
    assert [row[0] for row in rows] == [mine.number]
    _, *rows = table(exports.beneficiaries_export(mine.supplier_id, "MDV", SYSTEM))
    assert {row[0] for row in rows} == {mine.number}
    assert len(rows) == 3


def test_the_amount_paid_is_empty_until_the_transfer_is_confirmed(session):
    avenant = factories.avenant()
    assert all_requests()[1][8:] == ["Aucun paiement en cours", "", "1074,99", ""]
    paid(avenant)
    assert all_requests()[1][8:] == ["Paiement effectué", "23/11/2026", "1074,99", "322,50"]


def test_an_ordered_transfer_is_not_paid_yet(session):
    ordered(factories.avenant())
    assert all_requests()[1][9] == all_requests()[1][11] == ""


def test_days_are_paris_days(session):
    late = dt.datetime(2026, 7, 14, 22, 30, tzinfo=dt.UTC)
    assert cell("Date de dépôt", deposited_at=late) == "15/07/2026"


@pytest.mark.parametrize(("euros", "shown"), [("0.05", "0,05"), ("7.00", "7,00"), ("123456789.10", "123456789,10")])
def test_amounts_are_numbers_with_a_decimal_comma(session, euros, shown):
    assert cell("Montant déclaré SEGUR HT", declared_ht=Decimal(euros)) == shown


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "  -1", "＝1"])
def test_a_text_that_would_run_is_disarmed(session, typed):
    assert cell("N° éditeur", editor_number=typed) == "'" + typed.replace("\r", " ")


@pytest.mark.parametrize("typed", ["00001", 'A;"B"', "l'été", "\\N", "\\.", '"', "100 %", "a:b %(c)s"])
def test_any_other_text_comes_back_as_typed(session, typed):
    assert cell("N° éditeur", editor_number=typed) == typed


def test_a_line_break_never_breaks_a_row(session):
    avenant = factories.avenant(editor_number="A\r\nB")
    text = written(exports.requests_export(None, SYSTEM)).decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n") == 2
    assert f"{avenant.number};" in text
    assert ";A  B;" in text


def a_golden_request(code, number, people, **over):
    """A paid request of this corridor; `people`: kind, identifier, name, email and phone of its beneficiaries."""
    day = dt.datetime(2026, 11, 2, 8, 30, tzinfo=dt.UTC)
    referenced = factories.referencing(code, ans_number="fac000001")
    avenant = factories.avenant(
        factories.enrolment(factories.supplier(), code, referencing=referenced),
        number=number,
        deposited_at=day,
        status_changed_at=day,
        order_date=dt.date(2026, 10, 31),
        beneficiaries=[
            Beneficiary(
                position=rank,
                name=name,
                email=email,
                phone=phone,
                identifier_kind=kind,
                identifier=identifier,
            )
            for rank, (kind, identifier, name, email, phone) in enumerate(people, start=1)
        ],
        **over,
    )
    paid(avenant)
    return avenant


HOSPITAL = [("pmsi", "120780291", 'CH "Les Œillets"; site nord', "dsi@exemple.fr", "+33326212121")]
DOCTORS = [
    ("rpps", "10005173140", "DR É. LEROY", "leroy@exemple.fr", "0633221166"),
    ("finess", "120780481", "M. LE RESPONSABLE", "", ""),
]
ESTABLISHMENTS = [
    ("finess", "020018552", "EHPAD DU LAC", "lac@exemple.fr", "0323121212"),
    ("finess", "027810373", "=SAVS", "savs@exemple.fr", "0323121213"),
]


@pytest.mark.parametrize(
    ("code", "number", "people", "heading", "file"),
    [
        ("HOP", "FINHOP003989M0", HOSPITAL, "FINESS PMSI", "export-beneficiaires.csv"),
        ("MDV", "FINMDV005046M0", DOCTORS, "RPPS / FINESS", "export-beneficiaires-mdv.csv"),
        ("MS1", "FINMS1010754M0", ESTABLISHMENTS, "FINESS", "export-beneficiaires-ms1.csv"),
    ],
)
def test_the_beneficiaries_of_a_corridor_are_the_golden_file(session, code, number, people, heading, file):
    """Byte for byte the same on both databases."""
    a_golden_request(code, number, people, editor_number="=00001;")
    found = written(exports.beneficiaries_export(None, code, SYSTEM))
    assert found == (GOLDEN / file).read_bytes()
    assert f";{heading};" in found.decode("utf-8-sig").partition("\r\n")[0]


def test_the_requests_are_the_golden_file(session):
    """Byte for byte the same on both databases."""
    a_golden_request("HOP", "FINHOP003989M0", HOSPITAL, editor_number="=00001;")
    assert written(exports.requests_export(None, SYSTEM)) == (GOLDEN / "export-demandes.csv").read_bytes()


@pytest.mark.parametrize("code", sorted(spec.code for spec in shipped.SPECS.values() if spec.beneficiaries))
def test_every_corridor_with_beneficiaries_names_its_identifiers(session, code):
    factories.corridor(code)
    (head,) = table(exports.beneficiaries_export(None, code, SYSTEM))
    spec = factories.open_spec(code)
    labels = [identifiers.LABELS[kind] for kind in spec.identifier_kinds]
    assert head[13] == ("FINESS PMSI" if "pmsi" in spec.identifier_kinds else " / ".join(labels))
    assert (head[:13], head[14:]) == (EIGHTEEN[:13], EIGHTEEN[14:])


def test_each_export_is_audited_before_it_leaves(session):
    avenant = factories.avenant()
    actor = actors.of(factories.user(Role.ANALYST))
    export = exports.beneficiaries_export(avenant.supplier_id, "MDV", actor)
    session.commit()
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (entry.actor, entry.subject) == (actor.label, export.file_name)
    assert entry.payload["after"] == {"supplier_id": avenant.supplier_id, "corridor": "MDV"}
    assert export.file_name == "export-beneficiaires-20261123.csv"


def test_memory_stays_flat_on_many_rows(session):
    many = 20_000
    bulk.copies(factories.avenant(), many)
    export = exports.requests_export(None, SYSTEM)
    tracemalloc.start()
    lines = size = 0
    for block in exports.stream(export):
        lines, size = lines + block.count(b"\r\n"), size + len(block)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == many + 2
    assert peak < size / 2
