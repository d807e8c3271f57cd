"""The supplier of the screens under test, his browser, and the officer who answers him."""

import pytest

from app.domain.enums import Role
from app.services import actors
from tests import factories


@pytest.fixture
def mine(session):
    """His enrolment, médecine de ville, regime HT."""
    return factories.enrolment()


@pytest.fixture
def me(login, mine):
    """His browser."""
    return login(factories.supplier_user(mine.supplier))


@pytest.fixture
def officer(session):
    return actors.of(factories.user(Role.OFFICER))


@pytest.fixture
def enrolment(login, mine):
    """The same enrolment, `client` being his browser."""
    login(factories.supplier_user(mine.supplier))
    return mine
