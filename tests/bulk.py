"""Many requests in three inserts: copies of one avenant, each with a dossier and a request of its own."""

from typing import Any

import sqlalchemy as sa

from app.extensions import db
from app.models.dossiers import Dossier
from app.models.requests import Avenant, FundingRequest

FIRST = 10_000_000  # far from what the factories give


def copies(model: Avenant, many: int, first: int = FIRST) -> list[int]:
    """`many` avenants like `model` (beneficiaries excepted), flushed. Returns their ids."""
    ranks = range(first, first + many)
    number = model.dossier.number[:6]
    _insert(Dossier, model.dossier, [{"id": n, "number": f"{number}{n}"} for n in ranks])
    _insert(FundingRequest, model.request, [{"id": n, "dossier_id": n, "number": f"{number}{n}M0"} for n in ranks])
    _insert(Avenant, model, [{"id": n, "request_id": n, "number": f"{number}{n}M0"} for n in ranks])
    return list(ranks)


def _insert(kind: type[Any], model: Any, changes: list[dict[str, Any]]) -> None:
    said = {attribute.key: getattr(model, attribute.key) for attribute in sa.inspect(kind).column_attrs}
    db.session.execute(sa.insert(kind), [said | change for change in changes])
