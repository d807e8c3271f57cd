"""Is everything a supplier declared shown somewhere on the page of his request?"""

from app.domain.enums import Phase
from app.services import request_view
from tests import factories
from tests.factories import document
from tests.json_files import sample

LINE = sample()["lignesImport"][0]


def rest(avenant) -> dict[str, str]:
    return {fact.label: fact.value for fact in request_view.present(avenant).rest}


def test_what_has_its_own_block_is_not_said_twice(session):
    avenant = factories.avenant(declared=LINE)
    for piece in LINE["piecesJustificatives"]:
        document(avenant, piece["nomFichier"])
    assert rest(avenant) == {"Numéro de ligne": "1", "Type d'action": "C"}


def test_a_piece_announced_under_another_name_is_said(session):
    announced = LINE["piecesJustificatives"][0]["nomFichier"]
    assert rest(factories.avenant(declared=LINE))["Nom du fichier (1)"] == announced


def test_a_mandataire_without_his_tick_is_said(session):
    people = LINE["beneficiaires"] | {"isMandataire": False, "nomMandataire": "GROUPEMENT"}
    assert rest(factories.avenant(declared=LINE | {"beneficiaires": people}))["Nom du mandataire"] == "GROUPEMENT"
    ticked = people | {"isMandataire": True}
    assert "Nom du mandataire" not in rest(factories.avenant(declared=LINE | {"beneficiaires": ticked}))


def test_the_list_of_the_other_case_is_said(session):
    people = LINE["beneficiaires"] | {"structure": {"FINESSGeo": ["120780291"]}}
    shown = rest(factories.avenant(declared=LINE | {"beneficiaires": people}))
    assert shown["FINESS géographique (1)"] == "120780291"


def test_a_tag_no_corridor_knows_is_said_by_its_path(session):
    avenant = factories.avenant(declared=LINE | {"remarques": [{"texte": "Livré", "urgent": True}]})
    shown = rest(avenant)
    assert (shown["Balise « remarques[].texte »"], shown["Balise « remarques[].urgent »"]) == ("Livré", "Oui")


def test_a_solde_still_says_the_amount_of_the_order(session):
    avance = factories.avenant()
    order = {"montantSegurHT": "1000.5", "montantSegurHTFacture": "990.00"}
    solde = factories.avenant(
        avance.dossier.enrolment, dossier=avance.dossier, phase=Phase.SOLDE, declared={"commande": order}
    )
    assert rest(solde) == {"Montant Ségur HT": "1000,50"}


def test_a_form_has_no_rest(session):
    """Its answers stand under « Informations de la demande »."""
    avenant = factories.avenant(
        factories.enrolment(code="SAS"), declared={"contact": "x", "counts": {}}, phase=Phase.SOLDE, doctors=0
    )
    assert rest(avenant) == {}
