"""What each key of a corridor's document is made of, read from its model: the editor follows, whatever is added to it.

`shape(info)` reads a field of a pydantic model. A shape nobody foresaw raises `TypeError`: a test walks the model.
"""

import datetime as dt
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.corridors.spec import CorridorSpec

Kind = Literal[
    "text", "boolean", "whole", "euros", "share", "instant", "choice", "scalar",  # one value
    "texts", "wholes", "choices",  # several
    "part", "parts", "one_of", "amounts", "tables",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """`options`: the values of a choice. `parts`: the models it may be made of, one unless `one_of`, whose `tag` tells
    which. `optional`: it may be left empty. `fixed`: its only value."""

    kind: Kind
    optional: bool = False
    options: tuple[str, ...] = ()
    parts: tuple[type[BaseModel], ...] = ()
    tag: str = ""

    @property
    def part(self) -> type[BaseModel]:
        return self.parts[0]


def shape(info: FieldInfo) -> Shape:
    """What a key is. Raises `TypeError` for what the editor would not know how to ask."""
    tag = str(info.discriminator or "")
    return _shape(info.annotation, tuple(info.metadata), tag)


def _shape(annotation: Any, metadata: tuple[Any, ...], tag: str, optional: bool = False) -> Shape:
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        found = next((one for one in inside[1:] if isinstance(one, FieldInfo)), None)
        more = (*inside[1:], *(found.metadata if found else ()))
        return _shape(inside[0], (*metadata, *more), str((found and found.discriminator) or tag), optional)
    if origin in (Union, types.UnionType):
        return _union(inside, metadata, tag, optional)
    if origin is Literal:
        return Shape("choice", optional, options=tuple(str(one) for one in inside))
    if origin is tuple:
        return _several(inside[0])
    if origin is dict:
        return Shape("tables") if get_origin(inside[1]) is dict else Shape("amounts")
    return _single(annotation, metadata, optional)


def _union(inside: tuple[Any, ...], metadata: tuple[Any, ...], tag: str, optional: bool) -> Shape:
    real = [one for one in inside if one is not type(None)]
    optional = optional or len(real) < len(inside)
    if len(real) == 1:
        return _shape(real[0], metadata, tag, optional)
    if all(isinstance(one, type) and issubclass(one, BaseModel) for one in real):
        return Shape("one_of", optional, parts=tuple(real), tag=tag)
    return Shape("scalar", optional)


_SEVERAL: dict[Kind, Kind] = {"text": "texts", "whole": "wholes", "choice": "choices", "part": "parts"}


def _several(annotation: Any) -> Shape:
    one = _shape(annotation, (), "")
    if one.kind not in _SEVERAL:
        raise TypeError(f"une liste de {annotation} ne s'édite pas")
    return Shape(_SEVERAL[one.kind], True, one.options, one.parts)


_PLAIN: dict[Any, Kind] = {str: "text", bool: "boolean", int: "whole", dt.datetime: "instant"}


def _single(annotation: Any, metadata: tuple[Any, ...], optional: bool) -> Shape:
    if annotation in _PLAIN:
        return Shape(_PLAIN[annotation], optional)
    if annotation is Decimal:
        share = any(isinstance(one, Lt) and one.lt == 1 for one in metadata)
        return Shape("share" if share else "euros", optional)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape("part", optional, parts=(annotation,))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Shape("choice", optional, options=tuple(str(one.value) for one in annotation))
    raise TypeError(f"{annotation} ne s'édite pas")


def models() -> Iterator[type[BaseModel]]:
    """Every model a document is made of, from the document down."""
    waiting: list[type[BaseModel]] = [CorridorSpec]
    seen: set[type[BaseModel]] = set()
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        yield model
        for info in model.model_fields.values():
            waiting.extend(shape(info).parts)


def place(loc: Sequence[int | str], model: Any = CorridorSpec) -> str:
    """Where pydantic found a fault, as people write it: `windows[2].opens_at`, the first element of a list being 0.

    The tag that pydantic adds after a rule among several is left out.
    """
    said, steps = "", list(loc)
    while steps:
        step = steps.pop(0)
        said += f"[{step}]" if isinstance(step, int) else f".{step}"
        info = getattr(model, "model_fields", {}).get(step)
        found = shape(info) if info else None
        if found and found.kind == "one_of" and steps:
            tag = steps.pop(0)
            model = next((one for one in found.parts if tag in shape(one.model_fields[found.tag]).options), None)
        elif found and found.kind == "scalar":
            break  # pydantic goes on with the type it tried
        elif found and found.parts:
            model = found.part
        elif not isinstance(step, int):
            model = None
    return said.removeprefix(".")


def rows(document: dict[str, Any], model: type[BaseModel]) -> list[dict[str, Any]]:
    """The elements of this model that a document declares; what is badly written is left out."""
    found = document.get(_LISTS[model])
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


_LISTS = {
    part: key
    for key, info in CorridorSpec.model_fields.items()
    if shape(info).kind == "parts"
    for part in shape(info).parts
}
