"""What was saved comes back equal, to the cent and to the byte, on either database; anything else is refused whole."""

import hashlib
import io
import os
import shutil
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa

from app.domain.enums import EntryOutcome, Phase, Role, ScanState
from app.domain.request_workflow import Action
from app.extensions import db
from app.factory import create_app
from app.models.documents import Document
from app.models.imports import JsonImport
from app.models.requests import Avenant
from app.services import actors, audit, budget, clock, decisions, kept_files, letters, payments, ports, restore
from app.services import archive_format as archive
from app.services import requests as request_service
from tests import factories
from tests.committed import ground
from tests.conftest import Frozen, settings_for

pytestmark = pytest.mark.committed
POSTGRES = bool(os.environ.get("TEST_DATABASE_URL"))


def a_paid_request() -> Avenant:
    """One request gone the whole way by four people, with its two letters in the store."""
    roles = (Role.OFFICER, Role.DECIDER, Role.AUTHORISER, Role.ACCOUNTANT)
    officer, decider, authoriser, accountant = [actors.of(factories.user(role)) for role in roles]
    change = budget.propose_envelope("ENV-1", "Enveloppe n° 1 – été", Decimal("100000.00"), decider)
    budget.judge(change, True, authoriser)
    avenant = factories.avenant()
    request_service.act(avenant, Action.VALIDATE, officer)
    decisions.decide(change.envelope, [(avenant.id, avenant.version)], decider)
    order = payments.order([(avenant.id, avenant.version)], authoriser)
    payments.confirm(order.payments[0], clock.today(), "VIR-1", accountant)
    an_import(avenant)
    db.session.commit()
    assert letters.make_pending() == 2
    return avenant


def an_import(avenant: Avenant) -> None:
    """The file it came from; its result is made at the first download, so it is not in the store yet."""
    content = b'{"lignesImport": []}'
    enrolment = avenant.dossier.enrolment
    user = factories.supplier_user(enrolment.supplier)
    made = JsonImport(
        supplier_id=avenant.supplier_id,
        enrolment=enrolment,
        imported_by_id=user.id,
        imported_at=clock.now(),
        ans_number=enrolment.referencing.ans_number,
        phase=Phase.AVANCE,
        file_name="demandes.json",
        digest=hashlib.sha256(content).hexdigest(),
        storage_key="imports/1.json",
        line_count=1,
        retained_count=1,
        rejected_count=0,
        result_key="imports/1-resultat.json",
    )
    db.session.add(made)
    db.session.flush()
    ports.get().store.put("imports/1.json", io.BytesIO(content))
    why = EntryOutcome.UNMATCHED, "Sans correspondance"
    stray = kept_files.quarantine("inconnu.txt", b"inconnu", 7, why, None, ScanState.NOT_SCANNED)
    kept_files.keep(made, [stray], user)


def photograph() -> dict[str, object]:
    """Everything there is: each table's rows, each amount's sum, each file's hash."""
    connection = db.session.connection()
    rows = {
        table.name: [
            archive.write_row(dict(row))
            for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings()
        ]
        for table in archive.tables()
    }
    sums = {table.name: archive.money_sums(connection, table) for table in archive.tables()}
    files = {}
    listed = ports.get().store.keys()
    for key, _ in listed:
        with ports.get().store.open(key) as file:
            files[key] = hashlib.sha256(file.read()).hexdigest()
    db.session.commit()
    return {"rows": rows, "sums": sums, "files": files}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A backup, and the photograph of what it saved."""
    folder = tmp_path_factory.mktemp("source")
    with Frozen(), ground(folder) as source:
        a_paid_request()
        before = photograph()
        done = source.app.test_cli_runner().invoke(args=["backup", str(folder / "sauvegarde")])
        assert (done.exit_code, "4 fichier(s)" in done.output) == (0, True), done.output
    return folder / "sauvegarde", before


def test_backup_wipe_restore_gives_everything_back(saved, tmp_path):
    folder, before = saved
    with ground(tmp_path / "autre", migrated=False) as other:
        done = other.flask("restore", str(folder))
        assert done.returncode == 0, done.stderr
        assert photograph() == before
        assert len(before["files"]) == 4
        assert before["sums"]["payment"] == {"amount": "322.50"}
        assert list(audit.verify()) == []
        db.session.commit()

        again = other.app.test_cli_runner().invoke(args=["restore", str(folder)])
        assert (again.exit_code, "n'est pas vide" in again.output) == (1, True)
        assert photograph() == before

        # Life goes on: the next rows take fresh numbers.
        avenant = factories.avenant()
        request_service.act(avenant, Action.VALIDATE, actors.of(factories.user(Role.OFFICER)))
        db.session.commit()
        assert letters.make_pending() == 1
        assert list(audit.verify()) == []


@pytest.mark.skipif(not POSTGRES, reason="needs both databases")
def test_a_backup_of_postgresql_restores_on_sqlite_and_back(saved, tmp_path):
    folder, before = saved
    with sqlite_ground(tmp_path / "local") as flask:
        assert_restored(flask, folder, before)
        done = flask.test_cli_runner().invoke(args=["backup", str(tmp_path / "retour")])
        assert done.exit_code == 0, done.output
    with ground(tmp_path / "serveur") as other:
        assert_restored(other.app, tmp_path / "retour", before)


def assert_restored(flask, folder, before):
    done = flask.test_cli_runner().invoke(args=["restore", str(folder)])
    assert done.exit_code == 0, done.output
    assert photograph() == before


@contextmanager
def sqlite_ground(folder: Path):
    kept = ports.get()
    flask = create_app(settings_for(f"sqlite:///{folder}/base.db", folder))
    with flask.app_context():
        flask_migrate.upgrade()
        yield flask
        db.session.remove()
        db.engine.dispose()
    ports.configure(kept)


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "files").rglob("*") if path.is_file())


DAMAGES = {
    "a file altered": (lambda folder: files_of(folder)[0].write_bytes(b"%PDF-1.7 autre"), "a été altéré"),
    "a file missing": (lambda folder: files_of(folder)[0].unlink(), "Il manque files/"),
    "a table altered": (lambda folder: alter(folder / "tables/payment.jsonl", "322.50", "999.50"), "a été altéré"),
    "a table missing": (lambda folder: (folder / "tables/mail.jsonl").unlink(), "Il manque tables/mail.jsonl"),
    "a manifest cut": (lambda folder: (folder / "manifest.json").write_text("{"), "n'est pas une sauvegarde"),
    "another manifest": (lambda folder: (folder / "manifest.json").write_text("[]"), "n'est pas une sauvegarde"),
    "a way out": (lambda folder: alter(folder / "manifest.json", "documents/", "../../x/"), "n'est pas une sauvegarde"),
    "another release": (
        lambda folder: alter(folder / "manifest.json", '"revision": "', '"revision": "x'),
        "migration x",
    ),
    "a trail rewritten": (lambda folder: rewrite_the_trail(folder), "journal d'audit sauvegardé est altéré"),
}


def alter(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def rewrite_the_trail(folder: Path) -> None:
    """The audit and the manifest altered together: only the chain tells."""
    table = folder / "tables" / "audit_entry.jsonl"
    before = hashlib.sha256(table.read_bytes()).hexdigest()
    alter(table, "Valider", "Rejeter")
    alter(folder / "manifest.json", before, hashlib.sha256(table.read_bytes()).hexdigest())


def test_a_damaged_backup_is_refused_and_nothing_is_written(saved, tmp_path):
    folder, _ = saved
    with ground(tmp_path / "autre") as other:
        for rank, (name, (damage, words)) in enumerate(DAMAGES.items()):
            copy = tmp_path / f"copie{rank}"
            shutil.copytree(folder, copy)
            damage(copy)
            done = other.app.test_cli_runner().invoke(args=["restore", str(copy)])
            assert (done.exit_code, words in done.output) == (1, True), f"{name}: {done.output}"
            held = {table for table, rows in photograph()["rows"].items() if rows}
            assert held == set(restore.LAID), name
            assert ports.get().store.keys() == [], name


def test_a_lost_or_altered_file_is_named_and_the_rest_is_saved(committed, tmp_path):
    a_paid_request()
    lost, altered = db.session.scalars(sa.select(Document.storage_key).order_by(Document.id)).all()
    db.session.commit()
    store = ports.get().store
    store.delete(lost)
    (store.root / altered).write_bytes(b"autre chose")
    done = committed.flask("backup", str(tmp_path / "sauvegarde"))
    assert done.returncode == 1
    assert f"Fichier {lost} : absent" in done.stderr
    assert f"Fichier {altered} : son contenu" in done.stderr
    assert (tmp_path / "sauvegarde" / "manifest.json").exists()


def test_a_backup_never_overwrites(app, session, tmp_path):
    (tmp_path / "note.txt").write_text("précieux")
    done = app.test_cli_runner().invoke(args=["backup", str(tmp_path)])
    assert (done.exit_code, done.output) == (1, f"Error: {tmp_path} existe déjà : choisissez un nouveau dossier.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]
