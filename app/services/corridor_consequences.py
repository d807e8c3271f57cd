"""What publishing a draft would do: which deposits open or close, and which requests keep the version they have."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.corridors.spec import CorridorSpec, Window
from app.domain.enums import ALIVE, EnrolmentStatus, Phase
from app.extensions import db
from app.models.corridors import CorridorVersion
from app.models.dossiers import Dossier
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.requests import Avenant, FundingRequest
from app.services import clock, corridor_versions, formats


@dataclass(frozen=True, slots=True)
class Deposit:
    """One kind of deposit: open now under the version in force (`was`), and under the draft (`will`)."""

    phase: Phase
    wave: int
    software: str
    was: Window | None
    will: Window | None
    next_opening: dt.datetime | None

    @property
    def verdict(self) -> str:
        """What publishing changes for whoever would deposit now."""
        if self.was and self.will:
            same = self.was.closes_at == self.will.closes_at
            until = formats.minute(self.will.closes_at)
            return f"Reste ouvert jusqu'au {until}" if same else f"Reste ouvert, désormais jusqu'au {until}"
        if self.will:
            return f"S'ouvre aussitôt, jusqu'au {formats.minute(self.will.closes_at)}"
        later = f" ; s'ouvrira le {formats.minute(self.next_opening)}" if self.next_opening else ""
        return ("Se ferme aussitôt" if self.was else "Reste fermé") + later

    @property
    def changes(self) -> bool:
        return (self.was is None) != (self.will is None)


@dataclass(frozen=True, slots=True)
class Consequences:
    """`kept`: current requests by the number of the version they keep. `orphans`: enrolments whose software the draft
    no longer has, by DSR."""

    deposits: tuple[Deposit, ...]
    kept: tuple[tuple[int, int], ...]
    orphans: tuple[tuple[str, int], ...]

    @property
    def kept_total(self) -> int:
        return sum(count for _, count in self.kept)


def of(code: str, after: CorridorSpec) -> Consequences:
    """What making `after` the version in force of this corridor would do, now."""
    version = corridor_versions.in_force(code)
    before = corridor_versions.spec_of(version) if version else None
    return Consequences(tuple(_deposits(before, after)), tuple(_kept(code)), tuple(_orphans(code, after)))


def _deposits(before: CorridorSpec | None, after: CorridorSpec) -> Iterator[Deposit]:
    now = clock.now()
    known = [*(before.software if before else ()), *after.software]
    for kind, wave in dict.fromkeys((one.type, one.wave) for one in known):
        for phase in Phase:
            was = before.window(wave, phase, now, kind) if before and before.software_of(kind, wave) else None
            will = after.window(wave, phase, now, kind) if after.software_of(kind, wave) else None
            to_come = [one.opens_at for one in after.windows_of(wave, phase, kind) if one.opens_at > now]
            yield Deposit(phase, wave, kind, was, will, min(to_come, default=None))


def _kept(code: str) -> Sequence[tuple[int, int]]:
    query = (
        sa.select(CorridorVersion.number, sa.func.count())
        .select_from(Avenant)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .join(Dossier, Dossier.id == FundingRequest.dossier_id)
        .join(CorridorVersion, CorridorVersion.id == Dossier.corridor_version_id)
        .where(Dossier.corridor_code == code, Avenant.is_current, Avenant.status.in_(ALIVE))
        .group_by(CorridorVersion.number)
        .order_by(CorridorVersion.number)
    )
    return [(number, count) for number, count in db.session.execute(query)]


def _orphans(code: str, after: CorridorSpec) -> Iterator[tuple[str, int]]:
    query = (
        sa.select(Referencing.software_type, Referencing.wave, Referencing.dsr, sa.func.count())
        .select_from(Enrolment)
        .join(Referencing, Referencing.id == Enrolment.referencing_id)
        .where(Referencing.corridor_code == code, Enrolment.status == EnrolmentStatus.VALIDATED)
        .group_by(Referencing.software_type, Referencing.wave, Referencing.dsr)
    )
    for kind, wave, dsr, count in db.session.execute(query):
        if after.software_of(kind, wave) is None:
            yield dsr, count
