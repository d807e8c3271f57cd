"""Is an amount explained in the words of its corridor, with the figures of the request?"""

from decimal import Decimal

import pytest

from app.domain.enums import Phase
from app.domain.vat import VatRegime
from app.services import explanations
from tests import factories

NARROW, HARD = "\u202f", "\u00a0"


def steps(code, **over):
    """The reckoning of a request under instruction, by label of step."""
    vat = over.pop("vat", VatRegime.HT)
    found = explanations.explain(factories.avenant(factories.enrolment(code=code, vat=vat), **over))
    return {step.label: step for step in found.steps}


def test_a_rule_by_brackets_says_the_number_it_was_read_with(session):
    step = steps("BIO", declared={"counts": {"nombreSites": 12, "nombreInstances": 1}}, doctors=1)
    ceiling = step["Plafond HT du couloir"]
    assert ceiling.how.startswith("Par tranche de « Nombre de sites du laboratoire » (ici 12) — à partir de 0")
    assert ceiling.amount == Decimal("30532.50")


def test_a_linear_rule_says_each_count_by_its_label(session):
    counts = {"applicative": 10, "organisationnelle": 1200, "personnelle": 0}
    step = steps("MSS", declared={"counts": counts}, declared_ht=Decimal("32246.00"), doctors=0)
    how = step["Plafond HT du couloir"].how
    assert f"20,83{HARD}€ × « Nombre de BAL organisationnelles actuelles » (ici 1{NARROW}200)" in how
    assert "58,33" in how
    assert "« Nombre de Boîtes Aux Lettres (BAL rattachées à des applications) » (ici 10)" in how
    assert how.endswith(f"dans la limite de 250{NARROW}000,00{HARD}€.")


def test_a_rule_per_beneficiary_says_how_many(session):
    assert "× 3" in steps("MDV")["Plafond HT du couloir"].how


@pytest.mark.parametrize("phase", list(Phase))
def test_a_form_declares_no_amount(session, phase):
    step = steps("SAS", phase=phase, declared_ht=Decimal("100000"), doctors=0, vat=VatRegime.TTC_20)
    assert "formulaire" in step["Montant HT demandé"].how
    paid = {Phase.AVANCE: ("Montant de l'avance", "36000.00"), Phase.SOLDE: ("Montant du solde", "84000.00")}
    label, amount = paid[phase]
    assert (step[label].amount, step[label].how) == (
        Decimal(amount),
        "Montant fixe du couloir, selon le régime de TVA.",
    )


def test_in_general_a_rule_is_said_without_any_request():
    rule = factories.open_spec("BIO").amount
    assert explanations.rule_in_words(rule).startswith("Par tranche de « nombreSites » — à partir de 0")
