"""The audit trail: what is recorded during a transaction is chained and written at its commit, the head locked last.

`record` may be called anywhere; nothing reaches the database before the commit, and a rollback forgets it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction

from app.extensions import db
from app.models.audit import AuditEntry, AuditHead
from app.services import clock
from app.services.actors import Actor

GENESIS = "0" * 64
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
# How many lines were recorded when each savepoint began.
_SAVEPOINTS: WeakKeyDictionary[SessionTransaction, int] = WeakKeyDictionary()
# The IP address of the person, set by the web layer for the time of a request.
ADDRESS: ContextVar[str] = ContextVar("address", default="")


def record(
    action: str,
    subject_kind: str,
    subject: str,
    actor: Actor,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    comment: str = "",
) -> None:
    """Note that `actor` did `action` to `subject` (a number people know). Values must be JSON-able."""
    payload: dict[str, Any] = {"before": dict(before or {}), "after": dict(after or {})}
    if comment:
        payload["comment"] = comment
    line = {
        "at": clock.now(),
        "actor_id": actor.id,
        "actor": actor.label,
        "address": ADDRESS.get(),
        "action": action,
        "subject_kind": subject_kind,
        "subject": subject,
        "payload": json.loads(json.dumps(payload, default=str)),
    }
    session = db.session()
    if not session.in_transaction():
        session.begin()  # else a rollback before the first query would undo nothing, and forget nothing
    session.info.setdefault("audit", []).append(line)


def payload_digest(payload: Mapping[str, Any] | None) -> str:
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chain_digest(rank: int, line: Mapping[str, Any], digest_of_payload: str, previous: str) -> str:
    """The hash of a row: everything it says, the digest of its payload, and the hash of the row before."""
    said = [
        rank,
        line["at"].astimezone(dt.UTC).isoformat(),
        line["actor_id"],
        line["actor"],
        line["address"],
        line["action"],
        line["subject_kind"],
        line["subject"],
        digest_of_payload,
        previous,
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


@sa.event.listens_for(Session, "before_commit")
def _chain_what_was_recorded(session: Session) -> None:
    if session.in_nested_transaction():
        return
    lines = session.info.pop("audit", [])
    if not lines:
        return
    session.flush()
    rank, digest = _locked_head(session)
    rows = []
    for line in lines:
        rank += 1
        of_payload = payload_digest(line["payload"])
        previous, digest = digest, chain_digest(rank, line, of_payload, digest)
        rows.append({"id": rank, **line, "payload_digest": of_payload, "previous_digest": previous, "digest": digest})
    session.execute(sa.insert(AuditEntry), rows)
    session.execute(sa.update(AuditHead).values(last_id=rank, digest=digest))


def _locked_head(session: Session) -> tuple[int, str]:
    """The last rank and digest, held until the commit. Two transactions may both be the first: one head is written."""
    query = sa.select(AuditHead.last_id, AuditHead.digest).with_for_update()
    head = session.execute(query).one_or_none()
    if head is None:
        first = _INSERT[session.get_bind().dialect.name](AuditHead).values(id=1, last_id=0, digest=GENESIS)
        session.execute(first.on_conflict_do_nothing())
        head = session.execute(query).one()
    return head.last_id, head.digest


@sa.event.listens_for(Session, "after_transaction_create")
def _remember_where_a_savepoint_began(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        _SAVEPOINTS[transaction] = len(session.info.get("audit", []))


@sa.event.listens_for(Session, "after_soft_rollback")
def _forget_what_was_undone(session: Session, transaction: SessionTransaction) -> None:
    """Of a savepoint, what was recorded since it began; else everything."""
    if transaction.nested:
        del session.info.get("audit", [])[_SAVEPOINTS.get(transaction, 0) :]
    elif transaction.parent is None:
        session.info.pop("audit", None)


@dataclass(frozen=True, slots=True)
class Breach:
    """A row that does not hold, and why."""

    rank: int
    reason: str


def verify() -> Iterator[Breach]:
    """Every breach of the chain, in order; nothing when it holds. A purged payload is no breach."""
    previous, expected = GENESIS, 1
    table = AuditEntry.__table__
    # The payload as its text: a tampered one may not even be JSON.
    columns = [column for column in table.c if column.name != "payload"]
    query = sa.select(*columns, sa.cast(table.c.payload, sa.Text).label("payload")).order_by(table.c.id)
    for row in db.session.execute(query).mappings().yield_per(1000):
        if row["id"] != expected:
            yield Breach(expected, f"ligne absente (la suivante est la {row['id']})")
        if row["payload"] is not None and _digest_of_text(row["payload"]) != row["payload_digest"]:
            yield Breach(row["id"], "le contenu (avant / après) a été modifié")
        if row["previous_digest"] != previous:
            yield Breach(row["id"], "la ligne ne suit pas la précédente")
        if chain_digest(row["id"], row, row["payload_digest"], row["previous_digest"]) != row["digest"]:
            yield Breach(row["id"], "la ligne a été modifiée")
        previous, expected = row["digest"], row["id"] + 1
    head = db.session.get(AuditHead, 1)
    if (head.last_id, head.digest) != (expected - 1, previous) if head else expected > 1:
        yield Breach(expected, "la fin de la chaîne a été retirée")


def _digest_of_text(payload: str) -> str:
    try:
        return payload_digest(json.loads(payload))
    except ValueError:
        return ""


def entries_of(subject_kind: str, subject: str) -> Sequence[AuditEntry]:
    """Everything done to a subject, the last first."""
    query = sa.select(AuditEntry).where(AuditEntry.subject_kind == subject_kind, AuditEntry.subject == subject)
    return db.session.scalars(query.order_by(AuditEntry.id.desc())).all()


def last_entry(subject_kind: str, subject: str) -> AuditEntry | None:
    """The last thing done to a subject: a stale page says what happened meanwhile."""
    query = (
        sa.select(AuditEntry)
        .where(AuditEntry.subject_kind == subject_kind, AuditEntry.subject == subject)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def last_entries(subject_kind: str, subjects: Sequence[str]) -> dict[str, AuditEntry]:
    """The last thing done to each of these subjects, by subject."""
    query = sa.select(AuditEntry).where(AuditEntry.subject_kind == subject_kind, AuditEntry.subject.in_(subjects))
    return {entry.subject: entry for entry in db.session.scalars(query.order_by(AuditEntry.id))}
