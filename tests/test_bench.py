"""Does a run of the bench end badly when a goal is missed, and only then?"""

from benchmarks import portal, report, timing
from benchmarks.timing import Goal, Line

SMALL = 100_000


def line(*goals: Goal, fault: str = "") -> Line:
    return Line("postgresql", "staff, first page", goals=list(goals), fault=fault)


def test_a_run_whose_goals_are_all_reached_ends_well() -> None:
    said, code = report.verdict([line(Goal("÷ stock", 0.18, 0.18), Goal("pages/s", 10, 10, at_least=True)), line()])
    assert (said, code) == ("every goal is reached\n", 0)


def test_one_goal_missed_ends_the_run_badly_and_is_told() -> None:
    said, code = report.verdict([line(Goal("÷ stock", 0.19, 0.18), Goal("ms", 1, 2)), line()])
    assert (said, code) == ("missed: postgresql, staff, first page: ÷ stock 0.19 (≤ 0.18) ✗\n", 1)


def test_a_rate_below_its_goal_is_missed() -> None:
    assert report.verdict([line(Goal("requests/s", 1999, 2000, at_least=True))])[1] == 1


def test_a_line_that_broke_is_missed_whatever_its_goals() -> None:
    said, code = report.verdict([line(Goal("ms", 1, 2), fault="not the rows of stock")])
    assert (said, code) == ("missed: postgresql, staff, first page: not the rows of stock\n", 1)


def test_a_goal_set_for_a_million_is_judged_at_a_million() -> None:
    goals = timing.beside_peer(timing.SCALE, "÷ stock", 0.3, 0.18)
    assert report.verdict([line(*goals)])[1] == 1
    assert report.verdict([line(*timing.beside_peer(timing.SCALE, "÷ stock", 0.17, 0.18))])[1] == 0


def test_in_a_smaller_world_it_is_shown_without_judging() -> None:
    goals = timing.beside_peer(SMALL, "÷ stock", 0.3, 0.18)
    assert report.verdict([line(*goals)])[1] == 0
    assert "÷ stock 0.3 (≤ 0.18 at a million); never slower 0.3 (≤ 1) ✓" in report.table([line(*goals)])


def test_in_a_smaller_world_a_page_slower_than_the_peers_is_missed() -> None:
    assert report.verdict([line(*timing.beside_peer(SMALL, "÷ stock", 1.01, 0.18))])[1] == 1
    assert report.verdict([line(*timing.beside_peer(SMALL, "× stock", 0.99, 10, at_least=True))])[1] == 1
    assert report.verdict([line(*timing.beside_peer(SMALL, "× stock", 1.01, 10, at_least=True))])[1] == 0


def test_two_pages_are_compared_by_their_requests_in_order() -> None:
    first, second = b"<td>FINMDV000001M0</td>", b"<td>FINMDV000002M0</td>"
    assert portal.same_rows(first + second, b"<p>" + first + b"</p>" + second)
    assert not portal.same_rows(first + second, second + first)
    assert not portal.same_rows(b"Connectez-vous", b"Connectez-vous")
