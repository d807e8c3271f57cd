"""A hostile file through the private wizard: an answer, findings at their place, and never a row but its simulation."""

import io
import json

import pytest

from app.extensions import db
from app.models.dossiers import BeneficiaryClaim, Dossier
from app.models.imports import JsonImport, JsonSimulation
from app.models.requests import Avenant
from tests.exchange.test_hostile_inputs import NAUGHTY
from tests.json_files import ANS, SAMPLE, sample, supplier_a, written

TEXTS = [
    b"",
    b"\xff\xfe{\x00}\x00",
    "{}".encode("utf-32"),
    b"[" * 5000,
    b'{"a":NaN}',
    SAMPLE.read_bytes()[:-400],
    SAMPLE.read_bytes().replace(b"typeAction", b"numLigne"),
    SAMPLE.read_bytes().replace(b"358.33", b"9" * 5000),
    SAMPLE.read_bytes().replace(b"10260181598", b"\\u0000" * 11),
    SAMPLE.read_bytes().replace(b"10260181598", b"\\ud800"),
    SAMPLE.read_bytes().replace(b'"C"', b"[[]]"),
    SAMPLE.read_bytes().replace(b"\n", b"\r").replace(b'"C"', b"true"),
]


@pytest.fixture
def supplier(login):
    _, user = supplier_a()
    db.session.commit()
    return login(user)


def nothing_deposited():
    return all(db.session.query(model).count() == 0 for model in (JsonImport, Dossier, Avenant, BeneficiaryClaim))


def deposit(client, content):
    """Simulate, then insist on importing."""
    form = {"phase": "avance", "ans_number": ANS, "vat": "ht"}
    sent = client.post("/segurnums/imports/nouveau", data=form | {"file": (io.BytesIO(content), "f.json")})
    assert sent.status_code in (303, 422)
    if sent.status_code == 422:
        return None
    address = sent.location.partition("#")[0].partition("?")[0]
    assert client.get(address).status_code == 200
    assert client.get(f"{address}/rapport.csv").status_code == 200
    assert client.get(f"{address}/rapport.json").status_code < 500
    asked = client.post(f"{address}/importer", data=form)
    assert asked.status_code in (303, 409, 422)
    return db.session.get(JsonSimulation, int(address.rpartition("/")[2]))


@pytest.mark.parametrize("content", TEXTS, ids=[f"text {rank}" for rank in range(len(TEXTS))])
def test_a_text_that_is_no_file(supplier, content):
    found = deposit(supplier, content)
    assert nothing_deposited()
    if found is not None:
        rows = found.report["file_faults"] + found.report["findings"]
        assert rows
        assert all(one["row"] > 0 and one["column"] > 0 and one["message"] and one["cure"] for one in rows)


@pytest.mark.parametrize("rank", range(len(NAUGHTY)))
def test_a_naughty_text_in_every_text_of_the_first_lines(supplier, rank):
    """Each of its lines has one field of it; the others reject the file until somebody confirms."""
    data, said = sample(), NAUGHTY[rank][:2000]
    data["lignesImport"] = data["lignesImport"][:4]
    for line, spoil in zip(data["lignesImport"], ("numeroEditeur", "order", "person", "piece"), strict=True):
        if spoil == "numeroEditeur":
            line["numeroEditeur"] = said
        elif spoil == "order":
            line["commande"]["dateCommande"] = said
        elif spoil == "piece":
            line["piecesJustificatives"][0]["nomFichier"] = said
        else:
            people = line["beneficiaires"]["liberal"] or [{}]
            line["beneficiaires"]["liberal"] = [dict.fromkeys(people[0] or ("RPPS",), said)]
    found = deposit(supplier, written(data))
    assert found is not None
    assert [one["level"] for one in found.report["findings"]].count("error") >= 1
    assert json.dumps(found.report)
    assert nothing_deposited()
