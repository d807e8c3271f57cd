"""Which models of JSON files a supplier is offered: for each N° ANS he may deposit for, an avance and a solde."""

from dataclasses import dataclass
from typing import Any

from app.domain.enums import Phase
from app.exchange import example_file
from app.models.enrolments import Enrolment
from app.services import clock, corridor_versions, enrolments


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model for one enrolment and one phase."""

    enrolment: Enrolment
    phase: Phase

    @property
    def ans_number(self) -> str:
        return self.enrolment.referencing.ans_number

    @property
    def label(self) -> str:
        return f"Modèle {self.phase.of} – {self.enrolment.referencing.dsr} ({self.ans_number})"

    @property
    def file_name(self) -> str:
        return f"modele-{self.phase.value}-{self.ans_number}.json"

    def is_for(self, ans_number: str, phase: str) -> bool:
        return (self.ans_number, self.phase.value) == (ans_number, phase)


def offered_to(supplier_id: int) -> list[ModelFile]:
    return [ModelFile(one, phase) for one in enrolments.open_by_file(supplier_id) for phase in Phase]


def content(model: ModelFile) -> dict[str, Any]:
    """The file itself, under the version in force, with the supplier's own SIRET, N° ANS and VAT regime."""
    enrolment = model.enrolment
    version = corridor_versions.in_force(enrolment.referencing.corridor_code)
    assert version is not None, "an enrolment's corridor is published"
    return example_file.example(
        corridor_versions.spec_of(version).narrowed(enrolment.referencing.wave),
        model.phase,
        model.ans_number,
        enrolment.supplier.siret,
        enrolment.vat.json_code,
        clock.today(),
    )
