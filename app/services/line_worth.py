"""How much is each retained line of a file worth, and which declare more than their ceiling?

Amounts in euros. The same for an import, a simulation and the public simulator, which knows no dossier.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from app.corridors.amount_rules import AmountRule, Basis, UnknownIdentifier
from app.domain import amounts
from app.domain.amounts import ZERO
from app.domain.enums import Phase
from app.domain.vat import VatRegime
from app.exchange import codes
from app.exchange.examination import Examination, Line
from app.services import formats, liquidation
from app.services.liquidation import Liquidation


class Standing(NamedTuple):
    """What a line is judged by. `paid`: on the avance of its dossier; None when no dossier is looked up, and the avance
    is then taken for paid as the corridor makes it."""

    software_type: str
    wave: int
    paid: Decimal | None = ZERO


def check(examined: Examination, vat: VatRegime, standing_of: Callable[[Line], Standing]) -> dict[int, Liquidation]:
    """By rank, what each retained line is worth. Refuses those whose beneficiary has no ceiling, remarks the others."""
    worth = {}
    rules: dict[tuple[int, str, int], AmountRule] = {}  # few for many lines
    for line in examined.retained:
        declared_ht, spec, standing = line.declared_ht, line.model.spec, standing_of(line)
        assert declared_ht is not None, "the model refuses a line without amount"
        basis = Basis(standing.software_type, line.identifiers, line.counts)
        try:
            key = (id(spec), standing.software_type, standing.wave)
            if key not in rules:
                rules[key] = spec.amount_of(standing.software_type, standing.wave)
            ceiling = rules[key].ceiling(basis)
        except UnknownIdentifier as unknown:
            refuse_unknown(line, unknown.identifier)
            continue
        if ceiling is not None and declared_ht > ceiling:
            said = f"{formats.euros(ceiling)} € HT"
            message = f"le montant déclaré dépasse le plafond de {said}"
            line.refuse(codes.ABOVE_CEILING, ("commande",), message, declared_ht, expected=f"{said} au plus")
        engagement = amounts.engage(declared_ht, ceiling, vat)
        paid = standing.paid
        if paid is None:
            paid = liquidation.instalment(spec, Phase.AVANCE, engagement, ZERO).amount
        worth[line.rank] = liquidation.instalment(spec, examined.phase, engagement, paid)
    return worth


def refuse_unknown(line: Line, identifier: str) -> None:
    """Say that a beneficiary has no ceiling, where the line names him."""
    for person in line.people:
        if person.identifier == identifier:
            message = f"« {identifier} » ne figure pas parmi les bénéficiaires éligibles de ce couloir"
            line.refuse(codes.NOT_ELIGIBLE, person.place, message, identifier)
