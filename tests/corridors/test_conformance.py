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


def test_each_phase_opens_for_each_wave(spec):
    offered = {(window.wave, window.phase) for window in spec.windows}
    assert offered == {(software.wave, phase) for software in spec.software for phase in Phase}


def test_every_dsr_and_type_is_told_apart(spec):
    assert len({software.dsr for software in spec.software}) == len(spec.software)
    assert all(spec.code in software.dsr for software in spec.software)


def test_a_file_corridor_names_its_beneficiaries_and_its_pieces(spec):
    if spec.deposit is not DepositMode.JSON:
        return
    assert spec.beneficiaries
    assert all(kind in identifiers.FAULTS for kind in spec.identifier_kinds)
    assert all(spec.documents_of(phase) for phase in Phase)
    assert isinstance(spec.instalments, RateInstalments)


def test_fields_and_pieces_are_unique_and_labelled(spec):
    paths = [field.path for field in spec.fields]
    pieces = [(document.phase, document.code) for document in spec.documents]
    assert len(paths) == len(set(paths))
    assert len(pieces) == len(set(pieces))
    assert all(one.label.strip() for one in (*spec.fields, *spec.documents, *spec.software, *spec.lists))


def test_beneficiaries_are_read_in_declared_lists(spec):
    assert {source.list for source in spec.beneficiaries} <= {one.path for one in spec.lists}


def test_a_fault_names_its_place():
    raw = documents.canonical(documents.shipped()[0]) | {"code": "trop long", "inconnu": 1}
    with pytest.raises(BadDocument) as refusal:
        documents.parse(raw, "essai")
    assert "code :" in str(refusal.value)
    assert "inconnu :" in str(refusal.value)
