"""Which pieces does a change of people need? (« Les écrans du portail », § 7.2)"""

from dataclasses import replace

import pytest

from app.domain import person_changes as rules
from app.domain.enums import PersonPieceKind
from app.domain.person_changes import Identity, Speakers

ALICE = Identity("MARTIN", "Alice", "alice@exemple.fr", "0326212121")
PAUL = Identity("DURAND", "Paul", "paul@exemple.fr", "0326212122")
ALONE, TWO = Speakers(ALICE, None), Speakers(ALICE, PAUL)
IDENTITY, MANDATE = PersonPieceKind.IDENTITY, PersonPieceKind.MANDATE


@pytest.mark.parametrize(
    ("former", "proposed", "wanted"),
    [
        (TWO, replace(TWO, declarant=replace(PAUL, email="p@exemple.fr")), (IDENTITY,)),
        (TWO, replace(TWO, declarant=replace(PAUL, phone="0600000000")), (IDENTITY,)),
        (TWO, replace(TWO, declarant=replace(PAUL, last_name="DUPONT")), (MANDATE, IDENTITY)),
        (TWO, replace(TWO, representative=replace(ALICE, email="a@exemple.fr")), (MANDATE, IDENTITY)),
        (ALONE, Speakers(replace(ALICE, email="a@exemple.fr"), None), (IDENTITY,)),
        (ALONE, Speakers(replace(ALICE, first_name="Alix"), None), (MANDATE, IDENTITY)),
        (ALONE, TWO, (MANDATE, IDENTITY)),
        (TWO, ALONE, (MANDATE, IDENTITY)),
        (TWO, TWO, ()),
    ],
)
def test_the_identity_document_alone_when_only_the_contact_of_the_demandeur_changes(former, proposed, wanted):
    assert rules.required_pieces(former, proposed) == wanted


def test_a_change_is_told_in_words():
    changed = Speakers(replace(ALICE, last_name="MOREL", email="m@exemple.fr"), PAUL)
    assert rules.in_words(ALONE, changed) == "Représentant légal : nom, email ; Demandeur : désigné"
    assert rules.in_words(TWO, ALONE) == "Demandeur : le représentant légal"


def test_what_is_kept_as_json_comes_back():
    for speakers in (ALONE, TWO):
        assert rules.of_json(rules.as_json(speakers)) == speakers


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("last_name", "", "obligatoire"),
        ("last_name", "A" * 101, "Au plus 100"),
        ("last_name", "MAR\u202eTIN", "invisible"),
        ("first_name", "Ali\x00ce", "invisible"),
        ("first_name", "<b>Alice", "< et >"),
        ("first_name", "Alice 😀", "émojis"),
        ("email", "alice.exemple.fr", "« @ »"),
        ("email", "alice@exemple", "incomplet"),
        ("phone", "0326212", "10 chiffres"),
        ("phone", "appelez-moi", "chiffres"),
    ],
)
def test_each_field_says_what_is_wrong_with_it(field, value, said):
    found = rules.faults(replace(ALICE, **{field: value}))
    assert list(found) == [field]
    assert said in found[field]
