"""What does a phase of a corridor ask, wave by wave: tags of a file or questions of a form, rules, profiles, pieces?

Waves that ask the same are described once. For the documentation of the format and the preview of a draft.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.corridors.spec import CorridorSpec, DocumentSpec, FieldSpec
from app.domain.enums import DepositMode, Phase
from app.exchange.line_model import LineModel
from app.services import corridor_words, format_fields, format_files
from app.services.corridor_words import KINDS
from app.services.format_fields import FieldBlock

ModelOf = Callable[[Phase, int], LineModel]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the scenario that only a software referenced for `profile` may give."""

    path: str
    label: str
    given: str
    profile: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a form asks."""

    label: str
    kind: str
    obligation: str
    hint: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece to give; `code` is its typeFichier."""

    label: str
    code: str
    obligation: str
    hint: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a phase asks in some waves: by file `blocks`, by form `questions`."""

    phase: Phase
    waves: tuple[int, ...]
    blocks: tuple[FieldBlock, ...]
    questions: tuple[Question, ...]
    exclusive: tuple[tuple[str, ...], ...]
    pairings: tuple[tuple[str, str], ...]
    scenario: tuple[Answer, ...]
    pieces: tuple[Piece, ...]

    @property
    def said_waves(self) -> str:
        """« vague 1 », « vagues 1 et 2 »."""
        *first, last = map(str, self.waves)
        return f"vagues {', '.join(first)} et {last}" if first else f"vague {last}"

    @property
    def title(self) -> str:
        return f"Demande {self.phase.of}, {self.said_waves}"

    @property
    def anchor(self) -> str:
        return f"{self.phase.value}-{self.waves[-1]}"

    def joined(self, other: "Part") -> "Part | None":
        """The two as one, when they differ by their waves only."""
        both = replace(self, waves=self.waves + other.waves)
        return both if replace(other, waves=both.waves) == both else None


def of_phase(spec: CorridorSpec, phase: Phase, model_of: ModelOf) -> list[Part]:
    """Its parts, by wave. `model_of` gives the model of a phase and wave, asked of a corridor deposited by file."""
    found: list[Part] = []
    for wave in spec.waves:
        part = _part(spec.narrowed(wave), phase, wave, model_of)
        joined = found[-1].joined(part) if found else None
        found = [*found[:-1], joined] if joined else [*found, part]
    return found


def _part(seen: CorridorSpec, phase: Phase, wave: int, model_of: ModelOf) -> Part:
    """What a phase asks in a wave, which sees the document as `seen`."""
    fields = seen.fields_of(phase)
    labels = {one.path: one.label for one in seen.lists} | {one.path: one.label for one in fields}
    by_file = seen.deposit is DepositMode.JSON
    return Part(
        phase=phase,
        waves=(wave,),
        blocks=_blocks(model_of(phase, wave)) if by_file else (),
        questions=() if by_file else tuple(map(_question, fields)),
        exclusive=tuple(one.paths for one in seen.exclusive if labels.keys() >= set(one.paths)),
        pairings=tuple((labels[one.list], labels[one.per]) for one in seen.pairings_of(phase)),
        scenario=tuple(
            Answer(one.path, labels[one.path], corridor_words.literal(one.equals), one.profile)
            for one in seen.scenario
            if one.profile and one.path in labels
        ),
        pieces=tuple(map(_piece, seen.documents_of(phase))),
    )


def _blocks(model: LineModel) -> tuple[FieldBlock, ...]:
    return format_fields.blocks(model, format_files.example_of(model)["lignesImport"][0])


def _question(field: FieldSpec) -> Question:
    return Question(field.label, KINDS[field.kind], _obligation(field, "facultatif"), field.hint)


def _piece(document: DocumentSpec) -> Piece:
    return Piece(document.label, document.code, _obligation(document, "facultative"), document.hint)


def _obligation(asked: FieldSpec | DocumentSpec, otherwise: str) -> str:
    """« obligatoire », « obligatoire si … vaut … », or what it is otherwise."""
    if asked.required_if:
        return f"obligatoire si {corridor_words.condition(asked.required_if)}"
    return "obligatoire" if asked.required else otherwise
