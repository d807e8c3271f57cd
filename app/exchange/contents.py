"""What a sound line says, ready to become a request: dates, amounts in euros, beneficiaries, pieces, scenarios.

Read after the controls of shape: the values have the right types. `declared` is the line without the tags the portal
answers with; a database keeps it with decimals as strings (`plain`), as published corridors.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, TypeGuard

from app.corridors.spec import BeneficiarySource, CorridorSpec
from app.domain import limits
from app.domain.enums import Phase
from app.exchange.faults import Path
from app.exchange.line_rules import Steps, value_at, values_at
from app.exchange.values import amount_fault, amount_of, date_of

_LONGEST = 60  # characters of an identifier
_ANSWERS = ("numeroASP", "codeTraitement", "libelleTraitement")


class Person(NamedTuple):
    """A beneficiary of a line; `place` is where its identifier stands in the line."""

    position: int
    name: str
    email: str
    phone: str
    identifier_kind: str
    identifier: str
    place: Path


class Piece(NamedTuple):
    """A piece the line announces."""

    position: int
    kind: str
    file_name: str


class Content(NamedTuple):
    """A line, read. `counts` are its whole numbers by the last part of their path, for the rules on counts."""

    order_date: dt.date
    declared_ht: Decimal
    invoice_date: dt.date | None
    invoice_number: str | None
    beneficiaries: tuple[Person, ...]
    pieces: tuple[Piece, ...]
    counts: dict[str, int]


class _Source(NamedTuple):
    """Where a `BeneficiarySource` looks, its paths split once and not once per line. A key is a tag of the element, or
    steps from the line (`_key`)."""

    when: Steps
    equals: str | bool
    list: Steps
    identifier: str
    kind: str
    said: tuple[str | Steps, str | Steps, str | Steps]


def _source(one: BeneficiarySource) -> _Source:
    when, equals = (tuple(one.when.path.split(".")), one.when.equals) if one.when else ((), "")
    said = (_key(one.name), _key(one.email), _key(one.phone))
    return _Source(when, equals, tuple(one.list.split(".")), one.identifier, one.identifier_kind, said)


def _key(written: str) -> str | Steps:
    """A tag of the element, or a path from the line when it starts with a dot."""
    return tuple(written[1:].split(".")) if written.startswith(".") else written


class Reader:
    """Reads the lines of one corridor version in one phase."""

    def __init__(self, spec: CorridorSpec, phase: Phase) -> None:
        self.sources = spec.beneficiaries
        self._sources = [_source(one) for one in spec.beneficiaries]
        self.amount_tag = "montantSegurHT" if phase is Phase.AVANCE else "montantSegurHTFacture"
        self.of_solde = phase is Phase.SOLDE
        self.strict = frozenset(field.path for field in spec.fields if field.strict)
        self.counted = [field.path for field in spec.fields_of(phase) if field.kind == "integer"]

    def identifier_paths(self, kind: str | None = None) -> list[str]:
        """Where identifiers are, of one kind or of any, whatever the case of the line."""
        return [source.identifier_path for source in self.sources if kind in (None, source.identifier_kind)]

    def remarks_keys_of(self, kind: str) -> bool:
        """Whether a wrong key of this kind of identifier is remarked only: where a field is strict, it blocks."""
        return kind == "rpps" and self.strict.isdisjoint(self.identifier_paths(kind))

    def read(self, line: Mapping[str, Any], people: tuple[Person, ...]) -> Content:
        """The content of a line of the right shape, whose beneficiaries are already read."""
        order = line["commande"]
        ordered_on = date_of(order["dateCommande"])
        assert ordered_on is not None, "the model refused it"
        return Content(
            order_date=ordered_on,
            declared_ht=amount_of(order[self.amount_tag]),
            invoice_date=date_of(order["dateFacture"]) if self.of_solde else None,
            invoice_number=order["numeroFacture"] if self.of_solde else None,
            beneficiaries=people,
            pieces=tuple(
                Piece(rank, piece["typeFichier"], piece["nomFichier"])
                for rank, piece in enumerate(line["piecesJustificatives"], start=1)
            ),
            counts=self.counts(line),
        )

    def amount(self, line: Any) -> Decimal | None:
        """What the line declares, whatever else is wrong in it; None when that is no amount."""
        written = value_at(line, ("commande", self.amount_tag))
        return None if amount_fault(written) else amount_of(written)

    def beneficiaries(self, line: Any) -> Iterator[Person]:
        """Whoever the line names with an identifier, whatever else is wrong in it."""
        for position, (source, rank, element, identifier) in enumerate(self._named(line), start=1):
            name, email, phone = source.said
            yield Person(
                position,
                _said(name, line, element),
                _said(email, line, element),
                _said(phone, line, element),
                source.kind,
                identifier,
                (*source.list, rank, source.identifier) if source.identifier else (*source.list, rank),
            )

    def identifiers(self, line: Any) -> tuple[str, ...]:
        """Theirs alone."""
        return tuple([identifier for *_, identifier in self._named(line)])

    def _named(self, line: Any) -> Iterator[tuple[_Source, int, Any, str]]:
        """Where each identifier is found: its source, the rank of its element and that element."""
        for source in self._sources if isinstance(line, dict) else ():
            if source.when and value_at(line, source.when) != source.equals:
                continue
            found, tag = value_at(line, source.list), source.identifier
            for rank, element in enumerate(found[: limits.JSON_LIST_ITEMS] if isinstance(found, list) else ()):
                identifier = element.get(tag) if isinstance(element, dict) else element
                if names_somebody(identifier):
                    yield source, rank, element, identifier

    def counts(self, line: Mapping[str, Any]) -> dict[str, int]:
        """Its whole numbers, by the last part of their path."""
        counts: dict[str, int] = {}
        for path in self.counted:
            name = path.rpartition(".")[2]
            counts[name] = sum(value for _, value in values_at(line, path) if isinstance(value, int))
        return counts


def _said(key: str | Steps, line: Mapping[str, Any], element: Any) -> str:
    """What a key says of a person; empty when the source has none, or it is no text."""
    if not key:
        return ""
    given = element.get(key) if isinstance(element, dict) else None
    found = value_at(line, key) if isinstance(key, tuple) else given
    return found if isinstance(found, str) else ""


def names_somebody(identifier: Any) -> TypeGuard[str]:
    """Whether an identifier may be one: what is longer, or holds a control character, is held against nothing."""
    return isinstance(identifier, str) and 0 < len(identifier) <= _LONGEST and identifier.isprintable()


def scenarios_of(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The installation scenario: one set of answers, or one per establishment."""
    found = line.get("scenarioInstallation")
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]


def declared(line: Mapping[str, Any], content: Content) -> dict[str, Any]:
    """The line as the request keeps it, its decimals as they are."""
    kept = {key: value for key, value in line.items() if key not in _ANSWERS}
    return kept | ({"counts": content.counts} if content.counts else {})


def plain(value: Any) -> Any:
    """The same with decimals as strings."""
    match value:
        case Decimal():
            return str(value)
        case dict():
            return {key: plain(below) for key, below in value.items()}
        case list():
            return [plain(below) for below in value]
    return value
