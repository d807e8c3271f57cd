"""Where everything is in the text of a file, and what strict JSON refuses in it, with line and column.

A single pass without recursion. Slow (some 5 MB/s) and therefore run only when something is wrong or doubtful: the fast
reading of a sound file is in `reading`.
"""

import contextlib
import re
import unicodedata
from dataclasses import dataclass, field
from enum import Enum, auto

from app.domain import limits
from app.exchange import codes
from app.exchange.codes import Rule
from app.exchange.faults import Fault, Mark, Path, Step
from app.exchange.places import Rows

_TOKEN = re.compile(
    r"""(?P<punct>[{}\[\],:])
      | (?P<text>"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*")
      | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z.+-])
      | (?P<word>true|false|null)(?!\w)
      | (?P<nan>-?(?:NaN|Infinity))(?!\w)""",
    re.VERBOSE,
)
_BLANK = re.compile(r"[ \t\n\r]*")
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
_WORD = re.compile(r"\w+")
_NUMBER_LIKE = re.compile(r"[+\-.]?[0-9][0-9A-Za-z.+-]*")
_BAD_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_HUGE = re.compile(r"[eE][+-]?[0-9]{4}")
_TOO_MANY = f"plus de {limits.JSON_VALUES:_} valeurs".replace("_", " ")
_ENDS = (codes.SYNTAX, codes.TOO_DEEP, codes.TOO_MANY_VALUES)  # what stops the reading
_SIMPLE = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Unreadable(Exception):
    """The text is not JSON from here on."""


class _Expect(Enum):
    VALUE = auto()
    VALUE_OR_END = auto()
    KEY = auto()
    KEY_OR_END = auto()
    COLON = auto()
    COMMA_OR_END = auto()
    NOTHING = auto()


@dataclass(slots=True)
class _Frame:
    """An object or a list being read."""

    closer: str
    path: Path
    keys: set[str] = field(default_factory=set)
    step: Step = 0


@dataclass(slots=True)
class Scan:
    """`values` and `tags`: the offset of each value and of its tag, by path. `faults`: what strict JSON refuses."""

    text: str
    values: dict[Path, int] = field(default_factory=dict)
    tags: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    _rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        self._rows = Rows(self.text)

    def mark(self, offset: int) -> Mark:
        """Line and column of an offset."""
        return self._rows.mark(offset)

    def place(self, path: Path, on_key: bool = False) -> Mark:
        """Where a path is; the nearest enclosing object when it is absent from the file."""
        if on_key and path in self.tags:
            return self.mark(self.tags[path])
        while path and path not in self.values:
            path = path[:-1]
        return self.mark(self.values.get(path, 0))


def scan(text: str) -> Scan:
    """Read the whole text, or up to the first fault of syntax, which is then the last of `faults`."""
    found = Scan(text)
    with contextlib.suppress(Unreadable):
        Scanner(found).run()
    return found


class Scanner:
    """Reads the text token by token; what it meets is told to `found`, and to whoever overrides its steps."""

    def __init__(self, found: Scan) -> None:
        self.found, self.text = found, found.text
        self.stack: list[_Frame] = []
        self.expect = _Expect.VALUE
        self.read = 0
        self.at = 0

    def run(self) -> None:
        text, end = self.text, len(self.text)
        while True:
            blank = _BLANK.match(text, self.at)
            self.at = blank.end() if blank else self.at
            if self.at == end:
                break
            token = _TOKEN.match(text, self.at)
            if token is None:
                raise self._syntax(self._strange())
            self._take(token)
            self.at = token.end()
        if self.expect is not _Expect.NOTHING:
            raise self._syntax("le fichier s'arrête avant la fin : il manque « } » ou « ] »" if self.stack else "vide")

    def _take(self, token: re.Match[str]) -> None:
        kind, said = token.lastgroup, token.group()
        match self.expect:
            case _Expect.VALUE | _Expect.VALUE_OR_END if kind != "punct" or said in "{[":
                self.value(kind or "", said)
            case _Expect.VALUE_OR_END if said == "]":
                self.close()
            case _Expect.KEY | _Expect.KEY_OR_END if kind == "text":
                self.key(said)
            case _Expect.KEY_OR_END if said == "}":
                self.close()
            case _Expect.COLON if said == ":":
                self.expect = _Expect.VALUE
            case _Expect.COMMA_OR_END if said == ",":
                self._comma()
            case _Expect.COMMA_OR_END if said == self.stack[-1].closer:
                self.close()
            case _:
                raise self._syntax(self._unexpected(said))

    def value(self, kind: str, said: str) -> None:
        path = self.path()
        self.read += 1
        if self.read > limits.JSON_VALUES:
            self._fault(codes.TOO_MANY_VALUES, path, _TOO_MANY)
            raise Unreadable
        self.found.values[path] = self.at
        if said in ("{", "["):
            self._open(said, path)
            return
        if kind == "text":
            self._check_text(said, path)
        elif kind == "nan":
            self._fault(codes.NOT_A_NUMBER, path, f"« {said} » n'est pas un nombre", said)
        elif kind == "number" and (len(said) > limits.JSON_NUMBER_LENGTH or _HUGE.search(said)):
            self._fault(codes.LONG_NUMBER, path, "ce nombre est démesuré", said)
        self._done()

    def _open(self, said: str, path: Path) -> None:
        if len(self.stack) == limits.JSON_DEPTH:
            self._fault(codes.TOO_DEEP, path, f"plus de {limits.JSON_DEPTH} niveaux d'imbrication")
            raise Unreadable
        self.stack.append(_Frame("}" if said == "{" else "]", path))
        self.expect = _Expect.KEY_OR_END if said == "{" else _Expect.VALUE_OR_END

    def close(self) -> None:
        self.stack.pop()
        self._done()

    def _done(self) -> None:
        self.expect = _Expect.COMMA_OR_END if self.stack else _Expect.NOTHING

    def _comma(self) -> None:
        frame = self.stack[-1]
        if isinstance(frame.step, int):
            frame.step += 1
        self.expect = _Expect.KEY if frame.closer == "}" else _Expect.VALUE

    def key(self, said: str) -> None:
        frame = self.stack[-1]
        key = unescaped(said)
        path = (*frame.path, key)
        self.found.tags[path] = self.at
        self._check_text(said, path)
        if key in frame.keys:
            self._fault(codes.DUPLICATE_KEY, path, f"la balise « {key[:60]} » est déjà présente dans cet objet", key)
        frame.keys.add(key)
        frame.step = key
        self.expect = _Expect.COLON

    def path(self) -> Path:
        return (*self.stack[-1].path, self.stack[-1].step) if self.stack else ()

    def _check_text(self, said: str, path: Path) -> None:
        bad = _BAD_TEXT.search(unescaped(said) if "\\" in said else said)
        if bad:
            number = _code_point(bad)
            name = unicodedata.name(bad.group(), "caractère de contrôle ou demi-caractère")
            self._fault(codes.BAD_CHARACTER, path, f"le texte contient {number} ({name.lower()})", number)

    def _fault(self, rule: Rule, path: Path, message: str, value: str | None = None) -> None:
        """Note a fault; a report shows no more of them than its bound, what stopped the reading always.

        Half a character of a tag is told by its number, wherever the fault says the tag: no encoding could write it.
        """
        if len(self.found.faults) >= limits.JSON_FINDINGS and rule not in _ENDS:
            return
        place = tuple(_writable(step) if isinstance(step, str) else step for step in path)
        said = value and _writable(value)
        self.found.faults.append(Fault(rule, place, _writable(message), said, mark=self.found.mark(self.at)))

    def _syntax(self, message: str) -> Unreadable:
        path = self.stack[-1].path if self.stack else ()
        self._fault(codes.SYNTAX, path, message)
        return Unreadable()

    def _unexpected(self, said: str) -> str:
        wanted = {
            _Expect.VALUE: "une valeur est attendue",
            _Expect.VALUE_OR_END: "une valeur ou « ] » est attendue",
            _Expect.KEY: "une balise entre guillemets est attendue",
            _Expect.KEY_OR_END: "une balise entre guillemets ou « } » est attendue",
            _Expect.COLON: "« : » est attendu après la balise",
            _Expect.COMMA_OR_END: f"« , » ou « {self.stack[-1].closer if self.stack else ''} » est attendu",
            _Expect.NOTHING: "le fichier continue après sa fin",
        }[self.expect]
        if self.expect in (_Expect.KEY, _Expect.VALUE) and said in ("}", "]"):
            return f"virgule en trop avant « {said} »"
        return f"« {said[:40]} » inattendu : {wanted}"

    def _strange(self) -> str:
        """Why no token begins here."""
        first = self.text[self.at]
        if first == '"':
            return "texte mal fermé : guillemet final absent, retour à la ligne dans le texte ou « \\ » mal employé"
        if first == "'" or first in "«“”":
            return "les textes et les balises s'écrivent entre guillemets droits doubles"
        if first == "/" or first == "#":
            return "les commentaires n'existent pas en JSON"
        number = _NUMBER_LIKE.match(self.text, self.at)
        if number:
            return f"« {number.group()[:40]} » n'est pas un nombre : ni zéro de tête, ni signe +, un point décimal"
        word = _WORD.match(self.text, self.at)
        if word:
            return f"« {word.group()[:40]} » inattendu : un texte s'écrit entre guillemets, sinon true, false ou null"
        return f"caractère inattendu (U+{ord(first):04X})"


def _writable(text: str) -> str:
    """The same text, each lone half of a pair as `U+D800`."""
    return _HALF.sub(_code_point, text)


def _code_point(found: re.Match[str]) -> str:
    return f"U+{ord(found.group()):04X}"


def unescaped(literal: str) -> str:
    """The text of a JSON string literal; halves of a pair are put together, a lone one is left as it is."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    text = _ESCAPE.sub(lambda e: chr(int(e[1], 16)) if e[1] else _SIMPLE.get(e[2], e[2]), inner)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") if "\\u" in inner else text
