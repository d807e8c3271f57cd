"""What the scheduler did, what it is asked to do at once, and which scheduler leads."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import JobOutcome
from app.extensions import db
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User


class JobRun(db.Model):
    """A run of a job, or `runs` consecutive ones of a job of every few seconds that found nothing to do, or that failed
    alike: each run is counted, without a row each. `took_ms`: the longest of them. `asked_by`: who asked for it."""

    __table_args__ = (
        sa.Index("ix_job_run_name_started", "name", "started_at"),
        sa.Index("ix_job_run_started", "started_at", "id"),
        sa.Index("ix_job_run_outcome_started", "outcome", "started_at", "id"),
        sa.CheckConstraint("runs > 0", name="ran"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), info=labelled("Tâche"))
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Début"))
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Fin"))
    took_ms: Mapped[int] = mapped_column(default=0, server_default="0", info=labelled("Durée"))
    runs: Mapped[int] = mapped_column(default=1, server_default="1", info=labelled("Exécutions"))
    outcome: Mapped[JobOutcome] = mapped_column(enum_column(JobOutcome), info=labelled("Résultat"))
    done: Mapped[int] = mapped_column(default=0, info=labelled("Éléments traités"))
    error: Mapped[str] = mapped_column(sa.Text, default="", info=labelled("Erreur"))
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), info=labelled("Lancée par"))


class JobOrder(db.Model):
    """« Lancer maintenant »: the leading scheduler takes it at its next beat. One waits at most for each job."""

    __table_args__ = (
        sa.Index(
            "uq_job_order_waiting",
            "name",
            unique=True,
            sqlite_where=sa.text("taken_at IS NULL"),
            postgresql_where=sa.text("taken_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    taken_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    asked_by: Mapped[User] = relationship()


class SchedulerLease(db.Model):
    """Which scheduler leads, and when it was last seen: `/sante` reads it."""

    __table_args__ = (sa.CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(sa.String(100))
    beat_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
