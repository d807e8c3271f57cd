"""One line of a file under control: what it says, what is wrong with it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Literal

from app.domain import limits
from app.exchange.codes import Rule
from app.exchange.contents import Content, Person
from app.exchange.faults import Fault, Path
from app.exchange.line_model import EDITOR_NUMBER, LineModel
from app.exchange.wording import LINES


class Room:
    """How many faults of the lines of one file are still told, each with its place; what is left out."""

    __slots__ = ("left", "more", "untold")

    def __init__(self) -> None:
        self.left, self.untold, self.more = limits.JSON_FINDINGS, 0, False

    def leave_out(self) -> None:
        """A fault that is found and not told."""
        self.untold += 1

    def stop(self) -> None:
        """What is left is not even looked for, nor counted."""
        self.more = True


class Line:
    """`number` and `editor_number`: None and empty when it gives none. What else it says is read when asked for."""

    __slots__ = (
        "_content",
        "_declared_ht",
        "_people",
        "_readable",
        "editor_number",
        "faults",
        "model",
        "number",
        "rank",
        "raw",
        "rejected",
        "room",
    )

    def __init__(
        self, rank: int, raw: Any, model: LineModel, number: int | None, editor: str, room: Room | None = None
    ) -> None:
        self.rank, self.raw, self.model, self.number, self.editor_number = rank, raw, model, number, editor
        self.room, self.rejected = room or Room(), False
        self.faults: list[Fault] = []
        self._readable = True
        self._people: tuple[Person, ...] | None = None
        self._content: Content | None = None
        self._declared_ht: Decimal | None | Literal[False] = False  # not read yet

    @property
    def path(self) -> Path:
        return (LINES, self.rank)

    @property
    def people(self) -> tuple[Person, ...]:
        """The beneficiaries it names, even when something else in it is wrong."""
        if self._people is None:
            self._people = tuple(self.model.reader.beneficiaries(self.raw))
        return self._people

    @property
    def content(self) -> Content | None:
        """What it says, when its shape and its own rules are right."""
        if self._content is None and self._readable:
            self._content = self.model.reader.read(self.raw, self.people)
        return self._content

    @property
    def declared_ht(self) -> Decimal | None:
        """The amount it declares, in euros HT, even when something else in it is wrong; None when it is no amount."""
        if self._declared_ht is False:
            self._declared_ht = self.model.reader.amount(self.raw)
        return self._declared_ht

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Those of `people`, who are not read for it."""
        if self._people is None:
            return self.model.reader.identifiers(self.raw)
        return tuple([person.identifier for person in self._people])

    @property
    def counts(self) -> dict[str, int]:
        """Its whole numbers, when its shape is right."""
        return self.model.reader.counts(self.raw)

    def blame(self, found: Iterable[Fault]) -> None:
        """Add what is wrong in this line alone: with a fault that blocks, it has no content."""
        for fault in found:
            if self.rejected and not self.room.left:
                self.room.stop()
                break
            self._note(fault)
        self._readable = not self.rejected

    def refuse(self, rule: Rule, place: Path, message: str, value: Any = None, **more: Any) -> None:
        """Add a fault at a place of this line; `more`: what it expected and proposes."""
        self._note(Fault(rule, (*self.path, *place), message, value, **more))

    def _note(self, fault: Fault) -> None:
        """Without room, a line is still told the first fault that rejects it."""
        rejects = fault.blocks and not self.rejected
        if not self.room.left and not rejects:
            self.room.leave_out()
            return
        self.room.left = max(self.room.left - 1, 0)
        self.rejected = self.rejected or rejects
        self.faults.append(fault)


def number_of(raw: Any) -> int | None:
    """The number a line gives itself, when it is one."""
    number = raw.get("numLigne") if isinstance(raw, dict) else None
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= 1_000_000:
        return number
    return None


def editor_number_of(raw: Any) -> str:
    """The n° éditeur of a line, empty when it has none."""
    given = raw.get(EDITOR_NUMBER) if isinstance(raw, dict) else None
    if isinstance(given, str | int) and not isinstance(given, bool):
        return str(given).strip()[: limits.EDITOR_NUMBER_LENGTH]
    return ""
