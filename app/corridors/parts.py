"""What are the pieces a corridor's document is made of: fields, lists, questions, documents, software, windows?

Everything that has `waves` or `phases` is asked in these only; no wave named means all of them. Instants are written
without zone in the document and are Europe/Paris; amounts are decimals in euros HT. Whether the pieces hold together
is told by `coherence`.
"""

import datetime as dt
import re
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from app.corridors.amount_rules import AmountRule
from app.domain.enums import Phase

PARIS = ZoneInfo("Europe/Paris")
FieldKind = Literal[
    "text", "code", "boolean", "integer", "amount", "date", "email", "phone", "rpps", "am", "finess", "pmsi", "siret"
]
# Tags of the order that every line has and a supplier may be asked to correct; the regime is his enrolment's.
OrderTag = Literal["dateCommande", "montantSegurHT", "montantSegurHTFacture", "dateFacture", "numeroFacture"]
ORDER_TAGS: tuple[OrderTag, ...] = get_args(OrderTag)
IdentifierKind = Literal["rpps", "am", "finess", "pmsi", "siret"]
Wave = Annotated[int, Field(ge=1, le=99)]
BOTH_PHASES = (Phase.AVANCE, Phase.SOLDE)
_YEARS = range(2000, 2101)
_PATH = re.compile(r"[A-Za-z_]\w*(\[\])?(\.[A-Za-z_]\w*(\[\])?)*")


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OfWaves(Part):
    """A part some waves only have. `waves` empty: all of them."""

    waves: tuple[Wave, ...] = ()

    def is_of(self, wave: int) -> bool:
        return not self.waves or wave in self.waves


class Condition(Part):
    """True when the field at `path` (from the root of the line) has this value."""

    path: str
    equals: str | bool


class FieldSpec(OfWaves):
    """One field of a line (`path` from the line, `[]` for each element of a list) or of a form.

    `required`: it must be there and not null. `required_if`: only when the condition holds. Else it may be null.
    `strict`: the key of an RPPS blocks, instead of being remarked. `hint`: a help text, shown with the label.
    `amendable`: an officer may ask the supplier to correct it; else it stays what was deposited.
    """

    path: str
    label: str
    kind: FieldKind
    required: bool = False
    required_if: Condition | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    max_length: int = Field(default=200, ge=1, le=10_000)
    phases: tuple[Phase, ...] = BOTH_PHASES
    example: str | bool | int | None = None
    strict: bool = False
    hint: str = ""
    amendable: bool = True

    @field_validator("path")
    @classmethod
    def _is_a_path(cls, value: str) -> str:
        if not _PATH.fullmatch(value):
            raise ValueError("chemin mal formé")
        return value


class ListSpec(OfWaves):
    """A list of the line; its elements' fields have paths in `[]`. `min_items` applies when `required_if` holds.

    `max_items`: None, as many as a file may hold.
    """

    path: str
    label: str
    min_items: int = Field(default=0, ge=0)
    max_items: int | None = Field(default=None, ge=1)
    required_if: Condition | None = None
    phases: tuple[Phase, ...] = BOTH_PHASES


class Exclusive(Part):
    """Fields of which exactly one is true (direct or by PFI)."""

    paths: tuple[str, ...] = Field(min_length=2)


class Pairing(Part):
    """The list `list` has exactly one entry per element of the list `per`, known by the same identifier.

    `key` and `per_key`: where the identifier is in an element; empty when the elements are bare identifiers. It is
    asked where both lists are (a scenario per establishment: `scenarioInstallation` and the FINESS of the order).
    """

    list: str
    key: str = ""
    per: str
    per_key: str = ""

    @property
    def path(self) -> str:
        """Where the identifiers of the entries are."""
        return element_path(self.list, self.key)

    @property
    def per_path(self) -> str:
        """Where those of the elements they answer are."""
        return element_path(self.per, self.per_key)


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

    @property
    def identifier_path(self) -> str:
        return element_path(self.list, self.identifier)

    def path_of(self, key: str) -> str:
        """The path of one of its keys, from the line."""
        return key[1:] if key.startswith(".") else element_path(self.list, key)


class ScenarioQuestion(OfWaves):
    """A scenario field the portal controls against the referenced profiles: the answer `equals` needs `profile`.

    In a list (`scenarioInstallation[].x`), it is asked of each entry. A code has a question per value that needs one.
    """

    path: str
    profile: str | None = None
    equals: str | bool = True


class DocumentSpec(OfWaves):
    """A piece asked of the supplier. `code` is `typeFichier` in the file; `hint`: a help text, shown with the label."""

    phase: Phase
    code: str
    label: str
    required: bool = True
    required_if: Condition | None = None
    hint: str = ""


class EnrolmentPieceSpec(Part):
    """A piece of an enrolment in this corridor, besides those of all (`app.domain.enrolment_steps`). `when`: `always`,
    with the certificate; `other_siret`, of who enrols a software under another SIRET than its holder's."""

    code: str
    label: str
    when: Literal["always", "other_siret"] = "always"
    hint: str = ""


class ModelSpec(OfWaves):
    """A model of document that a supplier has judged before he deposits (guide « Les écrans du portail », § 5.3)."""

    code: str
    label: str


class SoftwareSpec(Part):
    """A software type of the corridor in a wave, with its DSR. `amount`: its own rule, else the corridor's."""

    type: str = Field(min_length=1, max_length=10)
    label: str
    wave: Wave
    dsr: str = Field(min_length=1, max_length=40)
    amount: AmountRule | None = None


class Window(Part):
    """When a phase of a wave may be deposited: from `opens_at` (included) to `closes_at` (excluded).

    `software`: the types it is for; empty, all those of the wave.
    """

    wave: Wave
    phase: Phase
    opens_at: dt.datetime
    closes_at: dt.datetime
    software: tuple[str, ...] = ()

    @field_validator("opens_at", "closes_at", mode="before")
    @classmethod
    def _is_written(cls, value: object) -> object:
        if not isinstance(value, str | dt.datetime):
            raise ValueError("un instant est attendu, par exemple 2026-11-23T00:00:00")
        return value

    @field_validator("opens_at", "closes_at")
    @classmethod
    def _paris(cls, value: dt.datetime) -> dt.datetime:
        if value.year not in _YEARS:
            raise ValueError(f"l'année est comprise entre {_YEARS[0]} et {_YEARS[-1]}")
        return value.replace(tzinfo=PARIS) if value.tzinfo is None else value.astimezone(PARIS)

    @model_validator(mode="after")
    def _in_order(self) -> "Window":
        if self.closes_at <= self.opens_at:
            raise ValueError("la fermeture précède l'ouverture")
        return self

    def is_open(self, at: dt.datetime) -> bool:
        return self.opens_at <= at < self.closes_at

    def is_for(self, software_type: str) -> bool:
        return not self.software or software_type in self.software


def element_path(listed: str, key: str) -> str:
    """`a.b` and `c` → `a.b[].c`; without key, the elements themselves: `a.b[]`."""
    return f"{listed}[].{key}" if key else f"{listed}[]"
