"""Do the export screens serve the right person a whole file, and never one that was cut?"""

import http.client
import threading

import pytest
import sqlalchemy as sa
from waitress.server import create_server

from admin_views import downloads
from app.domain import limits
from app.domain.enums import Role
from app.domain.errors import Unavailable
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.suppliers import Supplier
from app.services import exports
from app.services.actors import SYSTEM
from app.services.exports import Export
from tests import factories
from tests.committed import ground


def test_a_supplier_gets_his_file(login):
    avenant, other = factories.avenant(), factories.avenant()
    client = login(factories.supplier_user(avenant.supplier))
    assert "Exporter vos demandes de financement" in client.get("/segurnums/exports/demandes").text
    answer = client.post("/segurnums/exports/demandes")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="export-demandes-20261123.csv"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.data.startswith(b"\xef\xbb\xbfN\xc2\xb0 ASP;Type;Statut")
    assert avenant.number in answer.text
    assert other.number not in answer.text


def test_without_corridor_the_form_comes_back_with_the_fault(login):
    factories.corridor("MDV")
    client = login(factories.supplier_user())
    answer = client.post("/segurnums/exports/beneficiaires", data={"corridor": ""})
    assert answer.status_code == 422
    assert "Sélectionnez d&#39;abord un couloir." in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_supplier_cannot_ask_for_anothers_rows(login):
    avenant, other = factories.avenant(), factories.avenant()
    client = login(factories.supplier_user(avenant.supplier))
    data = {"corridor": "MDV", "supplier_id": other.supplier_id}
    answer = client.post(f"/segurnums/exports/beneficiaires?supplier_id={other.supplier_id}", data=data)
    assert avenant.number in answer.text
    assert other.number not in answer.text


@pytest.mark.parametrize("role", [Role.ANALYST, Role.DECIDER])
def test_analysts_and_deciders_export_everything(login, role):
    avenant, other = factories.avenant(), factories.avenant()
    client = login(factories.user(role))
    assert client.get("/gestion/exports/beneficiaires").status_code == 200
    for page, data in (("demandes", {}), ("beneficiaires", {"corridor": "MDV"})):
        text = client.post(f"/gestion/exports/{page}", data=data).text
        assert avenant.number in text
        assert other.number in text


def test_http_1_0_is_refused(login):
    client = login(factories.user(Role.ANALYST))
    answer = client.post("/gestion/exports/demandes", environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"})
    assert answer.status_code == 505
    assert "HTTP/1.1" in answer.text


def test_those_who_do_not_read_their_file_leave_room_for_the_rest(login):
    client = login(factories.user(Role.ANALYST))
    places = [downloads.Place() for _ in range(limits.EXPORTS_AT_ONCE)]
    try:
        refused = client.post("/gestion/exports/demandes")
        assert refused.status_code == 503
        assert "redemandez le vôtre" in refused.text
        assert db.session.scalar(recorded()) == 0
    finally:
        for place in places:
            place.leave()


@pytest.mark.parametrize("ends", ["read", "closed", "refused"])
def test_a_file_that_leaves_gives_its_place_back(login, ends):
    client = login(factories.user(Role.ANALYST))
    for _ in range(limits.EXPORTS_AT_ONCE + 1):
        if ends == "refused":
            assert client.post("/gestion/exports/beneficiaires", data={"corridor": "???"}).status_code == 422
            continue
        answer = client.post("/gestion/exports/demandes")
        assert answer.status_code == 200
        if ends == "read":
            assert answer.data.endswith(b"\r\n")
        answer.close()
    places = [downloads.Place() for _ in range(limits.EXPORTS_AT_ONCE)]  # not one more was given back
    with pytest.raises(Unavailable):
        downloads.Place()
    for place in places:
        place.leave()


def recorded() -> sa.Select[tuple[int]]:
    """How many exports the journal tells of."""
    return sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.action == "export")


@pytest.mark.committed
def test_a_file_that_breaks_off_is_seen_as_cut(tmp_path):
    """A real server, a real connection, a query that fails once the file began: an error, not a shorter file."""
    broken = Export(
        "demandes", ("N° ASP",), (sa.literal("x"),), sa.select(sa.literal("x")).select_from(sa.table("gone"))
    )
    with ground(tmp_path, shared=False) as on:
        on.app.add_url_rule("/casse", view_func=lambda: downloads.streamed(broken, downloads.Place()))
        assert_seen_as_cut(on.app, "/casse")


def assert_seen_as_cut(app, where):
    server = create_server(app, host="127.0.0.1", port=0, threads=1)
    serving = threading.Thread(target=server.run)
    serving.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=10)
    connection.request("GET", where, headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert answer.status == 200
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        answer.read()
    answer.close()
    connection.close()
    server.task_dispatcher.shutdown()
    server.trigger.pull_trigger(server.close)
    serving.join(5)


@pytest.mark.committed
def test_a_slow_download_keeps_no_writer_out(committed):
    avenant = factories.avenant()
    export = exports.requests_export(avenant.supplier_id, SYSTEM)
    reading, written = threading.Event(), threading.Event()

    def download() -> bool:
        blocks = exports.stream(export)
        next(blocks), next(blocks)
        reading.set()
        waited = written.wait(10)
        list(blocks)
        return waited

    def write() -> str:
        reading.wait(10)
        siret = factories.supplier().siret
        db.session.commit()
        written.set()
        return siret

    waited, siret = committed.at_once(download, write)
    assert waited is True
    assert db.session.scalar(sa.select(Supplier.id).where(Supplier.siret == siret))
    assert db.session.scalar(recorded()) == 1
