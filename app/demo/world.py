"""The tale of the demo world: ten weeks of deposits, instruction, decisions and payments, each by its own person.

Everything goes through the services at the instant it is told to happen; `build` runs once on an empty portal.
"""

import datetime as dt
import io
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa

from app.corridors.spec import CorridorSpec
from app.demo import deposits, people
from app.demo.people import SupplierPerson
from app.domain.enums import EnrolmentKind, PersonKind, Phase, RequestStatus, Role
from app.domain.request_workflow import Action
from app.extensions import db
from app.models.budget import Envelope
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport
from app.models.requests import Avenant
from app.models.suppliers import Supplier
from app.models.users import User
from app.services import (
    accounts,
    actors,
    budget,
    bundles,
    clock,
    corridor_versions,
    decisions,
    enrolments,
    imports,
    letters,
    news,
    outbox,
    payments,
    referencings,
    simulations,
    suppliers,
)
from app.services import requests as request_service
from app.services.actors import SYSTEM, Actor

WEEKS = 10
LINES = 12  # per file of avances
OPENS_BEFORE, CLOSES_AFTER = dt.timedelta(days=200), dt.timedelta(days=365)


@dataclass
class World:
    """Who is who, while the tale is told."""

    users: dict[str, User] = field(default_factory=dict)
    enrolments: dict[str, Enrolment] = field(default_factory=dict)
    specs: dict[str, CorridorSpec] = field(default_factory=dict)
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    transfers: int = 0

    def actor(self, username: str) -> Actor:
        return actors.of(self.users[username])


def exists() -> bool:
    """True when the portal already has suppliers: the demo world is never built over anything."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Supplier)) != 0


def build() -> None:
    """Tell the whole tale, ending now. Commits as it goes."""
    today = clock.today()
    start = today - dt.timedelta(weeks=WEEKS)
    world = World()
    with _at(start, 8):
        _open_corridors(world)
        _hire(world)
        _enrol(world)
        _fund(world)
        db.session.commit()
    for day, chapter in _chapters(world, start, today):
        with _at(day, 9):
            chapter()
        with _at(day, 18):
            letters.make_pending()
            outbox.send_due()


def _at(day: dt.date, hour: int):  # type: ignore[no-untyped-def]
    """That day at that hour in Paris, never in the future."""
    return clock.at(min(dt.datetime.combine(day, dt.time(hour), clock.PARIS).astimezone(dt.UTC), clock.now()))


# --- the ground


def _open_corridors(world: World) -> None:
    """Shipped documents keep their historical dates as version 1; version 2 is open around today."""
    corridor_versions.publish_shipped()
    opens, closes = clock.now() - OPENS_BEFORE, clock.now() + CLOSES_AFTER
    for who in people.SUPPLIERS:
        version = corridor_versions.in_force(who.corridor)
        assert version is not None
        spec = corridor_versions.spec_of(version)
        windows = tuple(w.model_copy(update={"opens_at": opens, "closes_at": closes}) for w in spec.windows)
        world.specs[who.corridor] = spec.model_copy(update={"windows": windows})
        corridor_versions.publish(world.specs[who.corridor])


def _hire(world: World) -> None:
    for one in people.STAFF:
        world.users[one.username] = accounts.create(
            one.username, f"{one.username}@exemple.fr", people.PASSWORD, [one.role], full_name=one.full_name
        )


def _enrol(world: World) -> None:
    officer = world.actor("gestionnaire1")
    for who in people.SUPPLIERS:
        street, postcode, city = who.city
        supplier = suppliers.register(who.siret, who.name, address=street, postcode=postcode, city=city, actor=officer)
        last_name, first_name = who.contact
        suppliers.add_person(
            supplier,
            PersonKind.LEGAL_REPRESENTATIVE,
            last_name,
            first_name,
            who.email,
            "0326212121",
            actor=officer,
        )
        account = suppliers.open_account(supplier, who.iban, who.bic, actor=officer)
        user = accounts.create(
            who.username,
            who.email,
            people.PASSWORD,
            [Role.SUPPLIER],
            full_name=f"{first_name} {last_name}",
            supplier=supplier,
        )
        referencing = referencings.register(
            who.ans,
            who.corridor,
            who.software_type,
            wave=1,
            software=who.software,
            software_version="2.1",
            editor_siret=who.siret,
            profiles=who.profiles,
            effective_on=dt.date(2021, 10, 7),
            actor=officer,
        )
        enrolment = enrolments.deposit(supplier, referencing, account, who.vat, EnrolmentKind.INITIAL, actors.of(user))
        enrolments.validate(enrolment, officer)
        world.users[who.username], world.enrolments[who.username] = user, enrolment


def _fund(world: World) -> None:
    decider, authoriser = world.actor("decideur"), world.actor("ordonnateur")
    for who, amount in ((people.A, "60000.00"), (people.B, "4000000.00")):
        code = f"ENV-{who.corridor}-2026"
        label = f"Enveloppe {world.specs[who.corridor].label} 2026"
        change = budget.propose_envelope(
            code, label, Decimal(amount), decider, corridor_code=who.corridor, reason="Programmation annuelle"
        )
        budget.judge(change, True, authoriser)
        world.envelopes[who.corridor] = change.envelope
    news.publish(
        "Ouverture des dépôts de la vague 1",
        "Les demandes d'avance et de solde sont ouvertes. La simulation du fichier est obligatoire avant l'import.",
        SYSTEM,
    )
    news.publish(
        "Couloir Médecine de ville : bons de commande",
        "Le bon de commande doit porter la signature du client final et sa date.",
        SYSTEM,
        corridor_code=people.A.corridor,
    )


# --- the chapters: what a file becomes

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
    told.append((later, lambda: _soldes(world, people.A, ("paid",) * 6 + ("decided",) * 4 + ("validated",) * 4)))
    told.append((later + dt.timedelta(weeks=2), lambda: _soldes(world, people.A, ("new",) * 8)))
    told.append((today - dt.timedelta(days=5), lambda: _without_pieces(world, people.A, 90)))
    told.append((today - dt.timedelta(days=1), lambda: _without_pieces(world, people.B, 91)))
    told.append((today - dt.timedelta(days=1), lambda: _ask_for_more(world)))
    return sorted(told, key=lambda chapter: chapter[0])


def _avances(world: World, who: SupplierPerson, week: int, fates: Sequence[str]) -> None:
    file = _avance_file(world, who, week)
    imported = _import(world, who, Phase.AVANCE, file, f"avance-{week + 1:02d}")
    _complete(world, who, imported, file)
    _live(world, imported, fates)


def _avance_file(world: World, who: SupplierPerson, week: int) -> bytes:
    if who is people.A:
        orders = [deposits.doctors(1000 + week * 100 + line * 5, week + line) for line in range(LINES)]
    else:
        orders = [deposits.hospital(world.specs[who.corridor], (week // 2) * LINES + line) for line in range(LINES)]
    return deposits.avance_file(who, orders, f"{clock.today() - dt.timedelta(days=20):%d/%m/%Y}")


def _soldes(world: World, who: SupplierPerson, fates: Sequence[str]) -> None:
    paid = _paid_avances_without_solde(world, who, len(fates))
    file = deposits.solde_file(who, paid, f"{clock.today() - dt.timedelta(days=3):%d/%m/%Y}")
    imported = _import(world, who, Phase.SOLDE, file, f"solde-{clock.today():%m%d}")
    _complete(world, who, imported, file)
    _live(world, imported, fates)


def _paid_avances_without_solde(world: World, who: SupplierPerson, how_many: int) -> list[Avenant]:
    supplier_id = world.users[who.username].supplier_id
    query = sa.select(Avenant).where(Avenant.supplier_id == supplier_id, Avenant.is_current).order_by(Avenant.id)
    everything = list(db.session.scalars(query))
    with_solde = {one.request.dossier_id for one in everything if one.phase is Phase.SOLDE}
    free = [one for one in everything if one.phase is Phase.AVANCE and one.request.dossier_id not in with_solde]
    return [one for one in free if one.payment_state.value == "paid"][:how_many]


def _without_pieces(world: World, who: SupplierPerson, week: int) -> None:
    """The session ended between the import and the pieces: the requests stay « Non complétées »."""
    if who is people.A:
        orders = [deposits.doctors(60000 + line * 5, line) for line in range(3)]
    else:
        orders = [deposits.hospital(world.specs[who.corridor], 100 + line) for line in range(2)]
    file = deposits.avance_file(who, orders, f"{clock.today() - dt.timedelta(days=10):%d/%m/%Y}")
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


# --- what becomes of each request


def _live(world: World, imported: JsonImport, fates: Sequence[str]) -> None:
    query = sa.select(Avenant).where(Avenant.json_import_id == imported.id, Avenant.is_current).order_by(Avenant.id)
    for avenant, fate in zip(list(db.session.scalars(query)), itertools.cycle(fates), strict=False):
        assert avenant.status is RequestStatus.IN_PROGRESS, avenant.number
        _FATES[fate](world, avenant)
        db.session.commit()


def _validate(world: World, avenant: Avenant) -> None:
    request_service.act(avenant, Action.VALIDATE, world.actor(("gestionnaire1", "gestionnaire2")[avenant.id % 2]))


def _decide(world: World, avenant: Avenant) -> None:
    _validate(world, avenant)
    envelope = world.envelopes[avenant.dossier.corridor_code]
    decisions.decide(envelope, [(avenant.id, avenant.version)], world.actor("decideur"))


def _order(world: World, avenant: Avenant) -> None:
    _decide(world, avenant)
    payments.order([(avenant.id, avenant.version)], world.actor("ordonnateur"))


def _pay(world: World, avenant: Avenant) -> None:
    _order(world, avenant)
    payment = payments.payment_of(avenant)
    assert payment is not None
    world.transfers += 1
    payments.confirm(payment, clock.today(), f"VIR-{world.transfers:06d}", world.actor("comptable"))


def _reject(world: World, avenant: Avenant) -> None:
    comment = "Le bon de commande n'est pas signé par le client final."
    request_service.act(avenant, Action.REJECT, world.actor("gestionnaire1"), comment=comment)


def _cancel(world: World, avenant: Avenant) -> None:
    comment = "Annulée à la demande du fournisseur : commande abandonnée par le client."
    request_service.act(avenant, Action.CANCEL, world.actor("gestionnaire2"), comment=comment)


def _cancel_decided(world: World, avenant: Avenant) -> None:
    _decide(world, avenant)
    comment = "Annulée à la demande du fournisseur après décision."
    decisions.cancel_decided(avenant, world.actor("decideur"), comment=comment)


def _ask_piece(world: World, avenant: Avenant) -> None:
    comment = "Le bon de commande est illisible : déposez-en une copie nette."
    request_service.act(avenant, Action.ASK_DOCUMENT, world.actor("gestionnaire1"), comment=comment)


def _ask_amendment(world: World, avenant: Avenant) -> None:
    comment = "La date de la commande ne correspond pas au bon de commande."
    request_service.act(avenant, Action.ASK_AMENDMENT, world.actor("gestionnaire2"), comment=comment)


def _answered(world: World, avenant: Avenant) -> None:
    """Asked for a piece, and answered the same day."""
    _ask_piece(world, avenant)
    owner = next(user for user in world.users.values() if user.supplier_id == avenant.supplier_id)
    request_service.act(avenant, Action.ADD_DOCUMENT, actors.of(owner))


def _leave(world: World, avenant: Avenant) -> None:
    """Waiting to be instructed."""


_FATES: dict[str, Callable[[World, Avenant], None]] = {
    "paid": _pay,
    "ordered": _order,
    "decided": _decide,
    "validated": _validate,
    "rejected": _reject,
    "cancelled": _cancel,
    "undecided": _cancel_decided,
    "asked": _ask_piece,
    "amend": _ask_amendment,
    "answered": _answered,
    "new": _leave,
}


def _ask_for_more(world: World) -> None:
    """An increase that waits for its approval."""
    envelope = world.envelopes[people.A.corridor]
    budget.propose_increase(envelope, Decimal("40000.00"), world.actor("decideur"), reason="Afflux de demandes")
    db.session.commit()
