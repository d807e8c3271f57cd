"""The register of companies: the public search API when `SIRENE_URL` is set, else a small table of our own.

The API searches by resemblance: only an establishment of exactly the SIRET asked is an answer. Its split address is
sure for a head office only; another establishment may have but one line.
"""

import csv
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import requests

from app.domain.companies import Address, Company
from app.domain.errors import Unavailable

logger = logging.getLogger(__name__)
DOWN = "Le répertoire SIRENE ne répond pas."
SECONDS = (3.05, 5.0)  # to be connected, to be answered
TABLE = Path(__file__).with_name("sirene_offline.csv")
_HIDDEN = "[NON-DIFFUSIBLE]"


class SearchApi:
    """`GET {url}/search?q=<siret>`, without key (« Recherche d'entreprises »)."""

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/search"

    def company(self, siret: str) -> Company | None:
        for unit, place in _establishments(self._search(siret)):
            if place.get("siret") == siret:
                return _company(unit, place)
        return None

    def _search(self, siret: str) -> Any:
        try:
            answer = requests.get(self._url, params={"q": siret, "page": "1", "per_page": "1"}, timeout=SECONDS)
            answer.raise_for_status()
            return answer.json()
        except requests.RequestException as fault:  # a 429 too: the person goes on by hand rather than waits
            logger.warning("SIRENE does not answer: %s", type(fault).__name__)
            raise Unavailable(DOWN) from fault


class OfflineTable:
    """Establishments of a CSV: `siret;name;trade_name;` then the parts of an address, then `open` (`1` or `0`)."""

    def __init__(self, path: Path = TABLE) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            self._rows = {row["siret"]: row for row in csv.DictReader(file, delimiter=";")}

    def company(self, siret: str) -> Company | None:
        row = self._rows.get(siret)
        if row is None:
            return None
        address = Address(**{part: row[part] for part in Address.__slots__})
        return Company(siret, row["name"], row["trade_name"], address, row["open"] == "1")


def open_register(url: str | None) -> SearchApi | OfflineTable:
    """The register a `SIRENE_URL` names; our table without one."""
    return SearchApi(url) if url else OfflineTable()


def _establishments(content: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each establishment with its company: the head office first, whose address is in parts."""
    results = content.get("results") if isinstance(content, dict) else None
    for unit in _objects(results):
        for place in (*_objects([unit.get("siege")]), *_objects(unit.get("matching_etablissements"))):
            yield unit, place


def _objects(found: Any) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _company(unit: Mapping[str, Any], place: Mapping[str, Any]) -> Company:
    name = _said(unit, "nom_raison_sociale") or _said(unit, "nom_complet")
    is_open = place.get("etat_administratif") != "F" and unit.get("etat_administratif") != "C"
    return Company(str(place["siret"]), name, _said(place, "nom_commercial"), _address(place), is_open)


def _address(place: Mapping[str, Any]) -> Address:
    street = _said(place, "libelle_voie")
    if not street:
        return Address(
            street=_street_of(_said(place, "adresse"), _said(place, "code_postal")),
            postcode=_said(place, "code_postal"),
            city=_said(place, "libelle_commune"),
        )
    return Address(
        number=_said(place, "numero_voie"),
        extension=_said(place, "indice_repetition"),
        street_type=_said(place, "type_voie"),
        street=street,
        complement=_said(place, "complement_adresse"),
        postcode=_said(place, "code_postal"),
        city=_said(place, "libelle_commune"),
    )


def _street_of(line: str, postcode: str) -> str:
    """What stands before the postcode in an address written on one line."""
    before = re.split(rf"\b{re.escape(postcode)}\b", line, maxsplit=1)[0] if postcode else line
    return before.strip(" ,")


def _said(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return "" if value is None or value == _HIDDEN else " ".join(str(value).split())
