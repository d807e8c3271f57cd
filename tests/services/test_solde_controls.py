"""May a solde be deposited? A refusal says the number, the status and what to do; which version rules what."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from app.corridors.spec import Delays, FieldSpec
from app.domain.enums import Phase, RequestStatus, Role
from app.domain.errors import RuleBroken
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.requests import Avenant
from app.services import actors, clock, corridor_versions, imports, liquidation
from app.services import requests as request_service
from tests import factories
from tests.json_files import changed, codes, deposit, put, sample, simulate, solde_line, supplier_a, written
from tests.lives import asked_back, ordered, paid


@pytest.fixture
def a(session):
    return supplier_a()


@pytest.fixture
def officer(session):
    return actors.of(factories.user(Role.OFFICER))


def soldes(*numbers, amount=358.33, **said):
    """A file of soldes of these N° ASP; `said`: tags of `commande` of the first one."""
    data = sample()
    avance = data["lignesImport"][0]
    data["lignesImport"] = [solde_line(number, rank, avance, amount) for rank, number in enumerate(numbers, start=1)]
    for tag, value in said.items():
        put(f"commande.{tag}", value)(data)
    return written(data)


def refusal(number, a, code):
    """What the report says of the one line that code refuses."""
    found = simulate(soldes(number), a, Phase.SOLDE)
    (row,) = [row for row in found.report["findings"] if row["code"] == code]
    return row


def asked(avenant, action, officer):
    request_service.act(avenant, action, officer, comment="voir le courriel")


AVANCES = {
    "instruite": (lambda one, who: None, "En cours", "Attendez que l'ASP instruise"),
    "pièce": (
        lambda one, who: asked(one, Action.ASK_DOCUMENT, who),
        "En attente de pièce",
        "Ajoutez la pièce demandée",
    ),
    "à modifier": (lambda one, who: asked(one, Action.ASK_AMENDMENT, who), "A modifier", "Modifiez l'avance"),
    "validée": (lambda one, who: asked(one, Action.VALIDATE, who), "Validée", "soit décidée et payée"),
    "rejetée": (lambda one, who: asked(one, Action.REJECT, who), "Rejetée", "une nouvelle avance"),
    "annulée": (lambda one, who: asked(one, Action.CANCEL, who), "Annulée", "une nouvelle avance"),
    "ordonnée": (lambda one, who: ordered(one), "Décidée, paiement en cours", "Attendez le paiement"),
}


@pytest.mark.parametrize("life", AVANCES)
def test_a_solde_waits_until_its_avance_is_decided_and_paid(a, officer, life):
    live, status, cure = AVANCES[life]
    avance = factories.avenant(a[0])
    live(avance, officer)
    row = refusal(avance.number, a, "0504")
    assert f"le dernier avenant de l'avance {avance.number} n'est pas au statut Décidé et payé" in row["message"]
    assert status in row["message"]
    assert cure in row["cure"]
    assert avance.number in row["cure"]


def test_an_avance_without_its_pieces_is_completed_first(a):
    avance = factories.avenant(a[0], status=RequestStatus.INCOMPLETE, completed_at=None)
    row = refusal(avance.number, a, "0504")
    assert "Non complétée" in row["message"]
    assert row["cure"].startswith(f"Déposez les pièces attendues de l'avance {avance.number}")


def test_a_paid_avance_opens_its_solde(a):
    avance = factories.avenant(a[0])
    paid(avance)
    found = simulate(soldes(avance.number), a, Phase.SOLDE)
    assert codes(found) == []
    assert found.importable


def test_an_avance_asked_back_whole_has_no_solde_and_one_asked_back_in_part_has(a):
    whole, part = factories.avenant(a[0]), factories.avenant(a[0])
    for one, code, amount in ((whole, "ENV-1", "322.50"), (part, "ENV-2", "0.01")):
        paid(one, code)
        asked_back(one, amount)
    row = refusal(whole.number, a, "0504")
    assert f"l'avance {whole.number} fait l'objet d'un ordre de recouvrement total" in row["message"]
    assert "Retirez la ligne" in row["cure"]
    assert codes(simulate(soldes(part.number), a, Phase.SOLDE)) == []


SOLDES = {
    "non complétée": (None, "Non complétée", "avant son expiration"),
    "en cours": (lambda one, who: None, "En cours", "contactez l'assistance"),
    "pièce": (lambda one, who: asked(one, Action.ASK_DOCUMENT, who), "En attente de pièce", "ajoutez la pièce"),
    "à modifier": (lambda one, who: asked(one, Action.ASK_AMENDMENT, who), "A modifier", "modifiez le solde"),
    "validée": (lambda one, who: asked(one, Action.VALIDATE, who), "Validée", "contactez l'assistance"),
}


@pytest.mark.parametrize("life", SOLDES)
def test_a_dossier_has_one_solde_open(a, officer, life):
    live, status, cure = SOLDES[life]
    avance = factories.avenant(a[0])
    paid(avance)
    over = {} if live else {"status": RequestStatus.INCOMPLETE, "completed_at": None}
    solde = factories.avenant(a[0], dossier=avance.dossier, phase=Phase.SOLDE, **over)
    if live:
        live(solde, officer)
    row = refusal(avance.number, a, "0505")
    assert f"le solde {solde.number} est déjà déposé, au statut « {status}" in row["message"]
    assert cure in row["cure"]


@pytest.mark.parametrize("action", [Action.REJECT, Action.CANCEL])
def test_a_solde_that_ended_leaves_its_place(a, officer, action):
    avance = factories.avenant(a[0])
    paid(avance)
    asked(factories.avenant(a[0], dossier=avance.dossier, phase=Phase.SOLDE), action, officer)
    assert codes(simulate(soldes(avance.number), a, Phase.SOLDE)) == []


def test_the_scenario_of_a_solde_is_held_against_the_profiles_again(a):
    """Those of the day: a profile lost since the avance refuses the solde, in the simulation as in the import."""
    avance = factories.avenant(a[0])
    paid(avance)
    data = json.loads(soldes(avance.number))
    data["lignesImport"][0]["scenarioInstallation"] |= {"isDirectToDMP": False, "isPFIToDMP": True}
    a[0].referencing.profiles = ["Général", "Spécifique PFI"]
    allowed = simulate(written(data), a, Phase.SOLDE)
    assert codes(allowed) == []
    a[0].referencing.profiles = ["Général"]
    db.session.flush()
    (row,) = [row for row in simulate(written(data), a, Phase.SOLDE).report["findings"] if row["level"] == "error"]
    assert (row["code"], row["path"]) == ("0407", "lignesImport[0].scenarioInstallation.isPFIToDMP")
    with pytest.raises(RuleBroken, match="Aucune ligne"):
        imports.import_simulated(allowed, a[1], confirmed=True)


# --- the version that rules


@pytest.fixture
def changed_since(a):
    """A paid avance of three doctors; then a version that halves the ceiling, asks one more tag and shortens delays."""
    avance = factories.avenant(a[0])
    paid(avance)
    spec = factories.open_spec()
    asked_now = FieldSpec(path="commande.numeroMarche", label="Numéro de marché", kind="text", required=True)
    corridor_versions.publish(
        spec.model_copy(
            update={
                "amount": spec.amount.model_copy(update={"unit": Decimal("100.00")}),
                "fields": (*spec.fields, asked_now),
                "delays": Delays(complete=3, completion_reminders=(2,), amendment_reminder=4, amendment=5),
            }
        )
    )
    return avance


def test_fields_and_ceiling_of_a_solde_are_those_of_its_avance(a, changed_since):
    found = simulate(soldes(changed_since.number, amount=358.33), a, Phase.SOLDE)
    assert codes(found) == []
    assert found.report["engagement_total"] == "358.33"
    rows = simulate(changed(lines=1), a).report["findings"]
    assert [row["path"] for row in rows if row["level"] == "error"] == ["lignesImport[0].commande.numeroMarche"]


def test_a_tag_asked_since_is_unknown_to_the_solde(a, changed_since):
    found = simulate(soldes(changed_since.number, numeroMarche="M-1"), a, Phase.SOLDE)
    assert [row["code"] for row in found.report["findings"] if row["path"].endswith("numeroMarche")] == ["0901"]


def test_delays_of_a_solde_are_those_in_force(a, officer, changed_since):
    imported = deposit(soldes(changed_since.number), a, Phase.SOLDE)
    solde = _solde_of(imported)
    assert solde.expires_on == clock.today() + dt.timedelta(3)
    assert solde.dossier.corridor_version_id == changed_since.dossier.corridor_version_id
    request_service.act(solde, Action.COMPLETE, actors.of(a[1]))
    request_service.act(solde, Action.ASK_AMENDMENT, officer, comment="la facture")
    question = request_service.open_information_request(solde)
    assert (question.remind_on, question.closes_on) == (
        clock.today() + dt.timedelta(4),
        clock.today() + dt.timedelta(5),
    )


def test_the_ceiling_frozen_with_the_dossier_is_the_one_that_judges(a, changed_since):
    solde = _solde_of(deposit(soldes(changed_since.number), a, Phase.SOLDE))
    found = liquidation.compute(solde)
    assert found.engagement.ceiling_ht == Decimal("358.33") * len(solde.beneficiaries)


def test_the_window_of_a_solde_is_the_one_in_force(a, changed_since):
    moved = {"opens_at": clock.now() - dt.timedelta(days=30), "closes_at": clock.now() - dt.timedelta(days=1)}
    _move_windows(**moved)
    assert codes(simulate(soldes(changed_since.number), a, Phase.SOLDE)) == ["0209"]


@pytest.mark.parametrize(
    ("opens", "closes", "message", "cure"),
    [
        (-30, -1, "« Solde » pour LGC, vague 1, est clos depuis le 22/11/2026 à 10:00", "contactez l'assistance"),
        (2, 9, "« Solde » pour LGC, vague 1, ouvre le 25/11/2026 à 10:00", "Déposez à partir du 25/11/2026 à 10:00."),
    ],
)
def test_a_closed_window_says_since_when_and_what_to_do(a, opens, closes, message, cure):
    avance = factories.avenant(a[0])
    paid(avance)
    now = clock.now()
    _move_windows(opens_at=now + dt.timedelta(days=opens), closes_at=now + dt.timedelta(days=closes))
    (fault,) = simulate(soldes(avance.number), a, Phase.SOLDE).report["file_faults"]
    assert (message in fault["message"], cure in fault["cure"]) == (True, True)
    assert "heure de Paris" in fault["message"]


def _move_windows(**moved):
    spec = corridor_versions.spec_of(corridor_versions.in_force("MDV"))
    windows = tuple(window.model_copy(update=moved) for window in spec.windows)
    corridor_versions.publish(spec.model_copy(update={"windows": windows}))


def _solde_of(imported):
    return db.session.query(Avenant).filter_by(json_import_id=imported.id, is_current=True).one()
