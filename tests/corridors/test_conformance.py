"""Does every shipped corridor document hold? A new document is tested by being there."""

import pytest

from app.corridors import documents
from app.corridors.documents import BadDocument
from app.corridors.spec import RateInstalments
from app.domain import identifiers
from app.domain.enums import DepositMode, Phase

PATHS = sorted(documents.SHIPPED.glob("*.toml"))


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def spec(path):
    return documents.load(path)


def test_a_document_is_named_after_its_code(path, spec):
    assert spec.code == path.stem.upper()
    assert spec.label


def test_what_is_published_reads_back_the_same(spec):
    document = documents.canonical(spec)
    assert documents.parse(document) == spec
    assert documents.digest(documents.canonical(documents.parse(document))) == documents.digest(document)


def test_each_phase_opens_for_each_software(spec):
    for software in spec.software:
        assert all(spec.windows_of(software.wave, phase, software.type) for phase in Phase), software


def test_it_says_what_is_fact_and_what_is_inferred(spec):
    said = {note.partition(" : ")[0] for note in spec.notes}
    assert {"FAIT", "INFÉRÉ"} <= said


def test_a_file_corridor_names_its_beneficiaries_and_its_pieces(spec):
    if spec.deposit is not DepositMode.JSON:
        return
    assert spec.beneficiaries
    assert all(kind in identifiers.FAULTS for kind in spec.identifier_kinds)
    assert all(spec.documents_of(phase) for phase in Phase)
    assert isinstance(spec.instalments, RateInstalments)


def test_a_fault_names_its_place():
    raw = documents.canonical(documents.shipped()[0]) | {"code": "trop long", "inconnu": 1}
    with pytest.raises(BadDocument) as refusal:
        documents.parse(raw, "essai")
    assert "code :" in str(refusal.value)
    assert "inconnu :" in str(refusal.value)
