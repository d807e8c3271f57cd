"""Which tags a document opens to correction, and which are corrected together."""

import pytest

from app.corridors import amendable
from app.domain.enums import Phase
from tests.shipped import SPECS


def test_a_sas_solde_opens_its_contact_alone():
    assert amendable.paths(SPECS["SAS"], Phase.SOLDE) == ("contact",)
    assert amendable.paths(SPECS["SAS"], Phase.AVANCE) == ()


def test_the_order_opens_what_its_phase_declares():
    order = {
        phase: [path for path in amendable.paths(SPECS["MDV"], phase) if path.startswith("commande.")]
        for phase in Phase
    }
    assert order[Phase.AVANCE] == ["commande.dateCommande", "commande.montantSegurHT"]
    assert order[Phase.SOLDE] == [
        "commande.dateCommande",
        "commande.montantSegurHTFacture",
        "commande.dateFacture",
        "commande.numeroFacture",
    ]


def test_a_document_keeps_some_tags_as_they_were_deposited():
    opened = amendable.paths(SPECS["MDV"], Phase.AVANCE)
    assert "beneficiaires.commandePour" not in opened
    assert "beneficiaires.liberal[].RPPS" in opened
    closed = SPECS["MDV"].model_copy(update={"amendable_order": ("dateCommande",)})
    assert "commande.montantSegurHT" not in amendable.paths(closed, Phase.AVANCE)


@pytest.mark.parametrize(
    ("code", "ticked", "opened"),
    [
        ("MDV", "commande.dateCommande", {"commande.dateCommande"}),
        (
            "MDV",
            "scenarioInstallation.isPFIToDMP",
            {"scenarioInstallation.isPFIToDMP", "scenarioInstallation.isDirectToDMP"},
        ),
        (
            "MS1",
            "beneficiaires.etablissements[].FINESSGeo",
            {"beneficiaires.etablissements[].FINESSGeo", "scenarioInstallation[].FINESSGeo"},
        ),
        (
            "MDV",
            "beneficiaires.isMandataire",
            {
                "beneficiaires.isMandataire",
                "beneficiaires.nomMandataire",
                "beneficiaires.emailMandataire",
                "beneficiaires.telephoneMandataire",
            },
        ),
    ],
)
def test_what_could_not_stay_as_it_is_opens_too(code, ticked, opened):
    assert amendable.together(SPECS[code], Phase.AVANCE, [ticked]) == opened
