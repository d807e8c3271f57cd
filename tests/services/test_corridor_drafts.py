"""Does a draft become a version only by a second administrator, whole, and over what is still in force?"""

import pytest

from app.corridors import documents, editing
from app.domain.enums import DraftStatus, Role
from app.domain.errors import Conflict, IllegalAction, NotAllowed, RuleBroken
from app.services import actors, audit, corridor_drafts, corridor_versions
from tests import factories


@pytest.fixture
def alice(session):
    return actors.of(factories.user(Role.ADMINISTRATOR))


@pytest.fixture
def bob(session):
    return actors.of(factories.user(Role.ADMINISTRATOR))


@pytest.fixture
def draft(alice):
    factories.corridor()
    return corridor_drafts.open("MDV", alice)


def relabelled(draft, label="Médecine de ville, suite"):
    return draft.document | {"label": label}


@pytest.fixture
def submitted(draft, alice):
    corridor_drafts.save(draft, relabelled(draft), alice)
    corridor_drafts.submit(draft, alice)
    return draft


def test_a_draft_starts_from_the_version_in_force(draft):
    version = corridor_versions.in_force("MDV")
    assert draft.base_version == version
    assert documents.parse(draft.document) == corridor_versions.spec_of(version)
    assert corridor_drafts.faults(draft) == ()


def test_a_new_corridor_starts_with_everything_to_be_said(alice):
    draft = corridor_drafts.open("TST", alice)
    assert draft.base_version is None
    assert [fault.place for fault in corridor_drafts.faults(draft)] == ["software"]


def test_a_copy_of_another_corridor_takes_its_own_code(alice):
    draft = corridor_drafts.open("TST", alice, copy_of=factories.corridor())
    assert draft.document["code"] == "TST"
    assert draft.origin == "Copie de Médecine de ville"
    assert corridor_drafts.faults(draft) == ()


@pytest.mark.parametrize("code", ["", "TEST", "tst", "T T", "É12"])
def test_a_code_has_three_capitals_or_digits(alice, code):
    with pytest.raises(RuleBroken, match="Trois caractères") as refusal:
        corridor_drafts.open(code, alice)
    assert refusal.value.field == "code"


def test_a_draft_may_be_wrong_and_its_faults_are_said_with_their_place(draft, alice):
    window = draft.document["windows"][0]
    corridor_drafts.save(draft, draft.document | {"windows": [window | {"closes_at": "demain"}]}, alice)
    assert [fault.place for fault in corridor_drafts.faults(draft)] == ["windows[0].closes_at"]
    with pytest.raises(RuleBroken, match=r"windows\[0\].closes_at"):
        corridor_drafts.submit(draft, alice)


def test_saving_is_audited_before_and_after(draft, alice):
    corridor_drafts.save(draft, relabelled(draft), alice)
    audit_lines = draft_lines(draft)
    assert [line["action"] for line in audit_lines] == ["open_draft", "save_draft"]
    assert audit_lines[-1]["payload"] == {
        "before": {"label": "Médecine de ville"},
        "after": {"label": "Médecine de ville, suite"},
    }


def draft_lines(draft):
    from app.extensions import db

    return [line for line in db.session.info["audit"] if line["subject"] == draft.name]


def test_the_code_of_a_draft_does_not_change(draft, alice):
    corridor_drafts.save(draft, draft.document | {"code": "AUT"}, alice)
    assert draft.document["code"] == "MDV"


def test_another_administrator_publishes(submitted, bob, session):
    version = corridor_drafts.publish(submitted, bob)
    session.commit()
    assert (version.number, version.published_by_id) == (2, bob.id)
    assert corridor_versions.in_force("MDV").document["label"] == "Médecine de ville, suite"
    assert (submitted.status, submitted.published_version) == (DraftStatus.PUBLISHED, version)
    assert audit.last_entry("corridor_draft", submitted.name).action == "publish_draft"


def test_whoever_wrote_in_it_does_not_publish_it(draft, alice, bob):
    corridor_drafts.save(draft, relabelled(draft), bob)
    corridor_drafts.submit(draft, alice)
    for author in (alice, bob):
        with pytest.raises(NotAllowed, match="un autre administrateur"):
            corridor_drafts.publish(draft, author)
        with pytest.raises(NotAllowed):
            corridor_drafts.send_back(draft, author, "Non.")


def test_only_administrators_submit_and_publish(draft, submitted):
    officer = actors.of(factories.user(Role.OFFICER))
    for act in (corridor_drafts.submit, corridor_drafts.publish, corridor_drafts.withdraw):
        with pytest.raises(NotAllowed):
            act(submitted, officer)


def test_what_is_not_submitted_is_not_published(draft, bob):
    with pytest.raises(IllegalAction):
        corridor_drafts.publish(draft, bob)


def test_a_submitted_draft_is_closed_until_it_is_taken_back(submitted, alice):
    with pytest.raises(IllegalAction):
        corridor_drafts.save(submitted, relabelled(submitted, "Autre"), alice)
    corridor_drafts.withdraw(submitted, alice)
    corridor_drafts.save(submitted, relabelled(submitted, "Autre"), alice)
    assert submitted.document["label"] == "Autre"


def test_a_draft_sent_back_says_why_and_may_be_submitted_again(submitted, alice, bob):
    with pytest.raises(RuleBroken, match="à revoir") as refusal:
        corridor_drafts.send_back(submitted, bob, "  ")
    assert refusal.value.field == "comment"
    corridor_drafts.send_back(submitted, bob, "Le libellé est trop long.")
    assert (submitted.status, submitted.comment) == (DraftStatus.WRITING, "Le libellé est trop long.")
    corridor_drafts.submit(submitted, alice)
    assert corridor_drafts.publish(submitted, bob).number == 2


def test_a_draft_that_changes_nothing_is_not_submitted(draft, alice):
    with pytest.raises(RuleBroken, match="ne change rien"):
        corridor_drafts.submit(draft, alice)


def test_a_stale_page_is_told_what_happened(draft, alice, bob, session):
    session.commit()
    seen = draft.version
    corridor_drafts.save(draft, relabelled(draft), alice, seen=seen)
    session.commit()
    with pytest.raises(Conflict, match=r"« Modification du brouillon » par .* le 23/11/2026 à 10:00"):
        corridor_drafts.save(draft, relabelled(draft, "Autre"), bob, seen=seen)


@pytest.fixture
def overtaken(draft, alice, bob):
    """A draft that changed the label, while another one moved a window and was published."""
    corridor_drafts.save(draft, relabelled(draft), alice)
    other = corridor_drafts.open("MDV", alice)
    window = other.document["windows"][0] | {"closes_at": "2027-06-01T00:00:00+02:00"}
    corridor_drafts.save(other, editing.changed(other.document, "windows", 0, window), alice)
    corridor_drafts.submit(other, alice)
    corridor_drafts.publish(other, bob)
    return draft


def test_a_draft_over_an_older_version_is_refused(overtaken, alice):
    assert corridor_drafts.is_stale(overtaken)
    with pytest.raises(Conflict, match="La version 2 du couloir MDV a été publiée"):
        corridor_drafts.submit(overtaken, alice)


def test_one_submitted_before_the_other_is_refused_too(submitted, alice, bob):
    other = corridor_drafts.open("MDV", alice)
    corridor_drafts.save(other, relabelled(other, "Autre"), alice)
    corridor_drafts.submit(other, alice)
    corridor_drafts.publish(other, bob)
    with pytest.raises(Conflict, match="Reprenez d'abord"):
        corridor_drafts.publish(submitted, bob)


def test_a_stale_draft_is_laid_on_the_version_in_force(overtaken, alice, bob):
    assert corridor_drafts.rebase(overtaken, alice) == ()
    assert overtaken.document["label"] == "Médecine de ville, suite"
    assert overtaken.document["windows"][0]["closes_at"] == "2027-06-01T00:00:00+02:00"
    corridor_drafts.submit(overtaken, alice)
    assert corridor_drafts.publish(overtaken, bob).number == 3


def test_what_both_changed_is_named_and_keeps_the_drafts_words(overtaken, alice):
    window = overtaken.document["windows"][0] | {"closes_at": "2027-05-01T00:00:00+02:00"}
    corridor_drafts.save(overtaken, editing.changed(overtaken.document, "windows", 0, window), alice)
    clashes = corridor_drafts.rebase(overtaken, alice)
    assert clashes == ("windows[1, avance].closes_at",)
    assert overtaken.document["windows"][0]["closes_at"] == "2027-05-01T00:00:00+02:00"


def test_a_version_reopened_becomes_a_new_one(draft, alice, bob):
    first = corridor_versions.in_force("MDV")
    corridor_drafts.save(draft, relabelled(draft), alice)
    corridor_drafts.submit(draft, alice)
    corridor_drafts.publish(draft, bob)
    again = corridor_drafts.open("MDV", alice, copy_of=first)
    assert again.origin == "Version 1"
    corridor_drafts.submit(again, alice)
    version = corridor_drafts.publish(again, bob)
    assert version.number == 3
    assert corridor_versions.spec_of(version) == corridor_versions.spec_of(first)


def test_an_abandoned_draft_is_over(draft, alice):
    corridor_drafts.abandon(draft, alice)
    assert corridor_drafts.living("MDV") == []
    with pytest.raises(IllegalAction):
        corridor_drafts.save(draft, relabelled(draft), alice)


def test_a_published_document_is_canonical(submitted, bob):
    version = corridor_drafts.publish(submitted, bob)
    assert version.document == documents.canonical(corridor_versions.spec_of(version))
