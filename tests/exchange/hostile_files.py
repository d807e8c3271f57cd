"""Files of five megabytes made to cost: deep, wide, long, full of tags nobody knows or of faults."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from app.domain import limits
from tests.json_files import ANS, SAMPLE, SIRET

SIZE = limits.JSON_FILE_BYTES
MANY = limits.JSON_VALUES - 20_000
LINES = limits.LINES_PER_FILE[1]


def around(lines: str) -> str:
    """An envelope around the text of lines."""
    return f'{{"numeroAns":"{ANS}","siret":"{SIRET}","lignesImport":[{lines}]}}'


def times(unit: str, count: int = MANY) -> str:
    return ",".join([unit] * count)


def tags(count: int = MANY, form: str = '"{:x}":1') -> str:
    return "{" + ",".join(form.format(rank) for rank in range(count)) + "}"


def spread(change: Callable[[dict[str, Any], int], None]) -> str:
    """200 lines of the sample, each changed; the second argument is its rank."""
    data = json.loads(SAMPLE.read_bytes())
    known = data["lignesImport"]
    data["lignesImport"] = [json.loads(json.dumps(known[rank % len(known)])) for rank in range(LINES)]
    for rank, line in enumerate(data["lignesImport"]):
        line |= {"numLigne": rank + 1, "numeroEditeur": str(rank)}
        change(line, rank)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _unknown(value: Any, count: int = 1400, form: str = "x{:05x}") -> str:
    return spread(lambda line, rank: line.update({form.format(one): value for one in range(count)}))


def _people(count: int, person: Callable[[int], Any]) -> str:
    return spread(
        lambda line, rank: line["beneficiaires"].update(liberal=[person(rank * count + one) for one in range(count)])
    )


def _pieces(count: int, piece: Any) -> str:
    return spread(lambda line, rank: line.update(piecesJustificatives=[piece] * count))


def every() -> Iterator[tuple[str, str | bytes]]:
    """Each file with its name, made when asked for."""
    for name, make in _FAMILIES.items():
        made = make()
        assert len(made) <= SIZE, name
        yield name, made


_FAMILIES: dict[str, Callable[[], str | bytes]] = {
    "opened and never closed": lambda: "[" * SIZE,
    "objects never closed": lambda: '{"a":' * (SIZE // 5),
    "deep and closed": lambda: around("[" * 2_400_000 + "]" * 2_400_000),
    "as deep as allowed, wide": lambda: around(times("[" * 17 + "]" * 17, 140_000)),
    "elements": lambda: around(times("1", 2_600_000)),
    "empty objects": lambda: around(times("{}")),
    "one line of tags": lambda: around(tags()),
    "one line of long tags": lambda: around(tags(240_000, '"balise{:09x}":1')),
    "tags of the envelope": lambda: tags(MANY)[:-1] + ',"y":{},"lignesImport":[{"numLigne":1}]}',
    "one tag all over": lambda: around("{" + times('"a":1') + "}"),
    "one tag all over, objects": lambda: around("{" + times('"aaa":{}') + "}"),
    "a tag met twice among many": lambda: around('{"a":1,"a":2,' + tags()[1:]),
    "a control character among many": lambda: around('{"a":"\x7f",' + tags()[1:]),
    "no numbers": lambda: around(times("NaN")),
    "control characters": lambda: around(times('"\x7f"')),
    "long numbers": lambda: around(times("9" * 5000, 1000)),
    "huge exponents": lambda: around(times("1e99999")),
    "one text": lambda: around('{"numLigne":"' + "a" * (SIZE - 200) + '"}'),
    "one text of escapes": lambda: around('{"numLigne":"' + "\\u0000" * (SIZE // 6 - 40) + '"}'),
    "one text never closed": lambda: '"' + "\\\\" * (SIZE // 2 - 1),
    "one text of brackets": lambda: around('{"numLigne":"' + "[" * (SIZE - 200) + '"}'),
    "wide characters": lambda: around('{"numLigne":"' + "😀" * (SIZE // 4 - 60) + '"}').encode()[:SIZE],
    "a long tag over many faults": lambda: around('{"' + "k" * 2_500_000 + '":[' + times("NaN", 3000) + "]}"),
    "blank rows": lambda: "\n" * (SIZE - 200) + around("{}"),
    "unknown tags": lambda: _unknown(0),
    "unknown tags, with colons": lambda: _unknown(0, form="x:{:04x}"),
    "unknown tags, control characters": lambda: _unknown("\x7f", 1200),
    "unknown tags almost known": lambda: _unknown(0, 1200, "numeroAS{:05x}"),
    "unknown objects": lambda: _unknown({"a": {}}, 450),
    "people out of shape": lambda: _people(999, lambda rank: 1),
    "people without anything": lambda: _people(700, lambda rank: {}),
    "the same person": lambda: _people(250, lambda rank: {"RPPS": "10000000000", "nom": "a"}),
    "people of their own": lambda: _people(250, lambda rank: {"RPPS": f"{10**10 + rank}", "nom": "a", "mail": "b"}),
    "pieces out of shape": lambda: _pieces(700, {"nomFichier": 0}),
    "pieces of one name": lambda: _pieces(300, {"nomFichier": "a.pdf", "formatFichier": "PDF", "typeFichier": "X"}),
    "not UTF-8 at the end": lambda: ("é" * (SIZE // 2 - 1)).encode() + b"\xff",
}
