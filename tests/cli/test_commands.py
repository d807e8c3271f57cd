"""What an operator types: each command says what it did, and a refusal is a line with exit code 1."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.corridors.documents import SHIPPED
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.corridors import CorridorVersion
from app.models.requests import Avenant
from app.services import audit, clock
from app.services.actors import SYSTEM
from jobs.registry import JOBS
from tests import factories


@pytest.fixture
def flask(app, session):
    return lambda *args: app.test_cli_runner().invoke(args=[str(arg) for arg in args])


def test_jobs_list_names_each_job_and_its_hour(flask):
    done = flask("jobs", "list")
    assert done.exit_code == 0
    for job in JOBS:
        assert job.name in done.output
        assert job.schedule.when in done.output


def test_an_unknown_job_is_refused_with_the_known_ones(flask):
    done = flask("jobs", "run", "rien")
    assert done.exit_code == 1
    assert "send-mails" in done.output


def test_an_unreadable_instant_is_refused(flask):
    done = flask("jobs", "run", "send-mails", "--at", "demain")
    assert done.exit_code == 2
    assert "2026-11-23T10:00" in done.output


def test_jobs_run_at_an_instant_does_what_is_due_then(flask):
    """Guide « Les écrans du portail », § 9: deposited on 23/03/2022, gone from 30/03/2022 in Paris."""
    avenant = factories.avenant()
    avenant.status, avenant.completed_at = avenant.status.INCOMPLETE, None
    avenant.expires_on = dt.date(2027, 3, 30)
    db.session.commit()
    assert "0 élément" in flask("jobs", "run", "purge-incomplete", "--at", "2027-03-29T23:59").output
    assert "0 élément" in flask("jobs", "run", "purge-incomplete", "--at", "2027-03-29T21:59:59+00:00").output
    assert "1 élément" in flask("jobs", "run", "purge-incomplete", "--at", "2027-03-29T22:00:00+00:00").output
    assert "0 élément" in flask("jobs", "run", "purge-incomplete", "--at", "2027-03-31").output
    assert db.session.scalars(sa.select(Avenant.id)).all() == []


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_runs_twice_with_nothing_to_do(flask, job):
    for _ in range(2):
        done = flask("jobs", "run", job.name)
        assert (done.exit_code, done.output) == (0, f"{job.name} : 0 élément(s) traité(s).\n")


def test_audit_verify_says_the_trail_holds_then_names_the_altered_row(flask):
    for rank in range(3):
        audit.record("agir", "request", f"FIN{rank}", SYSTEM)
    db.session.commit()
    assert (flask("audit", "verify").output) == "Journal intact : 3 ligne(s).\n"
    # Triggers refuse to change a row; a forged one is a row added with a hash of its own.
    forged = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.id == 3)).one()
    values = {column.key: getattr(forged, column.key) for column in AuditEntry.__table__.c}
    db.session.execute(sa.insert(AuditEntry).values(values | {"id": 4, "actor": "Un autre", "digest": "0" * 64}))
    db.session.commit()
    done = flask("audit", "verify")
    assert done.exit_code == 1
    assert "Ligne 4 : la ligne a été modifiée." in done.output


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_each_shipped_corridor_is_sound(flask, path):
    done = flask("corridors", "check", path)
    assert done.exit_code == 0, done.output
    assert "document valable" in done.output


BROKEN = {
    "not TOML": ("code = \nlabel = 'x'", "TOML mal formé : Invalid value (at line 1, column 8)"),
    "nothing": ("", "code : valeur obligatoire absente"),
    "an unknown name": ("couleur = 'rouge'", "couleur : nom inconnu"),
    "a bad code": ("code = 'mdv'", "code : ne suit pas le modèle"),
    "a bad instant": (
        "[[windows]]\nwave = 1\nphase = 'avance'\nopens_at = 'demain'\ncloses_at = 2027-01-01T00:00:00",
        "windows[0].opens_at : un instant est attendu",
    ),
    "a rule that is not one": ("[amount]\nrule = 'magie'", "amount : valeur de 'rule' inconnue"),
    "a CSV that is not there": (
        "[amount]\nrule = 'table'\ncsv = 'absent.csv'",
        "amount.csv : absent.csv ne se lit pas",
    ),
    "an amount that is no table": ("amount = 3", "amount :"),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_corridor_is_refused_with_the_place_of_each_fault(flask, tmp_path, text, words):
    (tmp_path / "essai.toml").write_text(text)
    done = flask("corridors", "check", tmp_path / "essai.toml")
    assert done.exit_code == 1
    assert words in done.output


def test_two_faults_are_said_together(flask, tmp_path):
    source = next(SHIPPED.glob("mdv.toml")).read_text().replace("code = ", "kode = ", 1)
    (tmp_path / "essai.toml").write_text(source)
    output = flask("corridors", "check", tmp_path / "essai.toml").output
    assert "code : valeur obligatoire absente" in output
    assert "kode : nom inconnu" in output


def test_shipped_corridors_are_published_once(flask):
    assert "MDV" in flask("corridors", "publish-shipped").output
    count = db.session.scalar(sa.select(sa.func.count()).select_from(CorridorVersion))
    assert "déjà publiés" in flask("corridors", "publish-shipped").output
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CorridorVersion)) == count
    assert clock.today() == dt.date(2026, 11, 23)
