"""What do the corridors deposited by form pay, and what do their documents ask? (SAS, opérateur MSSanté.)

Vectors: ANS (30 000 € then 70 000 € HT), ARS Grand Est (linear rule), guide « Opérateur MSS » (8000.00).
"""

from decimal import Decimal as D

import pytest

from app.corridors.amount_rules import Basis
from app.domain import amounts
from app.domain.amounts import ZERO
from app.domain.enums import Phase
from app.domain.vat import VatRegime
from app.services import liquidation
from tests.shipped import SPECS

SAS, MSS = SPECS["SAS"], SPECS["MSS"]
CEILING = SAS.amount.ceiling(Basis())


def paid(spec, phase, vat, ceiling, already=ZERO):
    """What a request of this phase is worth; a form declares no amount: the ceiling is engaged."""
    return liquidation.instalment(spec, phase, amounts.engage(ceiling, ceiling, vat), already).amount


@pytest.mark.parametrize(
    ("vat", "avance", "solde"),
    [
        (VatRegime.HT, "30000.00", "70000.00"),
        (VatRegime.TTC_20, "36000.00", "84000.00"),
        (VatRegime.TTC_8_5, "32550.00", "75950.00"),
        (VatRegime.TTC_0, "30000.00", "70000.00"),
    ],
)
def test_a_sas_gets_its_two_fixed_instalments(vat, avance, solde):
    assert paid(SAS, Phase.AVANCE, vat, CEILING) == D(avance)
    assert paid(SAS, Phase.SOLDE, vat, CEILING, already=D(avance)) == D(solde)


def test_the_solde_of_a_sas_does_not_follow_what_the_avance_paid():
    """Guide « Modification d'une demande de solde SAS »: 0,00 decided at the avance, 70000,00 at the solde."""
    assert paid(SAS, Phase.SOLDE, VatRegime.HT, CEILING, already=ZERO) == D("70000.00")


@pytest.mark.parametrize(
    ("vat", "avance"),
    [(VatRegime.HT, "6666.67"), (VatRegime.TTC_20, "8000.00"), (VatRegime.TTC_8_5, "7233.34")],
)
def test_an_operator_gets_the_fixed_part_first(vat, avance):
    assert paid(MSS, Phase.AVANCE, vat, _mailboxes(500, 500, 500)) == D(avance)


@pytest.mark.parametrize(
    ("counts", "vat", "engaged", "solde"),
    [
        ((10, 10, 10), VatRegime.TTC_20, "9009.92", "1009.92"),
        ((0, 0, 0), VatRegime.TTC_20, "8000.00", "0.00"),
        ((10, 10, 10), VatRegime.HT, "7508.27", "841.60"),
        ((10_000, 0, 0), VatRegime.TTC_20, "300000.00", "292000.00"),
    ],
)
def test_an_operators_solde_is_reckoned_on_his_mailboxes(counts, vat, engaged, solde):
    ceiling = _mailboxes(*counts)
    assert amounts.engage(ceiling, ceiling, vat).retained == D(engaged)
    already = paid(MSS, Phase.AVANCE, vat, ceiling)
    assert paid(MSS, Phase.SOLDE, vat, ceiling, already) == D(solde)


def _mailboxes(app, org, perso):
    return MSS.amount.ceiling(Basis(counts={"applicative": app, "organisationnelle": org, "personnelle": perso}))


def test_an_operator_gives_six_counts_under_the_guides_labels():
    assert [field.label for field in MSS.fields_of(Phase.AVANCE)] == [
        "Nombre de Boîtes Aux Lettres (BAL rattachées à des applications)",
        "Nombre de BAL applicatives estimées à la date de clôture",
        "Nombre de BAL organisationnelles actuelles",
        "Nombre de BAL organisationnelles estimées à la date de clôture",
        "Nombre de BAL personnelles actuelles",
        "Nombre de BAL personnelles estimées à la date de clôture",
    ]
    assert all(field.required and field.kind == "integer" for field in MSS.fields)
    assert {field.path for field in MSS.fields_of(Phase.SOLDE)} == {"applicative", "organisationnelle", "personnelle"}


def test_an_operator_is_decided_at_once_and_closes_on_30_june_2023():
    assert MSS.automatic_decision
    assert not SAS.automatic_decision
    (avance,) = (window for window in MSS.windows if window.phase is Phase.AVANCE)
    assert avance.closes_at.isoformat() == "2023-07-01T00:00:00+02:00"


@pytest.mark.parametrize(
    ("spec", "phase", "required", "optional"),
    [
        (SAS, Phase.AVANCE, ["Procès-verbal de mise en service",
                             "Attestation sur l'honneur de procuration de documents à la destination des Régulateurs"
                             " et des Effecteurs",
                             "Justificatif de transmission des données à la plateforme numérique SAS"], []),
        (SAS, Phase.SOLDE, ["Procès-verbal de vérification de service régulier (VSR)"], ["AUTRE_S"]),
        (MSS, Phase.AVANCE, [], []),
        (MSS, Phase.SOLDE, ["Résultat des tests techniques", "Guide de l'API"], ["AUTRE_S"]),
    ],
)  # fmt: skip
def test_the_pieces_asked(spec, phase, required, optional):
    asked = spec.documents_of(phase)
    assert [piece.label for piece in asked if piece.required] == required
    assert [piece.code for piece in asked if not piece.required] == optional


def test_a_sas_solde_asks_where_to_be_helped():
    (contact,) = SAS.fields_of(Phase.SOLDE)
    assert contact.label == (
        "Coordonnées de contact ou lien vers la plateforme de support à destination des Régulateurs ou Effecteurs"
    )
    assert SAS.fields_of(Phase.AVANCE) == ()
    assert SAS.single_dossier
