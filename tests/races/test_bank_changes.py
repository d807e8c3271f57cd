"""Has a supplier ever two active accounts, or two changes pending, when everybody acts at once?"""

import io

import pytest
import sqlalchemy as sa

from app.domain.enums import BankAccountStatus, Role
from app.domain.errors import Conflict
from app.extensions import db
from app.models.bank_accounts import BankAccount, BankChange
from app.models.mails import Mail
from app.models.users import User
from app.services import actors, bank_changes, bank_details
from tests import factories, files, own_account

pytestmark = pytest.mark.committed
THREADS = 8


def active(supplier_id: int) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(BankAccount.iban).where(
                BankAccount.supplier_id == supplier_id, BankAccount.status == BankAccountStatus.ACTIVE
            )
        )
    )


def test_second_acceptances_at_once_make_one_change(committed):
    alice = factories.supplier_user()
    change = own_account.ask(alice)
    bank_changes.accept(change, change.version, own_account.officer())
    officers = [actors.of(factories.user(Role.OFFICER)) for _ in range(THREADS)]
    supplier_id, change_id, seen = alice.supplier_id, change.id, change.version

    def accept(officer):
        def deed():
            made = bank_changes.accept(db.session.get_one(BankChange, change_id), seen, officer)
            db.session.commit()
            return made

        return deed

    answers = committed.at_once(*(accept(officer) for officer in officers))
    assert answers.count(True) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == THREADS - 1
    assert active(supplier_id) == [own_account.NEW]
    told = sa.select(sa.func.count()).select_from(Mail).where(Mail.event == "Coordonnées bancaires changées")
    assert db.session.scalar(told) == 1


def test_changes_asked_at_once_are_one(committed):
    alice_id = factories.supplier_user().id

    def ask():
        alice = db.session.get_one(User, alice_id)
        details = bank_details.checked(own_account.NEW, own_account.NEW_BIC, "EDITEUR")
        bank_changes.ask(alice.supplier, details, ("rib.pdf", io.BytesIO(files.pdf())), alice)
        db.session.commit()

    answers = committed.at_once(*[ask] * THREADS)
    assert answers.count(None) == 1
    assert all(answer is None or isinstance(answer, Conflict) for answer in answers), answers
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BankChange)) == 1
