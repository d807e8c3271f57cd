"""Do pages follow one another, whatever the sort, the ties, the empty values and what changes meanwhile?"""

import datetime as dt
import re
from decimal import Decimal
from urllib.parse import quote

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from admin_views import grid, paging, rows
from admin_views.grid import Grid
from admin_views.paging import Order
from admin_views.staff.job_runs import JobRuns
from admin_views.staff.mails import Mails
from admin_views.staff.requests import StaffRequests
from admin_views.staff.traces import Audit
from admin_views.supplier.requests import STATUS as SUPPLIER_STATUS
from admin_views.supplier.requests import RequestGrid
from app.domain import limits
from app.domain.enums import Phase, RequestStatus, Role
from app.extensions import db
from app.models.folded import folded
from app.models.mails import Mail
from app.models.payments import Payment
from app.models.requests import Avenant, FundingRequest
from app.models.users import User
from app.services import clock
from tests import bulk, factories
from tests.admin_views import grid_rows

STAFF, SUPPLIER = "/gestion/demandes/", "/segurnums/demandes/"
LISTED = re.compile(r'href="/(?:gestion|segurnums)/demandes/(FIN\w+)"')


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'<a href="([^"]+)" rel="{rel}"', page)  # the menu links to the same list, without rel
    return found[1].replace("&amp;", "&") if found else None


def walk(client, address: str | None, rel: str) -> list[list[str]]:
    """The numbers of each page, from this address on."""
    pages = []
    while address:
        page = client.get(address).text
        pages.append(LISTED.findall(page))
        address = link(page, rel)
    return pages


@pytest.fixture
def seven(session, monkeypatch):
    """Seven requests of one supplier, tied two by two on every sort, read three at a time."""
    monkeypatch.setattr(grid, "PAGE_SIZE", 3)
    mine = factories.enrolment()
    bulk.copies(factories.avenant(mine), 6)
    for rank, avenant in enumerate(db.session.query(Avenant).order_by(Avenant.id)):
        avenant.declared_ht = Decimal("100.01") + rank // 2
        avenant.deposited_at += dt.timedelta(microseconds=rank // 2)
        avenant.status_changed_at += dt.timedelta(days=-(rank // 2))
    db.session.flush()
    return mine


@pytest.fixture
def officer(login):
    return login(factories.user(Role.OFFICER))


def in_order(sort: str) -> list[str]:
    column = getattr(Avenant, sort.removeprefix("-"))
    ends = (column, Avenant.id)
    query = db.session.query(Avenant.number).order_by(*(end.desc() if sort.startswith("-") else end for end in ends))
    return [number for (number,) in query]


@pytest.mark.parametrize("sort", ["number", "deposited_at", "status_changed_at", "declared_ht", "id"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_follow_one_another_both_ways_without_a_gap(seven, officer, sort, sign):
    expected = in_order(sign + sort)
    first, second, third = expected[:3], expected[3:6], expected[6:]
    start = f"{STAFF}?tri={sign}{sort}"
    assert walk(officer, start, "next") == [first, second, third]
    last = link(officer.get(start).text, "last")
    assert walk(officer, last, "prev") == [third, second, first]


def test_a_list_sorted_on_a_column_that_may_be_empty_is_whole(seven, login):
    people = [factories.user(Role.SUPPORT) for _ in range(5)]
    people[1].locked_until = people[3].locked_until = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    db.session.flush()
    client = login(factories.user(Role.ADMINISTRATOR))
    expected = {one.username for one in db.session.query(User)}
    for sort in ("locked_until", "-locked_until", "supplier", "-supplier"):
        pages, address = [], f"/gestion/comptes/?tri={sort}"
        while address:
            page = client.get(address).text
            body = page[page.index("<tbody>") :]
            pages += re.findall(r"<tr>\s*<td>([^<]+)</td>", body)
            address = link(page, "next")
        assert sorted(pages) == sorted(expected)
        locked = [pages.index(people[one].username) for one in (1, 3)]
        ends = {0, 1} if not sort.startswith("-") else {len(pages) - 2, len(pages) - 1}
        assert "locked" not in sort or set(locked) == ends


def test_what_arrives_meanwhile_neither_repeats_nor_hides_a_row(seven, officer):
    page = officer.get(STAFF).text
    seen, address = LISTED.findall(page), link(page, "next")
    expected = in_order("-deposited_at")
    factories.avenant(seven, deposited_at=clock.now() + dt.timedelta(hours=1))
    gone = db.session.query(Avenant).filter_by(number=seen[-1]).one()
    gone.status = RequestStatus.INCOMPLETE
    gone.completed_at = None
    db.session.flush()
    assert walk(officer, address, "next") == [expected[3:6], expected[6:]]


def test_the_criteria_and_the_sort_are_kept_from_page_to_page(seven, officer):
    page = officer.get(f"{STAFF}?statut=in_progress&tri=number&numero=FIN").text
    for rel in ("next", "last"):
        assert {"statut=in_progress", "tri=number", "numero=FIN"} < set(re.split(r"[?&]", link(page, rel)))
    assert link(page, "prev") is None
    assert link(page, "first") is None


def test_the_pager_says_where_one_is(seven, officer):
    page = officer.get(STAFF).text
    assert "Page 1 sur 3" in page
    assert "7 lignes" in page
    assert "Page 2 sur 3" in officer.get(link(page, "next")).text
    last = officer.get(link(page, "last")).text
    assert "Page 3 sur 3" in last
    assert link(last, "next") is None
    assert "Page 2 sur 3" in officer.get(link(last, "prev")).text


def test_going_back_to_the_start_shows_a_full_page(seven, officer):
    page = officer.get(link(officer.get(STAFF).text, "next")).text
    factories.avenant(
        seven, deposited_at=clock.now() + dt.timedelta(hours=1)
    )  # one more row before: the previous page is no longer the first
    back = officer.get(link(page, "prev")).text
    assert len(LISTED.findall(back)) == 3
    assert len(LISTED.findall(officer.get(link(back, "prev")).text)) == 3


def test_beyond_what_is_counted_the_list_says_more(seven, officer, monkeypatch):
    monkeypatch.setattr(limits, "COUNTED_UP_TO", 5)
    page = officer.get(STAFF).text
    assert "plus de 5 lignes" in page
    assert "Page 1" not in page
    pages = walk(officer, STAFF, "next")
    assert [len(one) for one in pages] == [3, 3, 1]
    assert LISTED.findall(officer.get(link(page, "last")).text) == in_order("-deposited_at")[-3:]


@pytest.mark.parametrize("how", [limits.COUNTED_UP_TO, 0])
@pytest.mark.parametrize("search", ["", "&numero=FINMDV"])
def test_gathered_first_or_met_on_the_way_the_rows_are_the_same(seven, officer, monkeypatch, how, search):
    monkeypatch.setattr(limits, "COUNTED_UP_TO", how)
    for sort in ("-declared_ht", "number"):  # a corridor's numbers are walked within it
        pages = walk(officer, f"{STAFF}?statut=in_progress&couloir=MDV&tri={sort}{search}", "next")
        assert [number for page in pages for number in page] == in_order(sort)


@pytest.fixture
def four_later(seven):
    """Four more, deposited, judged and numbered after the seven. Returns the criterion that leaves them out."""
    model = db.session.query(Avenant).first()
    later = bulk.copies(model, 4, first=20_000_000)
    moved = {name: getattr(model, name) + dt.timedelta(days=400) for name in ("deposited_at", "status_changed_at")}
    db.session.query(Avenant).filter(Avenant.id.in_(later)).update(moved)
    day = clock.paris_day(model.deposited_at)
    return f"depot_du={day}&depot_au={day}"


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(100, 1), (1, None)], id="met at once"),
        pytest.param([(3, 100), (1, None)], id="gathered, being few"),
        pytest.param([(3, 1), (100, None)], id="met further"),
        pytest.param([(3, 1), (4, None)], id="gathered, being many"),
    ],
)
@pytest.mark.parametrize("sort", ["-number", "-status_changed_at", "-deposited_at", "declared_ht", "number"])
def test_more_rows_than_are_counted_are_found_wherever_they_stand(four_later, officer, monkeypatch, steps, sort):
    monkeypatch.setattr(limits, "COUNTED_UP_TO", 2)
    monkeypatch.setattr(rows, "STEPS", steps)
    ours = [number for number in in_order(sort) if number < "FINMDV2"]
    address = f"{STAFF}?{four_later}&tri={sort}"
    assert walk(officer, address, "next") == [ours[:3], ours[3:6], ours[6:]]
    assert walk(officer, f"{address}&fin=1", "prev") == [ours[4:], ours[1:4], ours[:3]]


def test_a_supplier_walks_through_his_own_only(seven, login, monkeypatch):
    factories.avenant(number="FINMDV999999M0")
    client = login(factories.supplier_user(seven.supplier))
    for sort in ("number", "-deposited_at", "software", "-payment_state", "supplier"):
        pages = walk(client, f"{SUPPLIER}?tri={sort}", "next")
        assert [len(page) for page in pages] == [3, 3, 1]
        assert "FINMDV999999M0" not in sum(pages, [])


def test_a_box_filled_from_the_second_page_looks_through_the_whole_list(seven, login):
    client = login(factories.supplier_user(seven.supplier))
    first = client.get(SUPPLIER).text
    page = client.get(link(first, "next")).text
    form = page[page.index('id="filtres-colonnes"') : page.index("</form>", page.index('id="filtres-colonnes"'))]
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert not set(kept) & {"apres", "avant", "fin", "page"}
    sought = LISTED.findall(first)[0]
    assert LISTED.findall(client.get(SUPPLIER, query_string=kept | {"f_number": sought}).text) == [sought]


@pytest.mark.parametrize("gathered", [200, 2])
def test_the_last_deposited_are_proposed_first(seven, login, monkeypatch, gathered):
    monkeypatch.setattr(rows, "GATHERED_FOR_FIRST", gathered)
    monkeypatch.setattr(grid, "PROPOSALS", 3)
    last = in_order("-deposited_at")[:3]
    for site, person in ((SUPPLIER, factories.supplier_user(seven.supplier)), (STAFF, factories.user(Role.OFFICER))):
        assert (site, login(person).get(f"{site}propositions?champ=numero&q=FIN").json) == (site, last)


@pytest.mark.parametrize("gathered", [200, 1])
def test_a_number_that_many_rows_bear_leaves_room_for_the_next(seven, login, monkeypatch, gathered):
    monkeypatch.setattr(rows, "GATHERED_FOR_FIRST", gathered)
    monkeypatch.setattr(grid, "PROPOSALS", 2)
    grid_rows.mails(seven, 7)
    first, *others = db.session.query(Mail).order_by(Mail.id)
    for mail in others:
        mail.request_id = others[-1].request_id
    db.session.flush()
    numbers = [db.session.get(FundingRequest, mail.request_id).number for mail in (others[-1], first)]
    client = login(factories.user(Role.OFFICER))
    assert client.get("/gestion/courriels/propositions?champ=demande&q=FIN").json == numbers


def test_each_text_typed_is_proposed_what_holds_it(seven, login):
    """One statement serves all that is typed, whoever types it."""
    factories.avenant(number="FINMDV777777M0")
    ours = in_order("-deposited_at")
    theirs = [number for number in ours if "777" not in number]
    client = login(factories.user(Role.OFFICER))
    for text in ("777", "FIN", "mdv7", "M0'", "777", "ZZZ"):
        held = [number for number in ours if text.upper() in number]
        assert (text, client.get(f"{STAFF}propositions?champ=numero&q={text}").json) == (text, held[:10])
    client = login(factories.supplier_user(seven.supplier))
    for text in ("777", "FIN", theirs[0]):
        held = [number for number in theirs if text in number]
        assert (text, client.get(f"{SUPPLIER}propositions?champ=numero&q={text}").json) == (text, held)


def test_searching_again_keeps_the_sort_and_the_boxes(seven, login):
    client = login(factories.supplier_user(seven.supplier))
    page = client.get(f"{SUPPLIER}?tri=number&type=avance&f_number=FIN&numero=MDV").text
    form = page[page.index('class="sg-criteria"') : page.index("</form>", page.index('class="sg-criteria"'))]
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form) == [("tri", "number"), ("f_number", "FIN")]


def test_an_empty_page_says_how_to_leave_it(seven, officer):
    beyond = officer.get(f"{STAFF}?tri=number&apres={quote('1.ZZZ')}").text
    assert LISTED.findall(beyond) == in_order("number")[-1:]
    assert link(beyond, "next") is None
    assert link(beyond, "prev")


def order(column, *, nullable=False) -> Order:
    return Order(Avenant.id, column, descending=False, nullable=nullable)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Avenant.number, "FINMDV000001M0"),
        (Avenant.number, "a.b~c d&é"),
        (Avenant.phase, Phase.SOLDE),
        (Avenant.is_current, True),
        (Avenant.declared_ht, Decimal("0.05")),
        (Avenant.deposited_at, dt.datetime(2026, 3, 29, 1, 0, 0, 999999, tzinfo=dt.UTC)),
        (Avenant.order_date, dt.date(2026, 2, 28)),
        (Avenant.ordinal, 3),
    ],
)
def test_a_cursor_is_read_as_it_was_written(column, value):
    written = str(paging.Cursor(12, value))
    read = order(column).read(written)
    assert (read.id, read.value) == (12, value)
    assert paging.Cursor(12, None) == order(Avenant.id).read("12")
    assert paging.Cursor(12, None) == order(Payment.paid_on, nullable=True).read("12")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (Avenant.id, "12.3"), (Avenant.id, ""), (Avenant.id, "-1"), (Avenant.id, "9" * 30), (Avenant.id, "²"),
        (Avenant.number, "12"), (Avenant.number, ".x"), (Avenant.number, "1." + "x" * 400),
        (Avenant.phase, "1.inconnue"), (Avenant.is_current, "1.oui"), (Avenant.declared_ht, "1.1e99"),
        (Avenant.declared_ht, "1.NaN"), (Avenant.declared_ht, "1.1.005"), (Avenant.declared_ht, "1." + "9" * 30),
        (Avenant.deposited_at, "1.2026-01-01"), (Avenant.deposited_at, "1.2026-01-01T00:00:00"),
        (Avenant.deposited_at, "1.0001-01-01T00:00:00+23:59"), (Avenant.deposited_at, "1."),
        (Avenant.order_date, "1.2026-13-01"), (Avenant.ordinal, "1.1e9"),
    ],
)  # fmt: skip
def test_a_malformed_cursor_is_a_bad_request(column, text):
    with pytest.raises(BadRequest):
        order(column).read(text)


@pytest.mark.parametrize(
    "values",
    [
        "apres=1&avant=2", "apres=1&fin=1", "page=0", "page=2", "page=-1", "page=abc&fin=1", "fin=1&page=1e3", "fin=0",
        "fin=abc", "apres=1&apres=2", "tri=id&tri=id",
    ],
)  # fmt: skip
def test_two_starts_or_no_rank_is_a_bad_request(values):
    asked = MultiDict([pair.split("=") for pair in values.split("&")])
    with pytest.raises(BadRequest):
        paging.window(asked, order(Avenant.id), 50)


def test_big_lists_offer_only_the_sorts_that_have_an_index():
    offered = {
        grid: {column.key for column in grid.columns if column.sortable}
        for grid in (StaffRequests, Audit, Mails, JobRuns)
    }
    requests = {"number", "deposited_at", "status_changed_at", "declared_ht"}
    assert offered == {StaffRequests: requests, Audit: {"at"}, Mails: {"created_at"}, JobRuns: {"started_at"}}
    assert SUPPLIER_STATUS in {criterion.name for criterion in RequestGrid.filters}


def test_what_people_write_is_sorted_whatever_its_case_and_its_accents(app):
    written = {
        f"{view.url}, {column.key}": column.sorted_on
        for site in app.extensions["admin"]
        for view in site._views
        if isinstance(view, Grid)
        for column in view.columns
        if column.sortable and (getattr(column.expression.type, "length", None) or 0) >= 100
    }
    assert len(written) > 20
    as_they_are = {where for where, sorted_on in written.items() if not isinstance(sorted_on, folded)}
    same_in_each_row = "/segurnums/demandes, supplier"
    assert as_they_are == {"/gestion/personnes, email", "/segurnums/imports, file_name", same_in_each_row}
