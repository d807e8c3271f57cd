"""The models a third party may fill: « Modèle contrat de prestation » and « Modèle de mandat », as accessible PDFs.

Guide « Présentation du portail », step « Demandeur ». Their wording is ours: the guide shows but their names.
"""

import datetime as dt
import functools

from app.adapters import pdf

NAMES = {"modele-contrat-de-prestation": "service_contract_model.typ", "modele-de-mandat": "mandate_model.typ"}
WRITTEN_AT = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)  # the same bytes each time


@functools.cache
def pdf_of(name: str) -> bytes | None:
    """The PDF of this name; None when there is none."""
    template = NAMES.get(name)
    return pdf.render(template.removesuffix(".typ"), {}, WRITTEN_AT) if template else None
