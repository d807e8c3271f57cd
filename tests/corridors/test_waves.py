"""What a wave sees of a document, and which rule, window and wave a dossier is under."""

from app.corridors import documents
from app.domain.enums import Phase
from tests.corridors.test_coherence import BRACKETS, SOUND, changed


def test_a_wave_sees_its_own_and_what_is_asked_of_all():
    spec = documents.parse(SOUND)
    first, second = spec.narrowed(1), spec.narrowed(2)
    assert spec.waves == (1, 2)
    assert [one.dsr for one in second.software] == ["DSR-TST-AAA-Va2"]
    assert {one.wave for one in first.windows} == {1}
    assert first.field("vague2") is None
    assert second.field("vague2") is not None
    assert len(second.fields) == len(first.fields) + 1


def test_what_stands_on_a_list_goes_with_it():
    changes = [("lists.1.waves", [1]), ("fields.5.waves", [1]), ("fields.6.waves", [1])]
    spec = documents.parse(changed(*changes))
    assert spec.narrowed(1).pairings
    assert (spec.narrowed(2).pairings, spec.narrowed(2).scenario) == ((), ())


def test_a_software_has_its_own_rule_else_the_corridors():
    spec = documents.parse(changed(("software.2.amount", BRACKETS)))
    assert spec.amount_of("BBB", 1).rule == "brackets"
    assert spec.amount_of("AAA", 2) == spec.amount


def test_a_dossier_knows_its_wave_by_its_dsr():
    spec = documents.parse(SOUND)
    assert [spec.wave_of(one.dsr) for one in spec.software] == [1, 2, 1]


def test_a_window_of_one_software_is_not_anothers():
    spec = documents.parse(changed(("windows.0.software", ["AAA"]), ("windows.1.software", ["AAA", "BBB"])))
    at = spec.windows[0].opens_at
    assert spec.window(1, Phase.AVANCE, at, "AAA") == spec.windows[0]
    assert spec.window(1, Phase.AVANCE, at, "BBB") is None
