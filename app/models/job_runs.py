"""What the scheduler did: one row per run of a job."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.enums import JobOutcome
from app.extensions import db
from app.models.types import UtcDateTime, enum_column, labelled


class JobRun(db.Model):
    """A run that found nothing to do every few seconds is not kept: only those that did something, or failed."""

    __table_args__ = (
        sa.Index("ix_job_run_name_started", "name", "started_at"),
        sa.Index("ix_job_run_started", "started_at", "id"),
        sa.Index("ix_job_run_outcome_started", "outcome", "started_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), info=labelled("Tâche"))
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Début"))
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Fin"))
    outcome: Mapped[JobOutcome] = mapped_column(enum_column(JobOutcome), info=labelled("Résultat"))
    done: Mapped[int] = mapped_column(default=0, info=labelled("Éléments traités"))
    error: Mapped[str] = mapped_column(sa.Text, default="", info=labelled("Erreur"))


class SchedulerLease(db.Model):
    """Which scheduler leads, and when it was last seen: `/sante` reads it."""

    __table_args__ = (sa.CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(sa.String(100))
    beat_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
