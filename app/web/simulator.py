"""« Simuler mon fichier json », without account (guide « Présentation du portail »; R003 of the domain dossier).

One address. The file comes in, or comes back packed in the form of its report; nothing of it is kept. Reads no more
than the corridors in force, and writes a count.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.domain import limits
from app.domain.enums import Phase
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from app.exchange import result
from app.extensions import db, limiter, set_reading, writing
from app.services import mending, public_simulations, report_view
from app.services.public_simulations import Offer
from app.services.report_view import Answers, View
from forms.packed import packed
from forms.public_simulation import PublicSimulationForm

blueprint = Blueprint("simulator", __name__)
ADDRESS = "/segurnum/simulateur-json"
PER_ADDRESS = "20 per minute;200 per hour"
TOO_BIG = f"Le fichier dépasse {limits.JSON_FILE_BYTES // limits.MEGABYTE} Mo : il n'a pas été reçu."


@blueprint.route(ADDRESS, methods=["GET", "POST"])
@limiter.limit(PER_ADDRESS, methods=["POST"])
def page() -> ResponseReturnValue:
    set_reading(True)
    offers = {one.key: one for one in public_simulations.offered()}
    form = _form(offers)
    if request.method == "GET":
        return _page(form, offers)
    if not form.validate_on_submit():
        return _page(form, offers), 422
    case = Case(form, offers[form.software.data])
    if not form.comes_back:
        return _simulated(case, offers)
    download = _DOWNLOADS.get(request.form.get("geste", ""))
    if download:
        return download(case)
    if "vue" in request.form:
        answers = Answers(request.form.to_dict())
        return _page(form, offers, case.shown(View.asked(dict(parse_qsl(request.form["vue"]))), answers))
    return _mended(case, offers)


class Case:
    """A file and what was chosen for it."""

    def __init__(self, form: PublicSimulationForm, offer: Offer) -> None:
        self.form, self.offer, self.content = form, offer, form.bytes
        self.phase, self.vat = Phase(form.phase.data), VatRegime(form.vat.data)
        self.report = self._report()
        self.before: dict[str, int] | None = None

    def _report(self) -> dict[str, Any]:
        return public_simulations.report(self.content, self.offer, self.phase, self.vat)

    def mend(self, said: Mapping[str, str]) -> None:
        """Take the answers in. Raises `RuleBroken`."""
        self.content = mending.mended(self.content, self.report, said)
        self.before = report_view.counts(self.report)
        self.report = self._report()

    def shown(self, view: View, answers: Answers | None = None, refusal: str = "") -> dict[str, Any]:
        """What the page says of it. A file that cannot travel with the form is not mended here."""
        travelling = packed(self.content)
        return {
            "report": self.report,
            "sheet": report_view.sheet(self.report, view, self.content if travelling else None, answers),
            "levels": report_view.LEVELS,
            "counts": report_view.counts(self.report),
            "before": self.before,
            "at_fault": report_view.file_is_at_fault(self.report),
            "phase": self.phase,
            "windows": self.offer.windows(self.phase),
            "travelling": travelling,
            "refusal": refusal,
        }


def _simulated(case: Case, offers: Mapping[str, Offer]) -> ResponseReturnValue:
    _count(case.offer)
    return _page(case.form, offers, case.shown(View()))


def _mended(case: Case, offers: Mapping[str, Offer]) -> ResponseReturnValue:
    said = request.form.to_dict()
    view = View.asked(said)
    try:
        case.mend(said)
    except RuleBroken as refusal:
        reasons = refusal.reasons if isinstance(refusal, mending.Refused) else {}
        return _page(case.form, offers, case.shown(view, Answers(said, reasons), str(refusal))), 422
    _count(case.offer)
    return _page(case.form, offers, case.shown(view))


def _count(offer: Offer) -> None:
    db.session.commit()  # the reading ends here: on SQLite a write does not begin inside it
    with writing():
        public_simulations.count(offer)
        db.session.commit()


def _form(offers: Mapping[str, Offer], **kwargs: Any) -> PublicSimulationForm:
    return PublicSimulationForm([(key, one.label) for key, one in offers.items()], **kwargs)


def _page(form: PublicSimulationForm, offers: Mapping[str, Offer], shown: Mapping[str, Any] | None = None) -> str:
    return render_template(
        "public/simulator.html",
        form=form,
        offers=offers,
        json_limit=limits.JSON_FILE_BYTES,
        address=ADDRESS,
        **(shown or {"report": None}),
    )


def _csv(case: Case) -> Response:
    return _download(report_view.as_csv(case.report), "text/csv", f"simulation-{case.form.stem}.csv")


def _annotated(case: Case) -> Response:
    made = result.annotated(case.content, case.report["file_faults"], case.report["findings"])
    return _download(made, "application/json", f"{case.form.stem}-annote.json")


def _file(case: Case) -> Response:
    return _download(case.content, "application/json", f"{case.form.stem}-corrige.json")


def _download(content: str | bytes, media_type: str, name: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


_DOWNLOADS = {"csv": _csv, "json": _annotated, "fichier": _file}


@blueprint.errorhandler(RequestEntityTooLarge)
def _oversized(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """The page again, with the refusal at the field: the body was never read."""
    set_reading(True)
    offers = {one.key: one for one in public_simulations.offered()}
    form = _form(offers, formdata=None)
    form.refuse(RuleBroken(TOO_BIG))
    return _page(form, offers), 413
