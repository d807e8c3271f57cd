"""Can a corridor's form be drawn from its document, and its amount reckoned? Each contradiction, with its place."""

from collections.abc import Iterator

from app.corridors.amount_rules import Declared
from app.corridors.flaws import Flaw
from app.corridors.spec import CorridorSpec
from app.domain import limits
from app.domain.enums import DepositMode, Phase


def find(spec: CorridorSpec) -> Iterator[Flaw]:
    if spec.deposit is not DepositMode.FORM:
        return
    for rank in range(len(spec.lists)):
        yield Flaw(f"lists[{rank}]", "un formulaire ne demande pas de liste : déposez ce couloir par fichier JSON")
    rules = [("amount", spec.amount)]
    rules += [(f"software[{rank}].amount", one.amount) for rank, one in enumerate(spec.software) if one.amount]
    for place, rule in rules:
        if isinstance(rule, Declared):
            yield Flaw(place, "un formulaire ne déclare pas de montant : le couloir doit en donner un")
    most = limits.FORM_PIECES_BYTES // limits.PIECE_BYTES - 1
    for phase in Phase:
        if len(spec.documents_of(phase)) > most:
            yield Flaw("documents", f"un formulaire demande au plus {most} pièces ({phase.label.lower()})")
