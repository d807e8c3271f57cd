"""What a valid file of a corridor looks like: one line made of the examples its document gives.

Used by the models offered on « Demandes importées non complétées » (guide « Les écrans du portail », § 9) and by the
documentation of the format. Pure.
"""

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from stdnum import luhn

from app.corridors.spec import Condition, CorridorSpec, DocumentSpec, FieldSpec
from app.domain.enums import Phase

_BY_KIND: dict[str, Any] = {
    "text": "À RENSEIGNER",
    "code": "CODE_1",
    "boolean": False,
    "integer": 1,
    "amount": 100.0,
    "email": "contact@exemple.fr",
    "phone": "0326212121",
    "rpps": "10005173140",
    "am": "751000126",
    "finess": "120780291",
    "pmsi": "120780291",
    "siret": "26010003700068",
}
AMOUNT = 100.0  # below every ceiling known: an example asks for no cut
EDITOR_NUMBER = "00001"


def example(
    spec: CorridorSpec, phase: Phase, ans_number: str, siret: str, vat_code: str, day: dt.date
) -> dict[str, Any]:
    """The file as plain data. `spec`: the document as the wave sees it (`narrowed`); `vat_code`: `HT` or `TTC`; `day`:
    the date of the order, and of the invoice."""
    made = _Example(spec, phase, day)
    said = made.object_at("")
    line: dict[str, Any] = {
        "numLigne": 1,
        "typeAction": "C",
        "numeroASP": f"FIN{spec.code}000000M0" if phase is Phase.SOLDE else None,
        "numeroEditeur": EDITOR_NUMBER,
        "commande": _order(phase, vat_code, day) | said.pop("commande", {}),
        **said,
        "piecesJustificatives": [_piece(document) for document in made.documents()],
        "codeTraitement": None,
        "libelleTraitement": None,
    }
    return {"impId": None, "numeroAns": ans_number, "siret": siret, "lignesImport": [line]}


def _order(phase: Phase, vat_code: str, day: dt.date) -> dict[str, Any]:
    shown = f"{day:%d/%m/%Y}"
    if phase is Phase.AVANCE:
        return {"dateCommande": shown, "regimeTVA": vat_code, "montantSegurHT": AMOUNT}
    return {
        "dateCommande": shown,
        "regimeTVA": vat_code,
        "montantSegurHTFacture": AMOUNT,
        "dateFacture": shown,
        "numeroFacture": "FACTURE-0001",
    }


def _piece(document: DocumentSpec) -> dict[str, str]:
    name = f"{document.code.lower().replace('_', '-')}-{EDITOR_NUMBER}.pdf"
    return {"nomFichier": name, "formatFichier": "PDF", "typeFichier": document.code}


class _Example:
    """What the fields, lists and pieces of a document say in its example."""

    def __init__(self, spec: CorridorSpec, phase: Phase, day: dt.date) -> None:
        self._day = day
        self._fields = {one.path: one for one in spec.fields_of(phase)}
        self._lists = {one.path: one for one in spec.lists_of(phase)}
        self._exclusive = [one.paths for one in spec.exclusive]
        self._pairings = {one.list: one for one in spec.pairings_of(phase)}
        self._documents = spec.documents_of(phase)

    def object_at(self, above: str, rank: int = 0) -> dict[str, Any]:
        """The object whose tags' paths begin with `above`; `rank`: of the element of a list it is, or is in."""
        return {name: self._tag(f"{above}{name}", rank) for name in self._names_under(above)}

    def documents(self) -> tuple[DocumentSpec, ...]:
        """The pieces a file of the example must announce; the first when none must, for it announces one."""
        asked = [
            one for one in self._documents if one.required and (not one.required_if or self._holds(one.required_if))
        ]
        return tuple(asked) or self._documents[:1]

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return (*self._fields, *self._lists)

    def _names_under(self, above: str) -> Iterator[str]:
        below = (path[len(above) :] for path in self._paths if path.startswith(above))
        return iter(dict.fromkeys(path.partition(".")[0].removesuffix("[]") for path in below))

    def _tag(self, path: str, rank: int) -> Any:
        if path in self._lists:
            element = f"{path}[]"
            bare = self._fields.get(element)
            ranks = range(self._size(path))
            return [self._value(bare, one) if bare else self.object_at(f"{element}.", one) for one in ranks]
        field = self._fields.get(path)
        return self._value(field, rank) if field else self.object_at(f"{path}.", rank)

    def _size(self, path: str) -> int:
        """As many elements as it takes: as many as in the list it answers, or that answers it."""
        together = [{one.list, one.per} for one in self._pairings.values() if path in (one.list, one.per)]
        return max(self._least(one) for one in {path}.union(*together))

    def _least(self, path: str) -> int:
        listed = self._lists[path]
        asked = listed.required_if is None or self._holds(listed.required_if)
        return listed.min_items if asked else 0

    def _value(self, field: FieldSpec, rank: int) -> Any:
        """Null where nothing is asked."""
        if not field.required and not (field.required_if and self._holds(field.required_if)):
            return None
        for pairing in self._pairings.values():
            if field.path == pairing.path:
                field = self._fields[pairing.per_path]
        value = self._answer(field)
        return _another(field.kind, rank) if rank and field.kind in _KEYED else value

    def _answer(self, field: FieldSpec) -> Any:
        """What a field says where it is asked."""
        if field.example is not None:
            return field.example
        if field.values:
            return field.values[0]
        if field.kind == "boolean":
            return any(self._chosen(paths) == field.path for paths in self._exclusive if field.path in paths)
        if field.kind == "date":
            return f"{self._day:%d/%m/%Y}"
        value = _BY_KIND[field.kind]
        return value[: field.max_length] if field.kind in ("text", "code") else value

    def _chosen(self, paths: tuple[str, ...]) -> str | None:
        """Which of these answers is true: the one the document says, else the first it says nothing of."""
        said = {path: self._fields[path].example for path in paths if path in self._fields}
        true = [path for path, value in said.items() if value is True]
        return next(iter(true), None) or next((path for path, value in said.items() if value is None), None)

    def _holds(self, condition: Condition, through: frozenset[str] = frozenset()) -> bool:
        """Whether the example itself meets a condition; `through`: the fields whose own condition is being asked."""
        field = self._fields.get(condition.path)
        if field is None or field.path in through:
            return False
        asked = field.required or (
            field.required_if is not None and self._holds(field.required_if, through | {field.path})
        )
        return asked and bool(self._answer(field) == condition.equals)


_KEYED = {"rpps": 11, "am": 9, "finess": 9, "pmsi": 9}  # length, the key being the last digit


def _another(kind: str, rank: int) -> str:
    """A number of this kind for the element of this rank in its list, its key right."""
    root = f"{12 * 10 ** (_KEYED[kind] - 3) + rank}"
    return root + luhn.calc_check_digit(root)
