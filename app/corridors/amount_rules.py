"""The closed vocabulary of amount rules: what a corridor's document may say of its ceiling. No expression, no eval.

A ceiling is in euros HT; `ceiling()` returns it for what a request declares, or None where the corridor has none.
Raises `UnknownIdentifier` when a table has no line for a beneficiary.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.domain.amounts import ZERO, to_cent

Euros = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=12)]


class UnknownIdentifier(LookupError):
    """The table of ceilings has no line for this beneficiary: he is not eligible."""

    def __init__(self, identifier: str) -> None:
        super().__init__(identifier)
        self.identifier = identifier


@dataclass(frozen=True, slots=True)
class Basis:
    """What a ceiling is computed from: the software type, the beneficiaries' identifiers, the counts declared."""

    software_type: str = ""
    identifiers: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


class Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fixed(Rule):
    """The same amount for every dossier (SAS: 100 000)."""

    rule: Literal["fixed"]
    amount: Euros

    def ceiling(self, basis: Basis) -> Decimal | None:
        return self.amount


class PerBeneficiary(Rule):
    """So much per beneficiary (MDV: 358,33 per doctor)."""

    rule: Literal["per_beneficiary"]
    unit: Euros

    def ceiling(self, basis: Basis) -> Decimal | None:
        return to_cent(self.unit * len(basis.identifiers))


class Bracket(Rule):
    """From `at_least` on (included), `amount`."""

    at_least: int = Field(ge=0)
    amount: Euros


class Brackets(Rule):
    """The amount of the bracket a count falls in; brackets start at 0 and grow."""

    rule: Literal["brackets"]
    count: str
    brackets: tuple[Bracket, ...] = Field(min_length=1)

    @field_validator("brackets")
    @classmethod
    def _cover_everything(cls, brackets: tuple[Bracket, ...]) -> tuple[Bracket, ...]:
        starts = [bracket.at_least for bracket in brackets]
        if starts[0] != 0:
            raise ValueError(f"la première tranche doit commencer à 0 : rien n'est dit de 0 à {starts[0] - 1}")
        for rank, (before, start) in enumerate(pairwise(starts), start=1):
            if start <= before:
                raise ValueError(
                    f"les tranches doivent être croissantes et distinctes : brackets[{rank}] commence à {start}, la"
                    f" précédente à {before}"
                )
        return brackets

    def ceiling(self, basis: Basis) -> Decimal | None:
        value = basis.counts[self.count]
        return [bracket.amount for bracket in self.brackets if bracket.at_least <= value][-1]


class Linear(Rule):
    """Counts × unit prices + a constant, capped (MSS: 58,33 · 20,83 · 5,00 + 6 666,67, at most 250 000)."""

    rule: Literal["linear"]
    units: dict[str, Euros]
    constant: Euros = ZERO
    cap: Euros | None = None

    def ceiling(self, basis: Basis) -> Decimal | None:
        total = to_cent(sum((unit * basis.counts[name] for name, unit in self.units.items()), self.constant))
        return total if self.cap is None else min(total, self.cap)


class Table(Rule):
    """A ceiling per software type and beneficiary identifier, summed over the beneficiaries."""

    rule: Literal["table"]
    ceilings: dict[str, dict[str, Euros]]

    def ceiling(self, basis: Basis) -> Decimal | None:
        known = self.ceilings.get(basis.software_type, {})
        total = ZERO
        for identifier in basis.identifiers:
            if identifier not in known:
                raise UnknownIdentifier(identifier)
            total += known[identifier]
        return to_cent(total)


class Declared(Rule):
    """No ceiling: what is declared is retained."""

    rule: Literal["declared"]

    def ceiling(self, basis: Basis) -> Decimal | None:
        return None


AmountRule = Annotated[
    Fixed | PerBeneficiary | Brackets | Linear | Table | Declared, Field(discriminator="rule", title="règle de montant")
]
