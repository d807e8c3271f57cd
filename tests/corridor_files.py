"""Every software type of the corridors deposited by file, and the life of a request of one, from the example of the
documentation to its payment."""

import io
import json
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask.testing import FlaskClient

from app.domain.enums import Phase, RequestStatus
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.documents import ExpectedDocument
from app.models.enrolments import Enrolment
from app.models.imports import JsonImport
from app.models.requests import Avenant
from app.models.users import User
from app.services import bundles, imports
from tests import factories, files, json_files, lives
from tests.exchange import archives
from tests.shipped import BY_FILE as SPECS


class Financed(NamedTuple):
    """A software type of a corridor in a wave."""

    code: str
    software: str
    wave: int


EVERY = [Financed(spec.code, one.type, one.wave) for spec in SPECS.values() for one in spec.software]


class Depositing(NamedTuple):
    """Who deposits for what, with the browser he downloads by."""

    of: Financed
    enrolment: Enrolment
    user: User
    client: FlaskClient

    @property
    def who(self) -> tuple[Enrolment, User]:
        return self.enrolment, self.user

    def example(self, phase: Phase) -> dict[str, Any]:
        """The example of the documentation, under his own SIRET, N° ANS and VAT regime."""
        code, _, wave = self.of
        answer = self.client.get(f"/segurnum/documentation-json/{code}/vague-{wave}/{phase.value}/exemple.json")
        assert answer.status_code == 200
        data = json.loads(answer.data)
        line = data["lignesImport"][0]
        line["commande"]["regimeTVA"] = self.enrolment.vat.json_code
        return data | {"siret": self.enrolment.supplier.siret, "numeroAns": self.enrolment.referencing.ans_number}


def depositing(of: Financed, client: FlaskClient, vat: VatRegime = VatRegime.HT) -> Depositing:
    """A supplier enrolled for this software, referenced for every profile, whose corridor is open today."""
    spec = SPECS[of.code]
    software = spec.software_of(of.software, of.wave)
    assert software
    profiles = sorted({"Général", *(one.profile for one in spec.scenario if one.profile)})
    referencing = factories.referencing(
        of.code, software_type=of.software, wave=of.wave, dsr=software.dsr, profiles=profiles
    )
    enrolment = factories.enrolment(referencing=referencing, vat=vat)
    return Depositing(of, enrolment, factories.supplier_user(enrolment.supplier), client)


def simulated_clean(data: dict[str, Any], by: Depositing, phase: Phase) -> Any:
    """The simulation of a file nothing is said against, not even a remark."""
    simulation = json_files.simulate(json_files.written(data), by.who, phase)
    assert simulation.report["file_faults"] == []
    assert simulation.report["findings"] == []
    return simulation


def imported(data: dict[str, Any], by: Depositing, phase: Phase) -> Avenant:
    """The request that this file of one line becomes."""
    return avenant_of(imports.import_simulated(simulated_clean(data, by, phase), by.user))


def avenant_of(made: JsonImport) -> Avenant:
    """The only request of an import."""
    return db.session.scalars(sa.select(Avenant).where(Avenant.json_import_id == made.id)).one()


def completed(avenant: Avenant, user: User) -> Avenant:
    """The same with the pieces it announced, in one ZIP."""
    expected = db.session.scalars(sa.select(ExpectedDocument).where(ExpectedDocument.avenant_id == avenant.id))
    content = archives.zipped({one.file_name: files.pdf() for one in expected})
    bundles.attach_bundle(db.session.get_one(JsonImport, avenant.json_import_id), io.BytesIO(content), user)
    assert avenant.status is RequestStatus.IN_PROGRESS
    return avenant


def deposited(data: dict[str, Any], by: Depositing, phase: Phase) -> Avenant:
    """Simulated, imported, completed: to be instructed."""
    return completed(imported(data, by, phase), by.user)


def paid(avenant: Avenant) -> Decimal:
    """Validated, decided, ordered and confirmed; the amount."""
    lives.paid(avenant, code=f"ENV-{avenant.number}", amount="1000000.00")
    assert avenant.amount is not None
    return avenant.amount


def of_dossier(data: dict[str, Any], avance: Avenant) -> dict[str, Any]:
    """A solde's file for the dossier of this avance."""
    data["lignesImport"][0]["numeroASP"] = avance.number
    return data
