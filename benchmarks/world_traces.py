"""What do the journal, the mails, the imports and the job runs of a million requests look like? Rows in order of time.

Some three entries of the journal and one or two mails a request, its line in a file of up to a hundred; a run of a job
every twenty minutes.
"""

import datetime as dt
import hashlib
import heapq
import itertools
from collections.abc import Callable
from typing import Any

COLUMNS = {
    "json_import": (
        "id supplier_id enrolment_id imported_by_id imported_at ans_number phase file_name digest storage_key"
        " line_count retained_count rejected_count result_key"
    ),
    "json_import_line": "id json_import_id line_number editor_number outcome request_number code label findings",
    "audit_entry": (
        "id at actor_id actor address action subject_kind subject payload payload_digest previous_digest digest"
    ),
    "mail": (
        "id event_key message_id event recipient subject body supplier_id request_id status created_at due_at sent_at"
        " attempts last_error"
    ),
    "job_run": "id name started_at ended_at outcome done error",
}
LINES = 100  # of a file
RUNS_EVERY = dt.timedelta(minutes=20)
JOBS = ("send_mails", "letters", "close_overdue", "remove_expired")
BODY = (
    "Bonjour,\n\nNous vous informons de la suite donnée à votre demande {number}. Vous pouvez la consulter dans votre"
    " espace, à la rubrique « Mes demandes ».\n\nCordialement,\nL'Agence de services et de paiement\n"
)
Add = Callable[..., int]


def text_of(at: dt.datetime) -> str:
    """As SQLAlchemy writes an instant in SQLite; PostgreSQL reads it in the session's zone, UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


class Traces:
    """What is known now happens later: entries and mails wait for their day, since their keys follow time."""

    def __init__(self, add: Add, starts: dt.datetime, digest: str) -> None:
        """`add` writes a row with the next key of its table; `digest`: the end of the journal."""
        self.add = add
        self.digest = digest
        self.waiting: list[tuple[dt.datetime, int, tuple[Any, ...]]] = []
        self.order = itertools.count()
        self.next_run = starts
        self.files: dict[tuple[int, str], list[tuple[str, str]]] = {}
        self.opened: dict[tuple[int, str], int] = {}
        self.imports = itertools.count(1)

    def done(self, at: dt.datetime, who: tuple[int, str], action: str, number: str) -> None:
        """A person did something to a request."""
        heapq.heappush(self.waiting, (at, next(self.order), ("audit_entry", who, action, number)))

    def told(self, at: dt.datetime, event: str, of: Any, request: int, number: str) -> None:
        """A supplier is written to about a request."""
        heapq.heappush(self.waiting, (at, next(self.order), ("mail", event, of, request, number)))

    def until(self, at: dt.datetime) -> None:
        """Write all that happened before."""
        while self.next_run <= at:
            self._run(self.next_run)
            self.next_run += RUNS_EVERY
        while self.waiting and self.waiting[0][0] <= at:
            when, _, (table, *said) = heapq.heappop(self.waiting)
            (self._entry if table == "audit_entry" else self._mail)(when, *said)

    def file_of(self, at: dt.datetime, of: Any, phase: str, number: str, editor_number: str) -> int:
        """The import a request came by. Its file is written when it has its lines."""
        key = (of.supplier_id, phase)
        rank = self.opened.get(key)
        if rank is None:
            rank = self.opened[key] = next(self.imports)
            self.files[key] = []
        self.files[key].append((number, editor_number))
        if len(self.files[key]) == LINES:
            self._close(key, at, of)
        return rank

    def close(self, at: dt.datetime, depositors: list[Any]) -> None:
        """Every file that is part full, and all that was still to happen."""
        known = {of.supplier_id: of for of in depositors}
        for key in list(self.opened):
            self._close(key, at, known[key[0]])
        while self.waiting:
            self.until(max(at, self.waiting[0][0]))

    def _close(self, key: tuple[int, str], at: dt.datetime, of: Any) -> None:
        rank, lines = self.opened.pop(key), self.files.pop(key)
        digest = hashlib.sha256(f"file {rank}".encode()).hexdigest()
        self.add(
            "json_import", of.supplier_id, of.enrolment_id, of.user_id, text_of(at), of.ans, key[1],
            f"{of.corridor}-{of.software_type}-{rank}.json", digest, f"imports/{rank}.json", len(lines), len(lines), 0,
            f"imports/{rank}-retour.json", key_=rank,
        )  # fmt: skip
        for position, (number, editor_number) in enumerate(lines, start=1):
            self.add(
                "json_import_line", rank, position, editor_number, "retained", number, "0000", "Demande retenue", "[]"
            )

    def _entry(self, at: dt.datetime, who: tuple[int, str], action: str, number: str) -> None:
        previous, self.digest = self.digest, hashlib.sha256(self.digest.encode()).hexdigest()
        self.add(
            "audit_entry", text_of(at), *who, "192.0.2.1", action, "request", number,
            '{"before": {"status": "in_progress"}, "after": {"status": "validated"}}', self.digest, previous,
            self.digest,
        )  # fmt: skip

    def _mail(self, at: dt.datetime, event: str, of: Any, request: int, number: str) -> None:
        key = f"{event}:{request}"
        failed = request % 2000 == 0
        self.add(
            "mail", key, f"<{key}@exemple.fr>", event, of.email, f"Votre demande {number} : {event}",
            BODY.format(number=number), of.supplier_id, request, "failed" if failed else "sent", text_of(at),
            text_of(at), None if failed else text_of(at), 1, "",
        )  # fmt: skip

    def _run(self, at: dt.datetime) -> None:
        rank = int((at - dt.datetime(2020, 1, 1, tzinfo=dt.UTC)) / RUNS_EVERY)
        outcome = "failed" if rank % 500 == 0 else "done"
        self.add("job_run", JOBS[rank % len(JOBS)], text_of(at), text_of(at), outcome, rank % 50, "")
