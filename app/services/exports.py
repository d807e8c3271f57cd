"""The two CSV exports: which columns, which rows, and how they leave with flat memory.

Source: guide « Les écrans du portail », § 6 (12 and 18 columns, in that order). Never a non-completed request, never a
superseded avenant; « Montant payé » is what was really paid. `;`, UTF-8 with BOM, CRLF, decimal comma, French dates.

« Le type d'identification du bénéficiaire dépend du couloir » (§ 6): the 14th column is « FINESS PMSI » where the
corridor identifies by PMSI, else it bears the corridor's own identifiers. « Raison sociale client » repeats the name
where the corridor's beneficiary is an establishment named as such; it is empty for a professional (inferred).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.corridors.spec import CorridorSpec
from app.domain import identifiers
from app.domain.enums import PaymentState, Phase, RequestStatus
from app.domain.errors import RuleBroken
from app.extensions import db, set_hurried, set_reading
from app.models.dossiers import Dossier
from app.models.enrolments import Enrolment
from app.models.payments import Payment
from app.models.referencings import Referencing
from app.models.requests import Avenant, Beneficiary, FundingRequest
from app.services import audit, clock, corridor_versions, csv_cells
from app.services.actors import Actor

PMSI_HEADING = "FINESS PMSI"
ESTABLISHMENTS = frozenset({"finess", "pmsi", "siret"})
BLOCK = 128 * 1024  # bytes sent at once
ROWS = 1000  # lines fetched at once on SQLite: about a block

_REQUEST = (
    ("Type", csv_cells.label(Avenant.phase, Phase)),
    ("Statut", csv_cells.label(Avenant.status, RequestStatus)),
    ("Date de changement de statut", csv_cells.paris_day(Avenant.status_changed_at)),
    ("Logiciel", csv_cells.text(Dossier.software_type)),
    ("Date de dépôt", csv_cells.paris_day(Avenant.deposited_at)),
    ("Date de commande", csv_cells.day(Avenant.order_date)),
    ("N° éditeur", csv_cells.text(Avenant.editor_number)),
    ("Etat de paiement", csv_cells.label(Avenant.payment_state, PaymentState)),
    ("Date du paiement", csv_cells.day(Payment.paid_on)),
    ("Montant déclaré SEGUR HT", csv_cells.amount(Avenant.declared_ht)),
    ("Montant payé (fonction du régime TVA)", csv_cells.amount(Payment.amount)),
)


@dataclass(frozen=True, slots=True)
class Export:
    """A file to come: its name, its headings, the cells of a row (SQL expressions) and where they are read."""

    name: str
    headings: tuple[str, ...]
    cells: tuple[Any, ...]
    query: sa.Select[Any]

    @property
    def file_name(self) -> str:
        return f"export-{self.name}-{clock.today():%Y%m%d}.csv"


def requests_export(supplier_id: int | None, actor: Actor) -> Export:
    """Every request, all corridors; those of one supplier when given. Audited: commit before streaming."""
    cells = (Avenant.number, *[cell for _, cell in _REQUEST])
    made = Export(
        "demandes",
        ("N° ASP", *[heading for heading, _ in _REQUEST]),
        cells,
        _scoped(sa.select(*cells), supplier_id).order_by(Avenant.id),
    )
    _record(made, actor, supplier_id)
    return made


def beneficiaries_export(supplier_id: int | None, corridor_code: str, actor: Actor) -> Export:
    """Every beneficiary of a corridor's requests. Raises `RuleBroken` when no known corridor is chosen. Audited."""
    chosen = next((spec for spec in corridors() if spec.code == corridor_code), None)
    if chosen is None:
        raise RuleBroken("Sélectionnez d'abord un couloir.", field="corridor")
    named = establishment_kinds(chosen)
    company = sa.case((Beneficiary.identifier_kind.in_(named), Beneficiary.name), else_="") if named else sa.literal("")
    cells = (
        Avenant.number,
        *[cell for _, cell in _REQUEST],
        csv_cells.text(Referencing.ans_number),
        csv_cells.text(Beneficiary.identifier),
        csv_cells.text(Beneficiary.name),
        csv_cells.text(Beneficiary.email),
        csv_cells.text(Beneficiary.phone),
        csv_cells.text(company),
    )
    query = (
        _scoped(sa.select(*cells), supplier_id)
        .join(Beneficiary, Beneficiary.avenant_id == Avenant.id)
        .join(Enrolment, Enrolment.id == Dossier.enrolment_id)
        .join(Referencing, Referencing.id == Enrolment.referencing_id)
        .where(Dossier.corridor_code == chosen.code)
        .order_by(Avenant.id, Beneficiary.position)
    )
    headings = (
        "N° de la demande",
        *[heading for heading, _ in _REQUEST],
        "N°ANS",
        identifier_heading(chosen),
        "Nom du client",
        "E-mail du client",
        "Téléphone du client",
        "Raison sociale client",
    )
    made = Export("beneficiaires", headings, cells, query)
    _record(made, actor, supplier_id, corridor=chosen.code)
    return made


def _scoped(query: sa.Select[Any], supplier_id: int | None) -> sa.Select[Any]:
    query = (
        query.select_from(Avenant)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .join(Dossier, Dossier.id == FundingRequest.dossier_id)
        .outerjoin(Payment, sa.and_(Payment.avenant_id == Avenant.id, Payment.paid_on.is_not(None)))
        .where(Avenant.is_current, Avenant.status != RequestStatus.INCOMPLETE)
    )
    return query if supplier_id is None else query.where(Avenant.supplier_id == supplier_id)


def _record(made: Export, actor: Actor, supplier_id: int | None, **filters: str) -> None:
    scope = {"supplier_id": supplier_id} if supplier_id is not None else {}
    audit.record("export", "export", made.file_name, actor, after=scope | filters)


def corridors() -> list[CorridorSpec]:
    """The corridors whose requests name beneficiaries, in force, by label."""
    return [spec for spec in map(corridor_versions.spec_of, corridor_versions.all_in_force()) if spec.beneficiaries]


def identifier_heading(spec: CorridorSpec) -> str:
    """The 14th heading: the guide's for hospitals, the corridor's identifiers otherwise."""
    if "pmsi" in spec.identifier_kinds:
        return PMSI_HEADING
    return " / ".join(identifiers.LABELS[kind] for kind in spec.identifier_kinds)


def establishment_kinds(spec: CorridorSpec) -> list[str]:
    """Identifiers of establishments that bear their own name (not that of a person answering for them)."""
    named = {source.identifier_kind for source in spec.beneficiaries if not source.name.startswith(".")}
    return sorted(named & ESTABLISHMENTS)


def stream(export: Export) -> Iterator[bytes]:
    """The bytes of the file, block after block: memory does not grow with the rows.

    Reads only: on SQLite the transaction is deferred and keeps no writer out. It takes the time it needs: no limit of
    time stops it. A failure comes out of the iterator, so that the server cuts the connection instead of ending the
    file.
    """
    set_reading(True)
    set_hurried(False)
    connection = db.session.connection()
    yield (csv_cells.BOM + _headings(export)).encode()
    yield from _copied(connection, export) if connection.dialect.name == "postgresql" else _fetched(connection, export)


def _headings(export: Export) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=csv_cells.SEPARATOR, lineterminator=csv_cells.LINE_END).writerow(export.headings)
    return out.getvalue()


def _copied(connection: sa.Connection, export: Export) -> Iterator[bytes]:
    """PostgreSQL writes the CSV itself; no cell holds a line break, so each one ends a line."""
    line_end = csv_cells.LINE_END.encode()
    copy = f"COPY ({_written(connection, export.query)}) TO STDOUT (FORMAT csv, DELIMITER '{csv_cells.SEPARATOR}')"
    with _driver(connection).cursor() as cursor, cursor.copy(copy) as lines:
        for block in _blocks(lines):
            yield block.replace(b"\n", line_end)


def _blocks(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """The same bytes in larger pieces."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def _fetched(connection: sa.Connection, export: Export) -> Iterator[bytes]:
    """SQLite writes each line whole, in bytes; they are fetched `ROWS` at a time."""
    query = export.query.with_only_columns(csv_cells.line(list(export.cells)), maintain_column_froms=True)
    with closing(_driver(connection).execute(_written(connection, query))) as cursor:
        while rows := cursor.fetchmany(ROWS):
            yield b"".join([line for (line,) in rows])


def _driver(connection: sa.Connection) -> Any:
    """The bare connection: what SQLAlchemy does for each row is not needed here."""
    return connection.connection.driver_connection


def _written(connection: sa.Connection, query: sa.Select[Any]) -> str:
    """The statement with its values in it, as a bare driver takes it."""
    compiled = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    # psycopg's dialect doubles it for a statement with parameters; this one has none.
    return compiled.replace("%%", "%") if connection.dialect.name == "postgresql" else compiled
