"""Is a long table cut into pages, and does any number asked lead to one of them?"""

import pytest

from app.domain import limits
from app.services import table_pages

SIZE = limits.DETAIL_ROWS


@pytest.mark.parametrize(
    ("asked", "number", "first"),
    [({}, 1, 0), ({"t": 1}, 1, 0), ({"t": 3}, 3, 2 * SIZE), ({"t": 0}, 1, 0), ({"t": 10**9}, 10, 9 * SIZE)],
)
def test_200_rows_make_ten_pages(asked, number, first):
    page = table_pages.cut("t", range(10 * SIZE), asked)
    assert (page.number, page.count, page.total) == (number, 10, 10 * SIZE)
    assert page.rows == tuple(range(first, first + SIZE))


def test_the_ends_lead_nowhere_further():
    first, last = (table_pages.cut("t", range(2 * SIZE), {"t": number}) for number in (1, 2))
    assert (first.previous, first.following) == (None, 2)
    assert (last.previous, last.following) == (1, None)


def test_the_last_page_holds_what_is_left():
    assert table_pages.cut("t", range(SIZE + 1), {"t": 2}).rows == (SIZE,)


def test_an_empty_table_has_one_empty_page():
    page = table_pages.cut("t", [], {})
    assert (page.rows, page.count, page.total, page.asked) == ((), 1, 0, False)


def test_only_the_table_asked_is_to_be_opened():
    assert table_pages.cut("t", [1], {"t": 1}).asked
    assert not table_pages.cut("t", [1], {"u": 1}).asked
