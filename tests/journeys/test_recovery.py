"""A paid request is cancelled by the recovery of all that was paid, by three people, before its supplier's eyes."""

import re

import pytest

from tests.journeys.test_main_job import act, fold, today_in_paris

pytestmark = pytest.mark.browser


def test_a_paid_request_is_recovered_then_cancelled(visit):
    decider = visit("decideur")
    decider.go("/gestion/demandes/?paiement=paid&type=solde&couloir=MDV")
    # The first one paid: of the last one, the demo world already asks a part back.
    number = re.findall(r"FINMDV\d{6}M1", decider.page.locator("tbody").inner_text())[-1]
    proposing = "Proposer un ordre de recouvrement"
    act(decider, number, proposing, Motif="Installation jamais réalisée.")  # the whole amount is already written
    decider.go("/gestion/recouvrements/?statut=proposed")
    order = re.search(r"OR-\d{4}-\d{4}", decider.text)
    assert order
    page = f"/gestion/recouvrements/{order[0]}"

    authoriser = visit("ordonnateur")
    step(authoriser, page, "Émettre l'ordre de recouvrement")
    supplier = visit("fournisseur-a")
    supplier.go(f"/segurnums/demandes/{number}")
    assert f"(ordre de recouvrement {order[0]})" in supplier.text

    accountant = visit("comptable")
    today = today_in_paris()
    step(
        accountant,
        page,
        "Enregistrer le recouvrement",
        **{"Date de recouvrement": today, "Référence du reversement": f"REC-{number}"},
    )
    supplier.go(f"/segurnums/demandes/{number}")
    assert "Statut : Annulée" in supplier.text
    fold(supplier, "Suivi Financier")
    assert f"REC-{number}" in supplier.text
    supplier.go(f"/segurnums/demandes/?statut=superseded&numero={number}")
    assert "Historisée" in supplier.page.locator("tbody").inner_text()


def step(visitor, page: str, action: str, **fields: str) -> None:
    """Open the order, unfold the act, fill its form, send it."""
    visitor.go(page)
    block = visitor.page.locator(".sg-acts details").filter(has=visitor.page.locator("summary", has_text=action))
    block.locator("summary").click()
    for label, value in fields.items():
        block.get_by_label(label).fill(value)
    block.get_by_role("button", name=action, exact=True).click()
    visitor.page.wait_for_load_state()
    visitor.check()
