"""What does the portal already know that forbids a file or a line? One query per control, whatever the number of lines.

Simulation and import call the same `control`; the import holds the rows it depends on until its commit (`lock`).
Sources: domain dossier, D4 and D5 (« le dernier avenant n'est pas au statut Décidé et payé », one prestation per
beneficiary and DSR). Nothing here says by whom a beneficiary was financed.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.domain.amounts import ZERO
from app.domain.enums import ALIVE, DepositMode, EnrolmentStatus, Phase
from app.domain.errors import RuleBroken
from app.domain.vat import VatRegime
from app.exchange import codes, contents, examination, line_model, reading
from app.exchange.envelope import Depositor, lines_of
from app.exchange.examination import Examination, Line
from app.exchange.faults import Path
from app.exchange.line_model import LineModel
from app.exchange.line_rules import Circumstances
from app.exchange.reading import Reading
from app.extensions import db
from app.models.corridors import CorridorVersion
from app.models.dossiers import BeneficiaryClaim
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport
from app.models.requests import Avenant
from app.services import (
    bulk_rows,
    clock,
    corridor_versions,
    deposit_windows,
    formats,
    line_worth,
    liquidation,
    solde_controls,
)
from app.services.line_worth import Standing
from app.services.liquidation import Liquidation
from app.services.solde_controls import Target


@dataclass(slots=True)
class Verdict:
    """A file under every control. By rank of line: `targets` (a solde's dossier) and `worth` (amounts in euros)."""

    digest: str
    version: CorridorVersion
    examination: Examination
    targets: dict[int, Target] = field(default_factory=dict)
    worth: dict[int, Liquidation] = field(default_factory=dict)

    @property
    def importable(self) -> bool:
        return not self.examination.refused and bool(self.examination.retained)


@dataclass(frozen=True, slots=True)
class Deposit:
    """What is deposited: the bytes, and what was chosen on the screen."""

    content: bytes
    enrolment: Enrolment
    phase: Phase
    vat: VatRegime


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file is held against, before anything is asked of what the portal knows of its beneficiaries."""

    model: LineModel
    depositor: Depositor
    around: Circumstances
    models: Mapping[int, LineModel]

    def is_same(self, other: "Asked") -> bool:
        """Models are built once: another one is another document, phase or wave."""
        return (
            self.model is other.model
            and self.models.keys() == other.models.keys()
            and (self.depositor, self.around) == (other.depositor, other.around)
            and all(model is other.models[rank] for rank, model in self.models.items())
        )


@dataclass(frozen=True, slots=True)
class Examined:
    """A file read and examined for what was asked: serves one `control`."""

    asked: Asked
    examination: Examination


def examined(deposit: Deposit) -> Examined:
    """Read and examine a file, which is the long part of its controls, before anything is locked for them.

    Raises `RuleBroken` when the corridor has no published version yet.
    """
    read = reading.read(deposit.content)
    asked = _asked(deposit, _version(deposit), _targets(deposit, read, lock=False))
    return Examined(asked, _examine(read, deposit, asked))


def control(deposit: Deposit, *, lock: bool = False, before: Examined | None = None) -> Verdict:
    """Every fault of a file. `lock`: hold the avances a solde stands on until the commit. `before`: these bytes as they
    were examined a moment ago; they are examined again when they are now held against something else.

    Raises `RuleBroken` when the corridor has no published version yet.
    """
    enrolment, phase = deposit.enrolment, deposit.phase
    version = _version(deposit)
    read = before.examination.reading if before else reading.read(deposit.content)
    targets = _targets(deposit, read, lock=lock)
    asked = _asked(deposit, version, targets)
    known = before.examination if before and before.asked.is_same(asked) else None
    examined = known or _examine(read, deposit, asked)
    verdict = Verdict(hashlib.sha256(deposit.content).hexdigest(), version, examined, targets)
    _check_deposit(verdict, deposit)
    if phase is Phase.SOLDE:
        solde_controls.check(examined, targets)
    _check_claims(verdict, enrolment.referencing.dsr)
    _check_amounts(verdict, enrolment)
    return verdict


def _version(deposit: Deposit) -> CorridorVersion:
    code = deposit.enrolment.referencing.corridor_code
    version = corridor_versions.in_force(code)
    if version is None:
        raise RuleBroken(f"Le couloir {code} n'est pas encore ouvert au dépôt.")
    return version


def _targets(deposit: Deposit, read: Reading, *, lock: bool) -> dict[int, Target]:
    if deposit.phase is not Phase.SOLDE:
        return {}
    return solde_controls.targets(lines_of(read.data), deposit.enrolment, lock=lock)


def _asked(deposit: Deposit, version: CorridorVersion, targets: Mapping[int, Target]) -> Asked:
    enrolment, phase = deposit.enrolment, deposit.phase
    return Asked(
        _model(version, phase, enrolment.referencing.wave),
        Depositor(enrolment.supplier.siret, enrolment.referencing.ans_number),
        Circumstances(clock.today(), enrolment.vat, tuple(enrolment.referencing.profiles)),
        {rank: _model(target.version, phase, target.wave) for rank, target in targets.items()},
    )


def _examine(read: Reading, deposit: Deposit, asked: Asked) -> Examination:
    return examination.examine(read, deposit.phase, asked.model, asked.depositor, asked.around, asked.models)


def _model(version: CorridorVersion, phase: Phase, wave: int) -> LineModel:
    return line_model.model_of(version.digest, corridor_versions.spec_of(version), phase, wave)


# --- faults of the file


def _check_deposit(verdict: Verdict, deposit: Deposit) -> None:
    examined, enrolment = verdict.examination, deposit.enrolment
    spec = corridor_versions.spec_of(verdict.version)
    if enrolment.status is not EnrolmentStatus.VALIDATED:
        message = f"l'enrôlement {enrolment.number} est au statut « {enrolment.status.label} »"
        examined.refuse(codes.ENROLMENT_NOT_VALIDATED, message)
    if spec.deposit is not DepositMode.JSON:
        examined.refuse(codes.NOT_BY_JSON, f"le couloir « {spec.label} » ne se dépose pas par fichier JSON")
    elif closed := deposit_windows.closed(spec, enrolment.referencing, deposit.phase):
        examined.refuse(codes.WINDOW_CLOSED, closed.message, cure=closed.cure)
    if deposit.vat is not enrolment.vat:
        message = f"vous avez choisi « {deposit.vat.label} », votre enrôlement dit « {enrolment.vat.label} »"
        examined.refuse(codes.WRONG_VAT_CHOICE, message)
    earlier = _alive_import(enrolment.supplier_id, verdict.digest)
    if earlier:
        said = f"le {formats.day(earlier.imported_at)} (identifiant {earlier.id})"
        examined.refuse(codes.ALREADY_IMPORTED, f"ce fichier a déjà été importé {said} et ses demandes sont en cours")


def _alive_import(supplier_id: int, digest: str) -> JsonImport | None:
    """The first import of these very bytes of which a request still lives, if any."""
    same = sa.select(JsonImport).where(JsonImport.supplier_id == supplier_id, JsonImport.digest == digest)
    if db.session.execute(same.with_only_columns(JsonImport.id).limit(1)).first() is None:
        return None  # a file deposited before is rare: the join, dearer to plan, is for it alone
    joined = same.join(Avenant, Avenant.json_import_id == JsonImport.id)
    alive = joined.where(Avenant.is_current, Avenant.status.in_(ALIVE))
    return db.session.scalar(alive.order_by(JsonImport.id).limit(1))


# --- faults of lines


def _check_claims(verdict: Verdict, dsr: str) -> None:
    """A beneficiary has one prestation per DSR: another dossier's claim refuses the line."""
    held = dict(claims(dsr, set(filter(contents.names_somebody, verdict.examination.named))))
    for line in verdict.examination.lines if held else ():
        target = verdict.targets.get(line.rank)
        for person in line.people:
            holder = held.get(person.identifier)
            if holder is not None and (target is None or target.dossier_id != holder):
                refuse_claimed(line, person.place, person.identifier, dsr)


def refuse_claimed(line: Line, place: Path, identifier: str, dsr: str) -> None:
    """Say that a beneficiary is already financed, and nothing of by whom."""
    message = f"le bénéficiaire {identifier} a déjà une prestation en cours ou financée pour {dsr}"
    line.refuse(codes.ALREADY_FINANCED, place, message, identifier)


def claims(dsr: str, sought: Collection[str]) -> list[tuple[str, int]]:
    """Those of these identifiers that a dossier holds for a DSR, with the dossier's id."""
    query = sa.select(BeneficiaryClaim.identifier, BeneficiaryClaim.dossier_id).where(
        BeneficiaryClaim.dsr == dsr, bulk_rows.among(BeneficiaryClaim.identifier, sought)
    )
    return [(identifier, dossier_id) for identifier, dossier_id in db.session.execute(query)] if sought else []


def _check_amounts(verdict: Verdict, enrolment: Enrolment) -> None:
    paid = liquidation.avances_paid([target.dossier_id for target in verdict.targets.values()])
    own = Standing(enrolment.referencing.software_type, enrolment.referencing.wave)

    def standing_of(line: Line) -> Standing:
        target = verdict.targets.get(line.rank)
        return Standing(target.software_type, target.wave, paid.get(target.dossier_id, ZERO)) if target else own

    verdict.worth = line_worth.check(verdict.examination, enrolment.vat, standing_of)
