"""The sample file, changed where a test says so, and the supplier it belongs to."""

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.enums import Phase
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport, JsonSimulation
from app.models.users import User
from app.services import imports, simulations
from tests import factories

SAMPLE = Path(__file__).parent / "samples" / "mdv-avance-10.json"
SIRET, ANS = "38042372300028", "mlp525off1"


def sample() -> dict[str, Any]:
    """The sample as data."""
    return json.loads(SAMPLE.read_bytes())


def changed(*changes: Callable[[dict[str, Any]], Any], lines: int | None = None) -> bytes:
    """The sample after these changes of its data, on its first `lines` lines."""
    data = sample()
    if lines is not None:
        data["lignesImport"] = data["lignesImport"][:lines]
    for change in changes:
        change(data)
    return written(data)


def written(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


def line(rank: int) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda data: data["lignesImport"][rank]


def put(path: str, value: Any, rank: int = 0) -> Callable[[dict[str, Any]], None]:
    """A change: `commande.regimeTVA` of the line of this rank becomes `value`; `…` (Ellipsis) removes the tag."""

    def change(data: dict[str, Any]) -> None:
        holder: Any = data["lignesImport"][rank]
        *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        for step in steps:
            holder = holder[step]
        if value is ...:
            del holder[last]
        else:
            holder[last] = value

    return change


def place_of(text: str, needle: str, nth: int = 1) -> tuple[int, int]:
    """Line and column, from 1, of the nth occurrence of a piece of the text."""
    at = -1
    for _ in range(nth):
        at = text.index(needle, at + 1)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def supplier_a(**over: Any) -> tuple[Enrolment, User]:
    """The supplier of the sample, enrolled for its software under the regime HT, and his account."""
    supplier = factories.supplier(siret=SIRET)
    referencing = factories.referencing(ans_number=ANS)
    enrolment = factories.enrolment(supplier, referencing=referencing, **over)
    return enrolment, factories.supplier_user(supplier)


def simulate(content: bytes, of: tuple[Enrolment, User], phase: Phase = Phase.AVANCE) -> JsonSimulation:
    enrolment, user = of
    return simulations.simulate(content, "fichier.json", enrolment, phase, enrolment.vat, user)


def deposit(
    content: bytes, of: tuple[Enrolment, User], phase: Phase = Phase.AVANCE, *, confirmed: bool = False
) -> JsonImport:
    """Simulated, then imported."""
    return imports.import_simulated(simulate(content, of, phase), of[1], confirmed=confirmed)


def codes(found: JsonSimulation) -> list[str]:
    """The codes of what blocks, file then lines."""
    rows = found.report["file_faults"] + found.report["findings"]
    return [row["code"] for row in rows if row["level"] == "error"]


def solde_line(number: str, rank: int, avance: dict[str, Any], amount: Decimal | float) -> dict[str, Any]:
    """The line of a solde for the dossier of this N° ASP, with the beneficiaries of its avance."""
    made = copy.deepcopy(avance)
    made |= {"numLigne": rank, "numeroASP": number, "numeroEditeur": f"{rank:05d}"}
    made["commande"] |= {
        "montantSegurHT": None,
        "montantSegurHTFacture": float(amount),
        "dateFacture": "02/11/2021",
        "numeroFacture": f"F-{rank}",
    }
    made["piecesJustificatives"] = [
        {"nomFichier": f"{kind.lower()}-{rank}.pdf", "formatFichier": "pdf", "typeFichier": kind}
        for kind in ("FACTURE", "VERIFICATION_APTITUDE")
    ]
    return made
