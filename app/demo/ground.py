"""The ground of the demo world: corridors open around today, staff, suppliers enrolled, envelopes, news."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from app.corridors import documents
from app.corridors.spec import CorridorSpec
from app.demo import enrolling, people
from app.domain.enums import PersonKind, Role
from app.models.budget import Envelope
from app.models.enrolments import Enrolment
from app.models.users import User
from app.services import (
    accounts,
    actors,
    budget,
    clock,
    corridor_versions,
    news,
    rejection_wordings,
    second_factor,
    suppliers,
)
from app.services.actors import SYSTEM, Actor

_MONEY = (
    (people.A, "60000.00"),
    (people.B, "4000000.00"),
    (people.C, "300000.00"),
    *((who, "200000.00") for who in (people.D, people.E, people.F, people.G)),
    (people.S, "500000.00"),
    (people.M, "100000.00"),
)
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


def lay(world: World) -> None:
    """Everything that must stand before the first deposit."""
    _open_corridors(world)
    _hire(world)
    _enrol(world)
    _fund(world)
    _word(world)


def _open_corridors(world: World) -> None:
    """Every shipped document keeps its historical dates as version 1; version 2 is open around today."""
    corridor_versions.publish_shipped()
    opens, closes = clock.now() - OPENS_BEFORE, clock.now() + CLOSES_AFTER
    for shipped in documents.shipped():
        version = corridor_versions.in_force(shipped.code)
        assert version is not None
        spec = corridor_versions.spec_of(version)
        windows = tuple(w.model_copy(update={"opens_at": opens, "closes_at": closes}) for w in spec.windows)
        world.specs[spec.code] = spec.model_copy(update={"windows": windows})
        corridor_versions.publish(world.specs[spec.code])


def _hire(world: World) -> None:
    for one in people.STAFF:
        world.users[one.username] = accounts.create(
            one.username, f"{one.username}@exemple.fr", people.PASSWORD, [one.role], full_name=one.full_name
        )
        second_factor.adopt(world.users[one.username], one.totp_secret)


def _enrol(world: World) -> None:
    officer = world.actor("gestionnaire1")
    for who in people.SUPPLIERS:
        supplier = enrolling.register(who, officer)
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
        user = accounts.create(
            who.username,
            who.email,
            people.PASSWORD,
            [Role.SUPPLIER],
            full_name=f"{first_name} {last_name}",
            supplier=supplier,
        )
        world.users[who.username] = user
        world.enrolments[who.username] = enrolling.enrol(who, supplier, user, officer)


def _word(world: World) -> None:
    """The library of the reasons to reject."""
    for code, title, text in _WORDINGS:
        rejection_wordings.write(code, title, text, world.actor("gestionnaire1"))


_WORDINGS = (
    (
        "BC-NON-SIGNE",
        "Bon de commande non signé",
        "Le bon de commande joint à votre demande {{ de_type }} {{ numero }} (n° éditeur {{ numero_editeur }}) n'est"
        " pas signé par le client final.",
    ),
    (
        "DATE-COMMANDE",
        "Date de commande hors période",
        "La commande du {{ date_commande }} n'est pas dans la période de financement du couloir {{ couloir }}.",
    ),
    (
        "MONTANT",
        "Montant différent de la pièce",
        "Le montant Ségur HT déclaré, {{ montant_declare }} €, n'est pas celui du document joint.",
    ),
    (
        "HORS-REFERENCEMENT",
        "Logiciel non référencé à la commande",
        "{{ logiciel }} (n° {{ numero_ans }}) n'était pas référencé pour cette prestation au {{ date_commande }}.",
    ),
)


def _fund(world: World) -> None:
    decider, authoriser = world.actor("decideur"), world.actor("ordonnateur")
    for who, amount in _MONEY:
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
