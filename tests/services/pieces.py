"""Imports that wait for their pieces, the store as it is, and a scanner that knows one virus."""

import datetime as dt
import io
import uuid

import sqlalchemy as sa

from app.domain.enums import LineOutcome, Phase, RequestStatus, ScanState
from app.domain.errors import RuleBroken, Unavailable
from app.extensions import db
from app.models.documents import Document, ExpectedDocument
from app.models.dossiers import BeneficiaryClaim
from app.models.imports import JsonImport, JsonImportLine
from app.models.requests import Avenant
from app.services import clock, ports
from tests import factories, files

ORDER = "BON_COMMANDE"


def json_import(user, enrolment, count=1) -> JsonImport:
    made = JsonImport(
        supplier_id=user.supplier_id,
        enrolment=enrolment,
        imported_by_id=user.id,
        imported_at=clock.now(),
        ans_number=enrolment.referencing.ans_number,
        phase=Phase.AVANCE,
        file_name="demandes.json",
        digest=uuid.uuid4().hex * 2,
        storage_key=f"imports/{uuid.uuid4()}",
        result_key=f"imports/{uuid.uuid4()}",
        line_count=count,
        retained_count=count,
        rejected_count=0,
    )
    db.session.add(made)
    db.session.flush()
    return made


def waiting(of, names=(), number="00001", kinds=(ORDER,), **over) -> Avenant:
    """A non-completed request of this import that expects pieces of these names."""
    names = names or [f"mdv-lgc-va1-bdc-{number}.pdf"]
    made = factories.avenant(
        of.enrolment,
        editor_number=number,
        json_import_id=of.id,
        **{
            "status": RequestStatus.INCOMPLETE,
            "completed_at": None,
            "expires_on": clock.today() + dt.timedelta(7),
        }
        | over,
    )
    for position, name in enumerate(names):
        kind = kinds[position] if position < len(kinds) else kinds[-1]
        db.session.add(ExpectedDocument(avenant=made, position=position, kind=kind, file_name=name))
    db.session.add(BeneficiaryClaim(dsr=made.dossier.dsr, identifier=uuid.uuid4().hex[:11], dossier_id=made.dossier.id))
    if made.phase is Phase.AVANCE:
        _line(of, made, number)
    db.session.flush()
    return made


def _line(of, avenant, number):
    rank = db.session.scalar(
        sa.select(sa.func.count()).select_from(JsonImportLine).where(JsonImportLine.json_import_id == of.id)
    )
    db.session.add(
        JsonImportLine(
            json_import_id=of.id,
            line_number=rank + 1,
            editor_number=number,
            outcome=LineOutcome.RETAINED,
            request_number=avenant.number,
            code="0000",
            label="Retenue",
        )
    )


def pdf() -> io.BytesIO:
    return io.BytesIO(files.pdf())


def stored() -> set[str]:
    """Every key of the store under documents/."""
    return {key for key, _ in ports.get().store.keys("documents/")}


def known() -> set[str]:
    return set(db.session.scalars(sa.select(Document.storage_key)))


VIRUS = b"VIRUS-D-ESSAI"


class Scanner:
    """Stands for clamd, which has its own tests: it knows one virus, and may be down."""

    def __init__(self, down=False):
        self.down = down

    def scan(self, content, file_name):
        if self.down:
            raise Unavailable("L'antivirus ne répond pas.")
        data = content.read()
        content.seek(0)
        if VIRUS in data:
            raise RuleBroken(f"Le fichier « {file_name} » est infecté.")
        return ScanState.CLEAN
