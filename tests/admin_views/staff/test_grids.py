"""The staff grids: who sees what, the filters, the counters, the home, and what odd parameters get."""

import pytest
import sqlalchemy as sa

from app.domain.enums import JobOutcome, RequestStatus, Role
from app.models.audit import AuditEntry
from app.models.corridors import Corridor
from app.models.job_runs import JobRun
from app.models.mails import Mail
from app.services import clock
from tests import factories
from tests.admin_views.staff.conftest import DEMANDES, act

GRIDS = {
    "demandes": {"officer", "decider", "authoriser", "accountant", "support", "analyst"},
    "decisions": {"decider", "authoriser", "accountant", "analyst"},
    "enveloppes": {"decider", "authoriser", "accountant", "analyst"},
    "paiements": {"decider", "authoriser", "accountant", "analyst"},
    "recouvrements": {"decider", "authoriser", "accountant", "analyst"},
    "motifs-de-rejet": {"officer"},
    "fournisseurs": {"officer", "decider", "authoriser", "accountant", "support", "analyst"},
    "personnes": {"officer", "decider", "authoriser", "accountant", "support", "analyst"},
    "referencements": {"officer", "decider", "authoriser", "accountant", "support", "analyst", "administrator"},
    "couloirs": {"officer", "decider", "authoriser", "accountant", "support", "analyst", "administrator"},
    "comptes": {"administrator", "support"},
    "courriels": {"officer", "support", "administrator"},
    "audit": {"decider", "administrator"},
    "taches": {"administrator"},
    "assistance": {"officer", "support"},
    "enrolements": {"officer", "support"},
    "coordonnees-bancaires": {"officer"},
    "changements-de-personnes": {"officer"},
    "modeles-de-documents": {"officer"},
    "questions": {"officer", "support", "administrator"},
    "rubriques": {"officer", "support", "administrator"},
    "actualites": {"officer", "support", "administrator"},
}
ODD = (
    "page=999999", "apres=1&avant=1", "apres=abc", "avant=1,2", "apres=%00", f"apres={'9' * 500}", "fin=1&page=zz",
    "id=1", "id=abc", "inconnu=1", "flt0_status=1",
)  # fmt: skip
READER = {name: min(roles) for name, roles in GRIDS.items()}


def test_each_grid_opens_to_its_roles_only(world, people, login):
    world.paid()
    supplier = factories.supplier_user()
    for role, person in vars(people).items():
        client = login(person)
        for name, roles in GRIDS.items():
            code = client.get(f"/gestion/{name}/").status_code
            assert (name, role, code) == (name, role, 200 if role in roles else 403)
    client = login(supplier)
    for name in GRIDS:
        assert client.get(f"/gestion/{name}/").status_code == 403


@pytest.mark.parametrize("name", sorted(GRIDS))
def test_odd_parameters_are_refused_never_a_bug(world, people, login, name):
    world.paid()
    client = login(getattr(people, READER[name]))
    address = f"/gestion/{name}/"
    for page in ("-1", "abc", "0", "1e3", "²"):
        assert client.get(f"{address}?page={page}").status_code == 400
    for sort in ("nimporte", "-nimporte"):
        assert client.get(f"{address}?tri={sort}").status_code == 400
    for odd in ODD:
        assert (odd, client.get(f"{address}?{odd}").status_code) == (odd, 400)
    for method in ("new/", "edit/", "details/", "export/csv/", "ajax/lookup/"):
        assert client.get(address + method).status_code == 404
    assert client.post(f"{address}delete/").status_code == 404
    assert client.post(f"{address}action/").status_code == 404


@pytest.mark.parametrize("name", sorted(GRIDS))
def test_every_column_sorts_and_every_criterion_answers(app, world, people, login, name):
    world.paid()
    client = login(getattr(people, READER[name]))
    view = next(one for one in app.extensions["admin"] if one.endpoint == "gestion")
    grid = next(one for one in view._views if one.url == f"/gestion/{name}")
    for column in grid.columns:
        if column.sortable:
            assert client.get(f"{grid.url}/?tri=-{column.key}").status_code == 200
    for criterion in grid.filters:
        for field in criterion.names:
            for text in ("abcd", "%", "_'\"", "2026-13-45", "é" * 300, "a" * 60_000, "_" * 49_990):
                answer = client.get(f"{grid.url}/", query_string={field: text})
                assert (field, text, answer.status_code < 500) == (field, text, True)


def test_the_grid_shows_each_role_its_requests(world, people, login):
    begun, ready, ordered = world.in_progress(), world.decided(), world.ordered()
    seen = {
        "officer": [True, True, True],
        "analyst": [True, True, True],
        "authoriser": [False, True, True],
        "accountant": [False, False, True],
    }
    for role, expected in seen.items():
        page = login(getattr(people, role)).get(DEMANDES).text
        assert (role, [one.number in page for one in (begun, ready, ordered)]) == (role, expected)


def test_only_current_avenants_are_listed(world, people, login):
    avenant = world.in_progress()
    client = login(people.officer)
    act(client, avenant, "cancel", comment="à sa demande")
    page = client.get(DEMANDES).text
    assert page.count(f'/gestion/demandes/{avenant.number}"') == 1
    assert "1 ligne" in page


def test_the_criteria_narrow(world, people, login):
    mine = world.in_progress()
    other = world.validated(of=factories.enrolment(supplier=factories.supplier(name="AUTRE MAISON")))
    client = login(people.officer)

    def found(**criteria):
        page = client.get(DEMANDES, query_string=criteria).text
        return [f'/gestion/demandes/{one.number}"' in page for one in (mine, other)]

    assert found(numero=mine.number[3:10]) == [True, "MDV" in mine.number[3:10] and mine.number[3:10] in other.number]
    assert found(fournisseur="autre") == [False, True]
    assert found(fournisseur=mine.supplier.siret) == [True, False]
    assert found(statut="validated") == [False, True]
    assert found(type="solde") == [False, False]
    assert found(couloir="MDV", logiciel="LGC") == [True, True]
    assert found(paiement="paid") == [False, False]
    assert found(a_faire="instruire") == [True, False]
    assert found(depot_du="2026-11-23", depot_au="2026-11-23") == [True, True]
    assert client.get(f"{DEMANDES}?depot_du=2026-11-23").status_code == 400
    assert client.get(f"{DEMANDES}?numero=ab").status_code == 400
    assert client.get(f"{DEMANDES}?a_faire=decider").status_code == 400


def test_numbers_are_proposed_within_the_scope(world, people, login):
    begun, ordered = world.in_progress(), world.ordered()
    proposals = f"{DEMANDES}propositions?champ=numero&q=MDV"
    assert sorted(login(people.officer).get(proposals).json) == sorted([begun.number, ordered.number])
    assert login(people.accountant).get(proposals).json == [ordered.number]


def test_the_mails_propose_numbers_of_requests_each_once(world, people, login):
    number = world.validated().number
    client = login(people.officer)
    proposed = client.get("/gestion/courriels/propositions?champ=demande&q=FIN").json
    assert proposed == [number]
    assert number in client.get(f"/gestion/courriels/?demande={number}").text


def test_the_journal_finds_a_request_by_its_number_its_dossier_or_a_part(world, people, login):
    number = world.validated().number
    client = login(people.administrator)
    for text in (number, number.lower(), number[:-2], number[:-1], number[3:9]):
        assert (text, number in client.get(f"/gestion/audit/?reference={text}").text) == (text, True)
    assert "0 ligne<" in client.get("/gestion/audit/?reference=FINMDV999999M0").text


@pytest.mark.parametrize(
    ("criterion", "found"), [("auteur=PERSONNE", True), ("auteur=durand", False), ("action=VALIDÉR", True)]
)
def test_the_journal_is_searched_whatever_case_and_accents(world, people, login, criterion, found):
    number = world.validated().number
    listed = login(people.administrator).get(f"/gestion/audit/?reference={number}&{criterion}").text
    assert (f"<td>{number}</td>" in listed) is found


def test_suppliers_are_found_and_sorted_whatever_their_accents(people, login):
    for name in ("ZETA", "Éditions du Soin", "editions d'abord"):
        factories.supplier(name=name)
    text = login(people.officer).get("/gestion/fournisseurs/?fournisseur=ÉDITIONS&tri=name").text
    assert "ZETA" not in text
    assert text.index("editions d&#39;abord") < text.index("Éditions du Soin")


def test_counters_by_status_are_links(world, people, login):
    world.in_progress(), world.in_progress(), world.ordered()
    page = login(people.officer).get(DEMANDES).text
    assert f'href="{DEMANDES}?statut=in_progress"' in page
    assert "<strong>2</strong>" in page
    assert "statut=in_progress" not in login(people.authoriser).get(DEMANDES).text.split("<form")[0]


def test_the_home_counts_what_waits_for_each(world, people, login):
    world.in_progress(), world.validated(), world.decided(), world.ordered()
    tiles = {
        "officer": ("À instruire", "a_faire=instruire"),
        "decider": ("À décider", "/gestion/decisions/nouvelle"),
        "authoriser": ("À mettre en paiement", "/gestion/paiements/nouveau"),
        "accountant": ("Paiements à enregistrer", "a_faire=enregistrer"),
    }
    for role, (label, address) in tiles.items():
        page = login(getattr(people, role)).get("/gestion/").text
        assert (role, label in page, address in page) == (role, True, True)
        assert '<span class="sg-count">1</span>' in page
    for role in ("support", "analyst", "administrator"):
        assert login(getattr(people, role)).get("/gestion/").status_code == 200


def test_what_waits_for_me_leaves_out_what_i_may_not_do(world, login):
    both = factories.user(Role.OFFICER, Role.DECIDER)
    world.validated(by=both)
    page = login(both).get("/gestion/").text
    assert '<span class="sg-count">1</span>' not in page


def test_the_menu_shows_only_what_opens(world, people, login):
    page = login(people.administrator).get("/gestion/").text
    assert "/gestion/demandes/" not in page
    assert "/gestion/audit/" in page
    page = login(people.officer).get("/gestion/").text
    assert "/gestion/comptes/" not in page


def test_registers_are_read(world, people, login, session):
    avenant = world.in_progress()
    client = login(people.officer)
    page = client.get(f"/gestion/fournisseurs/{avenant.supplier.siret}").text
    assert avenant.supplier.name in page
    assert "FR7613135000800800267924623" in page
    assert (
        "FR7613135000800800267924623"
        not in login(people.decider).get(f"/gestion/fournisseurs/{avenant.supplier.siret}").text
    )
    code = session.scalar(sa.select(Corridor.code))
    client = login(people.administrator)
    assert "En vigueur" in client.get(f"/gestion/couloirs/{code}").text
    assert "par bénéficiaire" in client.get("/gestion/couloirs/MDV/versions/1").text
    for odd in ("fournisseurs/123", "fournisseurs/%00", "couloirs/ZZZ", "couloirs/MDV/versions/99"):
        assert login(people.officer).get(f"/gestion/{odd}").status_code == 404
    assert client.get(f"/gestion/couloirs/MDV/versions/{'9' * 30}").status_code == 404


def test_traces_are_read(world, people, login, session):
    avenant = world.validated()
    session.add(JobRun(name="letters", started_at=clock.now(), outcome=JobOutcome.FAILED, error="panne"))
    people.support.locked_until = clock.now() + factories.dt.timedelta(hours=1)
    session.commit()
    client = login(people.administrator)
    line = session.scalar(sa.select(AuditEntry).where(AuditEntry.subject == avenant.number))
    assert "En cours" in client.get(f"/gestion/audit/{line.id}").text
    assert avenant.number in client.get(f"/gestion/audit/?reference={avenant.number}&action=valider").text
    assert "Publication" in client.get("/gestion/audit/?action=publica").text
    mail = session.scalar(sa.select(Mail))
    assert avenant.number in client.get(f"/gestion/courriels/{mail.id}").text
    assert "panne" in client.get("/gestion/taches/").text
    locked = client.get("/gestion/comptes/?verrou=oui").text
    assert people.support.username in locked
    assert people.officer.username not in locked
    assert "Comptable" in client.get("/gestion/comptes/?role=accountant").text
    assert "argon2" not in client.get("/gestion/comptes/").text
    for odd in ("audit/abc", "audit/999999", "courriels/-1", "courriels/%00", f"audit/{'9' * 30}"):
        assert client.get(f"/gestion/{odd}").status_code == 404


def test_strangers_go_to_the_login(client):
    for name in GRIDS:
        assert client.get(f"/gestion/{name}/").status_code == 302


def test_a_rejected_request_stays_readable(world, people, login):
    avenant = world.in_progress()
    client = login(people.officer)
    act(client, avenant, "reject", comment="Hors périmètre")
    assert avenant.status is RequestStatus.REJECTED
    assert "Hors périmètre" in client.get(f"{DEMANDES}{avenant.number}").text


def test_amounts_of_the_journal_are_written_in_euros(world, people, login, session):
    avenant = world.validated()
    line = session.scalar(sa.select(AuditEntry).where(AuditEntry.subject == avenant.number))
    assert "322,50\u00a0€" in login(people.administrator).get(f"/gestion/audit/{line.id}").text
