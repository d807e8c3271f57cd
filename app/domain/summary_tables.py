"""What a summary table may be asked: which dimensions in rows and columns, which measures, over which requests."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from app.domain import periods
from app.domain.enums import Phase
from app.domain.errors import RuleBroken
from app.domain.labelled import Labelled


class Dimension(Labelled):
    """What requests are grouped by."""

    CORRIDOR = "couloir", "Couloir"
    PHASE = "type", "Type"
    STATUS = "statut", "Statut"
    PAYMENT_STATE = "paiement", "État de paiement"
    SOFTWARE = "logiciel", "Type de logiciel"
    DEPOSITED = "mois_depot", "Mois de dépôt"
    DECIDED = "mois_decision", "Mois de décision"
    PAID = "mois_paiement", "Mois de paiement"
    SUPPLIER = "fournisseur", "Fournisseur"


class Measure(Labelled):
    """What is counted or summed of a group."""

    COUNT = "nombre", "Nombre de demandes"
    DECLARED = "declare", "Montant déclaré HT"
    RETAINED = "retenu", "Montant retenu"
    DECIDED = "decide", "Montant décidé"
    PAID = "paye", "Montant payé"

    @property
    def is_money(self) -> bool:
        return self is not Measure.COUNT


@dataclass(frozen=True, slots=True)
class Question:
    """One table: requests by one or two dimensions in rows, at most one in columns. The period (days, both included)
    is that of the deposit; `corridor` is a code. Raises `RuleBroken` naming the field that cannot be answered."""

    rows: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    columns: Dimension | None = None
    deposited_from: dt.date | None = None
    deposited_to: dt.date | None = None
    corridor: str | None = None
    phase: Phase | None = None

    def __post_init__(self) -> None:
        if not self.rows:
            raise RuleBroken("Choisissez ce qui figure en lignes.", field="rows")
        if not self.measures:
            raise RuleBroken("Choisissez au moins une mesure.", field="measures")
        self._refuse_twice()
        periods.check(self.deposited_from, self.deposited_to, ("deposited_from", "deposited_to"))

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Rows, then columns."""
        return self.rows if self.columns is None else (*self.rows, self.columns)

    @property
    def title(self) -> str:
        """« Nombre de demandes et montant payé par couloir et statut, mois de dépôt en colonnes »."""
        measured = _in_a_sentence([measure.label for measure in self.measures])
        by = _in_a_sentence([dimension.label for dimension in self.rows])
        along = f", {_lowered(self.columns.label)} en colonnes" if self.columns else ""
        return f"{measured[0].upper()}{measured[1:]} par {by}{along}"

    def _refuse_twice(self) -> None:
        twice = next((one for one, times in Counter(self.dimensions).items() if times > 1), None)
        if twice is not None:
            place = "columns" if twice is self.columns else "then"
            raise RuleBroken(f"« {twice.label} » est déjà en lignes : choisissez autre chose ici.", field=place)


def _in_a_sentence(labels: list[str]) -> str:
    """« couloir », « couloir et statut », « nombre, montant déclaré HT et montant payé »."""
    *first, last = [_lowered(label) for label in labels]
    return f"{', '.join(first)} et {last}" if first else last


def _lowered(label: str) -> str:
    return label[0].lower() + label[1:]
