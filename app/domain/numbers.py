"""How dossiers, requests, enrolments, decisions and orders are numbered.

Examples of the guides: FINMDV005046 (dossier), FINMS1010719M0 (avance), FINSAS008539M1 (solde), ENR0011M0.
One global counter numbers all dossiers (inferred: the guides' numbers grow with time across corridors).
"""

import re
from collections.abc import Iterable

from app.domain.enums import Phase

NO_NUMBER = "Sans objet"  # what the contact form takes for a number (guide « Les écrans du portail », § 8)
SUFFIX = {Phase.AVANCE: "M0", Phase.SOLDE: "M1"}
BEGINNING = "FIN"
DOSSIER = re.compile(r"FIN[A-Z0-9]{3}\d{6,}")
REQUEST = re.compile(r"(?P<dossier>FIN[A-Z0-9]{3}\d{6,}?)(?P<suffix>M[01])?")
_FURTHER = re.compile(r"\d*(M[01]?)?", re.ASCII)  # what stands, or may, beyond the corridor's three characters


def dossier(corridor_code: str, rank: int) -> str:
    """FINMDV005046: the corridor's three characters, then six digits at least."""
    return f"{dossier_prefix(corridor_code)}{rank:06d}"


def dossier_prefix(corridor_code: str) -> str:
    """FINMDV: what the numbers of a corridor begin with; « FIN » and letters stand nowhere else in a number."""
    return f"{BEGINNING}{corridor_code}"


def stands_further(text: str) -> bool:
    """Whether this text, in capitals, may stand in a number beyond the corridor's three characters: digits, then the
    suffix. What may not is at the beginning of the numbers that hold it."""
    return _FURTHER.fullmatch(text) is not None


def beginnings(text: str, corridor_codes: Iterable[str]) -> list[str]:
    """What the numbers of these corridors begin with that hold this text, in capitals, across or within their first six
    characters: « V00 » is in those of FINMDV00. Sorted; none is the beginning of another."""
    found: set[str] = set()
    for code in corridor_codes:
        prefix = dossier_prefix(code)
        for rank in range(len(prefix)):
            rest = prefix[rank:]
            if rest.startswith(text):
                found.add(prefix)
            elif text.startswith(rest):
                found.add(prefix + text.removeprefix(rest))
    return sorted(one for one in found if not any(one != other and one.startswith(other) for other in found))


def beginning_with(beginning: str) -> tuple[str, str]:
    """FINMDV and FINMDVZZZ, FINMDV00 and FINMDV00ZZZ: the numbers that begin so, with the corridor's three characters
    at least, stand from the first on, and before the second: what follows begins with a digit, or the suffix's M."""
    return beginning, f"{beginning}ZZZ"


def request(dossier_number: str, phase: Phase) -> str:
    """The dossier's number with its suffix: M0 for the avance, M1 for the solde."""
    return dossier_number + SUFFIX[phase]


def dossier_of(number: str) -> str | None:
    """The dossier's part of a number written with or without suffix; None when it is no such number."""
    found = REQUEST.fullmatch(number.strip().upper())
    return found["dossier"] if found else None


def enrolment(rank: int) -> str:
    """ENR0011M0."""
    return f"ENR{rank:04d}M0"


def decision(year: int, rank: int) -> str:
    """DEC-2026-0001 (inferred: the guides do not show it)."""
    return f"DEC-{year}-{rank:04d}"


def payment_order(year: int, rank: int) -> str:
    """OP-2026-0001 (inferred)."""
    return f"OP-{year}-{rank:04d}"


def recovery_order(year: int, rank: int) -> str:
    """OR-2026-0001 (inferred)."""
    return f"OR-{year}-{rank:04d}"


def ticket(year: int, rank: int) -> str:
    """TIC-2026-0001 (inferred)."""
    return f"TIC-{year}-{rank:04d}"
