"""What an officer does to an enrolment, what the declarant answers, and what the validation opens."""

import io

import pytest
import sqlalchemy as sa

from app.domain.enrolment_steps import PieceKind
from app.domain.enrolment_workflow import Act
from app.domain.enums import (
    BankAccountStatus,
    ChangeStatus,
    EnrolmentKind,
    EnrolmentStatus,
    PersonKind,
    PersonPieceKind,
    Role,
)
from app.domain.errors import Conflict, IllegalAction, NotAllowed, RuleBroken
from app.extensions import db
from app.models.mails import Mail
from app.models.users import User
from app.services import (
    actors,
    audit,
    bank_changes,
    enrolment_checks,
    enrolment_follow_up,
    enrolment_instruction,
    person_changes,
    ports,
    suppliers,
)
from app.services.enrolment_checks import Verdict
from app.services.messages import SECRET, Event
from tests import enrolments as made
from tests import factories, files

MANDATE, CERTIFICATE = PieceKind.MANDATE.value, PieceKind.CERTIFICATE.value


@pytest.fixture
def officer(session):
    return actors.of(factories.user(Role.OFFICER))


def do(enrolment, act, officer, **more):
    enrolment_instruction.act(enrolment, act, officer, seen=enrolment.version, **more)
    db.session.commit()


def ask(enrolment, officer, *kinds):
    do(enrolment, Act.ASK_DOCUMENT, officer, comment="Le mandat manque.", kinds=kinds or (MANDATE,))


def mails(event=None):
    query = sa.select(Mail).order_by(Mail.id)
    return [mail for mail in db.session.scalars(query) if event is None or mail.event == event.label]


def link_of(mail):
    return ports.get().sealer.open(mail.secret)


def token_of(mail):
    return link_of(mail).rpartition("/")[2]


def send_piece(enrolment, kind=MANDATE, name="mandat.pdf"):
    return enrolment_follow_up.add_piece(enrolment, kind, (name, io.BytesIO(files.pdf())), None)


def verdicts(enrolment):
    return {check.subject: (check.verdict, check.found) for check in enrolment_checks.of(enrolment)}


# --- asking and answering


def test_a_piece_is_asked_by_one_mail_with_a_sealed_link(officer):
    enrolment = made.filed()
    ask(enrolment, officer)
    assert enrolment.status is EnrolmentStatus.AWAITING_DOCUMENT
    (mail,) = mails()
    assert (mail.event, mail.recipient) == (Event.ENROLMENT_PIECE_ASKED.label, "alice.martin@exemple.fr")
    assert "Mandat du représentant légal" in mail.body
    assert "Le mandat manque." in mail.body
    assert SECRET in mail.body
    assert "/suivi/" not in mail.body
    assert link_of(mail).startswith("http://localhost/segurnum/enrolement/suivi/")


def test_who_declares_for_another_is_written_to(officer):
    enrolment = made.filed(**made.by_somebody_else())
    ask(enrolment, officer)
    assert mails()[0].recipient == "julie.faure@exemple.fr"


def test_a_new_link_ends_the_former(officer):
    enrolment = made.filed()
    ask(enrolment, officer)
    do(enrolment, Act.AWAIT_CERTIFICATE, officer)
    first, second = mails()
    assert enrolment_follow_up.followed(token_of(first)) is None
    assert enrolment_follow_up.followed(token_of(second)) is enrolment


@pytest.mark.parametrize("kinds", [(), ("inconnue",), (MANDATE, "inconnue")])
def test_only_pieces_of_the_list_are_asked(officer, kinds):
    enrolment = made.filed()
    with pytest.raises(RuleBroken, match="au moins une pièce") as refusal:
        enrolment_instruction.act(
            enrolment, Act.ASK_DOCUMENT, officer, seen=enrolment.version, comment="x", kinds=kinds
        )
    assert refusal.value.field == "kinds"
    assert mails() == []


def test_the_answer_brings_it_back_to_its_officer(officer):
    enrolment = made.filed()
    ask(enrolment, officer)
    piece = send_piece(enrolment)
    enrolment_follow_up.answer(enrolment, "", None, seen=enrolment.version)
    db.session.commit()
    assert enrolment.status is EnrolmentStatus.IN_PROGRESS
    (asked,) = enrolment.exchanges
    assert [one.id for one in asked.pieces] == [piece.id]
    assert asked.answered_at is not None
    assert audit.last_entry("enrolment", enrolment.number).action == Act.ANSWER.label
    with pytest.raises(IllegalAction, match="Rien n'est demandé"):
        send_piece(enrolment)


def test_a_piece_asked_is_joined_or_explained(officer):
    enrolment = made.filed()
    ask(enrolment, officer, MANDATE, CERTIFICATE)
    send_piece(enrolment)
    with pytest.raises(RuleBroken, match="dites pourquoi") as refusal:
        enrolment_follow_up.answer(enrolment, "  ", None, seen=enrolment.version)
    assert refusal.value.field == "answer"
    enrolment_follow_up.answer(enrolment, "Le certificat suit.", None, seen=enrolment.version)
    assert enrolment.status is EnrolmentStatus.IN_PROGRESS


def test_a_piece_of_another_kind_is_refused_and_one_of_the_same_replaces(officer):
    enrolment = made.filed()
    ask(enrolment, officer)
    with pytest.raises(RuleBroken, match="n'est pas demandée"):
        send_piece(enrolment, PieceKind.KBIS.value)
    send_piece(enrolment)
    again = send_piece(enrolment, name="mandat-signé.pdf")
    question = enrolment_follow_up.open_question(enrolment)
    assert [one.id for one in enrolment_follow_up.pieces_of(question)] == [again.id]
    assert enrolment_follow_up.remove_piece(enrolment, again.id, None) == "mandat-signé.pdf"
    assert enrolment_follow_up.remove_piece(enrolment, 999_999, None) is None


def test_what_an_officer_takes_up_again_waits_no_more(officer):
    enrolment = made.filed()
    ask(enrolment, officer)
    do(enrolment, Act.RESUME, officer, comment="Pièce reçue par courrier.")
    assert enrolment.status is EnrolmentStatus.IN_PROGRESS
    assert enrolment.exchanges[0].answered_at is not None
    assert mails()[-1].event == Event.ENROLMENT_RESUMED.label


# --- who wins


def test_a_page_seen_before_somebody_acted_changes_nothing(officer):
    enrolment = made.filed()
    db.session.commit()
    seen = enrolment.version
    ask(enrolment, officer)
    with pytest.raises(Conflict, match="En attente de pièce justificative"):
        enrolment_instruction.act(enrolment, Act.REJECT, officer, seen=seen, comment="non")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER}))
def test_only_an_officer_acts(session, role):
    enrolment = made.filed()
    other = actors.Actor(None, "essai", frozenset({role}))
    for act in (Act.ASK_DOCUMENT, Act.AWAIT_CERTIFICATE, Act.VALIDATE, Act.REJECT):
        with pytest.raises(NotAllowed):
            enrolment_instruction.act(enrolment, act, other, seen=enrolment.version, comment="x", kinds=[MANDATE])
    assert enrolment.status is EnrolmentStatus.IN_PROGRESS


# --- rejecting


def test_a_rejection_says_why_and_the_same_may_be_filed_again(officer):
    enrolment = made.filed()
    do(enrolment, Act.REJECT, officer, comment="RIB illisible.")
    (mail,) = mails()
    assert mail.event == Event.ENROLMENT_REJECTED.label
    assert "RIB illisible." in mail.body
    assert enrolment.bank_account.status is BankAccountStatus.INACTIVE
    again = made.filed(referencing=enrolment.referencing)
    do(again, Act.VALIDATE, officer)
    assert again.status is EnrolmentStatus.VALIDATED
    assert suppliers.active_account(again.supplier_id) is again.bank_account


# --- validating


def test_the_validation_makes_the_supplier_as_declared(officer):
    enrolment = made.filed(**made.by_somebody_else())
    do(enrolment, Act.VALIDATE, officer)
    supplier = enrolment.supplier
    assert (supplier.name, supplier.postcode, supplier.city) == ("EDITEUR DECLARE", "51100", "REIMS")
    assert {person.kind: person.email for person in supplier.people} == {
        PersonKind.LEGAL_REPRESENTATIVE: "alice.martin@exemple.fr",
        PersonKind.DECLARANT: "julie.faure@exemple.fr",
    }
    active = suppliers.active_account(supplier.id)
    assert (active.iban, active.holder, active.bank_name) == (made.IBAN, "EDITEUR DECLARE", "BANQUE POPULAIRE")


def test_it_opens_an_account_by_two_mails_after_the_one_that_says_so(officer):
    enrolment = made.filed()
    do(enrolment, Act.VALIDATE, officer)
    said, identifier, opening = mails()
    events = [Event.ENROLMENT_VALIDATED.label, Event.IDENTIFIER.label, Event.OPENING_LINK.label]
    assert [said.event, identifier.event, opening.event] == events
    assert {mail.recipient for mail in (said, identifier, opening)} == {"alice.martin@exemple.fr"}
    assert "alice.martin\n" in identifier.body
    assert "acces" not in identifier.body
    assert "alice.martin\n" not in opening.body
    user = db.session.scalar(sa.select(User).where(User.username == "alice.martin"))
    assert (user.supplier, user.settled, user.role_set) == (enrolment.supplier, False, {Role.SUPPLIER})


def test_namesakes_have_identifiers_of_their_own(officer):
    factories.user(Role.ANALYST, username="alice.martin")
    enrolment = made.filed()
    do(enrolment, Act.VALIDATE, officer)
    assert "alice.martin2\n" in mails(Event.IDENTIFIER)[0].body


def test_a_supplier_with_an_account_is_opened_the_new_enrolment(officer):
    first = made.filed()
    do(first, Act.VALIDATE, officer)
    second = made.filed(
        siret=first.supplier.siret, referencing=factories.referencing(editor_siret=first.supplier.siret)
    )
    second.kind = EnrolmentKind.COMPLEMENTARY
    do(second, Act.VALIDATE, officer)
    (mail,) = mails(Event.ACCESS_OPENED)
    assert mail.recipient == "alice.martin@exemple.fr"
    assert second.number in mail.body
    assert db.session.scalar(sa.select(sa.func.count()).where(User.supplier_id == first.supplier_id)) == 1
    assert len(mails(Event.IDENTIFIER)) == 1


def test_what_stands_of_a_supplier_is_not_overwritten_and_the_difference_is_told(officer):
    first = made.filed()
    do(first, Act.VALIDATE, officer)
    account = suppliers.active_account(first.supplier_id)
    second = made.filed(
        siret=first.supplier.siret,
        referencing=factories.referencing(editor_siret=first.supplier.siret),
        name="AUTRE NOM",
        iban="FR7630004008230001020304131",
        bic="BNPAFRPP",
        **made.person("representative", "Bob", "Intrus"),
    )
    told = [check.found for check in enrolment_checks.of(second) if check.subject == "Fournisseur déjà connu"]
    assert len(told) == 3
    do(second, Act.VALIDATE, officer)
    assert suppliers.active_account(first.supplier_id) is account
    assert second.bank_account is account
    assert first.supplier.name == "EDITEUR DECLARE"
    assert [person.email for person in first.supplier.people] == ["alice.martin@exemple.fr"]
    assert not db.session.scalar(sa.select(User).where(User.email == "bob.intrus@exemple.fr"))
    said = mails(Event.ENROLMENT_VALIDATED)[-1].body
    assert "Elles n'ont rien changé" in said
    assert "(coordonnées bancaires)" in said  # nothing proves who Bob is: neither mandate nor contract
    change = bank_changes.pending_of(first.supplier)
    assert (change.account.iban, change.asked_by_id) == ("FR7630004008230001020304131", officer.id)
    assert [mail.recipient for mail in mails(Event.BANK_CHANGE_ASKED)] == ["alice.martin@exemple.fr"]
    assert person_changes.open_of(first.supplier) is None


def test_a_proved_difference_of_people_is_asked_as_a_change_and_leaves_a_draft_alone(officer):
    first = made.filed()
    do(first, Act.VALIDATE, officer)
    supplier, alice = first.supplier, db.session.scalars(sa.select(User).where(User.supplier_id.is_not(None))).one()

    def again(email):
        software = factories.referencing(editor_siret=supplier.siret)
        moved = {"representative_email": email, "representative_email_again": email}
        do(made.filed(siret=supplier.siret, referencing=software, **moved), Act.VALIDATE, officer)

    person_changes.save(supplier, person_changes.held(supplier), alice)
    again("ailleurs@exemple.fr")
    assert person_changes.open_of(supplier).status is ChangeStatus.DRAFT
    person_changes.discard(supplier)
    again("nouvelle@exemple.fr")
    change = person_changes.open_of(supplier)
    assert (change.status, change.asked_by_id) == (ChangeStatus.PENDING, officer.id)
    assert [piece.kind for piece in change.pieces] == [PersonPieceKind.IDENTITY]
    assert bank_changes.pending_of(supplier) is None
    person_changes.accept(change, "", change.version, officer)
    assert (person_changes.held(supplier).representative.email, alice.email) == ("nouvelle@exemple.fr",) * 2


def test_an_address_of_another_suppliers_account_leaves_it_to_the_representative(officer):
    factories.supplier_user(email="julie.faure@exemple.fr")
    enrolment = made.filed(**made.by_somebody_else())
    verdict, found = verdicts(enrolment)["Compte"]
    assert verdict is Verdict.LOOK
    assert "alice.martin@exemple.fr" in found
    do(enrolment, Act.VALIDATE, officer)
    assert mails(Event.IDENTIFIER)[0].recipient == "alice.martin@exemple.fr"


def test_without_a_free_address_nothing_is_validated(officer):
    factories.supplier_user(email="Alice.Martin@exemple.fr")
    enrolment = made.filed()
    assert verdicts(enrolment)["Compte"][0] is Verdict.WRONG
    with pytest.raises(RuleBroken, match="déjà ceux de comptes"):
        enrolment_instruction.act(enrolment, Act.VALIDATE, officer, seen=enrolment.version)


# --- controls


def test_a_sound_enrolment_has_every_control_right(session):
    assert {verdict for verdict, _ in verdicts(made.filed()).values()} == {Verdict.RIGHT}


def test_a_piece_that_is_absent_is_said(session):
    found = verdicts(made.filed(without=(PieceKind.BANK_DETAILS.value,)))["Pièces attendues"]
    assert found == (Verdict.WRONG, "Absentes : RIB.")


def test_the_same_iban_of_another_supplier_is_said(session):
    first = made.filed()
    second = made.filed(referencing=factories.referencing(), **made.person("representative", "Bob", "Petit"))
    verdict, found = verdicts(second)["Même IBAN ailleurs"]
    assert verdict is Verdict.WRONG
    assert first.supplier.siret in found


def test_another_siret_than_the_holders_is_said_with_the_piece_it_asks(session):
    enrolment = made.filed(siret=factories.siret(7_654_321))
    found = verdicts(enrolment)
    assert found["Titulaire du référencement"][0] is Verdict.LOOK
    assert found["Pièces attendues"] == (Verdict.WRONG, "Absentes : Mandat de l'éditeur pour le distributeur.")
