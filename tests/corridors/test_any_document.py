"""Whatever an administrator writes in a document, it is told its faults; what has none can be deposited in."""

import copy
import datetime as dt
import random
import re

import pytest

from app.corridors import documents
from app.domain.enums import DepositMode, Phase
from app.exchange import codes, examination, example_file, line_model, reading
from app.exchange.envelope import Depositor
from app.exchange.line_rules import Circumstances
from tests.json_files import ANS, SIRET, written
from tests.shipped import SPECS

CANONICAL = {code: documents.canonical(spec) for code, spec in SPECS.items()}
ENGLISH = re.compile(r"\b(Input|Value|String|should|must|valid|or)\b")
DAY = dt.date(2026, 11, 2)
AROUND = Circumstances(dt.date(2026, 11, 23))
ODD = [
    None,
    True,
    False,
    0,
    1,
    2,
    -1,
    10**20,
    1.5,
    "",
    " ",
    "x",
    "a.b",
    "a[].b",
    "a[]",
    "a[][]",
    "é",
    "x" * 5000,
    [],
    {},
]
ODD += [
    "NaN",
    "Infinity",
    "1e400",
    "(a+)+",
    "[",
    "\x00",
    "\ud800",
    "2026-13-01",
    "9999-12-31T23:59:59+14:00",
    [1],
    [2, 1],
]
ODD += [{"path": "x", "equals": True}, {"rule": "table", "ceilings": {}}, ["solde"], ["avance", "avance"], "commande"]
ODD += ["numLigne", "piecesJustificatives", "scenarioInstallation", "beneficiaires", "0001-01-01T00:00:00", "boolean"]


def places(value, above=()):
    yield above
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in items:
        yield from places(below, (*above, step))


def damaged(document, chance):
    """A value changed, a key removed or added, an element doubled or moved."""
    *above, last = chance.choice([place for place in places(document) if place and "ceilings" not in place])
    holder = document
    for step in above:
        holder = holder[step]
    way = chance.random()
    if way < 0.6:
        some = [value for place in places(document) if place for value in [_at(document, place)] if _is_short(value)]
        holder[last] = copy.deepcopy(chance.choice([chance.choice(ODD), chance.choice(some)]))
    elif way < 0.8:
        del holder[last]
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[last]))
    else:
        holder[chance.choice(["waves", "phases", "pattern", "amount", "values", "inconnu"])] = chance.choice(ODD)


def _at(value, place):
    for step in place:
        value = value[step]
    return value


def _is_short(value):
    return not isinstance(value, dict | list) or len(value) < 8


def use(spec):
    """Everything that is made of a published version: models, rules, schema, example, controls, ceilings."""
    for wave in spec.waves:
        seen = spec.narrowed(wave)
        for phase in Phase:
            model = line_model.build(seen, phase)
            assert model.json_schema()
            data = example_file.example(seen, phase, ANS, SIRET, "HT", DAY)
            found = examination.examine(reading.read(written(data)), phase, model, Depositor(SIRET, ANS), AROUND)
            of_file, of_lines = examination.findings(found)
            if spec.deposit is DepositMode.JSON and any(one.phase is phase for one in seen.windows):
                assert [one for one in of_file + of_lines if one.level == codes.ERROR] == []
            for line in found.retained:
                assert line.content is not None
                for software in seen.software:
                    spec.amount_of(software.type, wave)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("code", sorted(CANONICAL))
def test_a_damaged_document_is_told_its_faults_or_can_be_used(code, seed):
    chance = random.Random(f"{code}{seed}")
    for changes in (1, 1, 1, 1, 2, 4):
        document = copy.deepcopy(CANONICAL[code])
        for _ in range(changes):
            damaged(document, chance)
        faults = documents.faults(document)
        for place, message in faults:
            assert place.isprintable()
            assert message.encode()
            assert not ENGLISH.search(message.partition(" (lu")[0])
        if not faults:
            use(documents.parse(document))


@pytest.mark.parametrize("code", sorted(CANONICAL))
def test_a_shipped_document_can_be_used(code):
    use(documents.parse(CANONICAL[code]))
