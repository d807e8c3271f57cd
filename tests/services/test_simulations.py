"""« Simuler »: the report of a file, and everything the portal already knows that refuses a file or a line."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain import limits
from app.domain.enums import EnrolmentStatus, Phase
from app.domain.errors import NotAllowed, RuleBroken
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.dossiers import BeneficiaryClaim, Dossier
from app.services import clock, corridor_versions, ports, simulations
from tests import factories
from tests.json_files import SAMPLE, changed, codes, deposit, place_of, put, sample, simulate, supplier_a, written

A_DOCTOR = "beneficiaires.liberal.0.RPPS"


@pytest.fixture
def a(session):
    return supplier_a()


def test_the_sample_is_worth_5_733_28_and_1_720_00_of_avances(a):
    found = simulate(SAMPLE.read_bytes(), a)
    assert found.importable
    place = {"corridor": "Médecine de ville", "dsr": "DSR-MDV-LGC-Va1", "vat": "HT", "version": 1}
    assert found.report | {"amounts": []} == {
        "line_count": 10,
        "retained": 10,
        "rejected": 0,
        "file_total": "5733.28",
        "declared_total": "5733.28",
        "engagement_total": "5733.28",
        "amount_total": "1720.00",
        "errors": 0,
        "warnings": 0,
        "place": place,
        "amounts": [],
        "ceilings": [],
        "financed": [],
        "bom": False,
        "file_faults": [],
        "findings": [],
    }
    assert found.report["amounts"][:2] == ["107.50", "107.50"]
    with ports.get().store.open(found.storage_key) as file:
        assert file.read() == SAMPLE.read_bytes()
    assert db.session.scalar(sa.select(sa.func.count(Dossier.id))) == 0


def test_a_simulation_is_its_suppliers_only(a):
    found = simulate(SAMPLE.read_bytes(), a)
    assert simulations.find(found.id, a[1].supplier_id) is found
    assert simulations.find(found.id, a[1].supplier_id + 1) is None
    with pytest.raises(NotAllowed):
        simulate(SAMPLE.read_bytes(), (a[0], factories.supplier_user()))


def test_a_file_over_the_limit_is_not_even_read(a):
    with pytest.raises(RuleBroken, match="5 Mo") as refusal:
        simulate(b" " * (limits.JSON_FILE_BYTES + 1), a)
    assert refusal.value.field == "file"


def test_an_unreadable_file_is_reported_and_not_importable(a):
    found = simulate(b'{"numeroAns": \xff}', a)
    assert not found.importable
    assert (found.report["line_count"], codes(found)) == (0, ["0102"])


def test_a_faulty_line_is_left_out_of_the_totals(a):
    text = changed(put("commande.montantSegurHT", 0)).decode()
    found = simulate(text.encode(), a)
    assert found.importable
    assert (found.report["retained"], found.report["rejected"]) == (9, 1)
    assert (found.report["declared_total"], found.report["amount_total"]) == ("5374.95", "1612.50")
    (row,) = found.report["findings"]
    at_row, at_column = place_of(text, '"montantSegurHT": 0')
    assert (row["row"], row["column"]) == (at_row, at_column + len('"montantSegurHT": '))
    assert row["path"] == "lignesImport[0].commande.montantSegurHT"
    assert (row["line_number"], row["editor_number"], row["code"], row["level"]) == (1, "00001", "0308", "error")


def test_the_enrolment_must_be_validated(session):
    of = supplier_a(status=EnrolmentStatus.IN_PROGRESS)
    assert codes(simulate(SAMPLE.read_bytes(), of)) == ["0207"]


def test_the_vat_chosen_is_the_enrolments(a):
    enrolment, user = a
    found = simulations.simulate(SAMPLE.read_bytes(), "f.json", enrolment, Phase.AVANCE, VatRegime.TTC_20, user)
    assert codes(found) == ["0210"]
    enrolment.vat = VatRegime.TTC_20
    found = simulate(SAMPLE.read_bytes(), a)
    assert codes(found) == ["0404"] * 10
    assert not found.importable


def test_a_window_says_when_it_opens_and_closes(a):
    spec = factories.open_spec()
    past = [w.model_copy(update={"closes_at": clock.now() - dt.timedelta(1)}) for w in spec.windows]
    corridor_versions.publish(spec.model_copy(update={"windows": tuple(past)}))
    found = simulate(SAMPLE.read_bytes(), a)
    assert codes(found) == ["0209"]
    message = found.report["file_faults"][0]["message"]
    assert "du 24/10/2026 à 11:00 au 22/11/2026 à 10:00 (heure de Paris)" in message


def test_another_ones_software_or_siret_is_refused(session):
    other = factories.enrolment()
    user = factories.supplier_user(other.supplier)
    assert sorted(codes(simulate(SAMPLE.read_bytes(), (other, user)))) == ["0204", "0205"]


def test_a_financed_beneficiary_rejects_his_line_without_saying_by_whom(a):
    rival = factories.avenant(factories.enrolment())
    doctor = sample()["lignesImport"][3]["beneficiaires"]["liberal"][1]["RPPS"]
    db.session.add(BeneficiaryClaim(dsr="DSR-MDV-LGC-Va1", identifier=doctor, dossier_id=rival.request.dossier_id))
    db.session.flush()
    found = simulate(SAMPLE.read_bytes(), a)
    (row,) = found.report["findings"]
    assert (row["code"], row["line_number"]) == ("0501", 4)
    assert row["path"] == "lignesImport[3].beneficiaires.liberal[1].RPPS"
    assert (row["row"], row["column"]) == place_of(SAMPLE.read_text(), f'"{doctor}"')
    said = str(row)
    assert rival.number not in said
    assert rival.supplier.siret not in said
    assert rival.supplier.name not in said
    assert (found.report["retained"], found.report["declared_total"]) == (9, "4658.29")
    assert found.report["file_total"] == "5733.28"


def test_the_same_beneficiary_under_another_dsr_is_free(a):
    rival = factories.avenant(factories.enrolment())
    doctor = sample()["lignesImport"][0]["beneficiaires"]["liberal"][0]["RPPS"]
    db.session.add(BeneficiaryClaim(dsr="DSR-PHA-LGO-Va1", identifier=doctor, dossier_id=rival.request.dossier_id))
    assert codes(simulate(SAMPLE.read_bytes(), a)) == []


@pytest.mark.parametrize(
    ("written", "total"),
    [(358.34, "5733.29"), ("358,33", "5374.95"), (None, "5374.95"), (True, "5374.95"), (-1, "5374.95")],
)
def test_what_a_file_declares_is_said_whatever_is_wrong_in_it(a, written, total):
    content = changed(put("commande.montantSegurHT", written), put("typeAction", "X"))
    assert simulate(content, a).report["file_total"] == total


def test_an_amount_beyond_the_ceiling_is_a_remark(a):
    found = simulate(changed(put("commande.montantSegurHT", 400.0)), a)
    assert [(row["code"], row["level"]) for row in found.report["findings"]] == [("0906", "warning")]
    assert (found.report["declared_total"], found.report["engagement_total"]) == ("5774.95", "5733.28")


def test_a_hospital_out_of_the_table_of_ceilings_is_rejected(session):
    enrolment = factories.enrolment(code="HOP")
    user = factories.supplier_user(enrolment.supplier)

    def hospital(rank, pmsi):
        return {
            "numLigne": rank,
            "typeAction": "C",
            "numeroASP": None,
            "numeroEditeur": f"{rank:05d}",
            "commande": {"dateCommande": "03/10/2021", "regimeTVA": "HT", "montantSegurHT": 100.0},
            "beneficiaires": {
                "isMandataire": False,
                "isClientUnique": True,
                "etablissements": [{"nom": "CH", "email": "ch@exemple.fr", "telephone": "0326212121", "numPMSI": pmsi}],
            },
            "piecesJustificatives": [
                {"nomFichier": f"bdc-{rank}.pdf", "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"}
            ],
            "scenarioInstallation": {
                "isPFIToDMP": False,
                "isPFIToMSSPro": False,
                "isPFIToMSSCitoyen": False,
                "isProSanteConnectNeeded": True,
            },
        }

    known = next(iter(factories.open_spec("HOP").amount.ceilings["DPI"]))
    unknown = "260100037"
    data = {
        "numeroAns": enrolment.referencing.ans_number.upper(),
        "siret": enrolment.supplier.siret,
        "lignesImport": [hospital(1, known), hospital(2, unknown)],
    }
    found = simulate(written(data), (enrolment, user))
    assert [(row["code"], row["line_number"]) for row in found.report["findings"]] == [("0502", 2)]


def test_a_file_of_which_a_request_lives_is_refused_until_it_dies(a):
    deposit(SAMPLE.read_bytes(), a)
    found = simulate(SAMPLE.read_bytes(), a)
    assert codes(found)[0] == "0211"
    assert not found.importable
