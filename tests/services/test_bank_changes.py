"""Is a supplier paid elsewhere only once two officers accepted, whatever is tried?"""

import pytest
import sqlalchemy as sa

from app.domain.enums import BankAccountStatus, ChangeStatus, Role
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.extensions import db
from app.models.audit import AuditEntry
from app.models.bank_accounts import BankAccount
from app.models.mails import Mail
from app.services import actors, bank_changes, bank_checks, bank_details, suppliers
from tests import factories, lives, own_account
from tests.own_account import GERMAN, NEW, NEW_BIC, OLD, THIRD, THIRD_BIC


@pytest.fixture
def alice(session):
    return factories.supplier_user()


def iban_of(user) -> str:
    return suppliers.active_account(user.supplier_id).iban


def accepted_once(change):
    first = own_account.officer()
    bank_changes.accept(change, change.version, first)
    return first


def test_the_new_account_waits_and_the_former_one_still_pays(alice):
    change = own_account.ask(alice)
    assert change.account.status is BankAccountStatus.PENDING
    assert change.account.status.label == "En attente de validation"
    assert change.account.bank_name == "BANQUE POPULAIRE GRAND OUEST"
    assert iban_of(alice) == OLD


def test_two_different_officers_make_the_change(alice):
    change = own_account.ask(alice)
    accepted_once(change)
    assert iban_of(alice) == OLD
    assert bank_changes.accept(change, change.version, own_account.officer()) is True
    assert iban_of(alice) == NEW
    assert change.former.status is BankAccountStatus.INACTIVE
    assert change.status is ChangeStatus.ACCEPTED


def test_the_same_officer_does_not_accept_twice(alice):
    change = own_account.ask(alice)
    first = accepted_once(change)
    with pytest.raises(NotAllowed, match="second gestionnaire"):
        bank_changes.accept(change, change.version, first)
    assert iban_of(alice) == OLD


def test_the_database_itself_refuses_one_pair_of_eyes(alice):
    change = own_account.ask(alice)
    accepted_once(change)
    change.status, change.judged_by_id, change.judged_at = ChangeStatus.ACCEPTED, change.accepted_by_id, change.asked_at
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()


@pytest.mark.parametrize("role", [Role.DECIDER, Role.AUTHORISER, Role.ACCOUNTANT, Role.SUPPORT, Role.ADMINISTRATOR])
def test_only_officers_judge(alice, role):
    change = own_account.ask(alice)
    with pytest.raises(NotAllowed):
        bank_changes.accept(change, change.version, actors.of(factories.user(role)))


def test_a_refusal_needs_a_reason_and_leaves_the_account_in_force(alice):
    change = own_account.ask(alice)
    with pytest.raises(RuleBroken, match="motif"):
        bank_changes.refuse(change, "  ", change.version, own_account.officer())
    bank_changes.refuse(change, "RIB illisible", change.version, own_account.officer())
    assert (change.status, change.account.status) == (ChangeStatus.REJECTED, BankAccountStatus.INACTIVE)
    assert iban_of(alice) == OLD
    assert own_account.mails("Changement de coordonnées bancaires refusé")


def test_two_are_not_pending_at_once(alice):
    own_account.ask(alice)
    with pytest.raises(Conflict, match="déjà en attente"):
        own_account.ask(alice, THIRD, THIRD_BIC)


def test_another_may_be_asked_once_the_first_is_concluded(alice):
    change = own_account.ask(alice)
    bank_changes.refuse(change, "non", change.version, own_account.officer())
    assert own_account.ask(alice, THIRD, THIRD_BIC).status is ChangeStatus.PENDING


def test_the_account_in_force_is_not_asked_again(alice):
    with pytest.raises(RuleBroken, match="déjà celui de votre compte actif") as refusal:
        own_account.ask(alice, OLD, "CEPAFRPP313")
    assert refusal.value.field == "iban"


def test_a_page_of_before_is_a_conflict(alice):
    change = own_account.ask(alice)
    seen = change.version
    accepted_once(change)
    for deed in (
        lambda: bank_changes.accept(change, seen, own_account.officer()),
        lambda: bank_changes.refuse(change, "non", seen, own_account.officer()),
    ):
        with pytest.raises(Conflict, match="depuis l'ouverture"):
            deed()


def test_the_known_address_is_told_at_the_request_and_at_the_change(alice):
    (known,) = {person.email for person in alice.supplier.people}
    change = own_account.ask(alice)
    assert own_account.mails("Changement de coordonnées bancaires demandé") == [known]
    alice.supplier.people[0].email = "voleur@exemple.fr"  # whatever changes meanwhile, the old address is told
    accepted_once(change)
    bank_changes.accept(change, change.version, own_account.officer())
    assert own_account.mails("Coordonnées bancaires changées") == sorted([known, "voleur@exemple.fr"])


def test_no_mail_nor_journal_holds_the_whole_iban(alice):
    change = own_account.ask(alice)
    accepted_once(change)
    bank_changes.accept(change, change.version, own_account.officer())
    db.session.commit()
    bodies = db.session.scalars(sa.select(Mail.body)).all()
    lines = db.session.execute(sa.select(AuditEntry.action, AuditEntry.payload).order_by(AuditEntry.id)).all()
    assert [one.action for one in lines if one.action.endswith("bank_change")] == [
        "ask_bank_change",
        "accept_bank_change",
        "make_bank_change",
    ]
    for text in (*bodies, *(str(one.payload) for one in lines)):
        assert NEW not in text
        assert OLD not in text


def test_an_order_under_way_keeps_the_account_it_was_made_on(session):
    enrolment = factories.enrolment()
    alice = factories.supplier_user(enrolment.supplier)
    under_way = lives.ordered(factories.avenant(enrolment)).payments[0]
    change = own_account.ask(alice)
    while_pending = lives.ordered(factories.avenant(enrolment), code="ENV-2").payments[0]
    accepted_once(change)
    bank_changes.accept(change, change.version, own_account.officer())
    after = lives.ordered(factories.avenant(enrolment), code="ENV-3").payments[0]
    db.session.commit()
    db.session.expire_all()
    assert [one.iban for one in (under_way, while_pending, after)] == [OLD, OLD, NEW]
    assert [one.bic for one in (under_way, after)] == ["CEPAFRPP313", NEW_BIC]


@pytest.mark.parametrize(
    ("iban", "bic", "holder", "field"),
    [
        ("FR7617807000430512179603698", NEW_BIC, "X", "iban"),
        ("FR76", NEW_BIC, "X", "iban"),
        ("<script>alert(1)</script>", NEW_BIC, "X", "iban"),
        ("", NEW_BIC, "X", "iban"),
        (NEW, "CCBP", "X", "bic"),
        (NEW, "BNPADEFF", "X", "bic"),
        (GERMAN, NEW_BIC, "X", "bic"),
        (NEW, "😀😀😀😀😀😀😀😀", "X", "bic"),
        (NEW, NEW_BIC, "  ", "holder"),
    ],
)
def test_a_wrong_account_is_refused_at_its_field(iban, bic, holder, field):
    with pytest.raises(RuleBroken) as refusal:
        bank_details.checked(iban, bic, holder)
    assert refusal.value.field == field


def test_an_account_is_kept_as_banks_write_it_and_what_is_typed_is_never_replaced():
    typed = bank_details.checked("fr76 1780 7000 4305 1217 9603 697", "ccbpfrppxxx", " EDITEUR  1 ", "Ma banque, Reims")
    assert typed == bank_details.BankDetails(NEW, NEW_BIC, "EDITEUR 1", "Ma banque, Reims")
    assert bank_details.checked(NEW, NEW_BIC, "X").bank_name == "BANQUE POPULAIRE GRAND OUEST"


def test_the_bank_of_an_overseas_territory_goes_with_a_french_iban():
    assert bank_details.same_country(OLD, "BNPAGPGX")
    assert not bank_details.same_country(GERMAN, "BNPAGPGX")


def test_the_checks_say_what_to_look_at(alice):
    change = own_account.ask(alice)
    assert all(check.passed for check in bank_checks.of(change))
    change.account.holder = "QUELQU'UN D'AUTRE"
    other = factories.supplier(name="AUTRE SOCIETE")
    db.session.execute(sa.update(BankAccount).where(BankAccount.supplier_id == other.id).values(iban=NEW))
    change.account.bic = THIRD_BIC
    found = {check.label: check for check in bank_checks.of(change)}
    assert not found["Titulaire et dénomination"].passed
    assert "AUTRE SOCIETE" in found["IBAN d'un autre fournisseur"].found
    assert not found["Banque de l'IBAN"].passed
    assert found["Clé de l'IBAN"].passed


def test_a_supplier_withdraws_his_request_and_may_ask_again(alice):
    change = own_account.ask(alice)
    officer = accepted_once(change)
    bank_changes.withdraw(alice.supplier, alice)
    assert iban_of(alice) == OLD
    assert (change.status, change.account.status) == (ChangeStatus.REJECTED, BankAccountStatus.INACTIVE)
    assert change.reason == f"Demande retirée par {alice.full_name}."
    with pytest.raises(Conflict):
        bank_changes.accept(change, change.version, own_account.officer())
    with pytest.raises(Conflict):
        bank_changes.withdraw(alice.supplier, alice)
    assert officer.id != own_account.ask(alice, THIRD, THIRD_BIC).asked_by_id
