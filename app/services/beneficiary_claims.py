"""Whom does a dossier hold, once its beneficiaries changed or a request of it died? One prestation per beneficiary and
DSR.

Claims are taken at the import (`import_rows`); here they are moved by a modification, and given back by what dies.
"""

from collections.abc import Collection

import sqlalchemy as sa

from app.domain.enums import Phase
from app.extensions import db
from app.models.dossiers import BeneficiaryClaim, Dossier
from app.models.requests import Avenant, Beneficiary, FundingRequest
from app.services import bulk_rows, import_controls


def move(avenant: Avenant, identifiers: Collection[str]) -> set[str]:
    """Hold these beneficiaries for the dossier of this avenant, and give back those no request of it names any more.

    Returns those that another dossier holds, even since an instant: nothing is then given back.
    """
    dossier = avenant.dossier
    wanted = set(identifiers)
    rows = [(identifier, dossier.id) for identifier in sorted(wanted)]  # in one order for all
    held = bulk_rows.insert_missing(
        BeneficiaryClaim, ("dsr", "identifier"), ("identifier", "dossier_id"), rows, dsr=dossier.dsr
    )
    missed = wanted - held
    own = {identifier for identifier, holder in import_controls.claims(dossier.dsr, missed) if holder == dossier.id}
    lost = missed - own
    if not lost:
        _give_back(dossier, wanted | _named_elsewhere(avenant))
    return lost


def release(avenant: Avenant) -> None:
    """Give back whom a rejected or cancelled request held: all of its dossier, which dies with its avance; of a solde,
    those its avance does not name."""
    _give_back(avenant.dossier, set() if avenant.phase is Phase.AVANCE else _named_elsewhere(avenant))


def _named_elsewhere(avenant: Avenant) -> set[str]:
    """The beneficiaries of the other request of the dossier."""
    query = (
        sa.select(Beneficiary.identifier)
        .join(Avenant, Avenant.id == Beneficiary.avenant_id)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .where(FundingRequest.dossier_id == avenant.request.dossier_id, Avenant.is_current, Avenant.id != avenant.id)
    )
    return set(db.session.scalars(query))


def _give_back(dossier: Dossier, kept: Collection[str]) -> None:
    mine = BeneficiaryClaim.dossier_id == dossier.id
    query = sa.delete(BeneficiaryClaim).where(mine, sa.not_(bulk_rows.among(BeneficiaryClaim.identifier, kept)))
    db.session.execute(query.execution_options(synchronize_session=False))
