"""« Importer des demandes », step 1: simulate a file, read the report, mend what it tells, import it.

Guide « Les écrans du portail », § 4.2.
A simulation is a row: its address outlives the session and opens again from any device of the same supplier.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, attempt, company, person, without_lock
from app.domain import limits
from app.domain.enums import Phase
from app.domain.errors import Conflict, NotAllowed, RuleBroken, Unavailable
from app.domain.vat import VatRegime
from app.exchange import result
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport, JsonSimulation
from app.services import enrolments, imports, mending, report_view, simulations
from app.services.report_view import Answers, View
from app.services.simulations import Judged
from forms.json_import import ImportForm

# R080, to the letter.
SIMULATION_NOTICE = (
    "Cette simulation permet de prévenir 90% des risques d'erreur que le fichier JSON peut contenir. Il se peut donc"
    " que lors de l'import définitif certaines erreurs se produisent entraînant le rejet des demandes. La réalisation"
    " d'une simulation est obligatoire avant d'accéder à l'import de vos demandes."
)
TOO_BIG = f"Le fichier dépasse {limits.JSON_FILE_BYTES // limits.MEGABYTE} Mo : il n'a pas été reçu."
PIECES = "supplier_import_pieces.index"
_SIMULATION = "/simulations/<row:simulation_id>"


class ImportWizard(Pages):
    """`/segurnums/imports/nouveau` and `/segurnums/imports/simulations/<id>`."""

    landing = "new"
    rooms = {"simulate": ROOM_FOR_A_REFUSAL, "import_file": ROOM_FOR_A_REFUSAL, "mend": limits.BODY_BYTES}

    @expose("/nouveau")
    def new(self) -> ResponseReturnValue:
        return self._page(_form())

    @expose("/nouveau", methods=("POST",))
    def simulate(self) -> ResponseReturnValue:
        """« Simuler »: the report has an address of its own."""
        form = _form()
        simulation = attempt(form, lambda: _kept(lambda: _judged(form))) if form.validate_on_submit() else None
        if simulation is None:
            return self._page(form), 422
        return redirect(url_for(".report", simulation_id=simulation.id, _anchor="rapport"), 303)

    @expose(_SIMULATION)
    def report(self, simulation_id: int) -> ResponseReturnValue:
        simulation = _simulation(simulation_id)
        return self._page(_form_of(simulation), simulation)

    @expose(_SIMULATION + "/rapport.csv")
    def report_csv(self, simulation_id: int) -> ResponseReturnValue:
        simulation = _simulation(simulation_id)
        return _download(report_view.as_csv(simulation.report), "text/csv", f"simulation-{simulation.id}.csv")

    @expose(_SIMULATION + "/rapport.json")
    def report_json(self, simulation_id: int) -> ResponseReturnValue:
        """The file, each line with its findings."""
        simulation, name = _simulation(simulation_id), f"simulation-{simulation_id}-annotee.json"
        report = simulation.report
        made = result.annotated(simulations.content_of(simulation), report["file_faults"], report["findings"])
        return _download(made, "application/json", name)

    @expose(_SIMULATION + "/fichier.json")
    def file(self, simulation_id: int) -> ResponseReturnValue:
        """The simulated bytes: mended, when they were in the page."""
        simulation = _simulation(simulation_id)
        name = simulation.file_name.removesuffix(".json") + ("-corrige.json" if simulation.previous_id else ".json")
        return _download(simulations.content_of(simulation), "application/json", name)

    @expose(_SIMULATION + "/corriger", methods=("POST",))
    def mend(self, simulation_id: int) -> ResponseReturnValue:
        """« Corriger et simuler de nouveau »: what was answered in the report, in a new simulation."""
        said = request.form.to_dict()
        try:
            made = _kept(lambda: simulations.mend(_simulation(simulation_id), said, person()))
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            db.session.rollback()
            reasons = refusal.reasons if isinstance(refusal, mending.Refused) else {}
            simulation = _simulation(simulation_id)
            answers = Answers(said, reasons)
            return self._page(_form_of(simulation, formdata=None), simulation, answers, str(refusal)), 422
        view = View.asked(said).but()
        return redirect(url_for(".report", simulation_id=made.id, _anchor="rapport", **view), 303)

    @expose(_SIMULATION + "/importer", methods=("POST",))
    def import_file(self, simulation_id: int) -> ResponseReturnValue:
        """« Importer » the bytes simulated. A second click leads to the import of the first."""
        simulation = _simulation(simulation_id)
        if simulation.json_import_id is not None:
            return _already(simulation.json_import_id)
        form = _form_of(simulation)
        try:
            _refuse_other_choices(form, simulation)
            made = self._import(simulation, form)
        except Conflict:
            db.session.rollback()
            done = _simulation(simulation_id).json_import_id
            if done is None:
                raise
            return _already(done)
        except NotAllowed:
            raise
        except RuleBroken as refusal:
            db.session.rollback()
            form.refuse(refusal)
            return self._page(form, _simulation(simulation_id)), 422
        flash(_done(made), "success")
        return redirect(url_for(PIECES, import_id=made.id), 303)

    def _import(self, simulation: JsonSimulation, form: ImportForm) -> JsonImport:
        before = without_lock(lambda: imports.examined(simulation))
        made = imports.import_simulated(
            simulation, person(), confirmed=bool(form.confirmed.data), offered=form.offered(), before=before
        )
        db.session.commit()
        return made

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        simulation = _simulation(arguments["simulation_id"]) if arguments else None
        form = _form_of(simulation, formdata=None) if simulation else _form(formdata=None)
        form.refuse(RuleBroken(TOO_BIG, field="file"))
        return self._page(form, simulation), 413

    def _page(
        self,
        form: ImportForm,
        simulation: JsonSimulation | None = None,
        answers: Answers | None = None,
        refusal: str = "",
    ) -> str:
        shown = _shown(simulation, View.asked((answers.said if answers else None) or request.args), answers)
        return self.render(
            "supplier/imports/wizard.html",
            form=form,
            simulation=simulation,
            notice=SIMULATION_NOTICE,
            supplier=company(),
            why_not_import=_why_not_import(simulation),
            json_limit=limits.JSON_FILE_BYTES,
            refusal=refusal,
            **shown,
        )


def _kept(judge: Callable[[], Judged]) -> JsonSimulation:
    simulation = simulations.keep(without_lock(judge))
    db.session.commit()
    return simulation


def _judged(form: ImportForm) -> Judged:
    enrolment, phase = _enrolment(str(form.ans_number.data)), Phase(form.phase.data)
    return simulations.judge(form.content, form.file_name, enrolment, phase, VatRegime(form.vat.data), person())


def _shown(simulation: JsonSimulation | None, view: View, answers: Answers | None) -> dict[str, Any]:
    """What the report shows: without the file when the store has lost it, and nothing is then mended."""
    if simulation is None:
        return {}
    report = simulation.report
    try:
        content = None if simulation.json_import_id else simulations.content_of(simulation)
    except Unavailable:
        content = None
    return {
        "report": report,
        "sheet": report_view.sheet(report, view, content, answers),
        "levels": report_view.LEVELS,
        "counts": report_view.counts(report),
        "before": report_view.counts(simulation.previous.report) if simulation.previous else None,
        "at_fault": report_view.file_is_at_fault(report),
        "phase": simulation.phase,
    }


def _download(content: str | bytes, media_type: str, name: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _form(**kwargs: Any) -> ImportForm:
    return ImportForm([one.referencing.ans_number for one in enrolments.open_by_file(company().id)], **kwargs)


def _form_of(simulation: JsonSimulation, **kwargs: Any) -> ImportForm:
    """The form as it was filled for this simulation."""
    return _form(data=_choices_of(simulation), **kwargs)


def _choices_of(simulation: JsonSimulation) -> dict[str, str]:
    enrolment = db.session.get_one(Enrolment, simulation.enrolment_id)
    return {
        "phase": simulation.phase.value,
        "ans_number": enrolment.referencing.ans_number,
        "vat": simulation.vat.value,
    }


def _refuse_other_choices(form: ImportForm, simulation: JsonSimulation) -> None:
    for name, chosen in _choices_of(simulation).items():
        if form[name].data != chosen:
            raise RuleBroken("Ce choix a changé depuis la simulation : simulez de nouveau le fichier.", field=name)


def _enrolment(ans_number: str) -> Enrolment:
    found = (one for one in enrolments.open_by_file(company().id) if one.referencing.ans_number == ans_number)
    return next(found, None) or abort(404)


def _simulation(simulation_id: int) -> JsonSimulation:
    return simulations.find(simulation_id, company().id) or abort(404)


def _why_not_import(simulation: JsonSimulation | None) -> str:
    """Why « Importer » is closed; empty when it is open."""
    if simulation is None:
        return "« Importer » s'ouvre après la simulation de ce fichier."
    if simulation.json_import_id is not None:
        return f"Ce fichier est déjà importé : import n° {simulation.json_import_id}."
    if report_view.file_is_at_fault(simulation.report):
        return "Le fichier a une erreur qui empêche tout import : corrigez-le, puis simulez-le de nouveau."
    if not simulation.importable:
        return "Aucune demande de ce fichier ne serait retenue : corrigez-le, puis simulez-le de nouveau."
    return ""


def _already(import_id: int) -> ResponseReturnValue:
    flash(f"Ce fichier est déjà importé : voici l'import n° {import_id}.", "info")
    return redirect(url_for(PIECES, import_id=import_id), 303)


def _done(made: JsonImport) -> str:
    return (
        f"Import n° {made.id} effectué. Demandes retenues : {made.retained_count} ; rejetées : {made.rejected_count}."
        " Déposez maintenant les pièces justificatives."
    )
