"""Does each right go to its roles only, and which roles never meet on one account?"""

import pytest

from app.domain import permissions
from app.domain.enums import Role as R
from app.domain.permissions import ALLOWED
from app.domain.permissions import Capability as C


def test_every_capability_has_its_roles():
    assert ALLOWED.keys() == set(C)
    assert all(ALLOWED.values())


@pytest.mark.parametrize("capability", C)
def test_no_supplier_and_no_automaton_has_a_right_of_staff(capability):
    assert not permissions.may({R.SUPPLIER, R.SYSTEM}, capability)


@pytest.mark.parametrize(
    ("capability", "role"),
    [(C.INSTRUCT, R.OFFICER), (C.DECIDE, R.DECIDER), (C.ORDER_PAYMENT, R.AUTHORISER), (C.CONFIRM_PAYMENT, R.ACCOUNTANT),
     (C.PROPOSE_ENVELOPE, R.DECIDER), (C.APPROVE_ENVELOPE, R.AUTHORISER)],
)  # fmt: skip
def test_an_act_that_binds_belongs_to_one_role(capability, role):
    assert ALLOWED[capability] == {role}


def test_exports_of_everything_are_the_analysts_and_the_deciders():
    assert ALLOWED[C.EXPORT] == {R.ANALYST, R.DECIDER}


def test_authoriser_and_accountant_never_meet():
    assert "ne peuvent être réunis" in permissions.incompatibility({R.AUTHORISER, R.ACCOUNTANT})


@pytest.mark.parametrize("role", [R.OFFICER, R.DECIDER, R.AUTHORISER, R.ACCOUNTANT, R.SUPPORT, R.ANALYST])
def test_an_administrator_holds_no_role_that_reads_requests(role):
    assert permissions.incompatibility({R.ADMINISTRATOR, role})


@pytest.mark.parametrize("role", sorted(set(R) - {R.SUPPLIER}))
def test_a_supplier_holds_no_role_of_the_agency(role):
    assert permissions.incompatibility({R.SUPPLIER, role})


def test_nobody_is_the_automaton():
    assert "aucun compte" in permissions.incompatibility({R.SYSTEM})


def test_other_roles_may_meet():
    assert permissions.incompatibility({R.OFFICER, R.SUPPORT}) is None
