"""What a valid file of a corridor looks like: one line made of the examples its document gives.

Used by the models offered on « Demandes importées non complétées » (guide « Les écrans du portail », § 9). Pure.
"""

import datetime as dt
from typing import Any

from app.corridors.spec import Condition, CorridorSpec, FieldSpec, ListSpec
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
    "am": "000000000",
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
    line: dict[str, Any] = {
        "numLigne": 1,
        "typeAction": "C",
        "numeroASP": f"FIN{spec.code}000000M0" if phase is Phase.SOLDE else None,
        "numeroEditeur": EDITOR_NUMBER,
        "commande": _order(phase, vat_code, day),
    }
    for listed in spec.lists_of(phase):
        _put(line, listed.path, [{}] if _has_items(spec, listed) else [])
    for field in spec.fields_of(phase):
        _fill(line, spec, field, day)
    line["piecesJustificatives"] = [
        {
            "nomFichier": f"{document.code.lower().replace('_', '-')}-{EDITOR_NUMBER}.pdf",
            "formatFichier": "PDF",
            "typeFichier": document.code,
        }
        for document in spec.documents_of(phase)
        if document.required and document.required_if is None
    ]
    line |= {"codeTraitement": None, "libelleTraitement": None}
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


def _fill(line: dict[str, Any], spec: CorridorSpec, field: FieldSpec, day: dt.date) -> None:
    wanted = field.required or _holds(spec, field.required_if)
    value = _value(field, day) if wanted else None
    head, listed, tail = field.path.partition("[]")
    if not listed:
        _put(line, field.path, value)
        return
    items = _at(line, head)
    if not items:
        return
    if tail:
        _put(items[0], tail.removeprefix("."), value)
    else:
        items[0] = value


def _value(field: FieldSpec, day: dt.date) -> Any:
    if field.example is not None:
        return field.example
    if field.values:
        return field.values[0]
    return f"{day:%d/%m/%Y}" if field.kind == "date" else _BY_KIND[field.kind]


def _has_items(spec: CorridorSpec, listed: ListSpec) -> bool:
    return listed.min_items > 0 and (listed.required_if is None or _holds(spec, listed.required_if))


def _holds(spec: CorridorSpec, condition: Condition | None) -> bool:
    """Whether the example itself meets a condition."""
    if condition is None:
        return False
    asked = spec.field(condition.path)
    return asked is not None and asked.example == condition.equals


def _put(line: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for name in above:
        line = line.setdefault(name, {})
    line[last] = value


def _at(line: dict[str, Any], path: str) -> Any:
    for name in path.split("."):
        line = line[name]
    return line
