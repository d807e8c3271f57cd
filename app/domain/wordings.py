"""How a reason to reject is worded once for many requests: a text with {variables}, checked when it is written.

Inferred: no guide shows the library. Pure: what the variables are worth is `app.services.rejections`.
"""

import re
from collections.abc import Mapping

from app.domain.errors import RuleBroken

# What may stand between braces, and what takes its place in the letter.
VARIABLES = {
    "numero": "le numéro de la demande",
    "type": "« avance » ou « solde »",
    "couloir": "le libellé du couloir",
    "fournisseur": "la dénomination sociale",
    "siret": "le SIRET du fournisseur",
    "logiciel": "le nom du logiciel",
    "numero_ans": "le n° unique de référencement (ANS)",
    "numero_editeur": "le n° éditeur de la demande",
    "date_depot": "la date de dépôt",
    "date_commande": "la date de la commande",
    "montant_declare": "le montant Ségur HT déclaré",
}
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}", re.ASCII)
_VARIABLE = re.compile(r"\{([^{}]*)\}")


def check(text: str) -> None:
    """Refuse a text whose braces do not answer each other, or that names a variable nobody knows. `RuleBroken`."""
    if unknown := [name for name in _VARIABLE.findall(text) if name not in VARIABLES]:
        said = ", ".join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        raise RuleBroken(
            f"Variable inconnue : {said}. Celles qui existent : {', '.join(VARIABLES)}.",
            field="text",
        )
    if re.search(r"[{}]", _VARIABLE.sub("", text)):
        raise RuleBroken("Une accolade est ouverte ou fermée sans l'autre.", field="text")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each variable replaced by its value; one value may not bring another variable in."""
    return _VARIABLE.sub(lambda found: values[found[1]], text)
