"""Which pieces an enrolment must have: in any case, those of the guides, no more, no less."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.enrolment_steps import Case, Piece, Quality, Step, pieces, possible

CASES = st.builds(
    Case,
    complementary=st.booleans(),
    other_siret=st.booleans(),
    name_changed=st.booleans(),
    is_representative=st.sampled_from([None, True, False]),
    quality=st.sampled_from([None, *Quality]),
    without_vat=st.booleans(),
)
CONTRACT_V2 = Piece(Step.REFERENCING, "CONTRAT", "Contrat opérateur V2")
ORDER = Piece(Step.APPLICANT, "BON", "Bon de commande", of_other_siret=True)


def codes(case, of_corridor=()):
    return [one.code for one in pieces(case, of_corridor)]


@given(CASES)
def test_each_piece_is_asked_in_its_cases_only(case):
    third_party = not case.complementary and case.is_representative is False
    expected = {
        "certificate": True,
        "CONTRAT": True,
        "BON": case.other_siret,
        "kbis": case.name_changed and not case.complementary,
        "representative_identity": not case.complementary,
        "declarant_identity": third_party,
        "contract": third_party and case.quality is Quality.CONTRACT,
        "mandate": third_party and case.quality is Quality.MANDATE,
        "bank_details": not case.complementary,
        "not_liable": case.without_vat,
    }
    found = codes(case, [CONTRACT_V2, ORDER])
    assert len(found) == len(set(found))
    assert set(found) == {code for code, asked in expected.items() if asked}


@given(CASES)
def test_whatever_may_be_asked_has_its_field(case):
    of_corridor = [CONTRACT_V2, ORDER]
    assert set(pieces(case, of_corridor)) <= set(possible(case, of_corridor))


@given(CASES)
def test_pieces_come_in_the_order_of_the_steps(case):
    numbers = [one.step.number for one in pieces(case, [CONTRACT_V2, ORDER])]
    assert numbers == sorted(numbers)


def test_the_steps_are_those_of_the_guide():
    assert [f"{one.number} - {one.label}" for one in Step] == [
        "1 - Référencement", "2 - Demandeur", "3 - Coordonnées bancaires", "4 - Taux TVA", "5 - Confirmation",
    ]  # fmt: skip
