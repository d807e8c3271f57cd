"""Which scheduler works when several run: one leads by a lock of the database, another takes over when it stops.

PostgreSQL: an advisory lock on a connection of its own (a pooled one would keep it after `close`). SQLite: a lease row
that the leader renews and anybody may take once it has expired. Both write the row, whose beat `/sante` reads.
"""

import datetime as dt
import os
import socket

import sqlalchemy as sa

from app.extensions import db
from app.models.job_runs import SchedulerLease
from app.services import clock

BEAT_SECONDS = 5
LEASE = dt.timedelta(seconds=30)
_LOCK_KEY = 5_367_212  # any number, the same for every node of one database
_GIVE_UP_FAST = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class Leader:
    """The candidacy of this process. `beat` every few seconds; work only while `leads`."""

    def __init__(self) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}"
        self._until = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._lock = _AdvisoryLock() if db.engine.dialect.name == "postgresql" else None
        self.one_writer = (
            self._lock is None
        )  # SQLite: jobs that write at once would wait for each other until they fail

    @property
    def leads(self) -> bool:
        """False as soon as the lease may have been taken by another, even when the database does not answer."""
        return clock.now() < self._until

    def beat(self) -> bool:
        """Take or keep the lead, inside an application context. Returns True when the lead was just taken."""
        led = self.leads
        try:
            kept = self._renew()
        except sa.exc.SQLAlchemyError:
            db.session.rollback()
            raise
        self._until = clock.now() + LEASE if kept else clock.now()
        return kept and not led

    def release(self) -> None:
        """Let another lead at once, inside an application context."""
        self._until = clock.now()
        if self._lock:
            self._lock.drop()
        else:
            db.session.execute(
                sa.update(SchedulerLease)
                .where(SchedulerLease.holder == self.holder)
                .values(beat_at=clock.now() - 2 * LEASE)
            )
            db.session.commit()

    def _renew(self) -> bool:
        if self._lock:
            if not self._lock.held():
                return False
            free: sa.ColumnElement[bool] = sa.true()
        else:
            free = sa.or_(SchedulerLease.holder == self.holder, SchedulerLease.beat_at < clock.now() - LEASE)
        taken = db.session.scalar(
            sa.update(SchedulerLease)
            .where(free)
            .values(holder=self.holder, beat_at=clock.now())
            .returning(SchedulerLease.id)
            .execution_options(synchronize_session=False)
        )
        if taken is None and db.session.scalar(sa.select(SchedulerLease.id)) is None:
            db.session.add(SchedulerLease(id=1, holder=self.holder, beat_at=clock.now()))
            taken = 1
        db.session.commit()
        return taken is not None


class _AdvisoryLock:
    """A lock that lives as long as its connection."""

    def __init__(self) -> None:
        self._engine = sa.create_engine(
            db.engine.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", connect_args=_GIVE_UP_FAST
        )
        self._connection: sa.Connection | None = None

    def held(self) -> bool:
        """Take the lock, or prove that it is still ours. A broken connection has lost it."""
        try:
            if self._connection is not None:
                self._connection.execute(sa.select(1))
                return True
            connection = self._engine.connect()
        except sa.exc.SQLAlchemyError:
            self.drop()
            return False
        if connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK_KEY))):
            self._connection = connection
            return True
        connection.close()
        return False

    def drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
