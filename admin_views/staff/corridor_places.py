"""What is edited at an address of a draft: which model, what it says today, and the document once it is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from pydantic import BaseModel, TypeAdapter, ValidationError

from admin_views.staff import corridor_sections
from admin_views.staff.corridor_sections import AMOUNTS, Section
from admin_views.whole_numbers import whole
from app.corridors import anatomy, documents, editing, spec
from app.corridors.anatomy import Shape
from app.corridors.flaws import Flaw
from app.corridors.spec import CorridorSpec
from app.services import corridor_words, formats

NEW, COMMON = "nouveau", "commune"
_SOFTWARE = next(section for section in corridor_sections.SECTIONS if section.part is spec.SoftwareSpec)
_OWN_RULE = next(key for key, info in spec.SoftwareSpec.model_fields.items() if anatomy.shape(info).kind == "one_of")


@dataclass(frozen=True, slots=True)
class Place:
    """`model` is what is asked, `value` what it says today. `rank`: of the element, None for a new one or no list.
    `choices`: the rules it may be changed for, `chosen` the one shown. `keys`: those asked, all when empty."""

    section: Section
    title: str
    model: type[BaseModel]
    value: Mapping[str, Any]
    rank: int | None = None
    keys: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    chosen: str = ""
    address: str = ""

    @property
    def is_own_rule(self) -> bool:
        return self.section.slug == AMOUNTS and self.rank is not None

    def put(self, document: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
        """The document with what was typed; what the form does not ask stays."""
        if self.section.is_list:
            value = {**_kept(self.model, self.value), **typed}
            if self.rank is None:
                return editing.added(document, self.section.key, value)
            return editing.changed(document, self.section.key, self.rank, value)
        if self.section.is_rule:
            return self._put_rule(document, typed)
        if self.section.part is CorridorSpec:
            return document | typed
        return document | {self.section.key: typed}

    def _put_rule(self, document: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
        tag = self.section.shape.tag
        rule = {tag: self.chosen, **_kept(self.model, self.value), **typed} if self.chosen else None
        if self.rank is None:
            return document | {self.section.key: rule}
        element = editing.element(document, _SOFTWARE.key, self.rank)
        return editing.changed(document, _SOFTWARE.key, self.rank, element | {_OWN_RULE: rule})

    def own_faults(self, document: dict[str, Any]) -> tuple[Flaw, ...]:
        """What is wrong in the part itself, whatever the rest says."""
        if self.section.part is CorridorSpec and not self.section.is_rule:
            return tuple(one for one in documents.faults(document) if one.place.partition("[")[0] in self.keys)
        if self.section.is_list:
            rank = len(editing.elements(document, self.section.key)) - 1 if self.rank is None else self.rank
            return documents.faults_in(self.model, editing.element(document, self.section.key, rank))
        if not self.chosen and self.section.is_rule:
            return ()
        found = document if self.rank is None else editing.element(document, _SOFTWARE.key, self.rank)
        return documents.faults_in(self.model, found[self.section.key if self.rank is None else _OWN_RULE])


def _kept(model: type[BaseModel], value: Mapping[str, Any]) -> dict[str, Any]:
    """What the document says that the form does not ask: a rule of its own, a table of ceilings."""
    unasked = [key for key, info in model.model_fields.items() if anatomy.shape(info).kind in ("one_of", "tables")]
    empty: dict[str, Any] = {key: {} for key in unasked if anatomy.shape(model.model_fields[key]).kind == "tables"}
    return empty | {key: value[key] for key in unasked if key in value}


def of(document: dict[str, Any], section: Section, rank: str | None, rule: str | None) -> Place:
    """The place of this address; 404 for what is not there. `rule`: the kind of rule asked for, as typed."""
    if section.is_list:
        return _element(document, section, rank)
    if section.is_rule:
        return _rule(document, section, rank, rule)
    if rank is not None:
        abort(404)
    if section.part is CorridorSpec:
        return Place(section, section.title, CorridorSpec, document, keys=section.keys, address=section.slug)
    return Place(section, section.title, section.part, _mapping(document.get(section.key)), address=section.slug)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _element(document: dict[str, Any], section: Section, rank: str | None) -> Place:
    if rank == NEW:
        return Place(
            section, f"{section.title} : ajouter", section.part, defaults(section.part), address=f"{section.slug}/{NEW}"
        )
    number = _rank(document, section.key, rank)
    value = _mapping(editing.element(document, section.key, number))
    title = f"{section.title} : {name_of(value) or f'n° {number + 1}'}"
    return Place(section, title, section.part, value, number, address=f"{section.slug}/{number}")


def _rank(document: dict[str, Any], key: str, text: str | None) -> int:
    number = whole(text or "")
    if number is None or number >= len(editing.elements(document, key)):
        abort(404)
    return number


def _rule(document: dict[str, Any], section: Section, rank: str | None, rule: str | None) -> Place:
    shape = section.shape
    own = rank is not None and section.slug == AMOUNTS
    if rank is not None and not own:
        abort(404)
    number = _rank(document, _SOFTWARE.key, rank) if own else None
    holder = _mapping(editing.element(document, _SOFTWARE.key, number)) if number is not None else document
    value = _mapping(holder.get(_OWN_RULE if own else section.key))
    chosen = str(value.get(shape.tag, "")) if rule is None else rule
    choices = [(tag, corridor_sections.said(shape.tag, tag)) for tag in _tags(shape)]
    if own:
        choices.insert(0, ("", "Comme la règle du couloir"))
    if chosen not in dict(choices):
        chosen = choices[0][0]
    title = (
        f"{section.title} : {holder.get('type')} ({holder.get('label')}), vague {holder.get('wave')}"
        if own
        else section.title
    )
    same = value if value.get(shape.tag) == chosen else {}
    address = section.slug + (f"/{number}" if own else "")
    model = _tags(shape).get(chosen, _Nothing)
    return Place(
        section, title, model, same or defaults(model), number, choices=tuple(choices), chosen=chosen, address=address
    )


class _Nothing(BaseModel):
    """No rule of its own: nothing to ask."""


def _tags(shape: Shape) -> dict[str, type[BaseModel]]:
    """The models of a rule by the value of their tag."""
    return {anatomy.shape(part.model_fields[shape.tag]).options[0]: part for part in shape.parts}


def defaults(model: type[BaseModel]) -> dict[str, Any]:
    """What a new part says before anything is typed, as plain data."""
    given = {
        key: TypeAdapter(Any).dump_python(info.get_default(call_default_factory=True), mode="json")
        for key, info in model.model_fields.items()
        if not info.is_required()
    }
    return given


# --- lists


@dataclass(frozen=True, slots=True)
class Row:
    """An element as the table of its section shows it."""

    rank: int
    name: str
    cells: tuple[str, ...]


def rows(document: dict[str, Any], section: Section) -> list[Row]:
    found = editing.elements(document, section.key)
    return [Row(rank, name_of(one) or f"n° {rank + 1}", _cells(section, one)) for rank, one in enumerate(found)]


def _cells(section: Section, value: Any) -> tuple[str, ...]:
    """The columns of an element, in words when it is of the right shape, else as it is written."""
    keys = section.columns or tuple(section.part.model_fields)
    try:
        part = section.part.model_validate(value)
    except ValidationError:
        return tuple(str(_mapping(value).get(key, formats.NOTHING)) for key in keys)
    return tuple(_cell(key, getattr(part, key)) for key in keys)


def _cell(key: str, value: Any) -> str:
    if value in (None, "", ()):
        return "tous" if key == "software" else formats.NOTHING
    return corridor_words.said(value, key)


def columns(section: Section) -> Sequence[str]:
    return [corridor_words.label(section.part, key) for key in section.columns or section.part.model_fields]


def name_of(value: Any) -> str:
    """How an element is called: its label, its path, what it is of."""
    known = _mapping(value)
    for key in ("label", "path", "list"):
        if known.get(key):
            return str(known[key])
    if known.get("phase"):
        return f"{corridor_sections.said('phase', str(known['phase']))}, vague {known.get('wave', '?')}"
    return ""


def rules_of_software(document: dict[str, Any]) -> list[tuple[int, str, str]]:
    """(rank, software, its rule in words) for « Montants »."""
    told = []
    for rank, one in enumerate(editing.elements(document, _SOFTWARE.key)):
        value = _mapping(one)
        rule = _mapping(value.get(_OWN_RULE)).get("rule")
        said = corridor_sections.said("rule", str(rule)) if rule else "Comme la règle du couloir"
        told.append((rank, f"{value.get('type')} – {value.get('label')}, vague {value.get('wave')}", said))
    return told
