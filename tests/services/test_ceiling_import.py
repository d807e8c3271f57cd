"""The table of ceilings by CSV: told against the version in force, applied as a draft that another publishes."""

from decimal import Decimal

import pytest

from app.corridors import documents
from app.domain.enums import CsvKind, Role, RowFate
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.extensions import db
from app.services import actors, ceiling_import, corridor_drafts, corridor_versions, csv_uploads
from app.services.csv_uploads import StalePreview
from tests import factories

HEADER = "identifiant;DPI;PFI;RI"
PMSI = ("120780291", "120780481", "020018552")


@pytest.fixture
def spec(session):
    """The hospitals' corridor, its table cut to three lines of one wave."""
    found = factories.open_spec("HOP")
    document = documents.canonical(found)
    document["software"] = [one | {"amount": None} for one in document["software"] if one["wave"] == 1]
    document["windows"] = [one for one in document["windows"] if one["wave"] == 1]
    kinds = [one["type"] for one in document["software"]]
    table = {kind: {one: f"{1000 * (1 + rank)}.00" for one in PMSI} for rank, kind in enumerate(kinds)}
    document["amount"] = {"rule": "table", "ceilings": table}
    for section in ("fields", "lists", "documents", "scenario", "models"):
        document[section] = [one | {"waves": []} for one in document[section] if not one["waves"] or 1 in one["waves"]]
    made = documents.parse(document)
    corridor_versions.publish(made)
    return made


@pytest.fixture
def editor(spec):
    return actors.of(factories.user(Role.ADMINISTRATOR))


def written(*lines):
    return "\n".join([HEADER, *lines]).encode()


def seen(*lines):
    return ceiling_import.preview(written(*lines), "HOP")


def applied(editor, *lines):
    upload = csv_uploads.keep(CsvKind.CEILINGS, "plafonds.csv", written(*lines), editor, "HOP")
    draft = ceiling_import.apply(upload, seen(*lines).state, editor)
    db.session.commit()
    return draft


def test_each_line_is_told_against_the_version_in_force(spec):
    found = seen(
        f"{PMSI[0]};1000;2 000,00;3000.00",
        f"{PMSI[1]};1500,5;;3000",
        "690781810;10;20;30",
        "690781811;10;20;30",
    )
    assert [(row.line, row.key, row.fate) for row in found.rows] == [
        (2, PMSI[0], RowFate.UNCHANGED),
        (3, PMSI[1], RowFate.CHANGED),
        (4, "690781810", RowFate.NEW),
        (5, "690781811", RowFate.REFUSED),
        (None, PMSI[2], RowFate.REFUSED),  # line 5 may be a slip for it
    ]
    assert [(one.column, one.before, one.after) for one in found.rows[1].diffs] == [
        ("DPI (€ HT)", "1000,00", "1500,50"),
        ("PFI (€ HT)", "2000,00", ""),
    ]
    assert "la clé de ce n° FINESS est fausse" in found.rows[3].reason
    removed = seen(f"{PMSI[0]};1000;2000;3000", f"{PMSI[1]};1;2;3").rows[-1]
    assert (removed.line, removed.key, removed.fate) == (None, PMSI[2], RowFate.REMOVED)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{PMSI[0]};-1;2;3", "DPI « -1 » : un montant en euros"),
        (f"{PMSI[0]};1;2.005;3", "PFI « 2.005 »"),
        (f"{PMSI[0]};1;2;1e9", "RI « 1e9 »"),
        (f"{PMSI[0]};1;2;99999999999", "RI « 99999999999 »"),
        (f"{PMSI[0]};1;2;٣", "RI « ٣ »"),
        (f"{PMSI[0]};;;", "Aucun plafond"),
        (f"{PMSI[0]};1;2", "3 cases au lieu de 4"),
        (";1;2;3", "Identifiant absent"),
        ("1,20781E+08;1;2;3", "un tableur l'a arrondi"),
        ("=1+1;1;2;3", "un n° FINESS compte 9"),
    ],
)
def test_a_bad_line_is_refused_and_its_ceiling_stays(spec, line, said):
    found = seen(line, f"{PMSI[1]};1;2;3")
    assert said in found.rows[0].reason
    assert found.rows[0].fate is RowFate.REFUSED
    if line.startswith(f"{PMSI[0]};"):
        assert PMSI[0] not in [row.key for row in found.of(RowFate.REMOVED)]


def test_an_identifier_that_cannot_be_read_removes_nothing(spec, editor):
    """A spreadsheet that rounded one number, or all of them, must not empty the table."""
    lines = (f"{PMSI[0]};1500;2000;3000", "1,20780E+08;1;2;3", ";4;5;6", ";7;8;9")
    found = seen(*lines)
    kept = [row for row in found.rows if row.line is None]
    assert [(row.key, row.fate) for row in kept] == [(one, RowFate.REFUSED) for one in sorted(PMSI[1:])]
    assert "mais gardé : 3 lignes sont sans identifiant lisible" in kept[0].reason
    assert found.rows[2].reason == "Identifiant absent."
    table = documents.parse(applied(editor, *lines).document).amount.ceilings
    assert {kind: len(ceilings) for kind, ceilings in table.items()} == {"DPI": 3, "PFI": 3, "RI": 3}
    assert table["DPI"][PMSI[0]] == Decimal(1500)


def test_an_amount_is_read_as_in_the_table_of_a_draft(spec):
    found = seen(f"{PMSI[0]};1 000 €;2000,00;3\u202f000.00")
    assert found.rows[0].fate is RowFate.UNCHANGED


def test_an_identifier_twice_refuses_both(spec):
    found = seen(f"{PMSI[0]};1;2;3", f"{PMSI[0]};4;5;6")
    assert [row.fate for row in found.rows[:2]] == [RowFate.REFUSED] * 2
    assert "lignes 2, 3" in found.rows[0].reason


def test_applying_opens_a_draft_that_another_publishes(spec, editor):
    draft = applied(editor, f"{PMSI[0]};1500.50;2000;3000", "690781810;10;;30", f"{PMSI[1]};x;1;1")
    assert corridor_versions.in_force("HOP").number == 1
    assert corridor_drafts.faults(draft) == ()
    table = documents.parse(draft.document).amount.ceilings
    assert table["DPI"] == {PMSI[0]: Decimal("1500.50"), "690781810": Decimal(10), PMSI[1]: Decimal(1000)}
    assert table["PFI"] == {PMSI[0]: Decimal(2000), PMSI[1]: Decimal(2000)}
    others = {name: value for name, value in draft.document.items() if name != "amount"}
    before = documents.canonical(spec)
    assert others == {name: value for name, value in before.items() if name != "amount"}
    corridor_drafts.submit(draft, editor)
    with pytest.raises(NotAllowed):
        corridor_drafts.publish(draft, editor)
    corridor_drafts.publish(draft, actors.of(factories.user(Role.ADMINISTRATOR)))
    assert csv_uploads.applied(CsvKind.CEILINGS)[0][1].actor_id == editor.id
    assert seen(f"{PMSI[0]};1500,50;2000;3000").rows[0].fate is RowFate.UNCHANGED


def test_a_version_published_meanwhile_is_told(spec, editor):
    lines = [f"{PMSI[0]};1500;2000;3000"]
    upload = csv_uploads.keep(CsvKind.CEILINGS, "plafonds.csv", written(*lines), editor, "HOP")
    state = seen(*lines).state
    other = spec.amount.model_copy(update={"ceilings": {kind: {PMSI[0]: Decimal(7)} for kind in spec.amount.ceilings}})
    corridor_versions.publish(spec.model_copy(update={"amount": other}))
    with pytest.raises(StalePreview):
        ceiling_import.apply(upload, state, editor)
    ceiling_import.apply(upload, seen(*lines).state, editor)
    db.session.commit()
    with pytest.raises(Conflict, match="déjà été appliqué"):
        ceiling_import.apply(upload, seen(*lines).state, editor)


def test_the_table_downloaded_and_sent_back_changes_nothing(spec, editor):
    text = ceiling_import.current("HOP")
    assert text.splitlines()[1] == "020018552;1000,00;2000,00;3000,00"
    found = ceiling_import.preview(text.encode(), "HOP")
    assert {row.fate for row in found.rows} == {RowFate.UNCHANGED}
    upload = csv_uploads.keep(CsvKind.CEILINGS, "plafonds.csv", text.encode(), editor, "HOP")
    with pytest.raises(RuleBroken, match="ne change rien"):
        ceiling_import.apply(upload, found.state, editor)


def test_a_software_with_a_table_of_its_own_has_its_column(spec, editor):
    own = spec.amount.model_copy(update={"ceilings": {"DPI": {PMSI[0]: Decimal(5)}}})
    later = spec.software[0].model_copy(update={"wave": 2, "dsr": "DSR-HOP-DPI-Va2", "amount": own})
    windows = [one.model_copy(update={"wave": 2}) for one in spec.windows]
    both = {"software": (*spec.software, later), "windows": (*spec.windows, *windows)}
    corridor_versions.publish(spec.model_copy(update=both))
    header = f"{HEADER};DPI vague 2\n".encode()
    found = ceiling_import.preview(header + f"{PMSI[0]};1000;2000;3000;6\n".encode(), "HOP")
    assert [(one.column, one.before, one.after) for one in found.rows[0].diffs] == [
        ("DPI vague 2 (€ HT)", "5,00", "6,00")
    ]


def test_a_corridor_without_table_says_so(session):
    factories.corridor("MDV")
    with pytest.raises(RuleBroken, match="n'a pas de table"):
        ceiling_import.preview(b"x", "MDV")


def test_who_sent_the_file_that_another_applies_is_an_author_and_does_not_publish_it(spec, editor):
    sender, third = (actors.of(factories.user(Role.ADMINISTRATOR)) for _ in range(2))
    line = f"{PMSI[0]};1500.50;2000;3000"
    upload = csv_uploads.keep(CsvKind.CEILINGS, "plafonds.csv", written(line), sender, "HOP")
    draft = ceiling_import.apply(upload, seen(line).state, editor)
    corridor_drafts.submit(draft, editor)
    for author in (sender, editor):
        with pytest.raises(NotAllowed, match="Vous avez écrit"):
            corridor_drafts.publish(draft, author)
    corridor_drafts.publish(draft, third)
