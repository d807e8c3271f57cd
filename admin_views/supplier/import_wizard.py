"""« Importer des demandes », step 1: simulate a file, read the report, import it.

Guide « Les écrans du portail », § 4.2.
A simulation is a row: its address outlives the session and opens again from any device of the same supplier.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier import findings
from admin_views.supplier.pages import ROOM_FOR_A_REFUSAL, Pages, company, person
from app.domain import limits
from app.domain.enums import Phase
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport, JsonSimulation
from app.services import enrolments, imports, simulations
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
    rooms = {"simulate": ROOM_FOR_A_REFUSAL, "import_file": ROOM_FOR_A_REFUSAL}

    @expose("/nouveau")
    def new(self) -> ResponseReturnValue:
        return self._page(_form())

    @expose("/nouveau", methods=("POST",))
    def simulate(self) -> ResponseReturnValue:
        """« Simuler »: the report has an address of its own."""
        form = _form()
        if not form.validate_on_submit():
            return self._page(form), 422
        try:
            simulation = simulations.simulate(
                form.content,
                form.file_name,
                _enrolment(str(form.ans_number.data)),
                Phase(form.phase.data),
                VatRegime(form.vat.data),
                person(),
            )
        except (Conflict, NotAllowed):
            raise
        except RuleBroken as refusal:
            db.session.rollback()
            form.refuse(refusal)
            return self._page(form), 422
        db.session.commit()
        return redirect(url_for(".report", simulation_id=simulation.id, _anchor="rapport"), 303)

    @expose(_SIMULATION)
    def report(self, simulation_id: int) -> ResponseReturnValue:
        simulation = _simulation(simulation_id)
        return self._page(_form_of(simulation), simulation)

    @expose(_SIMULATION + "/rapport.csv")
    def report_csv(self, simulation_id: int) -> ResponseReturnValue:
        simulation = _simulation(simulation_id)
        answer = Response(findings.as_csv(simulation), mimetype="text/csv")
        answer.headers.set("Content-Disposition", "attachment", filename=f"simulation-{simulation.id}.csv")
        return answer

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
        made = imports.import_simulated(
            simulation, person(), confirmed=bool(form.confirmed.data), offered=form.offered()
        )
        db.session.commit()
        return made

    def oversized(self, arguments: Mapping[str, Any]) -> ResponseReturnValue:
        simulation = _simulation(arguments["simulation_id"]) if arguments else None
        form = _form_of(simulation, formdata=None) if simulation else _form(formdata=None)
        form.refuse(RuleBroken(TOO_BIG, field="file"))
        return self._page(form, simulation), 413

    def _page(self, form: ImportForm, simulation: JsonSimulation | None = None) -> str:
        by = findings.BY_LINE if request.args.get("par") == findings.BY_LINE else findings.BY_RULE
        return self.render(
            "supplier/imports/wizard.html",
            form=form,
            simulation=simulation,
            groups=findings.grouped(findings.all_of(simulation), by) if simulation else [],
            levels=findings.LEVELS,
            at_fault=simulation is not None and findings.file_is_at_fault(simulation),
            by=by,
            notice=SIMULATION_NOTICE,
            supplier=company(),
            why_not_import=_why_not_import(simulation),
            json_limit=limits.JSON_FILE_BYTES,
        )


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
    if findings.file_is_at_fault(simulation):
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
