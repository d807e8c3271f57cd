"""The changes most asked for, on a document: a new wave asks all that its model asks."""

import pytest

from app.corridors import documents
from app.services import corridor_changes_asked
from tests import factories

SPANS = {
    "avance": ("2027-01-01T00:00:00+01:00", "2027-06-01T00:00:00+02:00"),
    "solde": ("2027-03-01T00:00:00+01:00", "2027-12-01T00:00:00+01:00"),
}


@pytest.mark.parametrize("code", ["HOP", "RAD", "MDV"])
def test_a_new_wave_asks_what_its_model_asks(code):
    spec = factories.open_spec(code)
    new = max(spec.waves) + 1
    for model in spec.waves:
        made = documents.parse(corridor_changes_asked.wave(documents.canonical(spec), new, model, SPANS))
        for part in ("fields", "lists", "documents", "scenario"):
            asked = [
                [one.model_copy(update={"waves": ()}) for one in getattr(made.narrowed(of), part)]
                for of in (new, model)
            ]
            assert asked[0] == asked[1], (part, model)
        assert [one.type for one in made.narrowed(new).software] == [one.type for one in made.narrowed(model).software]


def test_what_only_the_second_wave_is_asked_follows_it_and_not_the_first():
    document = documents.canonical(factories.open_spec("HOP"))
    for model, asked in ((2, True), (1, False)):
        made = documents.parse(corridor_changes_asked.wave(document, 3, model, SPANS))
        assert ("prestation" in [one.path for one in made.narrowed(3).fields]) is asked
