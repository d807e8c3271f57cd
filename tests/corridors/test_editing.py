"""Is a document changed piece by piece, and laid on another, without losing anybody's words?"""

import pytest

from app.corridors import editing

DOCUMENT = {"label": "A", "fields": [{"path": "a"}, {"path": "b"}, {"path": "c"}]}


def paths(document):
    return [one["path"] for one in document["fields"]]


def test_elements_are_added_changed_moved_and_removed_in_a_copy():
    assert paths(editing.added(DOCUMENT, "fields", {"path": "d"})) == ["a", "b", "c", "d"]
    assert paths(editing.changed(DOCUMENT, "fields", 1, {"path": "x"})) == ["a", "x", "c"]
    assert paths(editing.removed(DOCUMENT, "fields", 0)) == ["b", "c"]
    assert paths(editing.moved(DOCUMENT, "fields", 2, -1)) == ["a", "c", "b"]
    assert paths(editing.moved(DOCUMENT, "fields", 0, -1)) == ["a", "b", "c"]
    assert paths(editing.moved(DOCUMENT, "fields", 0, 9)) == ["b", "c", "a"]
    assert paths(DOCUMENT) == ["a", "b", "c"]


@pytest.mark.parametrize("rank", [-1, 3])
def test_an_element_that_is_not_there_is_a_lookup_error(rank):
    for act in (editing.element, editing.removed):
        with pytest.raises(LookupError):
            act(DOCUMENT, "fields", rank)


def test_a_section_that_is_no_list_has_no_element():
    assert editing.elements({"fields": "rien"}, "fields") == []
    assert editing.added({"fields": "rien"}, "fields", 1) == {"fields": [1]}


def test_differences_are_told_place_by_place():
    after = editing.changed(DOCUMENT, "fields", 1, {"path": "x", "label": "X"})
    assert editing.differences(DOCUMENT, after) == (
        {"fields[1].path": "b", "fields[1].label": None},
        {"fields[1].path": "x", "fields[1].label": "X"},
    )


def test_both_sides_changes_are_kept():
    ours = editing.added(DOCUMENT, "fields", {"path": "d"})
    theirs = editing.changed(DOCUMENT, "fields", 0, {"path": "a", "label": "A"}) | {"label": "B"}
    document, clashes = editing.merged(DOCUMENT, ours, theirs)
    assert clashes == ()
    assert document["label"] == "B"
    assert document["fields"] == [{"path": "a", "label": "A"}, {"path": "b"}, {"path": "c"}, {"path": "d"}]


def test_what_one_removed_stays_removed_unless_the_other_changed_it():
    ours = editing.removed(DOCUMENT, "fields", 0)
    assert paths(editing.merged(DOCUMENT, ours, DOCUMENT | {"label": "B"})[0]) == ["b", "c"]
    theirs = editing.changed(DOCUMENT, "fields", 0, {"path": "a", "label": "A"})
    document, clashes = editing.merged(DOCUMENT, ours, theirs)
    assert clashes == ("fields[a]",)
    assert paths(document) == ["b", "c"]


def test_a_value_both_changed_keeps_ours_and_is_named():
    document, clashes = editing.merged(DOCUMENT, DOCUMENT | {"label": "B"}, DOCUMENT | {"label": "C"})
    assert (document["label"], clashes) == ("B", ("label",))


def test_lists_without_identity_are_one_value():
    base, ours, theirs = ({"notes": list(text)} for text in ("ab", "abc", "abd"))
    assert editing.merged(base, ours, theirs) == (ours, ("notes",))


def test_two_pieces_of_enrolment_changed_on_either_side_are_both_kept():
    base = {"enrolment_pieces": [{"code": "KBIS", "label": "Kbis"}, {"code": "RIB", "label": "RIB"}]}
    ours = editing.changed(base, "enrolment_pieces", 0, {"code": "KBIS", "label": "Extrait Kbis"})
    theirs = editing.changed(base, "enrolment_pieces", 1, {"code": "RIB", "label": "Coordonnées bancaires"})
    made, clashes = editing.merged(base, ours, theirs)
    assert [one["label"] for one in made["enrolment_pieces"]] == ["Extrait Kbis", "Coordonnées bancaires"]
    assert clashes == ()
