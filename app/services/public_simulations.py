"""The simulator without account: the controls of a file that need no look-up, for a corridor in force.

Nothing of the file is kept, but a count by day and corridor. Suppliers, enrolments, referencings and beneficiaries are
never looked at: what depends on them is not controlled here, and the page says so.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.corridors.spec import CorridorSpec, SoftwareSpec, Window
from app.domain import limits
from app.domain.enums import DepositMode, Phase
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from app.exchange import examination, line_model, reading
from app.exchange.envelope import Depositor
from app.exchange.line_rules import Circumstances
from app.extensions import db
from app.models.corridors import CorridorVersion
from app.models.simulation_counts import SimulationCount
from app.services import clock, corridor_versions, line_worth, simulation_report
from app.services.line_worth import Standing
from app.services.simulation_report import Place

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of software whose requests are deposited by file, in a corridor in force."""

    version: CorridorVersion
    spec: CorridorSpec
    software: SoftwareSpec

    @property
    def key(self) -> str:
        return f"{self.spec.code}-{self.software.wave}-{self.software.type}"

    @property
    def label(self) -> str:
        return f"{self.spec.label} – {self.software.label} ({self.software.dsr})"

    def windows(self, phase: Phase) -> tuple[Window, ...]:
        """When its requests of this phase may be deposited."""
        return self.spec.windows_of(self.software.wave, phase, self.software.type)


def offered() -> list[Offer]:
    """Every kind of software of the corridors deposited by file, in the order of their labels."""
    found = [(version, corridor_versions.spec_of(version)) for version in corridor_versions.all_in_force()]
    return [
        Offer(version, spec, software)
        for version, spec in found
        if spec.deposit is DepositMode.JSON
        for software in spec.software
    ]


def report(content: bytes, offer: Offer, phase: Phase, vat: VatRegime) -> dict[str, Any]:
    """What the file is worth. Raises `RuleBroken` when it is over the size limit.

    The avance of a solde is taken for paid as the corridor makes it: no dossier is looked up.
    """
    if len(content) > limits.JSON_FILE_BYTES:
        most = limits.JSON_FILE_BYTES // limits.MEGABYTE
        raise RuleBroken(f"Le fichier dépasse {most} Mo : répartissez ses demandes en plusieurs.", field="file")
    software = offer.software
    model = line_model.model_of(offer.version.digest, offer.spec, phase, software.wave)
    around = Circumstances(clock.today(), vat, None)
    examined = examination.examine(reading.read(content), phase, model, Depositor(), around)
    standing = Standing(software.type, software.wave, None)
    worth = line_worth.check(examined, vat, lambda line: standing)
    place = Place(offer.spec.label, software.dsr, vat, offer.version.number)
    return simulation_report.of(content, examined, worth, place)


def count(offer: Offer) -> None:
    """One simulation more today for this corridor."""
    insert = _INSERT[db.session.get_bind().dialect.name]
    today: dt.date = clock.today()
    db.session.execute(
        insert(SimulationCount)
        .values(day=today, corridor_code=offer.spec.code, count=1)
        .on_conflict_do_update(
            index_elements=[SimulationCount.day, SimulationCount.corridor_code],
            set_={"count": SimulationCount.count + 1},
        )
    )
