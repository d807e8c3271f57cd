"""What changed between two versions of a corridor is told in French, whatever part of the document it is."""

import datetime as dt
import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, Union

import pytest
from pydantic import BaseModel

from app.corridors.amount_rules import Declared, Table
from app.corridors.spec import PARIS, Condition, CorridorSpec
from app.domain.labelled import Labelled
from app.services import corridor_changes, corridor_words
from app.services.corridor_changes import Change, between
from tests.shipped import SPECS

Place = tuple[tuple[type[BaseModel], str], ...]  # the keys that lead to a change, from the document
PLAIN: dict[type, tuple[Any, Any]] = {
    str: ("un", "deux"),
    bool: (True, False),
    int: (1, 2),
    Decimal: (Decimal("1.10"), Decimal("2.20")),
    dt.datetime: (dt.datetime(2027, 1, 1, tzinfo=PARIS), dt.datetime(2027, 2, 1, tzinfo=PARIS)),
    type(None): (None,),
}

MANDATAIRE = Condition(path="beneficiaires.isMandataire", equals=True)


def shipped(code: str) -> CorridorSpec:
    return SPECS[code]


# ── every value a document may hold, read from the model ────────────────────────────────────────────────────────────


def bare(kind: Any) -> Any:
    return typing.get_args(kind)[0] if typing.get_origin(kind) is Annotated else kind


def members(kind: Any) -> tuple[Any, ...]:
    kind = bare(kind)
    return typing.get_args(kind) if typing.get_origin(kind) in (Union, types.UnionType) else (kind,)


def annotations(model: type[BaseModel]) -> dict[str, Any]:
    return typing.get_type_hints(model)


def filled(model: type[BaseModel], rank: int = 0) -> BaseModel:
    """A part with a value for each of its keys; unchecked, so that one key may be anything."""
    return model.model_construct(**{key: nth(values(annotations(model)[key]), rank) for key in model.model_fields})


def nth(found: list[Any], rank: int) -> Any:
    return found[min(rank, len(found) - 1)]


def values(kind: Any) -> list[Any]:
    """Different values of a type, the fullest first."""
    found = []
    for member in members(kind):
        member = bare(member)
        if typing.get_origin(member) is tuple:
            one, other = pair(typing.get_args(member)[0])
            found += [(one, other), (other, one), (one,), ()]
        elif typing.get_origin(member) is dict:
            one, other = pair(typing.get_args(member)[1])
            found += [{"un": one, "deux": other}, {"un": other, "deux": other}, {"un": one}, {}]
        elif typing.get_origin(member) is Literal:
            found += typing.get_args(member)
        elif issubclass(member, Labelled):
            found += list(member)
        elif issubclass(member, BaseModel):
            found += [filled(member, 0), filled(member, 1)]
        else:
            found += PLAIN[member]
    return found


def pair(kind: Any) -> tuple[Any, Any]:
    found = values(kind)
    return found[0], found[1]


def edits(kind: Any) -> Iterator[tuple[Place, Any, Any]]:
    """Every single change of a value of this type: its place, what it was, what it is."""
    found = values(kind)
    yield from (((), found[0], other) for other in found[1:])
    for member in map(bare, members(kind)):
        if typing.get_origin(member) is tuple:
            yield from ((place, (one,), (two,)) for place, one, two in edits(typing.get_args(member)[0]))
        elif typing.get_origin(member) is dict:
            yield from ((place, {"un": one}, {"un": two}) for place, one, two in edits(typing.get_args(member)[1]))
        elif isinstance(member, type) and issubclass(member, BaseModel):
            yield from edits_of_part(member)


def edits_of_part(model: type[BaseModel]) -> Iterator[tuple[Place, Any, Any]]:
    base = filled(model)
    for key in model.model_fields:
        for place, one, two in edits(annotations(model)[key]):
            yield ((model, key), *place), base.model_copy(update={key: one}), base.model_copy(update={key: two})


EVERY_EDIT = list(edits_of_part(CorridorSpec))


def test_every_key_of_the_model_has_its_words():
    reached = {step for place, _, _ in EVERY_EDIT for step in place}
    known = {(model, key) for model, keys in corridor_words.WORDS.items() for key in keys}
    assert reached - known == set(), "give these keys their French words in app/services/corridor_words.py"
    assert {model for model, _ in known} - {model for model, _ in reached} == {Declared}, "it has nothing to change"


def test_any_single_change_of_any_part_is_told():
    for place, old, new in EVERY_EDIT:
        told = between(old, new)
        assert told or old == new, place
        for change in told:
            assert change.section, place
            assert change.what, place
            assert change.before != change.after, (place, change)
            assert "Decimal(" not in change.sentence, (place, change)


def test_two_documents_that_say_the_same_have_no_change():
    assert between(shipped("MDV"), shipped("MDV")) == ()


# ── as a person reads it ────────────────────────────────────────────────────────────────────────────────────────────


def changed(code: str, **over: Any) -> tuple[Change, ...]:
    spec = shipped(code)
    return between(spec, spec.model_copy(update=over))


def with_first(parts: tuple[Any, ...], **over: Any) -> tuple[Any, ...]:
    return (parts[0].model_copy(update=over), *parts[1:])


def test_a_moved_deadline_reads_in_paris_time():
    windows = shipped("MDV").windows
    later = dt.datetime(2022, 12, 15, 12, tzinfo=PARIS)
    assert changed("MDV", windows=with_first(windows, closes_at=later)) == (
        Change("Périodes de dépôt", "Avance, vague 1, clôture", "01/12/2022 à 00:00", "15/12/2022 à 12:00"),
    )


def test_a_field_made_compulsory_and_a_new_piece():
    spec = shipped("MDV")
    (change,) = changed("MDV", fields=with_first(spec.fields, required=False))
    assert change.sentence == (
        "Champs – « La commande est passée pour » (beneficiaires.commandePour), "
        "obligatoire : avant « oui », désormais « non »."
    )
    piece = spec.documents[0].model_copy(
        update={"code": "ATTESTATION", "label": "Attestation", "required_if": MANDATAIRE}
    )
    (change,) = changed("MDV", documents=(*spec.documents, piece))
    assert change.sentence == (
        "Pièces justificatives – Avance, « Attestation » (ATTESTATION) : "
        "ajout (obligatoire si : beneficiaires.isMandataire vaut true)."
    )
    assert between(spec.model_copy(update={"documents": (*spec.documents, piece)}), spec)[0].after == ""


def test_parts_in_another_order_are_told():
    documents_ = shipped("MDV").documents
    (change,) = changed("MDV", documents=(documents_[1], documents_[0], documents_[2]))
    assert (change.what, change.before == change.after) == ("Ordre", False)


def test_another_rate_and_another_rule():
    spec = shipped("MDV")
    (change,) = changed("MDV", instalments=spec.instalments.model_copy(update={"avance_rate": Decimal("0.4")}))
    assert (change.what, change.before, change.after) == ("Part de l'avance", "30 %", "40 %")
    (change,) = changed("MDV", amount=shipped("SAS").amount)
    assert change.before.endswith("par bénéficiaire.")
    assert change.after.startswith("Montant fixe")


def test_a_table_of_ceilings_is_told_by_counts_and_examples():
    old = {"DPI": {f"{n:09d}": Decimal(n) for n in range(1, 1201)}}
    new = {"DPI": {f"{n:09d}": Decimal(n + (n <= 5)) for n in range(1, 1200)}, "RI": {"000000001": Decimal(7)}}
    spec = shipped("HOP")
    told = between(
        spec.model_copy(update={"amount": Table(rule="table", ceilings=old)}),
        spec.model_copy(update={"amount": Table(rule="table", ceilings=new)}),
    )
    assert [change.what for change in told] == [
        "Barème DPI, 1 plafond retiré",
        "Barème DPI, 5 plafonds modifiés",
        "Barème RI",
    ]
    assert told[1].before.startswith("000000001 : 1,00\u00a0€ ; 000000002")
    assert told[1].after.endswith(" ; …")
    assert (told[2].before, told[2].after) == ("", "1 plafond")


@pytest.mark.parametrize("code", list(SPECS))
def test_two_corridors_compared_are_told_without_words_of_python(code):
    for change in between(shipped("MDV"), shipped(code)):
        assert not any(word in change.sentence for word in ("Decimal(", "datetime", "<Phase", "True", "None")), change
    assert corridor_changes.between(shipped(code), shipped(code)) == ()
