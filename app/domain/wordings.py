"""How a reason to reject is worded once for many requests: a code, and a text whose {{ variables }} are checked when it
is written, in the language of the mails (`mail_texts`).

Inferred: no guide shows the library. Pure: what the variables are worth is `app.services.rejections`.
"""

import re

from app.domain import mail_texts
from app.domain.errors import RuleBroken
from app.domain.mail_texts import Kind

# What may stand between braces, and what takes its place in the letter.
VARIABLES = {
    "numero": "le numéro de la demande",
    "de_type": "« d'avance » ou « de solde », après un nom",
    "couloir": "le libellé du couloir",
    "fournisseur": "la dénomination sociale",
    "siret": "le SIRET du fournisseur",
    "logiciel": "le nom du logiciel",
    "numero_ans": "le n° unique de référencement (ANS)",
    "numero_editeur": "le n° éditeur de la demande",
    "date_depot": "la date de dépôt",
    "date_commande": "la date de la commande",
    "montant_declare": "le montant Ségur HT déclaré, en euros",
}
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}", re.ASCII)
_KINDS = dict.fromkeys(VARIABLES, Kind.TEXT)


def check(text: str) -> None:
    """Refuse a text that names an unknown variable or whose braces do not answer each other. Raises `RuleBroken`."""
    if found := mail_texts.flaws(text, _KINDS):
        raise RuleBroken(" ".join(str(flaw) for flaw in found), field="text")
