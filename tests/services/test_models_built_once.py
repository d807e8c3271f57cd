"""A corridor's validator is built once per version, phase and wave: not per file, not per line, not per simulation."""

import pytest

from app.domain.enums import Phase
from app.exchange import line_model
from app.services import corridor_versions
from tests.json_files import SAMPLE, deposit, simulate, supplier_a


@pytest.fixture
def built(monkeypatch):
    """The corridor and the phase of each model built from now on, whatever was built before."""
    seen, build = [], line_model.build

    def watched(spec, phase):
        seen.append((spec.code, phase.value))
        return build(spec, phase)

    monkeypatch.setattr(line_model, "build", watched)
    monkeypatch.setattr(line_model, "_BUILT", {})
    return seen


def test_many_files_of_a_version_share_one_model(session, built):
    a = supplier_a()
    for _ in range(3):
        simulate(SAMPLE.read_bytes(), a)
    deposit(SAMPLE.read_bytes(), a)
    assert built == [("MDV", "avance")]


def test_each_wave_of_a_version_has_its_own(session, built):
    enrolment, user = supplier_a()
    version = corridor_versions.in_force("MDV")
    spec = corridor_versions.spec_of(version)
    first = line_model.model_of(version.digest, spec, Phase.AVANCE, 1)
    simulate(SAMPLE.read_bytes(), (enrolment, user))
    assert line_model.model_of(version.digest, spec, Phase.AVANCE, 1) is first
    assert line_model.model_of(version.digest, spec, Phase.AVANCE, 2) is not first
    assert line_model.model_of(version.digest, spec, Phase.AVANCE, 2).spec == spec.narrowed(2)
    assert len(built) == 2
