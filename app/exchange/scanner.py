"""What does strict JSON refuse in the text of a file, with line and column?

A single pass without recursion, that keeps nothing of what it read. Run only when something is wrong or doubtful: the
fast reading of a sound file is in `reading`. Plain members and elements are leapt over by one match each (`leaps`).
"""

import contextlib
import re
import unicodedata
from dataclasses import dataclass, field

from app.domain import limits
from app.exchange import codes, leaps
from app.exchange.codes import Rule
from app.exchange.faults import SHOWN_VALUE, Fault, Mark, Path, Step
from app.exchange.leaps import unescaped
from app.exchange.rows import Rows

_TOKEN = re.compile(
    rf"{leaps.BLANK}(?:(?P<punct>[{{}}\[\],:])|(?P<text>{leaps.TEXT})|(?P<number>{leaps.NUMBER})"
    rf"|(?P<word>{leaps.WORD})|(?P<nan>{leaps.NAN}))"
)
_BLANK = re.compile(r"[ \t\n\r]*")
_WORD = re.compile(r"\w+")
_NUMBER_LIKE = re.compile(r"[+\-.]?[0-9][0-9A-Za-z_.+-]*")
_BAD_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_HUGE = re.compile(r"[eE][+-]?[0-9]{4}")
_TOO_MANY = f"plus de {limits.JSON_VALUES:_} valeurs".replace("_", " ")
_LONG_TAG = SHOWN_VALUE + 1  # characters: what is shown is cut there
_NO_TAGS: set[str] = set()  # of any list
_ENDS = (codes.SYNTAX, codes.TOO_DEEP, codes.TOO_MANY_VALUES)  # what stops the reading


class Unreadable(Exception):
    """The text is not JSON from here on."""


class _Expect:
    """What may come next. Plain names: asked of each token, members of an `Enum` would take as long as the rest."""

    VALUE = "a value"
    VALUE_OR_END = "a value or ]"
    KEY = "a tag"
    KEY_OR_END = "a tag or }"
    COLON = "a colon"
    COMMA_OR_END = "a comma or an end"
    NOTHING = "nothing"


_LEAPT = (_Expect.KEY, _Expect.KEY_OR_END, _Expect.VALUE, _Expect.VALUE_OR_END)


@dataclass(slots=True)
class _Frame:
    """An object or a list being read: what closes it, its tags so far, and which of its values is being read."""

    closer: str
    keys: set[str]
    step: Step = 0


@dataclass(slots=True)
class Scan:
    """`faults`: what strict JSON refuses in the text, as many as a report shows, and what stopped the reading."""

    text: str
    faults: list[Fault] = field(default_factory=list)
    _rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        self._rows = Rows(self.text)

    def mark(self, offset: int) -> Mark:
        """Line and column of an offset."""
        return self._rows.mark(offset)

    @property
    def is_full(self) -> bool:
        """True when no fault is noted any more but what stops the reading."""
        return len(self.faults) >= limits.JSON_FINDINGS


def scan(text: str) -> Scan:
    """Read the whole text, or up to the first fault of syntax, which is then the last of `faults`."""
    found = Scan(text)
    with contextlib.suppress(Unreadable):
        Scanner(found, leaping=True).run()
    return found


class Scanner:
    """Reads the text token by token; what it meets is told to `found`, and to whoever overrides its steps.

    `leaping`: the steps of plain members and elements are not taken.
    """

    def __init__(self, found: Scan, *, leaping: bool = False) -> None:
        self.found, self.text, self.leaping = found, found.text, leaping
        self.stack: list[_Frame] = []
        self.expect = _Expect.VALUE
        self.read = 0
        self.at = 0

    def run(self) -> None:
        text = self.text
        while True:
            if self.leaping and self.expect in _LEAPT and self.stack:
                self._leap()
            token = _TOKEN.match(text, self.at)
            if token is None:
                break
            kind = token.lastgroup or ""
            self.at = token.start(kind)
            self._take(kind, token[kind])
            self.at = token.end()
        blank = _BLANK.match(text, self.at)
        self.at = blank.end() if blank else self.at
        if self.at < len(text):
            raise self._syntax(self._strange())
        if self.expect is not _Expect.NOTHING:
            raise self._syntax("le fichier s'arrête avant la fin : il manque « } » ou « ] »" if self.stack else "vide")

    def _leap(self) -> None:
        """Go beyond the plain values that come next in the object or list being read."""
        frame = self.stack[-1]
        room = limits.JSON_VALUES - self.read
        deepest = len(self.stack) == limits.JSON_DEPTH
        if self.expect in (_Expect.KEY, _Expect.KEY_OR_END):
            keys = None if self.found.is_full else frame.keys
            leapt = leaps.members(self.text, self.at, keys, room, deepest=deepest)
        elif frame.closer == "]":
            leapt = leaps.elements(self.text, self.at, room, deepest=deepest, anything=self.found.is_full)
        else:
            return
        if leapt.values:
            self.read += leapt.values
            self.at = leapt.end
            if isinstance(frame.step, int):
                frame.step += leapt.values - leapt.ended
            self.expect = _Expect.COMMA_OR_END
            if not leapt.ended:
                self.expect = _Expect.KEY if frame.closer == "}" else _Expect.VALUE

    def _take(self, kind: str, said: str) -> None:
        match self.expect:
            case _Expect.VALUE | _Expect.VALUE_OR_END if kind != "punct" or said in "{[":
                self.value(kind, said)
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
        self.read += 1
        if self.read > limits.JSON_VALUES:
            self._fault(codes.TOO_MANY_VALUES, self.path(), _TOO_MANY)
            raise Unreadable
        if said in ("{", "["):
            self._open(said)
            return
        if kind == "text":
            self._check_text(said)
        elif kind == "nan":
            self._fault(codes.NOT_A_NUMBER, self.path(), f"« {said} » n'est pas un nombre", said)
        elif kind == "number" and (len(said) > limits.JSON_NUMBER_LENGTH or _HUGE.search(said)):
            self._fault(codes.LONG_NUMBER, self.path(), "ce nombre est démesuré", said)
        self._done()

    def _open(self, said: str) -> None:
        if len(self.stack) == limits.JSON_DEPTH:
            self._fault(codes.TOO_DEEP, self.path(), f"plus de {limits.JSON_DEPTH} niveaux d'imbrication")
            raise Unreadable
        if said == "{":
            self.stack.append(_Frame("}", set()))
            self.expect = _Expect.KEY_OR_END
        else:
            self.stack.append(_Frame("]", _NO_TAGS))
            self.expect = _Expect.VALUE_OR_END

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
        key = frame.step = unescaped(said)
        self._check_text(said)
        if key in frame.keys:
            message = f"la balise « {key[:60]} » est déjà présente dans cet objet"
            self._fault(codes.DUPLICATE_KEY, self.path(), message, key)
        frame.keys.add(key)
        self.expect = _Expect.COLON

    def path(self) -> Path:
        """Of the value being read."""
        return tuple(frame.step for frame in self.stack)

    def _check_text(self, said: str) -> None:
        bad = _BAD_TEXT.search(unescaped(said) if "\\" in said else said)
        if bad:
            number = _code_point(bad)
            name = unicodedata.name(bad.group(), "caractère de contrôle ou demi-caractère")
            self._fault(codes.BAD_CHARACTER, self.path(), f"le texte contient {number} ({name.lower()})", number)

    def _fault(self, rule: Rule, path: Path, message: str, value: str | None = None) -> None:
        """Note a fault; a report shows no more of them than its bound, what stopped the reading always.

        Half a character of a tag is told by its number, wherever the fault says the tag: no encoding could write it.
        """
        if self.found.is_full and rule not in _ENDS:
            return
        place = tuple(_writable(step[:_LONG_TAG]) if isinstance(step, str) else step for step in path)
        said = value and _writable(value[:_LONG_TAG])
        self.found.faults.append(Fault(rule, place, _writable(message), said, mark=self.found.mark(self.at)))

    def _syntax(self, message: str) -> Unreadable:
        self._fault(codes.SYNTAX, self.path()[:-1], message)
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
