"""How is the seeded world built into a migrated database? People and suppliers by the services, the rest in bulk.

The world: 500 suppliers, very unequal, each with one software and one account; one more supplier, of the médecine de
ville, whose files the import cases deposit; a member of staff per role. Foreign keys are checked once, at the end.
"""

import datetime as dt
import functools
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from stdnum import luhn

from app.corridors import documents
from app.corridors.spec import CorridorSpec
from app.demo import enrolling, people
from app.demo.people import SupplierPerson
from app.domain.enums import DepositMode, Role
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.audit import AuditEntry, AuditHead
from app.models.budget import Envelope
from app.models.counters import Counter
from app.models.credentials import RecoveryCode
from app.models.users import User
from app.services import (
    accounts,
    actors,
    clock,
    corridor_versions,
    counters,
    second_factor,
)
from app.services.actors import Actor
from benchmarks import loading, world_rows
from benchmarks.world_rows import Depositor, Staff

PASSWORD = people.PASSWORD
ENTRY_CODES = tuple(f"banc-{rank:04d}" for rank in range(1, 2_001))  # each opens one session of a person
SUPPLIERS = 500
OPENS, CLOSES = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
IMPORTER = people.A
BIG, SMALL = "fournisseur-001", f"fournisseur-{SUPPLIERS:03d}"
MEDIAN = f"fournisseur-{SUPPLIERS // 2:03d}"


def populate(flask: Flask, how_many: int, tell: Callable[[str], None]) -> None:
    """Fill a migrated, empty database with `how_many` current requests."""
    with flask.app_context():
        depositors, staff = _people()
        db.session.commit()
        head = db.session.execute(sa.select(AuditHead.last_id, AuditHead.digest)).one()
        db.session.remove()
        with loading.bulk(db.engine) as loader:
            done = 0
            for batch in world_rows.batches(how_many, depositors, staff, tuple(head)):
                loader.load(batch)
                done += len(batch["funding_request"])
                tell(f"{done:,} requests".replace(",", " "))
            dossiers, last_entry = loader.highest("dossier"), loader.highest("audit_entry")
        db.session.add(Counter(name=counters.DOSSIER, value=dossiers))
        digest = sa.select(AuditEntry.digest).where(AuditEntry.id == last_entry).scalar_subquery()
        db.session.execute(sa.update(AuditHead).values(last_id=last_entry, digest=digest))
        db.session.commit()
        faults = loading.broken_keys(db.engine)
        if faults:
            raise RuntimeError(f"the world is not sound: {faults}")
        db.session.remove()
        db.engine.dispose()


def _people() -> tuple[list[Depositor], Staff]:
    for spec in documents.shipped():
        windows = tuple(one.model_copy(update={"opens_at": OPENS, "closes_at": CLOSES}) for one in spec.windows)
        corridor_versions.publish(spec.model_copy(update={"windows": windows}))
    ids: dict[Role, int] = {}
    officer = None
    for one in people.STAFF:
        user = accounts.create(
            one.username, f"{one.username}@exemple.fr", PASSWORD, [one.role], full_name=one.full_name
        )
        second_factor.adopt(user, one.totp_secret)
        db.session.add_all(RecoveryCode(user_id=user.id, digest=second_factor.digest(code)) for code in ENTRY_CODES)
        ids.setdefault(one.role, user.id)
        officer = officer or actors.of(user)
    assert officer is not None
    assert user.password is not None
    envelope = Envelope(code="ENV-BANC", label="Enveloppe du banc d'essai", total=10**12, created_at=clock.now())
    db.session.add(envelope)
    db.session.flush()
    depositors = [_enrolled(_supplier(rank), officer, user.password) for rank in range(1, SUPPLIERS + 1)]
    _enrolled(IMPORTER, officer, user.password)
    return depositors, Staff(
        ids[Role.OFFICER], ids[Role.DECIDER], ids[Role.AUTHORISER], ids[Role.ACCOUNTANT], envelope.id
    )


@functools.cache
def _specs() -> list[CorridorSpec]:
    return [spec for spec in documents.shipped() if spec.deposit is DepositMode.JSON]


def _supplier(rank: int) -> SupplierPerson:
    """An invented supplier of one of the corridors that deposit by file."""
    siren = f"{rank + 1000:08d}"
    siren += luhn.calc_check_digit(siren)
    specs = _specs()
    spec = specs[rank % len(specs)]
    financed = spec.narrowed(1).software
    software = financed[rank % len(financed)]
    return SupplierPerson(
        username=f"fournisseur-{rank:03d}",
        siret=siren + "0001" + luhn.calc_check_digit(siren + "0001"),
        name=f"EDITEUR DE LOGICIELS {rank:03d}",
        city=("9 rue de la Paix", "51100", "REIMS"),
        contact=("MARTIN", "Alice"),
        iban=IMPORTER.iban,
        bic=IMPORTER.bic,
        corridor=spec.code,
        ans=f"banc{rank:06d}",
        software_type=software.type,
        software=f"LOGICIEL {rank:03d}",
        profiles=("Général",),
        vat=VatRegime.HT,
    )


def _enrolled(who: SupplierPerson, officer: Actor, secret: str) -> Depositor:
    """`secret`: the hash of the password, the same for all (a hash is made slow on purpose)."""
    supplier = enrolling.register(who, officer)
    user = User(
        username=who.username, email=who.email, full_name=who.name, password=secret, fs_uniquifier=who.username,
        supplier=supplier, created_at=clock.now(), active=True, role_rows=[accounts.role_row(Role.SUPPLIER)],
    )  # fmt: skip
    db.session.add(user)
    db.session.flush()
    enrolment = enrolling.enrol(who, supplier, user, officer)
    version = corridor_versions.in_force(who.corridor)
    assert version is not None
    return Depositor(
        supplier.id, enrolment.id, version.id, who.corridor, who.software_type, enrolment.referencing.dsr,
        supplier.name, user.id, who.username, who.ans,
    )  # fmt: skip
