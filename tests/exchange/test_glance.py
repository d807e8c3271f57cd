"""What is told at a glance is what the complete controls would tell, for any file: they agree line by line."""

import copy
import datetime as dt
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.corridors.spec import Condition, FieldSpec, ListSpec
from app.domain import identifiers
from app.domain.enums import Phase
from app.domain.vat import VatRegime
from app.exchange import doubles, examination, example_file, glance, line_model, luhn_keys, reading, wording
from app.exchange.envelope import Depositor
from app.exchange.line_rules import Circumstances, check
from app.exchange.lines import Line, editor_number_of, number_of
from tests import shipped
from tests.exchange.test_any_bytes import VALUES
from tests.exchange.test_examination import TODAY
from tests.json_files import ANS, SIRET, put, sample, written

DOCTORS = shipped.model("MDV-1-avance")
AROUND = Circumstances(TODAY, VatRegime.HT, ["Général"])
LIKELY = [None, True, False, 0, 1, 1.0, 358.333, "", " ", [], {}, "HT", "TTC", "LIBERAL", "STRUCTURE", "31/02/2021"]
LIKELY += ["2021-10-03", "24/11/2026", "a.pdf", "A.PDF", ".pdf", "a/b.pdf", "pdf", "exe", "10003461033", "1026018159"]
LIKELY += ["0" * 11, "01026018159"]
LIKELY += ["hélène@exemple.fr", "x", "03 26 21 21 21", "120780291", 2, "00002", [None], [{}], {"a": 1}, "x" * 300]


def completely(model, raws):
    """The faults of each line, every line put under every control."""
    rules = model.rules.under(AROUND)
    lines = [Line(rank, raw, model, number_of(raw), editor_number_of(raw)) for rank, raw in enumerate(raws)]
    errors = model.errors(raws)
    for line in lines:
        mine = [error for error in errors if error["loc"][0] == line.rank]
        found = [wording.fault_of(model, error, (*line.path, *error["loc"][1:])) for error in mine]
        of_rules = check(rules, line.raw, line.path) if isinstance(line.raw, dict) else ()
        line.blame([*filter(None, found), *of_rules])
    doubles.check(lines)
    return [line.faults for line in lines]


def at_a_glance(model, raws):
    content = written({"siret": SIRET, "numeroAns": ANS, "lignesImport": raws})
    found = examination.examine(reading.read(content), model.phase, model, Depositor(SIRET, ANS), AROUND)
    return None if not found.lines else ([line.raw for line in found.lines], [line.faults for line in found.lines])


def agree(model, raws):
    found = at_a_glance(model, raws)
    if found:
        assert found[1] == completely(model, found[0])


def lines_of(model, count):
    """The example of a corridor, as many times, each with its own numbers."""
    day = dt.date(2021, 10, 5)
    made = example_file.example(model.spec, model.phase, ANS, SIRET, "HT", day)["lignesImport"][0]
    return [copy.deepcopy(made) | {"numLigne": rank, "numeroEditeur": f"{rank:05d}"} for rank in range(1, count + 1)]


def places_of(value, above=()):
    yield above
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in items:
        yield from places_of(below, (*above, step))


def damage(raws, chance):
    """A value changed, a tag removed or added, somewhere."""
    *above, last = chance.choice([place for place in places_of(raws) if place])
    holder = raws
    for step in above:
        holder = holder[step]
    way = chance.random()
    if way < 0.7:
        holder[last] = copy.deepcopy(chance.choice(LIKELY))
    elif way < 0.85:
        del holder[last]
    elif isinstance(holder, dict):
        holder[chance.choice(["inconnu", "codeTraitement", "commande", "RPPS"])] = copy.deepcopy(chance.choice(LIKELY))
    elif holder:
        holder.append(copy.deepcopy(holder[0]))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("asked", sorted(shipped.FILES))
def test_both_controls_agree_on_damaged_lines(asked, seed):
    model, chance = shipped.model(asked), random.Random(f"{asked}{seed}")
    for faults in (0, 1, 2, 8):
        raws = sample()["lignesImport"] if model is DOCTORS else lines_of(model, 6)
        for _ in range(faults):
            if len(raws) > 1:
                damage(raws, chance)
        agree(model, raws)


@given(st.sampled_from(sorted(DOCTORS.labels)), VALUES | st.sampled_from(LIKELY))
@settings(max_examples=150, deadline=None, database=None)
def test_both_controls_agree_on_any_value_at_any_place(path, value):
    data = sample()
    try:
        put(path.replace("[]", ".0"), value, rank=3)(data)
    except (IndexError, KeyError, TypeError):
        return
    agree(DOCTORS, data["lignesImport"])


def test_a_sound_file_is_told_at_a_glance():
    model = DOCTORS
    content = written(sample())
    raws = reading.read(content).data["lignesImport"]
    found = glance.look(model, model.rules.under(AROUND), raws)
    assert found.look.sound.ranks == list(range(10))
    assert found.unsettled == []
    assert found.look.tags + 4 == content.count(b":")  # those of the envelope


def test_lists_in_lists_are_grouped_by_their_line():
    spec = DOCTORS.spec
    asked = Condition(path="beneficiaires.isMandataire", equals=False)
    name = FieldSpec(path="groupes[].membres[].nom", label="Nom", kind="text", required_if=asked)
    lists = (ListSpec(path="groupes", label="Groupes"), ListSpec(path="groupes[].membres", label="Membres"))
    more = {"fields": (*spec.fields, name), "lists": (*spec.lists, *lists)}
    model = line_model.build(spec.model_copy(update=more), Phase.AVANCE)
    raws = sample()["lignesImport"][:3]
    raws[0]["groupes"] = [{"membres": [{"nom": "A"}]}, {"membres": [{"nom": None}]}]
    raws[1]["groupes"] = []
    raws[2]["groupes"] = [{"membres": [{"nom": "B"}]}]
    agree(model, raws)
    _, faults = at_a_glance(model, raws)
    assert [len(found) for found in faults] == [1, 0, 0]


def test_true_and_one_are_not_taken_for_each_other():
    raws = sample()["lignesImport"]
    raws[2]["scenarioInstallation"]["isDirectToDMP"] = 1
    raws[4]["commande"]["montantSegurHT"] = True
    _, faults = at_a_glance(DOCTORS, raws)
    assert [rank for rank, found in enumerate(faults) if found] == [2, 4]


def test_texts_and_tags_with_a_colon_are_no_double():
    raws = sample()["lignesImport"]
    raws[0]["beneficiaires"]["liberal"][0]["nomMedecin"] = "Dr : A"
    raws[1]["a:b"] = {"c:d": ":"}
    content = written({"siret": SIRET, "numeroAns": ANS, "lignesImport": raws})
    read = reading.read(content)
    examination.examine(read, Phase.AVANCE, DOCTORS, Depositor(), AROUND)
    assert read.faults == []


def test_a_tag_met_twice_is_found_whatever_else_is_sound():
    text = json.dumps(sample()).replace('"typeAction": "C"', '"typeAction": "M", "typeAction": "C"', 1)
    read = reading.read(text.encode())
    found = examination.examine(read, Phase.AVANCE, DOCTORS, Depositor(SIRET, ANS), AROUND)
    assert [fault.rule.code for fault in found.file_faults] == ["0104"]
    assert not any(line.faults for line in found.lines)


@given(st.lists(st.from_regex(r"[0-9]{11}", fullmatch=True), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None, database=None)
def test_keys_asked_together_are_those_asked_one_by_one(numbers):
    wrong = [index for index, number in enumerate(numbers) if identifiers.rpps_warning(number)]
    assert luhn_keys.wrong(numbers, 11) == wrong


def test_keys_are_of_a_length_that_can_be_summed():
    with pytest.raises(ValueError, match="digits"):
        luhn_keys.wrong(["0" * 29], 29)
