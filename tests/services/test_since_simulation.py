"""What simulates clean imports clean; what changed in between is said, line by line."""

import copy
import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.corridors.amount_rules import PerBeneficiary
from app.domain.enums import Phase
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.dossiers import BeneficiaryClaim
from app.services import clock, corridor_versions, imports
from tests import factories
from tests.json_files import SAMPLE, codes, deposit, sample, simulate, supplier_a, written
from tests.services.test_imports import paid, solde_of  # noqa: F401 -- a fixture

DSR = "DSR-MDV-LGC-Va1"
_doctors = itertools.count(1)


@pytest.fixture
def a(session):
    return supplier_a()


def claimed(rank):
    """Somebody else is financed for the first doctor of this line."""
    rival = factories.avenant(factories.enrolment())
    doctor = sample()["lignesImport"][rank]["beneficiaires"]["liberal"][0]["RPPS"]
    db.session.add(BeneficiaryClaim(dsr=DSR, identifier=doctor, dossier_id=rival.request.dossier_id))
    db.session.flush()
    return doctor


def said(made):
    """For each line of which something is said, its number, its outcome and what."""
    return [(line.line_number, line.outcome.value, row["message"]) for line in made.lines for row in line.findings]


DAYS = st.dates(dt.date(2021, 8, 13), dt.date(2026, 11, 23))
MAILS = st.sampled_from(["a@exemple.fr", "prénom.nom@exemple.fr", "A_B-c%d+e@sous.domaine-x.fr"])
NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=200).filter(lambda name: name.strip())


@st.composite
def valid_lines(draw, rank):
    line = copy.deepcopy(sample()["lignesImport"][0])
    day = draw(DAYS)
    doctors = draw(st.integers(1, 4))
    line |= {"numLigne": rank + 1, "numeroEditeur": draw(st.sampled_from([f"E-{rank}", 70_000 + rank, f"é {rank}"]))}
    line["commande"] |= {
        "dateCommande": draw(st.sampled_from([f"{day:%d/%m/%Y}", day.isoformat()])),
        "montantSegurHT": draw(st.integers(1, 99_999)) / 100,
    }
    line["beneficiaires"]["liberal"] = [
        {
            "nomMedecin": draw(NAMES),
            "emailMedecin": draw(MAILS),
            "telephoneMedecin": draw(st.sampled_from(["0326212121", "+33 3 26 21 21 21"])),
            "RPPS": f"{next(_doctors):011d}",
        }
        for _ in range(doctors)
    ]
    line["piecesJustificatives"][0] |= {"nomFichier": f"bdc {rank} é.{draw(st.sampled_from(['pdf', 'PDF']))}"}
    if draw(st.booleans()):
        line["codeTraitement"] = None
    return line


@given(st.data())
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_valid_file_simulates_clean_and_is_retained_whole(a, data):
    count = data.draw(st.integers(1, 6))
    content = written(sample() | {"lignesImport": [data.draw(valid_lines(rank)) for rank in range(count)]})
    with db.session.begin_nested():
        found = simulate(content, a)
        assert codes(found) == []
        made = imports.import_simulated(found, a[1])
        assert (made.retained_count, made.rejected_count) == (count, 0)
        assert [row for row in said(made) if "depuis la simulation" in row[2]] == []
        assert [str(line) for line in found.report["amounts"]] == found.report["amounts"]


def test_a_beneficiary_claimed_meanwhile_is_told_before_and_after(a):
    found = simulate(SAMPLE.read_bytes(), a)
    doctor = claimed(3)
    reason = f"depuis la simulation : le bénéficiaire {doctor} a déjà une prestation en cours ou financée pour {DSR}"
    with pytest.raises(RuleBroken, match="1 ligne.s. sur 10 seraient rejetées") as refusal:
        imports.import_simulated(found, a[1])
    assert f"numLigne 4 – {reason}." in str(refusal.value)
    made = imports.import_simulated(found, a[1], confirmed=True)
    assert said(made) == [(4, "rejected", reason)]
    assert made.lines[3].label == reason[:1].upper() + reason[1:]


def test_what_the_simulation_had_said_is_not_said_to_be_new(a):
    claimed(3)
    found = simulate(SAMPLE.read_bytes(), a)
    claimed(5)
    with pytest.raises(RuleBroken) as refusal:
        imports.import_simulated(found, a[1])
    assert "numLigne 4" not in str(refusal.value)
    assert "numLigne 6 – depuis la simulation" in str(refusal.value)
    made = imports.import_simulated(found, a[1], confirmed=True)
    assert [(number, "depuis la simulation" in message) for number, _, message in said(made)] == [(4, False), (6, True)]


def test_a_window_closed_meanwhile_is_told(a, frozen):
    found = simulate(SAMPLE.read_bytes(), a)
    frozen.move_to(clock.today() + dt.timedelta(301))
    with pytest.raises(RuleBroken, match="^Depuis la simulation : le dépôt .* est clos depuis"):
        imports.import_simulated(found, a[1])


def test_a_version_published_meanwhile_is_told_on_each_line_whose_amount_changes(a):
    found = simulate(SAMPLE.read_bytes(), a)
    spec = factories.open_spec()
    lower = PerBeneficiary(rule="per_beneficiary", unit=Decimal("100.00"))
    corridor_versions.publish(spec.model_copy(update={"amount": lower}))
    made = imports.import_simulated(found, a[1])
    told = [row for row in said(made) if row[0] == 1]
    assert told == [
        (1, "retained", "depuis la simulation : le montant déclaré dépasse le plafond de 100,00 € HT"),
        (1, "retained", "depuis la simulation : l'avance est de 30,00 € au lieu de 107,50 € (version 2 du couloir)"),
    ]
    assert {number for number, _, _ in said(made)} == set(range(1, 11))


def test_a_solde_deposited_meanwhile_is_told(a, paid):  # noqa: F811
    avance, _ = paid
    found = simulate(solde_of(avance.number), a, Phase.SOLDE)
    deposit(solde_of(avance.number, commande__numeroFacture="F-2"), a, Phase.SOLDE)
    other = solde_of(avance.number, "FINMDV000002M0")
    assert codes(found) == []
    with pytest.raises(RuleBroken, match="Aucune ligne"):
        imports.import_simulated(found, a[1])
    assert codes(simulate(other, a, Phase.SOLDE))[0] == "0505"


def test_the_same_bytes_imported_meanwhile_are_a_conflict_that_says_so(a):
    first, second = simulate(SAMPLE.read_bytes(), a), simulate(SAMPLE.read_bytes(), a)
    imports.import_simulated(first, a[1])
    with pytest.raises(Conflict, match="^Depuis la simulation : ce fichier a déjà été importé"):
        imports.import_simulated(second, a[1])
