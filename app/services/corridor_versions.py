"""Published versions of corridors: publishing one, finding the one in force, reading a version's spec.

A version never changes, so each process keeps the specs it has read; which one is in force is asked of the database
at each request, so nothing restarts when one is published.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from app.corridors import documents
from app.corridors.spec import CorridorSpec, Delays
from app.extensions import db
from app.models.corridors import Corridor, CorridorVersion
from app.models.dossiers import Dossier
from app.services import audit, clock
from app.services.actors import SYSTEM, Actor


def publish(spec: CorridorSpec, actor: Actor = SYSTEM) -> CorridorVersion:
    """Make `spec` the version in force of its corridor, created when it is new. The same document twice is one.

    Raises `BadDocument` when it contradicts itself.
    """
    document = documents.canonical(spec)
    digest = documents.digest(document)
    last = in_force(spec.code)
    if last is not None and last.digest == digest:
        return last
    documents.refuse_contradictions(spec, spec.code)
    corridor = db.session.scalar(sa.select(Corridor).where(Corridor.code == spec.code))
    if corridor is None:
        corridor = Corridor(code=spec.code)
        db.session.add(corridor)
    corridor.label, corridor.deposit = spec.label, spec.deposit
    db.session.flush()
    version = CorridorVersion(
        corridor=corridor,
        number=last.number + 1 if last else 1,
        document=document,
        digest=digest,
        published_at=clock.now(),
        published_by_id=actor.id,
    )
    db.session.add(version)
    db.session.flush()
    audit.record("publish", "corridor", spec.code, actor, after={"version": version.number, "digest": digest})
    return version


def hold(code: str) -> None:
    """Keep the corridor's row until the commit: two publications pass one after the other."""
    db.session.execute(sa.select(Corridor.id).where(Corridor.code == code).with_for_update()).first()


def publish_shipped() -> list[str]:
    """Import each shipped document whose code has no version yet. Returns the codes imported."""
    known = set(db.session.scalars(sa.select(Corridor.code)))
    new = [spec for spec in documents.shipped() if spec.code not in known]
    for spec in new:
        publish(spec)
    return [spec.code for spec in new]


def in_force(code: str) -> CorridorVersion | None:
    """The version of today for this corridor: the last published."""
    query = (
        sa.select(CorridorVersion)
        .join(Corridor, Corridor.id == CorridorVersion.corridor_id)
        .where(Corridor.code == code)
        .order_by(CorridorVersion.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def delays_of(code: str) -> Delays:
    """The delays of today: they come from the version in force, whatever the version of a dossier."""
    version = in_force(code)
    assert version is not None, "a dossier was opened under a version of its corridor"
    return spec_of(version).delays


def all_in_force() -> Sequence[CorridorVersion]:
    """The version of today for each corridor, by label."""
    last = sa.select(sa.func.max(CorridorVersion.number)).where(CorridorVersion.corridor_id == Corridor.id)
    query = (
        sa.select(CorridorVersion)
        .join(CorridorVersion.corridor)
        .where(CorridorVersion.number == last.correlate(Corridor).scalar_subquery())
        .order_by(Corridor.label)
        .options(sa.orm.contains_eager(CorridorVersion.corridor))
    )
    return db.session.scalars(query).all()


def history(code: str) -> Sequence[CorridorVersion]:
    """Every version of a corridor, the last first."""
    query = (
        sa.select(CorridorVersion)
        .join(CorridorVersion.corridor)
        .where(Corridor.code == code)
        .order_by(CorridorVersion.number.desc())
        .options(sa.orm.contains_eager(CorridorVersion.corridor))
    )
    return db.session.scalars(query).all()


def spec_of(version: CorridorVersion) -> CorridorSpec:
    """The spec of a published version, parsed once per process and content."""
    spec = _PARSED.get(version.digest)
    if spec is None:
        spec = _PARSED[version.digest] = documents.stored(version.document, f"version {version.number}")
    return spec


def spec_of_id(version_id: int, digest: str) -> CorridorSpec:
    """The same, by its key: the version is read when this process has not parsed it yet."""
    return _PARSED.get(digest) or spec_of(db.session.get_one(CorridorVersion, version_id))


def spec_of_dossier(dossier: Dossier) -> CorridorSpec:
    """The spec a dossier was opened under, as its wave sees it. For ever the same, whatever is published since."""
    spec = spec_of(dossier.corridor_version)
    return spec.narrowed(spec.wave_of(dossier.dsr))


_PARSED: dict[str, CorridorSpec] = {}
