"""Who of a supplier may open and close its accounts?"""

import pytest

from app.domain.enums import Role
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.services import accounts, supplier_users
from tests import factories, own_account


@pytest.fixture
def alice(session):
    return factories.supplier_user(full_name="Alice Martin")


def test_the_first_account_of_a_supplier_administers_the_others(session):
    supplier = factories.supplier()
    made = [
        accounts.create(name, f"{name}@exemple.fr", factories.PASSWORD, [Role.SUPPLIER], supplier=supplier)
        for name in ("premier", "second")
    ]
    assert [one.administers for one in made] == [True, False]


def test_an_invited_person_gets_two_mails_and_no_password(alice):
    bob = supplier_users.invite("Bob Élie-Durand", "bob@exemple.fr", administers=False, by=alice)
    assert (bob.username, bob.supplier, bob.administers) == ("bob.elie.durand", alice.supplier, False)
    assert own_account.mails("Identifiant du compte") == own_account.mails("Ouverture du compte") == ["bob@exemple.fr"]


def test_an_address_serves_one_account(alice):
    supplier_users.invite("Bob", "bob@exemple.fr", administers=False, by=alice)
    with pytest.raises(RuleBroken) as refusal:
        supplier_users.invite("Robert", "BOB@exemple.fr", administers=False, by=alice)
    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    ("name", "username"),
    [("Zoé", "zoe"), ("日本", "compte"), ("X", "compte.x"), ("<script>alert(1)", "script.alert.1")],
)
def test_an_identifier_is_made_of_any_name(session, name, username):
    assert supplier_users.free_username(name) == username


def test_two_people_of_one_name_have_two_identifiers(alice):
    names = [
        supplier_users.invite("Jean Petit", f"jean{rank}@exemple.fr", administers=False, by=alice).username
        for rank in range(3)
    ]
    assert names == ["jean.petit", "jean.petit2", "jean.petit3"]


def test_a_closed_account_opens_nothing_and_is_closed_once(alice):
    bob = factories.supplier_user(alice.supplier, administers=False)
    supplier_users.close(bob, alice)
    assert not bob.active
    with pytest.raises(Conflict):
        supplier_users.close(bob, alice)


def test_nobody_closes_his_own_account_so_that_one_administrator_stays(alice):
    with pytest.raises(NotAllowed):
        supplier_users.close(alice, alice)
    second = factories.supplier_user(alice.supplier)
    supplier_users.close(alice, second)
    with pytest.raises(NotAllowed):
        supplier_users.close(second, alice)  # his page is still open, his account no more
    assert second.active


def test_only_an_administrator_of_the_same_supplier(alice):
    bob = factories.supplier_user(alice.supplier, administers=False)
    stranger = factories.supplier_user()
    for deed in (
        lambda: supplier_users.close(alice, bob),
        lambda: supplier_users.invite("Eve", "eve@exemple.fr", administers=True, by=bob),
        lambda: supplier_users.close(alice, stranger),
        lambda: supplier_users.invite("Eve", "eve@exemple.fr", administers=True, by=factories.user(Role.OFFICER)),
    ):
        with pytest.raises(NotAllowed):
            deed()
