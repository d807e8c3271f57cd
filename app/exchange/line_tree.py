"""The tags of a line as a tree: what `line_model` makes a schema of, and `columns` a reading by columns."""

from dataclasses import dataclass, field
from types import GenericAlias
from typing import Annotated, Any, NotRequired, Optional, Required

from pydantic import ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

from app.domain import limits

_TYPED_DICT: Any = TypedDict
STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(slots=True)
class Node:
    """A tag of the line: a leaf with its type, an object with its tags, or a list with its element."""

    name: str = ""
    leaf: Any = Any
    required: bool = False
    tags: "dict[str, Node]" = field(default_factory=dict)
    item: "Node | None" = None
    at_least: int = 0
    at_most: int = limits.JSON_LIST_ITEMS
    _judge: Any = None

    @property
    def must_be_there(self) -> bool:
        """An object is needed as soon as one of its tags is; a list when it may not be empty."""
        if self.item is not None:
            return self.at_least > 0
        return self.required or any(node.must_be_there for node in self.tags.values())

    def at(self, path: str) -> "Node":
        """The node of a path, made with those above it when they are not there."""
        node = self
        for part in path.split("."):
            name = part.removesuffix("[]")
            node = node.tags.setdefault(name, Node(name))
            if part.endswith("[]"):
                node.item = node.item or Node(name)
                node = node.item
        return node

    def type(self) -> Any:
        if self.item is not None:
            size = Field(min_length=self.at_least, max_length=self.at_most)
            return Annotated[list_of(self.item.type()), size]
        if not self.tags:
            return self.leaf
        shape = _TYPED_DICT(self.name or "Ligne", {key: node._declared() for key, node in self.tags.items()})
        shape.__pydantic_config__ = STRICT
        return shape

    @property
    def judge(self) -> Any:
        """What judges a value of a leaf, made at the first need."""
        if self._judge is None:
            self._judge = TypeAdapter(self.leaf, config=STRICT).validator
        return self._judge

    def nullable(self) -> Any:
        """The type of its value where the tag is present: null is no value, and a tag may have none."""
        return self.type() if self.must_be_there else Optional[self.type()]  # noqa: UP045 -- made at run time: no « | »

    def _declared(self) -> Any:
        return Required[self.nullable()] if self.must_be_there else NotRequired[self.nullable()]


def list_of(item: Any) -> Any:
    """`list[item]`, of a type made at run time."""
    return GenericAlias(list, (item,))
