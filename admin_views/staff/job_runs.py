"""« Tâches planifiées »: every job with its rule and its last run, « Lancer maintenant », and every run."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.columns import Column
from admin_views.criteria import ChoiceFilter, Filter, KnownValueFilter, PeriodFilter, choices_of
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.staff.writing import actor, may, one_commit, require
from app.domain import schedule
from app.domain.enums import JobOutcome
from app.domain.errors import RuleBroken
from app.domain.permissions import Capability
from app.extensions import db
from app.models.job_runs import JobRun
from app.models.users import User
from app.services import clock, formats, health, job_orders

HERE = "/gestion/taches"


class JobRuns(Grid):
    capability = Capability.READ_JOBS
    model = JobRun
    title = "Tâches planifiées"
    list_heading = "Exécutions"
    page_template = "staff/jobs.html"
    joins = (Join(User, User.id == JobRun.asked_by_id, outer=True),)
    default_sort = ("started_at", True)
    columns = (
        Column("name", JobRun.name, sortable=False),
        Column("started_at", JobRun.started_at, shown=formats.moment),
        Column("ended_at", JobRun.ended_at, shown=formats.moment, sortable=False),
        Column("took_ms", JobRun.took_ms, numeric=True, sortable=False, shown=formats.duration),
        Column("outcome", JobRun.outcome, badge=True, sortable=False),
        Column("done", JobRun.done, numeric=True, sortable=False),
        Column("runs", JobRun.runs, numeric=True, sortable=False),
        Column("asked_by", User.full_name, label="Lancée par", sortable=False),
        Column("error", JobRun.error, sortable=False),
    )
    filters: ClassVar[Sequence[Filter]] = (
        KnownValueFilter("tache", "Tâche", JobRun.name),
        ChoiceFilter("resultat", "Résultat", JobRun.outcome, choices_of(JobOutcome)),
        PeriodFilter("debut", "Lancée entre le", JobRun.started_at, label_to="et le"),
    )

    def page_context(self) -> dict[str, Any]:
        beat = job_orders.beat()
        return {
            "lines": job_orders.overview(),
            "may_run": may(Capability.RUN_JOBS),
            "beat": beat,
            "stopped": beat is None or clock.now() - beat > health.SCHEDULER_LATE,
        }

    @expose("/<job>/lancer", methods=("POST",))
    def run(self, job: str) -> ResponseReturnValue:
        require(Capability.RUN_JOBS)
        if job not in schedule.BY_NAME:
            abort(404)
        try:
            with one_commit():
                job_orders.ask(job, actor())
        except RuleBroken as refusal:
            db.session.rollback()
            flash(str(refusal), "info")
        else:
            flash(f"La tâche {job} est demandée : l'ordonnanceur la lance dans quelques secondes.", "success")
        return redirect(f"{HERE}/", 303)
