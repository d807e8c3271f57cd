"""The ANS's list by CSV: each line told new, changed, unchanged or refused; what is applied is what was seen."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from app.domain.enums import CsvKind, Role, RowFate
from app.domain.errors import Conflict, RuleBroken
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.referencings import Referencing
from app.services import actors, audit, csv_uploads, ports, referencing_import, stored_files
from app.services.csv_uploads import StalePreview
from tests import factories
from tests.queries import every_statement

HEADER = ";".join(referencing_import.HEADINGS.values())
SIRET = factories.siret(4242)


@pytest.fixture
def officer(session):
    factories.corridor("MDV")
    factories.corridor("HOP")
    return actors.of(factories.user(Role.OFFICER))


def line(number="abc123456", **over):
    """A sound line, in the order of the headings."""
    cells = {
        "ans_number": number,
        "editor_siret": SIRET,
        "software": "LOGICIEL",
        "software_version": "1.0",
        "software_type": "LGC",
        "dsr": "DSR-MDV-LGC-Va1",
        "corridor_code": "MDV",
        "wave": "1",
        "profiles": "Général | Spécifique PFI",
        "effective_on": "07/10/2021",
    }
    return ";".join((cells | over).values())


def written(*lines):
    return "\n".join([HEADER, *lines]).encode()


def seen(content):
    return [(row.line, row.key, row.fate, row.reason) for row in referencing_import.preview(content).rows]


def kept(content, officer):
    return csv_uploads.keep(CsvKind.REFERENCINGS, "liste.csv", content, officer)


def applied(content, officer):
    upload = kept(content, officer)
    done = referencing_import.apply(upload, referencing_import.preview(content).state, officer)
    db.session.commit()
    return done


def test_new_changed_unchanged_are_told_column_by_column(officer):
    applied(written(line("one000001"), line("two000002")), officer)
    found = referencing_import.preview(
        written(
            line("one000001"),
            line("TWO000002", software="AUTRE", profiles="Général"),
            line("three0003", software_type="", wave="", dsr="dsr-hop-pfi-va1", corridor_code="hop"),
        )
    )
    assert [row.fate for row in found.rows] == [RowFate.UNCHANGED, RowFate.CHANGED, RowFate.NEW]
    assert [(one.column, one.before, one.after) for one in found.rows[1].diffs] == [
        ("N° ANS", "two000002", "TWO000002"),
        ("Nom du logiciel", "LOGICIEL", "AUTRE"),
        ("Profils référencés", "Général | Spécifique PFI", "Général"),
    ]
    assert {one.column: one.after for one in found.rows[2].diffs}["DSR"] == "DSR-HOP-PFI-Va1"
    assert (found.writes, found.totals[RowFate.REFUSED]) == (2, 0)


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"ans_number": "ab"}, "un numéro ANS compte 6 à 20"),
        ({"ans_number": "=cmd|'x'"}, "un numéro ANS compte 6 à 20"),
        ({"editor_siret": "12345678901234"}, "la clé de ce SIRET est fausse"),
        ({"editor_siret": "3,80424E+13"}, "un tableur l'a arrondi"),
        ({"corridor_code": "XXX"}, "Couloir « XXX » inconnu"),
        ({"software_type": "RIS"}, "ne connaît pas RIS en vague 1"),
        ({"wave": "9"}, "ne connaît pas LGC en vague 9"),
        ({"wave": "un"}, "ne connaît pas LGC en vague un"),
        ({"dsr": "DSR-X"}, "ne connaît pas le DSR « DSR-X »"),
        ({"dsr": "", "software_type": ""}, "Donnez le type de logiciel et la vague, ou le DSR"),
        ({"software": ""}, "Nom du logiciel : valeur obligatoire absente"),
        ({"software": "x" * 201}, "dépasse 200 caractères"),
        ({"software": "=1+1"}, "un tableur exécuterait"),
        ({"software": "a\u202eb"}, "caractère invisible"),
        ({"software_version": "@x"}, "un tableur exécuterait"),
        ({"profiles": "Général|=x"}, "un tableur exécuterait"),
        ({"profiles": "|".join(map(str, range(40)))}, "plus de 30"),
        ({"effective_on": "31/02/2026"}, "jj/mm/aaaa attendu"),
        ({"effective_on": "07/10/1021"}, "jj/mm/aaaa attendu"),
        ({"effective_on": "٠٧/١٠/٢٠٢١"}, "jj/mm/aaaa attendu"),
        ({"effective_on": ""}, "jj/mm/aaaa attendu"),
    ],
)
def test_a_bad_line_is_refused_with_its_reason(officer, over, said):
    good = line("sain00001")
    (_, _, fate, reason), (_, _, other, _) = seen(written(line(**over), good))
    assert (fate, other) == (RowFate.REFUSED, RowFate.NEW)
    assert said in reason


def test_every_fault_of_a_line_is_told_and_a_number_twice_refuses_both(officer):
    found = seen(
        written(
            line(editor_siret="1", effective_on="x", corridor_code="ZZ"), line("dup000001"), line("DUP000001"), "a;b"
        )
    )
    assert [text in found[0][3] for text in ("SIRET", "jj/mm/aaaa", "« ZZ »")] == [True] * 3
    assert all(row[2] is RowFate.REFUSED and "lignes 3, 4" in row[3] for row in found[1:3])
    assert found[3] == (5, "a", RowFate.REFUSED, "2 cases au lieu de 10.")


def test_one_in_use_keeps_its_number_corridor_and_dsr(officer):
    enrolled = factories.enrolment(referencing=factories.referencing(ans_number="pris00001", profiles=["Général"]))
    known = enrolled.referencing
    same = {
        "editor_siret": known.editor_siret,
        "software": "NOUVEAU NOM",
        "software_version": known.software_version,
        "profiles": "Général",
    }
    hop = {"corridor_code": "HOP", "software_type": "DPI", "dsr": ""}
    for over, fate in ((same, RowFate.CHANGED), (same | hop, RowFate.REFUSED)):
        (row,) = referencing_import.preview(written(line("pris00001", **over))).rows
        assert row.fate is fate
    assert row.reason == referencing_import.IN_USE
    assert {one.column for one in row.diffs} >= {"Couloir", "DSR"}
    (row,) = referencing_import.preview(written(line("PRIS00001", **same))).rows
    assert row.fate is RowFate.REFUSED


def test_applying_writes_audits_and_leaves_the_rest(officer):
    other = factories.referencing(ans_number="reste0001")
    applied(written(line("one000001"), line("two000002")), officer)
    done = applied(written(line("one000001", software="AUTRE"), line("new000003"), line("faux", wave="x")), officer)
    assert {fate.value: count for fate, count in done.totals.items()} == {
        "refused": 1,
        "new": 1,
        "changed": 1,
        "removed": 0,
        "unchanged": 0,
    }
    names = dict(db.session.execute(sa.select(Referencing.ans_number, Referencing.software)).all())
    assert names == {
        "one000001": "AUTRE",
        "two000002": "LOGICIEL",
        "new000003": "LOGICIEL",
        "reste0001": other.software,
    }
    row = db.session.scalars(sa.select(Referencing).where(Referencing.ans_number == "new000003")).one()
    assert (row.dsr, row.wave, row.profiles) == ("DSR-MDV-LGC-Va1", 1, ["Général", "Spécifique PFI"])
    assert row.effective_on == dt.date(2021, 10, 7)
    entry = audit.last_entry("referencing", "one000001")
    assert (entry.payload["before"], entry.payload["after"]) == ({"software": "LOGICIEL"}, {"software": "AUTRE"})
    whole = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.subject_kind == "csv_upload").order_by(AuditEntry.id.desc())
    ).first()
    assert (whole.actor_id, whole.payload["after"]["changed"]) == (officer.id, 1)
    assert list(audit.verify()) == []


def test_what_changed_since_the_preview_is_told_and_nothing_is_applied(officer):
    applied(written(line("one000001")), officer)
    content = written(line("one000001", software="AUTRE"))
    upload, state = kept(content, officer), referencing_import.preview(content).state
    applied_meanwhile = db.session.scalars(sa.select(Referencing)).one()
    applied_meanwhile.software = "ENTRE-TEMPS"
    db.session.flush()
    with pytest.raises(StalePreview):
        referencing_import.apply(upload, state, officer)
    assert applied_meanwhile.software == "ENTRE-TEMPS"
    again = referencing_import.preview(content)
    assert again.rows[0].diffs[0].before == "ENTRE-TEMPS"
    referencing_import.apply(upload, again.state, officer)
    db.session.commit()
    with pytest.raises(Conflict, match="déjà été appliqué"):
        referencing_import.apply(upload, again.state, officer)


def test_a_file_that_changes_nothing_is_not_applied(officer):
    applied(written(line("one000001")), officer)
    content = written(line("one000001"))
    with pytest.raises(RuleBroken, match="ne change rien"):
        referencing_import.apply(kept(content, officer), referencing_import.preview(content).state, officer)


def test_what_is_downloaded_and_sent_back_changes_nothing(officer):
    for code in ("MDV", "HOP"):
        factories.referencing(code)
    found = referencing_import.preview(referencing_import.current().encode())
    assert {row.fate for row in found.rows} == {RowFate.UNCHANGED}
    with pytest.raises(RuleBroken, match="aucune ligne"):
        referencing_import.preview(referencing_import.template().encode())


def test_a_file_never_applied_gives_way_to_the_next(officer):
    kept(written(line()), officer)
    last = kept(written(line("two000002")), officer)
    db.session.commit()
    held = {key for key, _ in ports.get().store.keys(stored_files.CSV_UPLOADS)}
    assert last.storage_key in held
    assert stored_files._known(list(held)) == {last.storage_key}
    assert csv_uploads.content_of(last) == written(line("two000002"))


def test_the_report_says_each_column_and_runs_nothing(officer):
    text = csv_uploads.report(referencing_import.preview(written(line(), line("=1+1"))))
    assert "2;abc123456;Nouveau;Nom du logiciel;;LOGICIEL;\r\n" in text
    assert "3;'=1+1;Refusé;;;;" in text


def statements_of(count: int, officer: Any) -> int:
    """How many statements the preview and the application of a list of this many new lines take."""
    content = written(*[line(f"v{count}{rank:05d}", editor_siret=factories.siret(rank)) for rank in range(count)])
    with every_statement() as sent:
        upload, state = kept(content, officer), referencing_import.preview(content).state
        done = referencing_import.apply(upload, state, officer)
        db.session.commit()
    assert done.totals[RowFate.NEW] == count
    return len(sent)


def test_a_long_list_takes_hardly_more_statements_than_a_short_one(officer):
    assert statements_of(3000, officer) <= statements_of(30, officer) + 30


@pytest.mark.committed
def test_two_people_who_apply_the_same_list_write_it_once(committed):
    factories.corridor("MDV")
    people = [actors.of(factories.user(Role.OFFICER)) for _ in range(2)]
    content = written(line("one000001"), line("two000002"))
    uploads = [kept(content, one).id for one in people]
    db.session.commit()
    state = referencing_import.preview(content).state

    def apply(rank):
        upload = csv_uploads.find(CsvKind.REFERENCINGS, uploads[rank])
        referencing_import.apply(upload, state, people[rank])
        db.session.commit()
        return True

    answers = committed.at_once(lambda: apply(0), lambda: apply(1))
    assert sum(answer is True for answer in answers) == 1
    assert all(answer is True or isinstance(answer, Conflict | sa.exc.IntegrityError) for answer in answers)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Referencing)) == 2
