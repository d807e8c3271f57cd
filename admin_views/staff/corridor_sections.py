"""In which sections a corridor's document is edited, at which addresses, and what it offers to choose from.

A key of the model that no section names has a section of its own, or joins « Options »: nothing is out of reach.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from app.corridors import anatomy, spec
from app.corridors.anatomy import Shape
from app.corridors.flaws import Flaw
from app.corridors.spec import CorridorSpec
from app.domain.enums import DepositMode, Phase
from app.domain.labelled import Labelled
from app.models.corridors import CorridorDraft
from app.services import corridor_words
from forms.corridor_offers import Offers

_PLACE = re.compile(r"\b[a-z_]+\[\d+\](?:\.\w+)*")
HERE = "/gestion/couloirs"
DRAFTS = f"{HERE}/brouillons"
GENERAL, AMOUNTS, OPTIONS = "general", "montants", "options"


@dataclass(frozen=True, slots=True)
class Section:
    """`keys` of the document are edited there: one key that is a list, a part or a rule, or several plain ones.
    `columns`: what the table of a list shows of each element."""

    slug: str
    title: str
    keys: tuple[str, ...]
    help: str = ""
    columns: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.keys[0]

    @property
    def shape(self) -> Shape:
        return anatomy.shape(CorridorSpec.model_fields[self.key])

    @property
    def is_list(self) -> bool:
        return self.shape.kind == "parts"

    @property
    def is_rule(self) -> bool:
        return self.shape.kind == "one_of"

    @property
    def part(self) -> type[BaseModel]:
        """The model of its form: an element of the list, the part, or the document itself."""
        return self.shape.part if self.shape.kind in ("parts", "part") else CorridorSpec


_NAMED: tuple[Section, ...] = (
    Section(GENERAL, "Général", ("label", "deposit", "notes"), "Le nom du couloir et la façon d'y déposer."),
    Section(
        "logiciels", "Logiciels et vagues", ("software",),
        "Les types de logiciels financés. Une vague existe dès qu'un logiciel la porte.",
        ("type", "label", "wave", "dsr"),
    ),
    Section(
        "fenetres", "Fenêtres de dépôt", ("windows",),
        "Quand chaque type de demande se dépose, à l'heure de Paris. La clôture est le premier instant refusé.",
        ("phase", "wave", "software", "opens_at", "closes_at"),
    ),
    Section(
        "champs", "Champs", ("fields",),
        "Les balises d'une ligne du fichier, ou les questions du formulaire.",
        ("label", "path", "kind", "required"),
    ),
    Section(
        "listes", "Listes", ("lists",), "Les balises qui contiennent plusieurs éléments.",
        ("label", "path", "min_items"),
    ),
    Section("exclusives", "Réponses exclusives", ("exclusive",), "Les réponses dont une seule vaut oui.", ("paths",)),
    Section(
        "correspondances", "Correspondances de listes", ("pairings",),
        "Une liste qui a exactement une entrée par élément d'une autre.",
        ("list", "key", "per", "per_key"),
    ),
    Section(
        "beneficiaires", "Bénéficiaires", ("beneficiaries",),
        "Où les bénéficiaires se lisent dans une ligne.",
        ("list", "identifier_kind", "identifier", "name"),
    ),
    Section(
        "scenario", "Scénario d'installation", ("scenario",),
        "Les réponses que le portail contrôle avec les profils référencés.",
        ("path", "profile"),
    ),
    Section(
        "pieces", "Pièces justificatives", ("documents",),
        "Les pièces demandées au fournisseur.",
        ("phase", "code", "label", "required"),
    ),
    Section(
        "pieces-enrolement", "Pièces d'enrôlement", ("enrolment_pieces",),
        "Les pièces que l'enrôlement demande dans ce couloir, outre celles de tous.",
        ("code", "label", "when"),
    ),
    Section(
        "modeles", "Modèles de documents", ("models",),
        "Les modèles que le fournisseur d'un enrôlement validé fait instruire avant de déposer.",
        ("code", "label", "waves"),
    ),
    Section(AMOUNTS, "Montants", ("amount",), "La règle qui donne le plafond hors taxe d'un dossier."),
    Section("versements", "Versements", ("instalments",), "Comment l'engagement se partage entre avance et solde."),
    Section("delais", "Délais et relances", ("delays",), "En jours calendaires, à l'heure de Paris."),
    Section(OPTIONS, "Options", ("single_dossier", "automatic_decision", "single_enrolment")),
)  # fmt: skip
_CODE = "code"  # given when the draft is opened, for ever


def _all() -> tuple[Section, ...]:
    known = {key for section in _NAMED for key in section.keys} | {_CODE}
    rest = {key: anatomy.shape(info).kind for key, info in CorridorSpec.model_fields.items() if key not in known}
    plain = tuple(key for key, kind in rest.items() if kind not in ("parts", "part", "one_of"))
    own = (Section(key, corridor_words.label(CorridorSpec, key), (key,)) for key in rest if key not in plain)
    *named, options = _NAMED
    return (*named, *own, Section(options.slug, options.title, (*options.keys, *plain), options.help))


SECTIONS = _all()
BY_SLUG = {section.slug: section for section in SECTIONS}
_BY_KEY = {key: section for section in SECTIONS for key in section.keys}


def section_of(place: str) -> Section | None:
    """The section where this place of a document is mended."""
    steps = _steps(place)
    if len(steps) > 2 and _is_own_rule(steps):
        return BY_SLUG[AMOUNTS]
    return _BY_KEY.get(steps[0])


def _is_own_rule(steps: Sequence[str]) -> bool:
    """`software[1].amount…`: the rule of one software is edited beside the corridor's."""
    section = _BY_KEY.get(steps[0])
    found = section.part.model_fields.get(steps[2]) if section and section.is_list else None
    return found is not None and anatomy.shape(found).kind == "one_of"


def _steps(place: str) -> list[str]:
    return place.replace("[", ".").replace("]", "").split(".")


def url_of(draft: CorridorDraft, place: str) -> str:
    """Where a fault of this place is mended: its section, its element, its field."""
    section = section_of(place)
    if section is None:
        return f"{DRAFTS}/{draft.id}"
    steps = _steps(place)
    here = f"{DRAFTS}/{draft.id}/contenu/{section.slug}"
    if section.slug == AMOUNTS and steps[0] != section.key:
        return f"{here}/{steps[1]}" + (f"#{'-'.join(steps[3:])}" if len(steps) > 3 else "")
    if section.is_list:
        return here + (f"/{steps[1]}" if len(steps) > 1 else "") + (f"#{'-'.join(steps[2:])}" if len(steps) > 2 else "")
    field = steps[1:] if section.part is not CorridorSpec or section.is_rule else steps
    return here + (f"#{'-'.join(field)}" if field else "")


def title_of(document: dict[str, Any], place: str) -> str:
    """What a place is called: « Fenêtres de dépôt, n° 2, Clôture »."""
    section = section_of(place)
    if section is None:
        return "Document"
    steps = _steps(place)
    said = [section.title]
    if section.is_list and len(steps) > 1:
        said.append(f"n° {int(steps[1]) + 1}" if steps[1].isdecimal() else steps[1])
    key = steps[2] if section.is_list and len(steps) > 2 else steps[0] if section.part is CorridorSpec else ""
    if key and not section.is_rule:
        said.append(corridor_words.label(section.part, key))
    return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Shown:
    """A fault of a draft as it is listed: where in words, why, and where it is mended."""

    where: str
    message: str
    url: str
    slug: str


def shown(draft: CorridorDraft, found: Sequence[Flaw], document: dict[str, Any] | None = None) -> list[Shown]:
    """The faults of a draft, or of this other document of it."""
    whole = draft.document if document is None else document
    return [
        Shown(
            title_of(whole, place),
            _in_words(whole, message),
            url_of(draft, place),
            (one := section_of(place)) and one.slug or "",
        )
        for place, message in found
    ]


def _in_words(document: dict[str, Any], message: str) -> str:
    """A fault that names another place (« voir windows[0] »), with its name instead."""
    return _PLACE.sub(
        lambda found: f"« {title_of(document, found[0])} »" if section_of(found[0]) else found[0], message
    )


def in_words(document: dict[str, Any], found: Sequence[Flaw]) -> str:
    """The first faults of a document in one sentence, each place by its name."""
    return " ; ".join(f"{title_of(document, place)} : {_in_words(document, message)}" for place, message in found[:5])


def offers(document: dict[str, Any]) -> Offers:
    """What this document gives to choose from."""
    fields, lists = anatomy.rows(document, spec.FieldSpec), anatomy.rows(document, spec.ListSpec)
    software = anatomy.rows(document, spec.SoftwareSpec)
    waves = {one.get("wave") for one in software}
    return Offers(
        words=word,
        said=said,
        kinds={str(one["path"]): str(one.get("kind", "")) for one in fields if one.get("path")},
        labels={str(one["path"]): str(one.get("label", "")) for one in (*fields, *lists) if one.get("path")},
        lists=[str(one["path"]) for one in lists if one.get("path")],
        waves=sorted(wave for wave in waves if isinstance(wave, int)),
        software=list(
            {str(one.get("type")): f"{one.get('type')} — {one.get('label', '')}" for one in software}.items()
        ),
    )


def word(model: type[BaseModel], key: str) -> tuple[str, str]:
    """The name and the meaning of a key."""
    known = corridor_words.WORDS.get(model, {}).get(key)
    return (known.label, known.meaning) if known else (key, "")


_LISTS: dict[str, type[Labelled]] = {"deposit": DepositMode, "phase": Phase, "phases": Phase}


def said(key: str, value: str) -> str:
    """A value of a closed list, in words with a capital."""
    labels = {str(member.value): member.label for member in _LISTS.get(key, ())}
    words = labels.get(value) or str(corridor_words.said(value, key))
    return words[:1].upper() + words[1:]
