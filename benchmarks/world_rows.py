"""What do a million requests look like? Rows of every table, the same for a seed, in the order of time.

Values are what both databases take as text: whole cents, `0`/`1`, ISO days, instants in UTC. Shares of the statuses
serve the cases: `cancelled` is 3 % of the requests, `decided` 60 %.
"""

import datetime as dt
import random
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.domain import numbers
from app.domain.enums import Phase
from benchmarks import world_traces
from benchmarks.world_traces import Traces
from benchmarks.world_traces import text_of as _text

SEED = 20261121
STARTS, ENDS = dt.datetime(2024, 11, 20, 6, tzinfo=dt.UTC), dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC)
BATCH = 20_000
SOLDE_AFTER = dt.timedelta(days=90)
UNPAID_FOR = dt.timedelta(days=60)
SETTLED = (("decided", 667), ("rejected", 290), ("cancelled", 33), ("validated", 8), ("in_progress", 2))
IN_FLIGHT = (
    ("in_progress", 500),
    ("validated", 240),
    ("incomplete", 110),
    ("awaiting_document", 100),
    ("to_amend", 50),
)
JUDGED = frozenset({"validated", "decided", "rejected"})
DUTIES = {"officer": "Camille Bernard (gestionnaire1)", "decider": "Nadia Robert (decideur)"}
PER_ACT = 200  # requests of one decision, payments of one order
PRICE = 35_833  # cents per doctor

COLUMNS = {
    "dossier": "id number supplier_id enrolment_id corridor_version_id corridor_code software_type dsr created_at",
    "funding_request": "id dossier_id phase number supplier_id",
    "avenant": (
        "id request_id ordinal is_current number phase supplier_id corridor_code software_type editor_number"
        " json_import_id deposited_at expires_on completed_at status status_changed_at payment_state"
        " first_instructed_at order_date invoice_number invoice_date vat"
        " declared declared_ht ceiling_ht retained_ht retained avance_paid amount excess judged_at judged_by_id"
        " decided_at decision_id version"
    ),
    "beneficiary": "id avenant_id position name email phone identifier_kind identifier",
    "beneficiary_claim": "id dsr identifier dossier_id",
    "payment": "id order_id avenant_id amount iban bic holder paid_on reference confirmed_by_id confirmed_at",
    "payment_order": "id number ordered_by_id ordered_at payment_count control_total",
    "decision": "id number envelope_id decided_by_id decided_at request_count total",
} | world_traces.COLUMNS
PAYMENT_STATE = COLUMNS["avenant"].split().index("payment_state")
DECLARED = (
    '{"commande": {"dateCommande": "%s", "regimeTVA": "HT", "montantSegurHT": "%s"}, "beneficiaires": {"commandePour":'
    ' "LIBERAL", "isMandataire": false, "isClientUnique": true, "nomMandataire": null, "emailMandataire": null,'
    ' "telephoneMandataire": null}, "piecesJustificatives": [{"nomFichier": "bdc-%s.pdf", "formatFichier": "PDF",'
    ' "typeFichier": "BON_COMMANDE"}], "scenarioInstallation": {"operateurMessagerie": "API_35"}}'
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
Batch = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Depositor:
    """An enrolled supplier as the rows name him."""

    supplier_id: int
    enrolment_id: int
    version_id: int
    corridor: str
    software_type: str
    dsr: str
    name: str
    user_id: int
    username: str
    ans: str

    @property
    def email(self) -> str:
        return f"{self.username}@exemple.fr"

    @property
    def acting(self) -> tuple[int, str]:
        """As the journal names him."""
        return self.user_id, f"{self.name} ({self.username})"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts, and on which envelope."""

    officer: int
    decider: int
    authoriser: int
    accountant: int
    envelope: int

    def acting(self, duty: str) -> tuple[int, str]:
        """As the journal names who holds this duty."""
        return getattr(self, duty), DUTIES[duty]


@dataclass(frozen=True, slots=True)
class _Dossier:
    id: int
    number: str
    of: Depositor
    doctors: int


def batches(how_many: int, depositors: list[Depositor], staff: Staff, journal: tuple[int, str]) -> Iterator[Batch]:
    """`how_many` current requests, skewed over the depositors (the first has 8 %), by batches of rows per table.
    `journal`: its last rank and digest, after which its entries are chained."""
    writer = _Writer(how_many, depositors, staff, journal)
    for start in range(0, how_many, BATCH):
        for rank in range(start, min(start + BATCH, how_many)):
            writer.request(rank)
        yield writer.take()
    writer.close_acts()
    yield writer.take()


def rpps(rank: int) -> str:
    """An invented RPPS with its Luhn key; a library that checks takes 70 µs."""
    base = f"10{rank:08d}"
    total = sum(map(int, base[-2::-2])) + sum(_DOUBLED[int(digit)] for digit in base[::-2])
    return f"{base}{-total % 10}"


class _Writer:
    """Keeps the ranks and what waits: soldes to come, the decision and the order being filled."""

    def __init__(self, how_many: int, depositors: list[Depositor], staff: Staff, journal: tuple[int, str]) -> None:
        self.random = random.Random(SEED)  # the same world each time
        self.step = (ENDS - STARTS) / how_many
        self.depositors, self.staff = depositors, staff
        weights = [1 / rank**0.8 for rank in range(1, len(depositors) + 1)]
        self.drawn = iter(self.random.choices(depositors, weights, k=how_many))
        self.rows: Batch = defaultdict(list)
        self.last: dict[str, int] = defaultdict(int, audit_entry=journal[0])
        self.traces = Traces(self.add, STARTS, journal[1])
        self.soldes: deque[tuple[dt.datetime, _Dossier]] = deque()
        self.decided: list[int] = []
        self.paid: list[int] = []

    def take(self) -> Batch:
        """What was written since the last time."""
        done, self.rows = self.rows, defaultdict(list)
        return done

    def add(self, table: str, *values: Any, key_: int | None = None) -> int:
        """A row with the next key of its table, which is returned; or with the key given."""
        if key_ is None:
            key_ = self.last[table] = self.last[table] + 1
        self.rows[table].append((key_, *values))
        return key_

    def request(self, rank: int) -> None:
        """One avance of a new dossier, or the solde of one whose day has come; with its past at times."""
        at = STARTS + self.step * rank
        self.traces.until(at)
        if self.soldes and self.soldes[0][0] <= at:
            dossier, phase = self.soldes.popleft()[1], Phase.SOLDE
        else:
            dossier, phase = self._open(at), Phase.AVANCE
        status = self._status(rank * self.step / (ENDS - STARTS))
        number = numbers.request(dossier.number, phase)
        request = self.add("funding_request", dossier.id, phase.value, number, dossier.of.supplier_id)
        corrected = status != "incomplete" and self.random.random() < 0.03
        if corrected:
            self._avenant(request, number, dossier, phase, "superseded", at, 0)
        avenant, amount = self._avenant(request, number, dossier, phase, status, at, int(corrected))
        if status == "decided":
            self._pay(avenant, amount, at, dossier)
            if phase is Phase.AVANCE and self.random.random() < 0.6:
                self.soldes.append((at + SOLDE_AFTER, dossier))

    def _open(self, at: dt.datetime) -> _Dossier:
        of = next(self.drawn)
        number = numbers.dossier(of.corridor, self.last["dossier"] + 1)
        facts = (of.supplier_id, of.enrolment_id, of.version_id, of.corridor, of.software_type, of.dsr, _text(at))
        return _Dossier(self.add("dossier", number, *facts), number, of, 1 + (self.random.random() < 0.4))

    def _status(self, age: float) -> str:
        kinds = SETTLED if age < 0.9 else IN_FLIGHT
        drawn = self.random.random() * 1000
        for name, share in kinds:
            drawn -= share
            if drawn < 0:
                return name
        return kinds[0][0]

    def _avenant(
        self, request: int, number: str, dossier: _Dossier, phase: Phase, status: str, at: dt.datetime, ordinal: int
    ) -> tuple[int, int]:
        """One version of a request with its beneficiaries. Returns its key and its amount in cents."""
        declared = PRICE * dossier.doctors + self.random.randrange(0, 20_000)
        amount = declared * 3 // 10 if phase is Phase.AVANCE else declared * 7 // 10
        judged = status in JUDGED
        changed = at + dt.timedelta(minutes=self.random.randrange(5, 40_000)) if status != "incomplete" else at
        decided = _text(changed) if status == "decided" else None
        ordered_on = (at - dt.timedelta(days=self.random.randrange(2, 60))).date().isoformat()
        solde = phase is Phase.SOLDE
        price = f"{declared // 100}.{declared % 100:02d}"
        kept = declared if judged else None
        editor_number = f"{request % 100_000:05d}"
        avenant = self.add(
            "avenant", request, ordinal, int(status != "superseded"), number, phase.value, dossier.of.supplier_id,
            dossier.of.corridor, dossier.of.software_type, editor_number,
            self.traces.file_of(at, dossier.of, phase.value, number, editor_number), _text(at),
            (at + dt.timedelta(7)).date().isoformat(),
            None if status == "incomplete" else _text(at), status, _text(changed),
            "none" if not decided else "pending" if self.random.random() < self._unpaid(at) else "paid",
            _text(changed) if judged else None, ordered_on,
            f"F-{request}" if solde else None, at.date().isoformat() if solde else None, "ht",
            DECLARED % (ordered_on, price, number), declared, kept, kept, kept, 0 if judged else None,
            amount if status in ("validated", "decided") else None, None, _text(changed) if judged else None,
            self.staff.officer if judged else None, decided, self._decision(amount, decided) if decided else None, 1,
        )  # fmt: skip
        hold = phase is Phase.AVANCE and status not in ("rejected", "cancelled", "superseded")
        self._trace(dossier.of, request, number, status, at, changed)
        for position in range(1, dossier.doctors + 1):
            self._doctor(avenant, position, dossier, hold)
        return avenant, amount

    def _trace(
        self, of: Depositor, request: int, number: str, status: str, at: dt.datetime, changed: dt.datetime
    ) -> None:
        """What the journal and the mails keep of this version."""
        if status == "incomplete":
            return
        self.traces.done(at, of.acting, "Compléter", number)
        if status in JUDGED:
            act, event = ("Rejeter", "Demande rejetée") if status == "rejected" else ("Valider", "Demande validée")
            self.traces.done(changed, self.staff.acting("officer"), act, number)
            self.traces.told(changed, event, of, request, number)
        if status == "decided":
            self.traces.done(changed, self.staff.acting("decider"), "Décider", number)

    def _unpaid(self, at: dt.datetime) -> float:
        """The share of the decided requests of this day that still wait for their payment: few but the last ones."""
        return 0.2 if at > ENDS - UNPAID_FOR else 0.002

    def _doctor(self, avenant: int, position: int, dossier: _Dossier, hold: bool) -> None:
        rank = dossier.id * 2 + position
        identifier = rpps(rank)
        self.add(
            "beneficiary", avenant, position, f"DR EXEMPLE {rank}", f"cabinet{rank}@exemple.fr",
            f"03{rank % 100_000_000:08d}", "rpps", identifier,
        )  # fmt: skip
        if hold:
            self.add("beneficiary_claim", dossier.of.dsr, identifier, dossier.id)

    def _decision(self, amount: int, at: str) -> int:
        """The decision being filled; it is written when it has its 200 requests."""
        self.decided.append(amount)
        current = self.last["decision"] + 1
        if len(self.decided) == PER_ACT:
            self._close_decision(at)
        return current

    def _close_decision(self, at: str) -> None:
        number = numbers.decision(2026, self.last["decision"] + 1)
        total, self.decided = (len(self.decided), sum(self.decided)), []
        self.add("decision", number, self.staff.envelope, self.staff.decider, at, *total)

    def _pay(self, avenant: int, amount: int, at: dt.datetime, dossier: _Dossier) -> None:
        """Ordered; and confirmed when the avenant says it is paid."""
        paid = self.rows["avenant"][-1][PAYMENT_STATE] == "paid"
        self.paid.append(amount)
        rank, day = self.last["payment"] + 1, at + dt.timedelta(days=40)
        done = (day.date().isoformat(), f"VIR-{rank:08d}", self.staff.accountant, _text(day))
        self.add(
            "payment", self.last["payment_order"] + 1, avenant, amount, "FR7613135000800800267924623", "CEPAFRPP313",
            dossier.of.name, *(done if paid else (None,) * 4),
        )  # fmt: skip
        if len(self.paid) == PER_ACT:
            self._close_order(_text(day))

    def _close_order(self, at: str) -> None:
        number = numbers.payment_order(2026, self.last["payment_order"] + 1)
        total, self.paid = (len(self.paid), sum(self.paid)), []
        self.add("payment_order", number, self.staff.authoriser, at, *total)

    def close_acts(self) -> None:
        """The last decision and the last order, part full; the files too, and what was still to be told."""
        self.traces.close(ENDS, self.depositors)
        if self.decided:
            self._close_decision(_text(ENDS))
        if self.paid:
            self._close_order(_text(ENDS))
