"""The tale of the demo world: ten weeks of deposits, instruction, decisions and payments, each by its own person.

Everything goes through the services at the instant it is told to happen; `build` runs once on an empty portal.
"""

import datetime as dt
import io
import itertools
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal

import sqlalchemy as sa

from app.demo import deposits, ground, models, orders, people
from app.demo.fates import FATES
from app.demo.ground import World
from app.demo.people import SupplierPerson
from app.domain.enums import PaymentState, Phase, RequestStatus
from app.extensions import db
from app.models.imports import JsonImport
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.services import budget, bundles, clock, imports, letters, outbox, simulations

WEEKS = 10
LINES = 12  # per file of avances


def exists() -> bool:
    """True when the portal already has suppliers: the demo world is never built over anything."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Supplier)) != 0


def build() -> None:
    """Tell the whole tale, ending now. Commits as it goes."""
    today = clock.today()
    start = today - dt.timedelta(weeks=WEEKS)
    world = World()
    with _at(start, 8):
        ground.lay(world)
        db.session.commit()
    for day, chapter in _chapters(world, start, today):
        with _at(day, 9):
            chapter()
        with _at(day, 18):
            letters.make_pending()
            outbox.send_due()


def _at(day: dt.date, hour: int) -> AbstractContextManager[None]:
    """That day at that hour in Paris, never in the future."""
    return clock.at(min(dt.datetime.combine(day, dt.time(hour), clock.PARIS).astimezone(dt.UTC), clock.now()))


_OLD = ("paid",) * 7 + ("rejected", "cancelled", "ordered")
_MIDDLE = (
    "paid",
    "ordered",
    "decided",
    "decided",
    "validated",
    "validated",
    "rejected",
    "undecided",
    "validated",
    "new",
)
_RECENT = ("new", "new", "new", "new", "new", "asked", "amend", "validated", "answered", "new")
_MIXED = ("paid", "new", "paid", "validated", "asked", "amend", "decided", "rejected")
_ONCE = (people.C, people.D, people.E, people.F, people.G)
Chapter = tuple[dt.date, Callable[[], None]]


def _chapters(world: World, start: dt.date, today: dt.date) -> list[Chapter]:
    """Each file with its day: avances of A and B, soldes of A, then what is left without pieces."""
    told: list[Chapter] = []
    for week in range(WEEKS - 1):
        day = start + dt.timedelta(weeks=week)
        fates = _OLD if week < 4 else _MIDDLE if week < 7 else _RECENT
        told.append((day, lambda week=week, fates=fates: _avances(world, people.A, week, fates)))  # type: ignore[misc]
        if week % 2 == 0:
            told.append((day, lambda week=week, fates=fates: _avances(world, people.B, week, fates)))  # type: ignore[misc]
    later = start + dt.timedelta(weeks=6, days=2)
    told.append(
        (
            later,
            lambda: _soldes(
                world, people.A, ("paid",) * 4 + ("asked_back", "recovered") + ("decided",) * 4 + ("validated",) * 4
            ),
        )
    )
    told.append((later + dt.timedelta(weeks=2), lambda: _soldes(world, people.A, ("new",) * 8, another=True)))
    told.append((later, lambda: _soldes(world, people.B, ("paid", "decided", "validated", "new"))))
    told += _others(world, start)
    told.append((today - dt.timedelta(days=5), lambda: _without_pieces(world, people.A, 90)))
    told.append((today - dt.timedelta(days=1), lambda: _without_pieces(world, people.B, 91)))
    told.append((today - dt.timedelta(days=1), lambda: _ask_for_more(world)))
    told.append((today - dt.timedelta(days=2), lambda: models.send(world)))
    return sorted(told, key=lambda chapter: chapter[0])


def _others(world: World, start: dt.date) -> list[Chapter]:
    """The corridors deposited once: avances, then the soldes of those that were paid."""
    told: list[Chapter] = []
    for days, who in enumerate(_ONCE):
        first, second = (start + dt.timedelta(weeks=week, days=days) for week in (2, 7))
        told.append((first, lambda who=who: _avances(world, who, 2, _MIXED)))  # type: ignore[misc]
        told.append((second, lambda who=who: _soldes(world, who, ("paid", "new"))))  # type: ignore[misc]
    return told


def _avances(world: World, who: SupplierPerson, week: int, fates: Sequence[str]) -> None:
    file = _avance_file(world, who, week)
    imported = _import(world, who, Phase.AVANCE, file, f"avance-{week + 1:02d}")
    _complete(world, who, imported, file)
    _live(world, imported, fates)


def _avance_file(world: World, who: SupplierPerson, week: int) -> bytes:
    if who is people.A:
        ordered = [orders.doctors(1000 + week * 100 + line * 5, week + line) for line in range(LINES)]
    else:
        first, last = ((week // 2) * LINES, (week // 2 + 1) * LINES) if who is people.B else (0, len(_MIXED))
        ordered = [orders.made(world.specs[who.corridor], rank) for rank in range(first, last)]
    return deposits.avance_file(who, ordered, f"{clock.today() - dt.timedelta(days=20):%d/%m/%Y}")


def _soldes(world: World, who: SupplierPerson, fates: Sequence[str], *, another: bool = False) -> None:
    """`another`: the last one is for another doctor than its avance."""
    paid = _paid_avances_without_solde(world, who, len(fates))
    file = deposits.solde_file(who, paid, f"{clock.today() - dt.timedelta(days=3):%d/%m/%Y}")
    if another:
        file = deposits.for_another_doctor(file, orders.rpps(90000))
    imported = _import(world, who, Phase.SOLDE, file, f"solde-{clock.today():%m%d}")
    _complete(world, who, imported, file)
    _live(world, imported, fates)


def _paid_avances_without_solde(world: World, who: SupplierPerson, how_many: int) -> list[Avenant]:
    supplier_id = world.users[who.username].supplier_id
    query = sa.select(Avenant).where(Avenant.supplier_id == supplier_id, Avenant.is_current).order_by(Avenant.id)
    everything = list(db.session.scalars(query))
    with_solde = {one.request.dossier_id for one in everything if one.phase is Phase.SOLDE}
    free = [one for one in everything if one.phase is Phase.AVANCE and one.request.dossier_id not in with_solde]
    return [one for one in free if one.payment_state is PaymentState.PAID][:how_many]


def _without_pieces(world: World, who: SupplierPerson, week: int) -> None:
    """The session ended between the import and the pieces: the requests stay « Non complétées »."""
    if who is people.A:
        ordered = [orders.doctors(60000 + line * 5, line) for line in range(3)]
    else:
        ordered = [orders.made(world.specs[who.corridor], 100 + line) for line in range(2)]
    file = deposits.avance_file(who, ordered, f"{clock.today() - dt.timedelta(days=10):%d/%m/%Y}")
    _import(world, who, Phase.AVANCE, file, f"avance-{week:02d}")


def _import(world: World, who: SupplierPerson, phase: Phase, file: bytes, name: str) -> JsonImport:
    user, enrolment = world.users[who.username], world.enrolments[who.username]
    full = f"{who.corridor}-{who.software_type}-{name}.json"
    simulation = simulations.simulate(file, full, enrolment, phase, who.vat, user)
    imported = imports.import_simulated(simulation, user)
    db.session.commit()
    return imported


def _complete(world: World, who: SupplierPerson, imported: JsonImport, file: bytes) -> None:
    bundles.attach_bundle(imported, io.BytesIO(deposits.bundle(file)), world.users[who.username])
    db.session.commit()


def _live(world: World, imported: JsonImport, fates: Sequence[str]) -> None:
    query = sa.select(Avenant).where(Avenant.json_import_id == imported.id, Avenant.is_current).order_by(Avenant.id)
    for avenant, fate in zip(list(db.session.scalars(query)), itertools.cycle(fates), strict=False):
        assert avenant.status is RequestStatus.IN_PROGRESS, avenant.number
        FATES[fate](world, avenant)
        db.session.commit()


def _ask_for_more(world: World) -> None:
    """An increase that waits for its approval."""
    envelope = world.envelopes[people.A.corridor]
    budget.propose_increase(envelope, Decimal("40000.00"), world.actor("decideur"), reason="Afflux de demandes")
    db.session.commit()
