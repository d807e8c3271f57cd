"""What a corridor's document may say: `CorridorSpec`. Everything a corridor is, is read from it, never from Python.

Read by the JSON validator (`app.exchange`), forms, amounts, detail pages, exports and the documentation of the format.
Instants are written without zone in the document and are Europe/Paris; amounts are decimals in euros HT.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.corridors.amount_rules import AmountRule, Euros
from app.domain.enums import DepositMode, Phase

PARIS = ZoneInfo("Europe/Paris")
FieldKind = Literal[
    "text", "code", "boolean", "integer", "amount", "date", "email", "phone", "rpps", "am", "finess", "pmsi", "siret"
]
IdentifierKind = Literal["rpps", "am", "finess", "pmsi", "siret"]
_PATH = re.compile(r"[A-Za-z_]\w*(\[\])?(\.[A-Za-z_]\w*(\[\])?)*")


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(Part):
    """True when the field at `path` (from the root of the line) has this value."""

    path: str
    equals: str | bool


class FieldSpec(Part):
    """One field of a line (`path` from the line, `[]` for each element of a list) or of a form.

    `required`: it must be there and not null. `required_if`: only when the condition holds. Else it may be null.
    """

    path: str
    label: str
    kind: FieldKind
    required: bool = False
    required_if: Condition | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    max_length: int = 200
    phases: tuple[Phase, ...] = (Phase.AVANCE, Phase.SOLDE)
    example: str | bool | int | None = None

    @field_validator("path")
    @classmethod
    def _is_a_path(cls, value: str) -> str:
        if not _PATH.fullmatch(value):
            raise ValueError("chemin mal formé")
        return value


class ListSpec(Part):
    """A list of the line; its elements' fields have paths in `[]`. `min_items` applies when `required_if` holds."""

    path: str
    label: str
    min_items: int = 0
    required_if: Condition | None = None


class Exclusive(Part):
    """Fields of which exactly one is true (direct or by PFI)."""

    paths: tuple[str, ...] = Field(min_length=2)


class BeneficiarySource(Part):
    """Where the beneficiaries of a line are: the elements of `list` (objects, or bare identifiers when the keys are
    empty). Name, email and phone are keys of the element, or paths from the line when they start with a dot."""

    list: str
    identifier_kind: IdentifierKind
    identifier: str = ""
    name: str
    email: str = ""
    phone: str = ""
    when: Condition | None = None


class ScenarioQuestion(Part):
    """A scenario field the portal controls against the referenced profiles: true needs `profile`."""

    path: str
    profile: str | None = None


class DocumentSpec(Part):
    """A piece asked of the supplier. `code` is `typeFichier` in the file."""

    phase: Phase
    code: str
    label: str
    required: bool = True
    required_if: Condition | None = None


class SoftwareSpec(Part):
    """A software type of the corridor in a wave, with its DSR."""

    type: str
    label: str
    wave: int = Field(ge=1)
    dsr: str


class Window(Part):
    """When a phase of a wave may be deposited: from `opens_at` (included) to `closes_at` (excluded)."""

    wave: int = Field(ge=1)
    phase: Phase
    opens_at: dt.datetime
    closes_at: dt.datetime

    @field_validator("opens_at", "closes_at")
    @classmethod
    def _paris(cls, value: dt.datetime) -> dt.datetime:
        return value.replace(tzinfo=PARIS) if value.tzinfo is None else value.astimezone(PARIS)

    @model_validator(mode="after")
    def _in_order(self) -> "Window":
        if self.closes_at <= self.opens_at:
            raise ValueError("la fermeture précède l'ouverture")
        return self

    def is_open(self, at: dt.datetime) -> bool:
        return self.opens_at <= at < self.closes_at


class RateInstalments(Part):
    """The common rule: the avance is a share of the engagement, the solde is the rest."""

    kind: Literal["rate"]
    avance_rate: Annotated[Decimal, Field(gt=0, lt=1)]


class FixedInstalments(Part):
    """Fixed HT amounts, each under the VAT regime (SAS: 30 000 then 70 000); or a fixed avance only (MSS)."""

    kind: Literal["fixed"]
    avance_ht: Euros
    solde_ht: Euros | None = None


class Delays(Part):
    """In calendar days of Europe/Paris (guides: 7, J+10, J+20)."""

    complete: int = Field(default=7, ge=1)
    amendment_reminder: int = Field(default=10, ge=1)
    amendment: int = Field(default=20, ge=1)


class CorridorSpec(Part):
    """One version of a corridor."""

    code: str = Field(pattern=r"^[A-Z0-9]{3}$")
    label: str
    deposit: DepositMode
    notes: tuple[str, ...] = ()
    software: tuple[SoftwareSpec, ...] = Field(min_length=1)
    windows: tuple[Window, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    lists: tuple[ListSpec, ...] = ()
    exclusive: tuple[Exclusive, ...] = ()
    beneficiaries: tuple[BeneficiarySource, ...] = ()
    scenario: tuple[ScenarioQuestion, ...] = ()
    documents: tuple[DocumentSpec, ...] = ()
    amount: AmountRule
    instalments: Annotated[RateInstalments | FixedInstalments, Field(discriminator="kind")]
    delays: Delays = Delays()
    single_dossier: bool = False
    automatic_decision: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> "CorridorSpec":
        paths = {field.path for field in self.fields} | {entry.path + "[]" for entry in self.lists}
        for condition in self._conditions():
            if condition.path not in paths:
                raise ValueError(f"condition sur un champ inconnu : {condition.path}")
        for question in self.scenario:
            if question.path not in paths:
                raise ValueError(f"question de scénario inconnue : {question.path}")
        for pair in self.exclusive:
            for path in pair.paths:
                if path not in paths:
                    raise ValueError(f"exclusion d'un champ inconnu : {path}")
        self._refuse_overlapping_windows()
        return self

    def _conditions(self) -> list[Condition]:
        holders: list[Any] = [*self.fields, *self.lists, *self.documents]
        found = [holder.required_if for holder in holders] + [source.when for source in self.beneficiaries]
        return [condition for condition in found if condition]

    def _refuse_overlapping_windows(self) -> None:
        for phase in Phase:
            for wave in {software.wave for software in self.software}:
                spans = sorted((w.opens_at, w.closes_at) for w in self.windows if w.phase is phase and w.wave == wave)
                if any(later[0] < sooner[1] for sooner, later in zip(spans, spans[1:], strict=False)):
                    raise ValueError(f"fenêtres qui se chevauchent : {phase.label}, vague {wave}")

    def window(self, wave: int, phase: Phase, at: dt.datetime) -> Window | None:
        """The window of this phase that is open at this instant, if any."""
        candidates = (w for w in self.windows if w.wave == wave and w.phase is phase)
        return next((window for window in candidates if window.is_open(at)), None)

    def documents_of(self, phase: Phase) -> tuple[DocumentSpec, ...]:
        return tuple(document for document in self.documents if document.phase is phase)

    def fields_of(self, phase: Phase) -> tuple[FieldSpec, ...]:
        return tuple(field for field in self.fields if phase in field.phases)

    def field(self, path: str) -> FieldSpec | None:
        return next((field for field in self.fields if field.path == path), None)

    def document_label(self, code: str) -> str:
        return next((document.label for document in self.documents if document.code == code), code)

    @property
    def identifier_kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(source.identifier_kind for source in self.beneficiaries))
