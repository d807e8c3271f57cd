"""What the clients of the demo's suppliers order, corridor by corridor: invented people and establishments."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stdnum import luhn

from app.corridors.amount_rules import Table
from app.corridors.spec import CorridorSpec
from app.domain.enums import Phase
from app.exchange import example_file
from app.services import clock


@dataclass(frozen=True, slots=True)
class Order:
    """One order: its price HT in euros, and what its line says besides (beneficiaries, scenario…)."""

    price: Decimal
    said: dict[str, Any]


DOCTOR = Decimal("358.33")
CABINET = {
    "isCentreDeSante": False,
    "operateurMessagerie": "API_35",
    "isProSanteConnectNeeded": True,
    "isDirectToDMP": True,
    "isPFIToDMP": False,
    "isDirectToMSSPro": True,
    "isPFIToMSSPro": False,
    "isDirectToMSSCitoyen": True,
    "isPFIToMSSCitoyen": False,
}
NO_STRUCTURE: dict[str, Any] = {
    "nomResponsable": None,
    "emailResponsable": None,
    "telephoneResponsable": None,
    "FINESSJuridique": None,
    "FINESSGeo": [],
}
_HOSPITAL = {
    "isPFIToDMP": False,
    "isPFIToMSSPro": False,
    "isPFIToMSSCitoyen": False,
    "isProSanteConnectNeeded": True,
    "adresseMSSCitoyen": "contact@ch.exemple.mssante.fr",
}
NOBODY = {"nomMandataire": None, "emailMandataire": None, "telephoneMandataire": None}
_GROUP = {
    "nomMandataire": "GROUPEMENT HOSPITALIER DE TERRITOIRE",
    "emailMandataire": "achats@ght.exemple.fr",
    "telephoneMandataire": "0561001122",
}
_TRADES = ("PH", "PA", "PH", "DOM")
_PRICES = {"RAD": Decimal(2400), "BIO": Decimal(22400), "PHA": Decimal(600), "MS2": Decimal(860)}
_DECLARED = ("beneficiaires", "scenarioInstallation", "administrateursTechniques")


def rpps(rank: int) -> str:
    """An invented RPPS whose key is right."""
    base = f"10{rank:08d}"
    return base + luhn.calc_check_digit(base)


def doctors(rank: int, order: int) -> Order:
    """One to four doctors, from this rank on."""
    count = 1 + order % 4
    liberal = [
        {
            "nomMedecin": f"DR EXEMPLE {rank + n}",
            "emailMedecin": f"cabinet{rank + n}@exemple.fr",
            "telephoneMedecin": f"03262{(rank + n) % 100000:05d}",
            "RPPS": rpps(rank + n),
        }
        for n in range(count)
    ]
    people = {"commandePour": "LIBERAL", "isMandataire": False, "isClientUnique": True, **NOBODY}
    price = DOCTOR * count + (Decimal("50.00") if order % 5 == 0 else 0)
    return Order(
        price,
        {"beneficiaires": {**people, "liberal": liberal, "structure": NO_STRUCTURE}, "scenarioInstallation": CABINET},
    )


def hospital(spec: CorridorSpec, order: int) -> Order:
    """One hospital of the table of ceilings, at a price near its ceiling."""
    assert isinstance(spec.amount, Table)
    pmsi, ceiling = list(spec.amount.ceilings["DPI"].items())[order]
    place = {
        "nom": f"CENTRE HOSPITALIER {order + 1}",
        "email": f"dsi{order + 1}@exemple.fr",
        "telephone": f"05610{order:05d}",
        "numPMSI": pmsi,
    }
    price = ceiling * (Decimal("1.1") if order % 4 == 0 else Decimal("0.9"))
    mandated = order % 6 == 5
    mandate = _GROUP if mandated else NOBODY
    people = {"isMandataire": mandated, "isClientUnique": not mandated, **mandate, "etablissements": [place]}
    return Order(price, {"beneficiaires": people, "scenarioInstallation": _HOSPITAL})


def establishments(spec: CorridorSpec, order: int) -> Order:
    """Two establishments of the table of ceilings, under one manager, with a scenario each; 24 for the third order."""
    assert isinstance(spec.amount, Table)
    table = list(spec.amount.ceilings["DUI"].items())
    chosen = table[90:114] if order == 2 else table[2 * order : 2 * order + 2]
    people = {
        "isMandataire": False,
        "isClientUnique": True,
        **NOBODY,
        "FINESSJuridique": "120780481",
        "etablissements": [
            {
                "nom": f"ÉTABLISSEMENT DU LAC {order + 1}.{rank}",
                "email": f"lac{order + 1}-{rank}@exemple.fr",
                "telephone": f"03231{order:02d}{rank:03d}",
                "FINESSGeo": finess,
            }
            for rank, (finess, _) in enumerate(chosen, start=1)
        ],
    }
    scenario = [
        {
            "FINESSGeo": finess,
            "ancienneVersion": f"version ER{1 + rank % 3}",
            "identiteMaitre": rank % 2 == 0,
            "referentSoin": rank % 3 == 0,
            "stockageIdentite": True,
            "operateurMessagerie": "GIP_9",
            "profilMetier": _TRADES[rank % len(_TRADES)],
        }
        for rank, (finess, _) in enumerate(chosen)
    ]
    administrators = [
        {"nom": f"ADMINISTRATEUR {rank}", "email": f"admin{rank}@exemple.fr", "telephone": f"06332211{rank:02d}"}
        for rank in range(1, 3 + order % 2)
    ]
    price = sum((ceiling for _, ceiling in chosen), Decimal(0)) * (Decimal("1.1") if order % 3 == 0 else Decimal("0.9"))
    said = {"beneficiaires": people, "administrateursTechniques": administrators, "scenarioInstallation": scenario}
    return Order(price.quantize(Decimal("0.01")), said)


def of_example(spec: CorridorSpec, order: int) -> Order:
    """The example of the corridor's own document, for another beneficiary each time."""
    whole = example_file.example(spec.narrowed(1), Phase.AVANCE, "abc123def4", "26010003700068", "HT", clock.today())
    (line,) = whole["lignesImport"]
    finess = _finess(spec, order)
    for source in spec.beneficiaries:
        for one in _list(line, source.list):
            one[source.identifier] = finess
    for pairing in spec.pairings:
        for one in _list(line, pairing.list):
            one[pairing.key] = finess
    said = {tag: value for tag, value in line.items() if isinstance(value, dict | list) and tag in _DECLARED}
    return Order(_PRICES[spec.code] + 10 * order, said)


def _finess(spec: CorridorSpec, order: int) -> str:
    """Of the table of ceilings where there is one, else invented with a right key."""
    if isinstance(spec.amount, Table):
        return list(next(iter(spec.amount.ceilings.values())))[order]
    base = f"51{880000 + order:06d}"
    return base + luhn.calc_check_digit(base)


def _list(line: dict[str, Any], path: str) -> list[dict[str, Any]]:
    found: Any = line
    for tag in path.split("."):
        found = found[tag]
    return [one for one in found if isinstance(one, dict)]


# What a corridor's clients order, by the rank of the order; `of_example` elsewhere.
_MAKERS: dict[str, Callable[[CorridorSpec, int], Order]] = {"HOP": hospital, "MS1": establishments}


def made(spec: CorridorSpec, order: int) -> Order:
    return _MAKERS.get(spec.code, of_example)(spec, order)
