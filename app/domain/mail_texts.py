"""How is the text of a mail written, what is wrong in one, what does it become once its variables are known? Pure.

`{{ nom }}` is a variable; `{{ si nom }} … {{ sinon }} … {{ fin }}` keeps a part when the variable is not empty. Nothing
else is understood: a text evaluates nothing, so that whoever writes one can reach no more than its variables.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from app.domain.labelled import Labelled

# Where, in a body, stands what only the recipient may read: `Mail.secret` takes its place when the mail leaves.
SECRET = "[réservé au destinataire]"
NESTED = 4  # conditions within conditions; beyond, nobody reads the text any more
_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_CONTROL = re.compile(r"\{\{\s*(?:si\s[^{}]*|sinon|fin)\s*\}\}")
_CONTROL_LINE = re.compile(r"^[ \t]*(\{\{\s*(?:si\s[^{}]*|sinon|fin)\s*\}\})[ \t]*\n", re.MULTILINE)


class Kind(Labelled):
    """What a variable is, hence where it may stand."""

    TEXT = "text", "Texte"
    BLOCK = "block", "Texte de plusieurs lignes"
    LINK = "link", "Adresse"
    SECRET = "secret", "Réservé au destinataire"
    FLAG = "flag", "Condition"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong, and where; lines and columns count from 1, and 0 is the whole text."""

    line: int
    column: int
    words: str

    def __str__(self) -> str:
        return f"Ligne {self.line}, caractère {self.column} : {self.words}" if self.line else self.words


@dataclass(slots=True)
class _Part:
    """A variable (`value`), or a condition with its two branches."""

    name: str
    place: tuple[int, int]
    condition: bool = False
    kept: list["str | _Part"] = field(default_factory=list)
    otherwise: list["str | _Part"] = field(default_factory=list)
    turned: bool = False  # « sinon » was read

    @property
    def branch(self) -> list["str | _Part"]:
        return self.otherwise if self.turned else self.kept


_Parts = list["str | _Part"]


def flaws(
    text: str, known: Mapping[str, Kind], required: Collection[str] = (), *, subject: bool = False
) -> tuple[Flaw, ...]:
    """Everything wrong in a text, in the order of its lines; empty when it may be sent.

    `known`: the variables of this mail. `required`: those that must stand whatever the conditions. A subject holds
    one-line variables only.
    """
    parts, found = _read(text)
    uses = list(_uses(parts))
    for use in uses:
        words = _misuse(use, known, subject)
        if words:
            found.append(Flaw(*use.place, words))
    found += _glued(text, known)
    certain = _certain(parts)
    for name in required:
        if name not in certain:
            found.append(Flaw(0, 0, _absent(name, any(use.name == name and not use.condition for use in uses))))
    return tuple(sorted(found, key=lambda one: (one.line == 0, one.line, one.column)))


def certain(text: str) -> set[str]:
    """The variables that a text writes whatever its conditions."""
    return _certain(_read(text)[0])


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its values. Of a variable that stands alone on its line, every line has its indentation.

    Raises `ValueError` for a text that has flaws, `KeyError` for a variable that has no value.
    """
    parts, found = _read(text)
    if found:
        raise ValueError(str(found[0]))
    out: list[str] = []
    _write(parts, values, out)
    return "".join(out)


def _misuse(use: _Part, known: Mapping[str, Kind], subject: bool) -> str:
    kind = known.get(use.name)
    if kind is None:
        return f"la variable « {use.name} » n'existe pas ici."
    if use.condition:
        return ""
    if kind is Kind.FLAG:
        return f"« {use.name} » ne s'écrit pas : elle sert à « {{{{ si {use.name} }}}} »."
    if subject and kind is not Kind.TEXT:
        return f"« {use.name} » ne peut pas être dans l'objet."
    return ""


def _glued(text: str, known: Mapping[str, Kind]) -> Iterator[Flaw]:
    """An address or a code stands apart: written after « https://ailleurs.fr/? », it would be handed to others."""
    places = _Places(text)
    for match in _TAG.finditer(text):
        name = match[1].strip()
        before = _CONTROL.sub("", text[: match.start()])[-1:]
        if known.get(name) in (Kind.LINK, Kind.SECRET) and before and not before.isspace() and before not in "(«":
            yield Flaw(
                *places(match.start()), f"mettez une espace avant « {name} », ou la variable seule sur sa ligne."
            )


def _absent(name: str, written: bool) -> str:
    if written:
        return f"La variable « {name} » est obligatoire : ici, une condition peut la faire disparaître."
    return f"La variable « {name} » est obligatoire, sans quoi le destinataire ne peut agir : {{{{ {name} }}}}."


def _read(text: str) -> tuple[_Parts, list[Flaw]]:
    """The parts of a text and what could not be understood. A condition alone on its line takes the line away."""
    text = text.replace("\r\n", "\n")
    places = _Places(text)
    root = _Part("", (0, 0), condition=True)
    opened, found = [root], []
    for piece, place, is_tag in _pieces(text, places):
        if not is_tag:
            found += _odd_braces(piece, place)
            opened[-1].branch.append(piece)
            continue
        words = _tag(piece.split(), place, opened)
        if words:
            found.append(Flaw(*place, words))
    found += [Flaw(*one.place, f"« {{{{ si {one.name} }}}} » n'a pas son « {{{{ fin }}}} ».") for one in opened[1:]]
    return root.kept, found


class _Places:
    """Line and column of an offset of the text as it was typed."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self, offset: int) -> tuple[int, int]:
        before = self._text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _pieces(text: str, places: _Places) -> Iterator[tuple[str, tuple[int, int], bool]]:
    """(text or content of a tag, place, is a tag), the lines that hold a condition alone being taken away."""
    alone = {match.start(1): (match.start(), match.end()) for match in _CONTROL_LINE.finditer(text)}
    at = 0
    for match in _TAG.finditer(text):
        start, end = alone.get(match.start(), match.span())
        if start > at:
            yield text[at:start], places(at), False
        yield match[1], places(match.start()), True
        at = end
    if at < len(text):
        yield text[at:], places(at), False


def _odd_braces(piece: str, place: tuple[int, int]) -> list[Flaw]:
    found = []
    for braces, words in (("{{", "« {{ » n'est pas fermé par « }} »."), ("}}", "« }} » n'a pas son « {{ ».")):
        at = piece.find(braces)
        if at >= 0:
            line = piece.count("\n", 0, at)
            column = at - piece.rfind("\n", 0, at) if line else place[1] + at
            found.append(Flaw(place[0] + line, column, words))
    return found


def _tag(words: list[str], place: tuple[int, int], opened: list[_Part]) -> str:
    """Put a tag where it belongs; what is wrong with it, in French, or nothing."""
    match words:
        case ["sinon"]:
            if len(opened) == 1 or opened[-1].turned:
                return "« {{ sinon }} » n'a pas son « {{ si … }} »."
            opened[-1].turned = True
        case ["fin"]:
            if len(opened) == 1:
                return "« {{ fin }} » n'a pas son « {{ si … }} »."
            opened.pop()
        case ["si", name] if _NAME.fullmatch(name):
            part = _Part(name, place, condition=True)
            opened[-1].branch.append(part)
            if len(opened) > NESTED:
                return "trop de conditions les unes dans les autres."
            opened.append(part)
        case [name] if _NAME.fullmatch(name) and name != "si":
            opened[-1].branch.append(_Part(name, place))
        case _:
            return f"« {{{{{' '.join(['', *words, ''])}}}}} » n'est pas compris : {{{{ variable }}}} est attendu."
    return ""


def _uses(parts: _Parts) -> Iterator[_Part]:
    waiting = list(reversed(parts))
    while waiting:
        part = waiting.pop()
        if isinstance(part, _Part):
            yield part
            waiting += reversed([*part.kept, *part.otherwise])


def _certain(parts: _Parts) -> set[str]:
    """The variables written whatever the conditions. One that is written when it is not empty counts."""
    certain: set[str] = set()
    for part in parts:
        if isinstance(part, str):
            continue
        if not part.condition:
            certain.add(part.name)
            continue
        kept = _certain(part.kept)
        certain |= (kept & _certain(part.otherwise)) | (kept & {part.name})
    return certain


def _write(parts: _Parts, values: Mapping[str, str], out: list[str]) -> None:
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif part.condition:
            _write(part.kept if values[part.name] else part.otherwise, values, out)
        else:
            out.append(_indented(values[part.name], out))


def _indented(value: str, out: list[str]) -> str:
    line = out[-1].rpartition("\n")[2] if out else ""
    return value.replace("\n", "\n" + line) if line and not line.strip() else value
