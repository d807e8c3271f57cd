"""The page of a request: each action by the right role, the wrong role, on a stale page, by the same person twice."""

import hashlib
import io

import pytest
import sqlalchemy as sa

from app.domain.enums import DocumentOrigin, LetterKind, PaymentState, Phase, RequestStatus, Role, ScanState
from app.domain.request_workflow import Action
from app.models.audit import AuditEntry
from app.models.budget import Decision
from app.models.documents import Document, Letter
from app.models.mails import Mail
from app.services import clock, payments, ports
from tests import factories
from tests.admin_views.staff.conftest import DEMANDES, act


def a_piece(avenant, session):
    """A confirmed image of the supplier, in the store."""
    key = f"documents/{avenant.number}"
    ports.get().store.put(key, io.BytesIO(b"image"))
    document = Document(
        request_id=avenant.request_id,
        kind="BON_COMMANDE",
        file_name="bdc.png",
        media_type="image/png",
        size=5,
        digest=hashlib.sha256(b"image").hexdigest(),
        storage_key=key,
        origin=DocumentOrigin.SUPPLIER,
        scan=ScanState.CLEAN,
        deposited_at=clock.now(),
        confirmed_at=clock.now(),
    )
    session.add(document)
    session.commit()
    return document


def read(client, document):
    answer = client.get(f"/gestion/pieces/{document.id}/apercu")
    answer.close()
    return answer.status_code


@pytest.mark.parametrize(
    ("action", "data", "status"),
    [
        (
            "ask_document",
            {"comment": "Le bon de commande est illisible.", "kinds": "BON_COMMANDE"},
            RequestStatus.AWAITING_DOCUMENT,
        ),
        ("ask_amendment", {"comment": "Le montant diffère.", "kinds": "AUTRE"}, RequestStatus.TO_AMEND),
        ("validate", {}, RequestStatus.VALIDATED),
        ("reject", {"comment": "Commande antérieure."}, RequestStatus.REJECTED),
    ],
)
def test_an_officer_instructs(world, people, login, session, action, data, status):
    avenant = world.in_progress()
    answer = act(login(people.officer), avenant, action, **data)
    assert (answer.status_code, answer.location) == (302, f"{DEMANDES}{avenant.number}")
    assert avenant.status is status
    assert session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 1


def test_cancelling_keeps_the_initial_avenant(world, people, login, session):
    avenant = world.in_progress()
    assert act(login(people.officer), avenant, "cancel", comment="à sa demande").status_code == 302
    page = login(people.officer).get(f"{DEMANDES}{avenant.number}").text
    assert "Annulée" in page
    assert "Version 2" in page
    assert "Version 1" in page
    assert login(people.officer).get(f"{DEMANDES}{avenant.number}?version=0").status_code == 200


@pytest.mark.parametrize("action", ["ask_document", "ask_amendment", "reject", "cancel"])
def test_a_comment_is_compulsory_and_asked_at_its_field(world, people, login, action):
    avenant = world.in_progress()
    answer = act(login(people.officer), avenant, action, comment="   ", kinds="AUTRE")
    assert answer.status_code == 422
    assert f'id="comment-{action}-error"' in answer.text
    assert avenant.status is RequestStatus.IN_PROGRESS


@pytest.mark.parametrize("role", ["decider", "authoriser", "accountant", "support", "analyst", "administrator"])
def test_nobody_else_instructs(world, people, login, role):
    avenant = world.decided() if role == "authoriser" else world.ordered() if role == "accountant" else None
    avenant = avenant or world.in_progress()
    status = avenant.status
    assert act(login(getattr(people, role)), avenant, "validate").status_code == 403
    assert avenant.status is status


def test_what_staff_never_do_is_not_there(world, people, login):
    avenant = world.in_progress()
    client = login(people.officer)
    for action in ("complete", "amend", "close_amendment", "nimporte"):
        assert act(client, avenant, action).status_code == 404


def test_a_stale_page_is_409_with_what_happened(world, people, login):
    avenant = world.in_progress()
    seen = avenant.version
    client = login(people.officer)
    assert act(client, avenant, "validate", seen=seen).status_code == 302
    again = act(client, avenant, "reject", seen=seen, comment="trop tard")
    assert again.status_code == 409
    assert "« Valider » par Personne" in again.text
    assert act(client, avenant, "validate", seen="abc").status_code == 400
    assert act(client, avenant, "validate", seen="").status_code == 400


def test_a_cancellation_twice_is_named_and_changes_nothing(world, people, login, session):
    """From a page of before, even when the new avenant happens to be at the same version; from a page without it."""
    avenant = world.in_progress()
    first, seen, client = avenant.id, avenant.version, login(people.officer)
    page = client.get(f"{DEMANDES}{avenant.number}").text
    assert f'name="avenant" value="{first}"' in page
    assert act(client, avenant, "cancel", seen=seen, comment="à sa demande").status_code == 302
    current = avenant.request.avenants[-1]
    before = {"seen": current.version, "avenant": first, "comment": "à sa demande"}
    stale = client.post(f"{DEMANDES}{avenant.number}/actions/cancel", data=before)
    assert stale.status_code == 409
    assert "« Annuler » par Personne" in stale.text
    again = act(client, avenant, "cancel", seen=current.version, comment="à sa demande")
    assert again.status_code == 422
    assert "« Annuler » est impossible au statut « Annulée »." in again.text
    assert [one.status for one in avenant.request.avenants] == [RequestStatus.SUPERSEDED, RequestStatus.CANCELLED]


def test_the_one_who_validated_sees_decider_closed_and_is_refused(world, envelope, login, session):
    both = factories.user(Role.OFFICER, Role.DECIDER)
    avenant = world.validated(by=both)
    client = login(both)
    page = client.get(f"{DEMANDES}{avenant.number}").text
    assert "disabled" in page
    assert "Vous avez déjà assuré la validation" in page
    answer = act(client, avenant, "decide", envelope=envelope.id)
    assert answer.status_code == 403
    assert "déjà assuré la validation" in answer.text
    assert avenant.status is RequestStatus.VALIDATED


def test_deciding_takes_the_envelope_once(world, envelope, people, login, session):
    avenant = world.validated()
    client = login(people.decider)
    seen = avenant.version
    assert "ENV-1" in client.get(f"{DEMANDES}{avenant.number}").text
    assert act(client, avenant, "decide", seen=seen, envelope="").status_code == 422
    assert act(client, avenant, "decide", seen=seen, envelope="99999").status_code == 422
    assert act(client, avenant, "decide", seen=seen, envelope=envelope.id).status_code == 302
    assert act(client, avenant, "decide", seen=seen, envelope=envelope.id).status_code == 409
    assert session.scalar(sa.select(sa.func.count()).select_from(Decision)) == 1
    assert str(envelope.used) == "322.50"


def test_a_decided_request_is_cancelled_by_the_decider_until_it_is_ordered(world, envelope, people, login):
    avenant = world.decided()
    client = login(people.decider)
    assert act(client, avenant, "cancel_decided", comment="à sa demande").status_code == 302
    assert str(envelope.used) == "0.00"
    ordered = world.ordered()
    page = client.get(f"{DEMANDES}{ordered.number}").text
    assert "ordre de recouvrement" in page
    assert act(client, ordered, "cancel_decided", comment="trop tard").status_code == 403


def test_a_request_is_put_in_payment_then_confirmed(world, people, login, session):
    avenant = world.decided()
    assert act(login(people.authoriser), avenant, "order").status_code == 302
    session.refresh(avenant)
    client = login(people.accountant)
    early = act(client, avenant, "confirm", paid_on="2026-11-22", reference="VIR-1")
    assert early.status_code == 422
    assert "précède la mise en paiement" in early.text
    bad = act(client, avenant, "confirm", paid_on="hier", reference="")
    assert bad.status_code == 422
    assert "jj/mm/aaaa" in bad.text
    seen = avenant.version
    assert act(client, avenant, "confirm", seen=seen, paid_on="2026-11-23", reference="VIR-1").status_code == 302
    assert avenant.payment_state is PaymentState.PAID
    assert act(client, avenant, "confirm", seen=seen, paid_on="2026-11-23", reference="VIR-2").status_code == 409
    assert act(client, avenant, "order").status_code == 403


def test_the_amounts_are_explained_before_validation(world, people, login):
    avenant = world.in_progress()
    page = login(people.officer).get(f"{DEMANDES}{avenant.number}").text
    assert "Provisoire" in page
    assert "358,33\u00a0€ par bénéficiaire × 3" in page
    assert "30 % de l&#39;engagement retenu" in page
    assert "322,50\u00a0€" in page
    assert avenant.amount is None
    act(login(people.officer), avenant, "validate")
    after = login(people.officer).get(f"{DEMANDES}{avenant.number}").text
    assert "Provisoire" not in after
    assert "322,50\u00a0€" in after


def test_a_refused_act_leaves_the_pages_of_tables_turning(world, people, login):
    """The address of the refusal answers no GET: the pages turn on the request's own."""
    avenant = world.in_progress(doctors=25)
    refused = act(login(people.officer), avenant, "reject", comment="")
    turned = f"{DEMANDES}{avenant.number}?page_beneficiaires=2"
    assert refused.status_code == 422
    assert f'href="{turned}#beneficiaires"' in refused.text
    assert "MEDECIN 21<" in login(people.officer).get(turned).text


def test_the_trail_says_who_did_what(world, people, login):
    avenant = world.in_progress()
    act(login(people.officer), avenant, "ask_document", comment="Signez le <b>bon</b>", kinds="AUTRE")
    page = login(people.officer).get(f"{DEMANDES}{avenant.number}").text
    assert "Statut : En cours → En attente de pièce jointe complémentaire" in page
    assert "Signez le &lt;b&gt;bon&lt;/b&gt;" in page
    assert people.officer.full_name in page


@pytest.mark.parametrize(("role", "shown"), [("officer", True), ("decider", False), ("support", False)])
def test_the_iban_is_whole_only_for_who_needs_it(world, people, login, role, shown):
    avenant = world.in_progress()
    page = login(getattr(people, role)).get(f"{DEMANDES}{avenant.number}").text
    assert ("FR7613135000800800267924623" in page) is shown


def test_an_analyst_sees_nothing_of_the_account(world, people, login):
    avenant = world.in_progress()
    analyst = login(people.analyst)
    for address in (f"{DEMANDES}{avenant.number}", f"/gestion/fournisseurs/{avenant.supplier.siret}"):
        page = analyst.get(address)
        assert page.status_code == 200
        assert "Coordonnées bancaires" not in page.text


@pytest.mark.parametrize(("role", "offered"), [("accountant", True), ("support", False), ("analyst", False)])
def test_an_avis_is_offered_to_who_may_read_it(world, people, login, session, role, offered):
    avenant = world.paid()
    avis = session.scalars(sa.select(Letter).where(Letter.kind == LetterKind.PAYMENT_ADVICE)).one()
    avis.document = a_piece(avenant, session)
    session.commit()
    page = login(getattr(people, role)).get(f"{DEMANDES}{avenant.number}").text
    assert ("/gestion/pieces/" in page) is offered
    assert ("Édité" in page) is not offered


def test_a_beneficiary_without_ceiling_is_explained_and_never_a_bug(world, people, login):
    avenant = world.in_progress(of=factories.enrolment(code="HOP"))
    client = login(people.officer)
    assert "plafond au barème du couloir" in client.get(f"{DEMANDES}{avenant.number}").text
    answer = act(client, avenant, "validate")
    assert answer.status_code == 422
    assert "plafond au barème" in answer.text


def test_a_piece_is_chosen_by_a_link(world, people, login, session):
    avenant = world.in_progress()
    client = login(people.officer)
    for odd in ("999999", "abc", "-1", ""):
        assert client.get(f"{DEMANDES}{avenant.number}?piece={odd}").status_code == 404
    for odd in ("7", "abc"):
        assert client.get(f"{DEMANDES}{avenant.number}?version={odd}").status_code == 404


def test_each_role_reaches_only_its_requests(world, people, login):
    begun, ready, ordered = world.in_progress(), world.decided(), world.ordered()
    reach = {
        "officer": (200, 200, 200),
        "decider": (200, 200, 200),
        "support": (200, 200, 200),
        "analyst": (200, 200, 200),
        "authoriser": (404, 200, 200),
        "accountant": (404, 404, 200),
        "administrator": (403, 403, 403),
    }
    for role, codes in reach.items():
        client = login(getattr(people, role))
        found = tuple(client.get(f"{DEMANDES}{one.number}").status_code for one in (begun, ready, ordered))
        assert (role, found) == (role, codes)


def test_a_request_without_its_pieces_is_nowhere(people, login, session):
    avenant = factories.avenant(status=RequestStatus.INCOMPLETE, completed_at=None)
    session.commit()
    client = login(people.officer)
    assert client.get(f"{DEMANDES}{avenant.number}").status_code == 404
    assert act(client, avenant, "validate").status_code == 404
    assert avenant.number not in client.get(DEMANDES).text


@pytest.mark.parametrize("number", ["FINMDV999999M0", "nimporte", "%00", "FIN%25", "../../etc", "FINMDV000001M9"])
def test_an_odd_number_is_404(people, login, number):
    assert login(people.officer).get(f"{DEMANDES}{number}").status_code == 404


def test_nothing_is_written_without_a_csrf_token(app, world, people, login, monkeypatch):
    avenant = world.in_progress()
    client = login(people.officer)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert act(client, avenant, "validate").status_code == 400
    assert avenant.status is RequestStatus.IN_PROGRESS


def test_one_act_is_one_audit_line(world, people, login, session):
    avenant = world.in_progress()
    client, seen = login(people.officer), avenant.version
    for _ in range(2):
        act(client, avenant, "validate", seen=seen)
    lines = session.scalars(sa.select(AuditEntry).where(AuditEntry.subject == avenant.number)).all()
    assert [line.action for line in lines] == [Action.VALIDATE.label]


def test_an_earlier_solde_amount_is_explained(world, people, login, session):
    avance = world.paid()
    solde = factories.avenant(of=avance.dossier.enrolment, dossier=avance.dossier, phase=avance.phase.SOLDE, doctors=3)
    session.commit()
    page = login(people.officer).get(f"{DEMANDES}{solde.number}").text
    assert "Avance versée" in page
    assert "752,49\u00a0€" in page
    assert avance.number in page


def test_the_accountant_who_ordered_may_not_confirm(world, people, login, session):
    """Roles may be given one after the other: the file remembers."""
    avenant = world.ordered()
    people.authoriser.role_rows = people.accountant.role_rows
    session.commit()
    payment = payments.payment_of(avenant)
    client = login(people.authoriser)
    page = client.get(f"/gestion/paiements/{payment.order.number}").text
    assert "revient à une autre personne" in page
    assert act(client, avenant, "confirm", paid_on="2026-11-23", reference="VIR-9").status_code == 403


def test_the_pieces_follow_the_requests_one_sees(world, people, login, session):
    begun, ready = world.in_progress(), world.decided()
    pieces = [a_piece(one, session) for one in (begun, ready)]
    client = login(people.authoriser)
    assert [read(client, one) for one in pieces] == [404, 200]
    client = login(people.officer)
    page = client.get(f"{DEMANDES}{begun.number}?piece={pieces[0].id}").text
    assert f'src="/gestion/pieces/{pieces[0].id}/apercu"' in page
    assert client.get(f"{DEMANDES}{begun.number}?piece={pieces[1].id}").status_code == 404
    assert read(client, pieces[0]) == 200
    assert "Lire une pièce" not in client.get(f"{DEMANDES}{begun.number}").text
    assert "apercu" not in login(people.support).get(f"{DEMANDES}{begun.number}").text


def test_the_other_requests_of_the_dossier_are_those_the_person_sees(world, people, login):
    avance = world.decided()
    solde = world.in_progress(of=avance.dossier.enrolment, dossier=avance.dossier, phase=Phase.SOLDE)
    assert solde.number in login(people.officer).get(f"{DEMANDES}{avance.number}").text
    assert solde.number not in login(people.authoriser).get(f"{DEMANDES}{avance.number}").text
