"""The JSON Schema of a file says what the portal controls, as far as a schema can: the two agree on every example and
on every one of its alterations."""

import copy
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.exchange import codes, examination, example_file, json_schema, reading
from app.exchange.envelope import Depositor
from app.exchange.line_model import LineModel
from app.exchange.line_rules import Circumstances
from tests import shipped

DAY = dt.date(2026, 11, 23)
ANS, SIRET = "mlp525off1", "38042372300028"
# What no schema can say: an identifier's key, an amount's third decimal, a name that is another's.
BEYOND_A_SCHEMA = {codes.BAD_IDENTIFIER, codes.BAD_FILE_NAME, codes.BAD_AMOUNT, codes.BAD_DATE}


@pytest.fixture(params=shipped.FILES)
def model(request) -> LineModel:
    return shipped.model(request.param)


def schema_of(model: LineModel) -> dict[str, Any]:
    return json_schema.of_file(model, "essai", "https://exemple.fr/schema.json", "version 1")


def example(model: LineModel) -> dict[str, Any]:
    return example_file.example(model.spec, model.phase, ANS, SIRET, "HT", DAY)


VALIDATORS: dict[int, Draft202012Validator] = {}  # by the id of a model: `shipped` keeps it


def is_refused(model: LineModel, file: Any) -> bool:
    if id(model) not in VALIDATORS:
        VALIDATORS[id(model)] = Draft202012Validator(schema_of(model))
    return not VALIDATORS[id(model)].is_valid(file)


def found_in(model: LineModel, file: Any) -> set[codes.Rule]:
    """What the portal's own controls say of a file."""
    read = reading.read(json.dumps(file).encode())
    made = examination.examine(read, model.phase, model, Depositor(), Circumstances(DAY))
    return {fault.rule for fault in (*made.file_faults, *(fault for line in made.lines for fault in line.faults))}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(below, (*path, key))


def altered(file: dict[str, Any], path: tuple[Any, ...], what: Any) -> dict[str, Any]:
    """The file with another value at this place; without it for `...`."""
    made = copy.deepcopy(file)
    node: Any = made
    for step in path[:-1]:
        node = node[step]
    if what is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = what
    return made


def alterations(model: LineModel) -> Iterator[tuple[tuple[Any, ...], Any, dict[str, Any]]]:
    """The example with each of its values removed, emptied, of another type or of another size, one at a time."""
    file = example(model)
    for path in places(file):
        for what in (..., None, [], {}, "", " ", 0, -1, 7, 1.5, 10**9, True, False, "autre", "x" * 500):
            yield path, what, altered(file, path, what)


def test_it_is_a_schema_of_2020_12(model):
    schema = schema_of(model)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_example_obeys_it(model):
    errors = [error.message for error in Draft202012Validator(schema_of(model)).iter_errors(example(model))]
    assert errors == []


def test_every_tag_has_its_french_name(model):
    line = json_schema.of_line(model)
    assert line["properties"]["commande"]["properties"]["dateCommande"]["title"] == "Date de la commande"
    assert all(
        "title" in below for below in line["properties"].values() if below != {"type": "null"} and "type" in below
    )


def test_what_it_refuses_has_a_finding_and_what_the_portal_refuses_it_refuses_too(model):
    """But for an empty text where nothing is due, which the portal takes for the null that the schema asks for; and for
    what no schema can say."""
    without_finding, missed = [], []
    for path, what, file in alterations(model):
        refused, found = is_refused(model, file), found_in(model, file)
        if refused and not found and what not in ("", " "):
            without_finding.append((path, what))
        blocking = {rule for rule in found if rule.level == codes.ERROR}
        if blocking - BEYOND_A_SCHEMA and not refused:
            missed.append((path, what, blocking))
    assert (without_finding, missed) == ([], [])


def test_a_condition_an_exclusion_and_a_missing_piece_are_told():
    model = shipped.model("MDV-1-avance")
    line = ("lignesImport", 0)
    for path, what in (
        ((*line, "beneficiaires", "isMandataire"), True),  # without the three tags of the mandataire
        ((*line, "scenarioInstallation", "isPFIToDMP"), True),  # with isDirectToDMP
        ((*line, "beneficiaires", "commandePour"), "STRUCTURE"),  # without structure
        ((*line, "beneficiaires", "liberal"), []),
        ((*line, "piecesJustificatives", 0, "typeFichier"), "FACTURE"),
    ):
        assert is_refused(model, altered(example(model), path, what)), path
