"""Which requests a member of the ASP sees: everything complete, or only what was decided, or ordered, by role.

Lists show `condition`; a page and its pieces open within `reachable`, which follows what was paid to its end.
Source: the roles matrix (docs/architecture.md); a request without its pieces is seen by nobody of the ASP (guide « Les
écrans du portail », § 9); administrators see none.
"""

import functools
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from app.domain import numbers
from app.domain.enums import HIDDEN_FROM_STAFF, RecoveryStatus, RequestStatus, Role
from app.extensions import db
from app.models.payments import Payment
from app.models.recoveries import RecoveryOrder
from app.models.requests import Avenant, FundingRequest

READERS_OF_ALL = frozenset({Role.OFFICER, Role.DECIDER, Role.SUPPORT, Role.ANALYST})


def condition(roles: Collection[Role]) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of what these roles see: nothing at all for an administrator."""
    return _condition(frozenset(roles))


@functools.cache
def _condition(roles: frozenset[Role]) -> sa.ColumnElement[bool]:
    """Built once for each set of roles."""
    if READERS_OF_ALL.intersection(roles):
        return Avenant.status.not_in(HIDDEN_FROM_STAFF)
    parts: list[Any] = [sa.false()]
    if Role.AUTHORISER in roles:
        parts.append(Avenant.status == RequestStatus.DECIDED)
    if Role.ACCOUNTANT in roles:
        # Asked row by row, and not as EXISTS, which PostgreSQL joins whole before it stops at the limit of a list.
        paid_by = sa.select(Payment.id).where(Payment.avenant_id == Avenant.id).correlate(Avenant).scalar_subquery()
        parts.append(sa.and_(Avenant.status == RequestStatus.DECIDED, paid_by.is_not(None)))  # only then is it ordered
    return sa.or_(*parts)


@functools.cache
def reachable(roles: frozenset[Role]) -> sa.ColumnElement[bool]:
    """The WHERE on `Avenant` of what these roles may open: what they see and, for who pays, the request « Annulée »
    that their recovery order leads to, all that was paid being recovered."""
    seen = condition(roles)
    if not roles & {Role.AUTHORISER, Role.ACCOUNTANT}:
        return seen
    recovered = (
        sa.exists()
        .where(
            RecoveryOrder.request_id == Avenant.request_id,
            RecoveryOrder.status == RecoveryStatus.RECOVERED,
            RecoveryOrder.is_total,
        )
        .correlate(Avenant)
    )
    return sa.or_(seen, sa.and_(Avenant.status == RequestStatus.CANCELLED, recovered))


def find(number: str, roles: Collection[Role]) -> Avenant | None:
    """The current avenant of this request number when these roles see it; None otherwise, and for no such number."""
    if not numbers.REQUEST.fullmatch(number):
        return None
    return db.session.scalar(
        sa.select(Avenant).where(Avenant.number == number, Avenant.is_current, reachable(frozenset(roles)))
    )


def siblings(avenant: Avenant, roles: Collection[Role]) -> Sequence[Avenant]:
    """The other requests of the same dossier that these roles see, as they stand."""
    query = (
        sa.select(Avenant)
        .join(FundingRequest, FundingRequest.id == Avenant.request_id)
        .where(
            FundingRequest.dossier_id == avenant.request.dossier_id,
            Avenant.request_id != avenant.request_id,
            Avenant.is_current,
            reachable(frozenset(roles)),
        )
        .order_by(Avenant.number)
    )
    return db.session.scalars(query).all()
