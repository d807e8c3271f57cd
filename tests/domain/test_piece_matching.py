"""Which entry is which piece: no place taken twice, no doubtful entry attached."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import file_names, piece_matching
from app.domain.enums import EntryOutcome
from app.domain.piece_matching import Slot

NAMES = [
    "bon.pdf",
    "BON.pdf",
    "contrat.pdf",
    "bdc-00001.pdf",
    "bdc-00002.pdf",
    "x-00001.pdf",
    "00002.pdf",
    "rec\u0327u.pdf",
]
EDITORS = ["00001", "00002", "00003"]
slots = st.lists(
    st.tuples(st.sampled_from([*NAMES, "re\u00e7u.pdf"]), st.sampled_from(EDITORS), st.booleans()), max_size=6
).map(lambda rows: [Slot(rank, name, editor, f"FIN{editor}", given) for rank, (name, editor, given) in enumerate(rows)])
entries = st.lists(
    st.tuples(st.sampled_from(["", "a/", "b/", "__MACOSX/"]), st.sampled_from(NAMES)).map("".join),
    unique=True,
    max_size=8,
)


@given(names=entries, slots=slots)
def test_no_place_is_taken_twice_nor_again(names, slots):
    matches = piece_matching.match(names, slots)
    assert [one.name for one in matches] == names
    attached = [one.slot for one in matches if one.outcome is EntryOutcome.ATTACHED]
    assert all(slot is not None and not slot.given for slot in attached)
    assert max(Counter(slot.key for slot in attached).values(), default=1) == 1
    for one in matches:
        assert (one.slot is not None) == (one.outcome is EntryOutcome.ATTACHED)
        assert one.outcome is EntryOutcome.ATTACHED or one.reason


@given(names=entries, slots=slots)
def test_what_attaches_bears_the_name_or_the_number(names, slots):
    for one in piece_matching.match(names, slots):
        if one.slot:
            same_name = file_names.folded(file_names.base(one.name)) == file_names.folded(one.slot.file_name)
            assert same_name or file_names.stem(one.name).endswith(one.slot.editor_number)
            assert not piece_matching.is_clutter(one.name)


@given(names=entries, slots=slots)
def test_the_order_of_the_archive_changes_nothing(names, slots):
    def found(order):
        return {one.name: (one.outcome, one.slot) for one in piece_matching.match(order, slots)}

    assert found(names) == found(names[::-1])


@pytest.mark.parametrize(
    ("name", "extension", "stem"),
    [
        ("bdc-00017.pdf", "pdf", "bdc-00017"),
        ("pieces/bdc-00017.PDF", "pdf", "bdc-00017"),
        ("a.b.jpeg", "jpeg", "a.b"),
        ("sans", "", "sans"),
        (".pdf", "", ".pdf"),
        ("point.", "", "point."),
    ],
)
def test_how_a_name_ends(name, extension, stem):
    assert (file_names.extension(name), file_names.stem(name)) == (extension, stem)
