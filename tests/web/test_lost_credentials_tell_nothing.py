"""Does « oublié » tell who has an account? Thirty known and thirty unknown addresses, each a request of its own."""

import re
import statistics
import time

import pytest

from app.domain.enums import Role
from app.extensions import db, limiter
from tests import factories
from tests.committed import ground

pytestmark = pytest.mark.committed

ADDRESSES, CLOSE, TURNS = 30, 0.020, 3  # CLOSE: seconds between the two medians
NONCE = re.compile(r'nonce="[^"]+"')


@pytest.fixture
def browser(tmp_path):
    """A stranger's browser where commits are real and a hash costs what it does outside of tests, beside thirty people
    with an account."""
    with ground(tmp_path, APP_ENV="demo") as on:
        on.app.config["WTF_CSRF_ENABLED"] = False
        supplier = factories.supplier()
        for rank in range(ADDRESSES):
            factories.user(Role.SUPPLIER, supplier=supplier, username=f"connu{rank}", email=f"connu{rank}@exemple.fr")
        db.session.commit()
        db.session.remove()
        yield on.app.test_client()


def answer(browser, where: str, email: str) -> tuple[float, int, str]:
    """Seconds, status and body, without what changes at each page."""
    limiter.reset()
    start = time.perf_counter()
    response = browser.post(where, data={"email": email})
    return time.perf_counter() - start, response.status_code, NONCE.sub("", response.text)


def gap(browser, where: str, turn: int) -> float:
    """Seconds between the two medians of one turn; the answers themselves are compared on the way."""
    seconds: dict[str, list[float]] = {"connu": [], "inconnu": []}
    said = set()
    for rank in range(ADDRESSES):
        for kind in sorted(seconds, reverse=rank % 2 == 1):  # a slow moment falls on both
            address = f"{kind}{rank}" if kind == "connu" else f"{kind}{turn}-{rank}"
            spent, status, body = answer(browser, where, f"{address}@exemple.fr")
            seconds[kind].append(spent)
            said.add((status, body))
    assert len(said) == 1
    assert {status for status, _ in said} == {200}
    known, unknown = (statistics.median(spent) for spent in seconds.values())
    return abs(known - unknown)


@pytest.mark.parametrize("where", ["/segurnums/identifiant-oublie", "/segurnums/mot-de-passe-oublie"])
def test_known_and_unknown_addresses_get_the_same_answer_as_fast(browser, where):
    """Of three turns one is enough: what the machine does besides widens a gap, what the portal tells is in each."""
    answer(browser, where, "chauffe@exemple.fr")  # the first page compiles its template
    gaps = []
    while len(gaps) < TURNS and min(gaps, default=1) >= CLOSE:
        gaps.append(gap(browser, where, len(gaps)))
    assert min(gaps) < CLOSE, gaps
