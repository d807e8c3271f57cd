"""Does « oublié » tell who has an account? Thirty known and thirty unknown addresses, each a request of its own."""

import re
import statistics
import time

import pytest

from app.domain.enums import Role
from app.extensions import db, limiter
from tests import factories

pytestmark = pytest.mark.committed

ADDRESSES, CLOSE = 30, 0.020  # seconds between the two medians
NONCE = re.compile(r'nonce="[^"]+"')


@pytest.fixture
def browser(committed, monkeypatch):
    """A stranger's browser where commits are real, beside thirty people with an account."""
    monkeypatch.setitem(committed.app.config, "WTF_CSRF_ENABLED", False)
    supplier = factories.supplier()
    for rank in range(ADDRESSES):
        factories.user(Role.SUPPLIER, supplier=supplier, username=f"connu{rank}", email=f"connu{rank}@exemple.fr")
    db.session.commit()
    db.session.remove()
    return committed.app.test_client()


def answer(browser, where: str, email: str) -> tuple[float, int, str]:
    """Seconds, status and body, without what changes at each page."""
    limiter.reset()
    start = time.perf_counter()
    response = browser.post(where, data={"email": email})
    return time.perf_counter() - start, response.status_code, NONCE.sub("", response.text)


@pytest.mark.parametrize("where", ["/segurnums/identifiant-oublie", "/segurnums/mot-de-passe-oublie"])
def test_known_and_unknown_addresses_get_the_same_answer_as_fast(browser, where):
    answer(browser, where, "chauffe@exemple.fr")  # the first page compiles its template
    seconds: dict[str, list[float]] = {"connu": [], "inconnu": []}
    said = set()
    for rank in range(ADDRESSES):
        for kind in sorted(seconds, reverse=rank % 2 == 1):  # a slow moment falls on both
            spent, status, body = answer(browser, where, f"{kind}{rank}@exemple.fr")
            seconds[kind].append(spent)
            said.add((status, body))
    assert len(said) == 1
    assert {status for status, _ in said} == {200}
    known, unknown = (statistics.median(spent) for spent in seconds.values())
    assert abs(known - unknown) < CLOSE, f"{known * 1000:.1f} ms known, {unknown * 1000:.1f} ms unknown"
