"""A file of 200 requests with 60 errors of 20 kinds, where each error is in its text, and what mends it."""

import copy
import re
from dataclasses import dataclass
from typing import Any

from stdnum import luhn

from tests.json_files import line, put, sample, written

LINES = 200
A_DOCTOR = "beneficiaires.liberal.0."
FIRST = 20  # the lines before are sound: the doubles repeat them


@dataclass(frozen=True)
class Kind:
    """An error: its code, the tag of the line it is at, what is wrong there, what a person answers.

    `answer` None: what the page proposes will do. `absent`: the place shown is the object that lacks the tag.
    """

    code: str
    path: str
    wrong: Any
    answer: str | None = None
    absent: bool = False


def rpps(rank: int) -> str:
    """The number of a doctor, with its key."""
    digits = f"{7_000_000_000 + rank}"
    return digits + luhn.calc_check_digit(digits)


KINDS = [
    Kind("0301", "typeAction", ..., "C", absent=True),
    Kind("0302", "commande.dateCommande", None, "2021-10-03"),
    Kind("0303", "beneficiaires.isMandataire", "False"),
    Kind("0304", "commande.regimeTVA", "ht"),
    Kind("0305", A_DOCTOR + "nomMedecin", "x" * 201, "MARTIN"),
    Kind("0306", "scenarioInstallation.operateurMessagerie", "APICEM", "API_35"),
    Kind("0307", "commande.dateCommande", "31/02/2021", "2021-02-28"),
    Kind("0308", "commande.montantSegurHT", "358,33"),
    Kind("0309", A_DOCTOR + "RPPS", "12-{rank}", "{rpps}"),
    Kind("0310", A_DOCTOR + "emailMedecin", "medecin", "medecin@exemple.fr"),
    Kind("0311", A_DOCTOR + "telephoneMedecin", "12", "0326212121"),
    Kind("0314", "numeroASP", "FINMDV000001"),
    Kind("0401", "numLigne", 5),
    Kind("0402", "numeroEditeur", "E-0004", "E-neuf-{rank}"),
    Kind("0403", "commande.dateCommande", "24/11/2026", "2026-11-23"),
    Kind("0404", "commande.regimeTVA", "TTC"),
    Kind("0406", "scenarioInstallation.isDirectToDMP", False, "true"),
    Kind("0407", "scenarioInstallation.isCentreDeSante", True, "false"),
    Kind("0410", A_DOCTOR + "RPPS", rpps(3), "{rpps}"),
]
# One line whose three answers are missing: 3 errors of the twentieth kind.
MANDATE = ("nomMandataire", "emailMandataire", "telephoneMandataire")
MANDATE_ANSWERS = dict(zip(MANDATE, ("GROUPEMENT", "groupe@exemple.fr", "0326212121"), strict=True))


@dataclass(frozen=True)
class Planted:
    """One error of the file: its code, its JSON path, its line and column in the text, the answer a person types."""

    code: str
    path: str
    row: int
    column: int
    answer: str | None


def sound() -> dict[str, Any]:
    """200 requests without an error: each its own doctor, editor number and piece."""
    data = sample()
    model = data["lignesImport"][0]
    data["lignesImport"] = []
    for rank in range(LINES):
        made = copy.deepcopy(model)
        made |= {"numLigne": rank + 1, "numeroEditeur": f"E-{rank:04d}"}
        made["beneficiaires"]["liberal"][0]["RPPS"] = rpps(rank)
        made["piecesJustificatives"][0]["nomFichier"] = f"bdc-{rank:04d}.pdf"
        data["lignesImport"].append(made)
    return data


def planted() -> tuple[bytes, list[Planted]]:
    """The file, and its 60 errors."""
    data = sound()
    holders: list[tuple[int, Kind]] = [(FIRST + 3 * n, kind) for n, kind in enumerate(KINDS * 3)]
    for rank, kind in holders:
        put(kind.path, kind.wrong.format(rank=rank) if isinstance(kind.wrong, str) else kind.wrong, rank)(data)
    mandated = FIRST + 3 * len(holders)
    line(mandated)(data)["beneficiaires"]["isMandataire"] = True
    text = written(data).decode()
    starts = [found.end() - 2 for found in re.finditer(r"\n    \{\n", text)]
    assert len(starts) == LINES
    errors = [_of(text, starts[rank], rank, kind) for rank, kind in holders]
    for tag in MANDATE:
        kind = Kind("0405", f"beneficiaires.{tag}", None, MANDATE_ANSWERS[tag])
        errors.append(_of(text, starts[mandated], mandated, kind))
    return text.encode(), errors


def _of(text: str, start: int, rank: int, kind: Kind) -> Planted:
    at = start
    if not kind.absent:
        for tag in kind.path.split("."):
            if not tag.isdecimal():
                at = text.index(f'"{tag}": ', at) + len(f'"{tag}": ')
    row, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    path = f"lignesImport[{rank}].{kind.path}".replace(".0.", "[0].")
    return Planted(kind.code, path, row, column, kind.answer and kind.answer.format(rank=rank, rpps=rpps(LINES + rank)))
