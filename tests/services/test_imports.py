"""« Importer »: the simulated bytes become requests, line by line, once."""

import datetime as dt
import io
import json
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.domain import request_workflow
from app.domain.enums import LineOutcome, PaymentState, Phase, RequestStatus, Role
from app.domain.errors import Conflict, NotAllowed, RuleBroken, Unavailable
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.documents import ExpectedDocument
from app.models.dossiers import BeneficiaryClaim, Dossier
from app.models.imports import JsonImport, JsonImportLine
from app.models.requests import Avenant, Beneficiary, FundingRequest, Scenario
from app.services import actors, budget, clock, corridor_versions, decisions, imports, incomplete, payments, ports
from app.services import requests as request_service
from tests import factories
from tests.json_files import (
    SAMPLE,
    changed,
    codes,
    deposit,
    put,
    sample,
    simulate,
    solde_line,
    supplier_a,
    written,
)

TABLES = (Dossier, FundingRequest, Avenant, Beneficiary, Scenario, ExpectedDocument, BeneficiaryClaim, JsonImport)


@pytest.fixture
def a(session):
    return supplier_a()


def counts():
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in TABLES]


def avenants_of(made):
    query = sa.select(Avenant).where(Avenant.json_import_id == made.id).order_by(Avenant.editor_number)
    return list(db.session.scalars(query))


def test_the_sample_becomes_ten_requests_to_complete(a):
    made = deposit(SAMPLE.read_bytes(), a)
    db.session.commit()
    assert (made.line_count, made.retained_count, made.rejected_count) == (10, 10, 0)
    assert (made.ans_number, made.phase, made.file_name) == ("mlp525off1", Phase.AVANCE, "fichier.json")
    assert counts() == [10, 10, 10, 16, 10, 10, 16, 1]
    avenants = avenants_of(made)
    assert [one.number for one in avenants] == [f"FINMDV{rank:06d}M0" for rank in range(1, 11)]
    assert sum(one.declared_ht for one in avenants) == Decimal("5733.28")
    fourth = avenants[3]
    assert (fourth.status, fourth.payment_state) == (RequestStatus.INCOMPLETE, PaymentState.NONE)
    assert (fourth.expires_on, fourth.order_date) == (dt.date(2026, 11, 30), dt.date(2021, 10, 9))
    assert [(one.position, one.identifier_kind) for one in fourth.beneficiaries] == [
        (1, "rpps"),
        (2, "rpps"),
        (3, "rpps"),
    ]
    assert fourth.scenarios[0].answers["operateurMessagerie"] == "API_35"
    assert fourth.declared["commande"]["montantSegurHT"] == "1074.99"
    assert fourth.declared["beneficiaires"]["isClientUnique"] is False
    expected = db.session.scalars(sa.select(ExpectedDocument).where(ExpectedDocument.avenant_id == fourth.id)).all()
    assert [(one.kind, one.file_name) for one in expected] == [("BON_COMMANDE", "mdv-lgc-va1-bdc-00004.pdf")]
    assert fourth.dossier.dsr == "DSR-MDV-LGC-Va1"
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_kind == "json_import")).one()
    assert (entry.action, entry.subject, entry.payload["after"]["retained"]) == ("Importer", str(made.id), 10)


def test_an_imported_request_can_be_completed_and_instructed(a):
    avenant = avenants_of(deposit(SAMPLE.read_bytes(), a))[3]
    request_service.act(avenant, Action.COMPLETE, actors.of(a[1]))
    request_service.act(avenant, Action.VALIDATE, actors.of(factories.user(Role.OFFICER)))
    assert (avenant.status, avenant.amount) == (RequestStatus.VALIDATED, Decimal("322.50"))


def test_the_result_is_the_file_completed(a):
    made = deposit(SAMPLE.read_bytes(), a)
    with imports.open_result(made) as file:
        given = file.read()
    assert b'"montantSegurHT": 358.33' in given
    result = json.loads(given)
    assert result["impId"] == made.id
    expected = sample() | {"impId": made.id}
    for rank, one in enumerate(expected["lignesImport"], start=1):
        one |= {
            "numeroASP": f"FINMDV{rank:06d}M0",
            "codeTraitement": "0000",
            "libelleTraitement": "La ligne de la demande a été enregistrée avec succès.",
        }
    assert result == expected
    assert list(result["lignesImport"][0]) == list(sample()["lignesImport"][0])
    with imports.open_result(made) as again:
        assert again.read() == given


def test_the_result_says_siret_and_the_refusal_of_each_rejected_line(a):
    def older_tag(data):
        data["SIRET"] = data.pop("siret")
        data["lignesImport"][2] = "pas une ligne"

    made = deposit(
        changed(older_tag, put("commande.montantSegurHT", 1.234), put("numLigne", 1, rank=1)), a, confirmed=True
    )
    with imports.open_result(made) as file:
        result = json.load(file)
    assert ("siret" in result, "SIRET" in result) == (True, False)
    first, second, third, fourth = result["lignesImport"][:4]
    assert (first["numeroASP"], first["codeTraitement"]) == (None, "0308")
    assert first["libelleTraitement"].startswith("« Montant Ségur HT » : le montant a plus de deux décimales")
    assert (second["codeTraitement"], third) == ("0401", "pas une ligne")
    assert fourth["codeTraitement"] == "0000"
    assert (made.retained_count, made.rejected_count) == (7, 3)


def test_lines_to_reject_want_a_confirmation_and_reject_only_themselves(a):
    found = simulate(changed(put("numeroEditeur", "00001", rank=4)), a)
    with pytest.raises(RuleBroken, match=r"1 ligne\(s\) sur 10") as refusal:
        imports.import_simulated(found, a[1])
    assert refusal.value.field == "confirmed"
    made = imports.import_simulated(found, a[1], confirmed=True)
    assert (made.retained_count, made.rejected_count) == (9, 1)
    lines = list(db.session.scalars(sa.select(JsonImportLine).order_by(JsonImportLine.line_number)))
    assert [one.outcome for one in lines].count(LineOutcome.REJECTED) == 1
    rejected = lines[4]
    assert (rejected.outcome, rejected.request_number, rejected.code) == (LineOutcome.REJECTED, None, "0402")
    assert rejected.findings[0]["path"] == "lignesImport[4].numeroEditeur"


def test_a_file_without_a_line_to_retain_stores_nothing(a):
    found = simulate(changed(put("typeAction", "M"), lines=1), a)
    with pytest.raises(RuleBroken, match="Aucune ligne"):
        imports.import_simulated(found, a[1], confirmed=True)
    assert counts() == [0] * len(TABLES)


def test_a_fault_of_the_file_stores_nothing(a):
    found = simulate(changed(lambda data: data.update(siret="79256844600019")), a)
    assert not found.importable
    with pytest.raises(RuleBroken, match="SIRET"):
        imports.import_simulated(found, a[1], confirmed=True)
    assert counts() == [0] * len(TABLES)


def test_other_bytes_than_simulated_are_refused(a):
    found = simulate(SAMPLE.read_bytes(), a)
    with pytest.raises(RuleBroken, match="n'est pas celui qui a été simulé"):
        imports.import_simulated(found, a[1], offered=SAMPLE.read_bytes() + b" ")
    assert imports.import_simulated(found, a[1], offered=SAMPLE.read_bytes()).retained_count == 10


def test_bytes_changed_in_the_store_are_refused(a):
    found = simulate(SAMPLE.read_bytes(), a)
    store = ports.get().store
    store.delete(found.storage_key)
    with pytest.raises(Unavailable):
        imports.import_simulated(found, a[1])
    store.put(found.storage_key, io.BytesIO(b"{}"))
    with pytest.raises(Unavailable):
        imports.import_simulated(found, a[1])


def test_somebody_elses_simulation_is_refused(a):
    found = simulate(SAMPLE.read_bytes(), a)
    with pytest.raises(NotAllowed):
        imports.import_simulated(found, factories.supplier_user())


def test_the_same_bytes_are_refused_while_a_request_lives(a):
    first, second = simulate(SAMPLE.read_bytes(), a), simulate(SAMPLE.read_bytes(), a)
    made = imports.import_simulated(first, a[1])
    for again in (first, second):
        with pytest.raises(Conflict, match=f"identifiant {made.id}"):
            imports.import_simulated(again, a[1])
    officer = actors.of(factories.user(Role.OFFICER))
    for avenant in avenants_of(made):
        request_service.act(avenant, Action.COMPLETE, actors.of(a[1]))
        request_service.act(avenant, Action.REJECT, officer, comment="hors champ")
    assert imports.import_simulated(second, a[1]).retained_count == 10


def test_what_changed_since_the_simulation_is_found_at_the_import(a):
    found = simulate(SAMPLE.read_bytes(), a)
    rival = factories.avenant(factories.enrolment())
    doctor = sample()["lignesImport"][0]["beneficiaires"]["liberal"][0]["RPPS"]
    db.session.add(BeneficiaryClaim(dsr="DSR-MDV-LGC-Va1", identifier=doctor, dossier_id=rival.request.dossier_id))
    with pytest.raises(RuleBroken, match="confirmez"):
        imports.import_simulated(found, a[1])
    assert imports.import_simulated(found, a[1], confirmed=True).rejected_count == 1


def test_a_window_closed_meanwhile_refuses_the_file(a, frozen):
    found = simulate(SAMPLE.read_bytes(), a)
    frozen.move_to(dt.date(2028, 1, 1))
    with pytest.raises(RuleBroken, match="heure de Paris"):
        imports.import_simulated(found, a[1])


# --- soldes


@pytest.fixture
def paid(a):
    """The first avance of the sample, decided and paid, and the four people who did it."""
    roles = (Role.OFFICER, Role.DECIDER, Role.AUTHORISER, Role.ACCOUNTANT)
    people = [actors.of(factories.user(role)) for role in roles]
    avenant = avenants_of(deposit(changed(lines=2), a))[0]
    request_service.act(avenant, Action.COMPLETE, actors.of(a[1]))
    request_service.act(avenant, Action.VALIDATE, people[0])
    change = budget.propose_envelope("ENV-1", "Enveloppe 1", Decimal("1000.00"), people[1])
    budget.judge(change, True, people[2])
    decisions.decide(change.envelope, [(avenant.id, avenant.version)], people[1])
    order = payments.order([(avenant.id, avenant.version)], people[2])
    payments.confirm(order.payments[0], clock.today(), "VIR-1", people[3])
    db.session.flush()
    return avenant, people


def solde_of(*numbers, **changes):
    """A file of soldes for these N° ASP, each with the beneficiaries of the first line of the sample."""
    data = sample()
    avance = data["lignesImport"][0]
    data["lignesImport"] = [solde_line(one, rank, avance, 358.33) for rank, one in enumerate(numbers, start=1)]
    for path, value in changes.items():
        put(path.replace("__", "."), value)(data)
    return written(data)


def test_a_paid_avance_has_its_solde(a, paid):
    avance, _ = paid
    found = simulate(solde_of(avance.number), a, Phase.SOLDE)
    assert (found.report["findings"], found.report["amount_total"]) == ([], "250.83")
    made = imports.import_simulated(found, a[1])
    (solde,) = avenants_of(made)
    assert (solde.number, solde.phase, solde.ordinal) == ("FINMDV000001M1", Phase.SOLDE, 0)
    assert (solde.invoice_number, solde.invoice_date) == ("F-1", dt.date(2021, 11, 2))
    assert solde.request.dossier_id == avance.request.dossier_id
    assert counts()[0] == 2
    assert codes(simulate(solde_of("FINMDV000001", commande__numeroFacture="F-2"), a, Phase.SOLDE)) == ["0505"]


def test_a_solde_waits_for_the_payment_of_its_avance(a, paid):
    found = simulate(solde_of("FINMDV000002M0"), a, Phase.SOLDE)
    assert codes(found)[0] == "0504"
    assert "n'est pas au statut Décidé et payé" in found.report["findings"][0]["message"]


@pytest.mark.parametrize("number", ["FINMDV999999M0", "n'importe quoi", "FINMDV000001M0" * 2])
def test_a_solde_names_a_dossier_of_its_supplier(a, paid, number):
    assert codes(simulate(solde_of(number), a, Phase.SOLDE)) in (["0503"], ["0503", "0501"])


def test_a_dossier_of_another_supplier_is_as_unknown(a, paid):
    other = factories.avenant(factories.enrolment())
    unknown = simulate(solde_of("FINMDV999999M0"), a, Phase.SOLDE).report["findings"][0]
    theirs = simulate(solde_of(other.number), a, Phase.SOLDE).report["findings"][0]
    assert unknown["message"].replace("FINMDV999999M0", other.number) == theirs["message"]


def test_a_dossier_has_one_solde_in_a_file(a, paid):
    found = simulate(solde_of(paid[0].number, paid[0].number), a, Phase.SOLDE)
    assert sorted(set(codes(found))) == ["0410", "0506"]
    assert found.report["retained"] == 1


def test_other_beneficiaries_than_the_avances_are_a_remark(a, paid):
    content = solde_of(paid[0].number, beneficiaires__liberal__0__RPPS="10005173140")
    found = simulate(content, a, Phase.SOLDE)
    assert [row["code"] for row in found.report["findings"]] == ["0907"]
    assert found.importable


def test_a_rejected_solde_may_be_deposited_again(a, paid):
    avance, people = paid
    first = avenants_of(deposit(solde_of(avance.number), a, Phase.SOLDE))[0]
    request_service.act(first, Action.COMPLETE, actors.of(a[1]))
    request_service.act(first, Action.REJECT, people[0], comment="facture illisible")
    seen = first.version
    made = deposit(solde_of(avance.number, commande__numeroFacture="F-2"), a, Phase.SOLDE)
    (second,) = avenants_of(made)
    db.session.refresh(first)
    assert (second.request_id, second.ordinal, second.is_current) == (first.request_id, 1, True)
    assert (first.status, first.is_current) == (RequestStatus.REJECTED, False)
    assert first.version > seen
    assert request_workflow.actions_open_to(second.status, {Role.SUPPLIER})
    assert incomplete.purge(second.expires_on) == 2
    db.session.commit()
    assert (first.is_current, [one.ordinal for one in first.request.avenants]) == (True, [0])


def test_a_solde_follows_the_version_of_its_avance(a, paid):
    spec = factories.open_spec()
    newly_asked = spec.documents[-1].model_copy(update={"code": "NEUF"})
    corridor_versions.publish(spec.model_copy(update={"documents": (*spec.documents, newly_asked)}))
    assert codes(simulate(solde_of(paid[0].number), a, Phase.SOLDE)) == []
