"""The calendar of the periods of deposit: a page by corridor with the year at a glance, and a feed to subscribe to; the
feed of a supplier's own deadlines."""

from collections.abc import Sequence
from itertools import groupby

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.services import (
    calendar_feed,
    calendar_links,
    clock,
    corridor_versions,
    deposit_calendar,
    own_deadlines,
    ports,
)
from app.services.deposit_calendar import Period
from app.web import revalidation

blueprint = Blueprint("calendar", __name__)
PAGE, FEED = "/segurnum/calendrier", "/segurnum/calendrier.ics"
OWN_FEED = "/segurnums/echeances/<token>.ics"
FIRST_LETTERS = tuple("JFMAMJJASOND")


@blueprint.get(PAGE)
def page() -> ResponseReturnValue:
    chosen = _chosen()
    periods = deposit_calendar.periods(chosen)
    year = _year(periods)
    return revalidation.answer((clock.today(), year, _facts(periods)), lambda: _page(chosen, periods, year))


@blueprint.get(FEED)
def feed() -> ResponseReturnValue:
    periods = deposit_calendar.periods(_chosen())
    return revalidation.answer(
        _facts(periods), lambda: Response(calendar_feed.of(periods), content_type="text/calendar; charset=utf-8")
    )


@blueprint.get(OWN_FEED)
def own_feed(token: str) -> ResponseReturnValue:
    """A supplier's own deadlines, for who holds his secret address; 404 for any other."""
    user = calendar_links.owner(token)
    if user is None or user.supplier_id is None:
        abort(404)
    own = own_deadlines.of(user.supplier_id), own_deadlines.periods_for(user.supplier_id)
    return Response(calendar_feed.own(*own), content_type="text/calendar; charset=utf-8")


def _page(chosen: Sequence[str], periods: Sequence[Period], year: int) -> str:
    address = FEED + ("?" + "&".join(f"couloir={code}" for code in chosen) if chosen else "")
    base = ports.get().public_base_url
    return render_template(
        "public/calendar.html",
        corridors=[list(same) for _, same in groupby(periods, lambda one: one.version.id)],
        every=[one.corridor for one in corridor_versions.all_in_force()],
        chosen=chosen,
        year=year,
        years=deposit_calendar.years(periods),
        today=deposit_calendar.place_of_today(year),
        letters=FIRST_LETTERS,
        address=base + address,
        subscription="webcal:" + (base + address).partition(":")[2],
    )


def _chosen() -> list[str]:
    """The corridors asked for, in their order; 404 for one that does not exist."""
    asked = list(dict.fromkeys(filter(None, request.args.getlist("couloir"))))
    known = {one.corridor.code for one in corridor_versions.all_in_force()}
    return asked if known.issuperset(asked) else abort(404)


def _year(periods: Sequence[Period]) -> int:
    """The year asked for, among those that have a period; else the present one."""
    asked = request.args.get("annee")
    years = {str(one): one for one in deposit_calendar.years(periods)}
    if asked is None:
        return clock.today().year
    return years[asked] if asked in years else abort(404)


def _facts(periods: Sequence[Period]) -> tuple[object, ...]:
    return tuple((one.version.id, one.rank, one.state) for one in periods)
