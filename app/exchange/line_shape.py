"""What is wrong with the shape of a line, one error after the other, for whom does not want them all?

The same errors, in the same order, as the schema of the line gives at once (`line_model`): a file of five million
characters may have hundreds of thousands, of which a report shows the first ones. The tree gives the tags, each leaf is
judged by its own type of the model: no rule is written here a second time.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from app.exchange.faults import Path
from app.exchange.line_tree import Node


def errors(root: Node, line: Any) -> Iterator[dict[str, Any]]:
    """Pydantic's errors of one line: `type`, `loc` (from the line), `input`, and `ctx` where the type has one."""
    return _errors(root, line, (), optional=False)


def _errors(node: Node, value: Any, at: Path, *, optional: bool) -> Iterator[dict[str, Any]]:
    if value is None and optional:
        return
    if node.item is not None:
        yield from _list_errors(node, node.item, value, at)
    elif node.tags:
        yield from _object_errors(node, value, at)
    else:
        yield from _leaf_errors(node, value, at)


def _object_errors(node: Node, value: Any, at: Path) -> Iterator[dict[str, Any]]:
    if not isinstance(value, dict):
        yield {"type": "dict_type", "loc": at, "input": value}
        return
    for name, below in node.tags.items():
        if name in value:
            yield from _errors(below, value[name], (*at, name), optional=not below.must_be_there)
        elif below.must_be_there:
            yield {"type": "missing", "loc": (*at, name), "input": value}
    for name, said in value.items():
        if name not in node.tags:
            yield {"type": "extra_forbidden", "loc": (*at, name), "input": said}


def _list_errors(node: Node, item: Node, value: Any, at: Path) -> Iterator[dict[str, Any]]:
    if not isinstance(value, list):
        yield {"type": "list_type", "loc": at, "input": value}
    elif len(value) > node.at_most:
        yield {"type": "too_long", "loc": at, "input": value, "ctx": {"max_length": node.at_most}}
    elif len(value) < node.at_least:
        yield {"type": "too_short", "loc": at, "input": value, "ctx": {"min_length": node.at_least}}
    else:
        for rank, element in enumerate(value):
            yield from _errors(item, element, (*at, rank), optional=False)


def _leaf_errors(node: Node, value: Any, at: Path) -> Iterator[dict[str, Any]]:
    try:
        node.judge.validate_python(value)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            yield dict(one) | {"loc": (*at, *one["loc"])}
