"""What becomes of a request of the demo world: each fate is lived through the services, by the right person."""

from collections.abc import Callable
from decimal import Decimal

from app.demo.ground import World
from app.domain.request_workflow import Action
from app.models.recoveries import RecoveryOrder
from app.models.requests import Avenant
from app.services import actors, asked, clock, decisions, payments, recoveries, rejections
from app.services import requests as request_service
from app.services.asked import Asked


def _validate(world: World, avenant: Avenant) -> None:
    request_service.act(avenant, Action.VALIDATE, world.actor(("gestionnaire1", "gestionnaire2")[avenant.id % 2]))


def _decide(world: World, avenant: Avenant) -> None:
    _validate(world, avenant)
    envelope = world.envelopes[avenant.dossier.corridor_code]
    decisions.decide(envelope, [(avenant.id, avenant.version)], world.actor("decideur"))


def _order(world: World, avenant: Avenant) -> None:
    _decide(world, avenant)
    payments.order([(avenant.id, avenant.version)], world.actor("ordonnateur"))


def _pay(world: World, avenant: Avenant) -> None:
    _order(world, avenant)
    payment = payments.payment_of(avenant)
    assert payment is not None
    world.transfers += 1
    payments.confirm(payment, clock.today(), f"VIR-{world.transfers:06d}", world.actor("comptable"))


def _ask_back(world: World, avenant: Avenant) -> RecoveryOrder:
    """Paid, then a part of it asked back; not recovered yet."""
    _pay(world, avenant)
    reason = "Un des postes facturés n'a pas été installé."
    part = (avenant.amount or Decimal(0)) / 4
    order = recoveries.propose(avenant, part.quantize(Decimal("0.01")), reason, world.actor("decideur"))
    return recoveries.issue(order, world.actor("ordonnateur"))


def _recover(world: World, avenant: Avenant) -> None:
    """Paid, then all of it given back: the request is « Annulée »."""
    _pay(world, avenant)
    reason = "Installation jamais réalisée : contrat rompu par le client."
    order = recoveries.propose(avenant, avenant.amount or Decimal(0), reason, world.actor("decideur"))
    recoveries.issue(order, world.actor("ordonnateur"))
    recoveries.confirm(order, clock.today(), f"REC-{order.number}", world.actor("comptable"))


def _reject(world: World, avenant: Avenant) -> None:
    rejections.reject(avenant, ["BC-NON-SIGNE"], "", world.actor("gestionnaire1"))


def _cancel(world: World, avenant: Avenant) -> None:
    comment = "Annulée à la demande du fournisseur : commande abandonnée par le client."
    request_service.act(avenant, Action.CANCEL, world.actor("gestionnaire2"), comment=comment)


def _cancel_decided(world: World, avenant: Avenant) -> None:
    _decide(world, avenant)
    comment = "Annulée à la demande du fournisseur après décision."
    decisions.cancel_decided(avenant, world.actor("decideur"), comment=comment)


def _first_piece(avenant: Avenant) -> tuple[str, ...]:
    """The first piece its corridor asks: the purchase order, the invoice."""
    return (asked.kinds_open(avenant)[0][0],)


def _ask_piece(world: World, avenant: Avenant) -> None:
    comment = "Le bon de commande est illisible : déposez-en une copie nette."
    request_service.act(
        avenant,
        Action.ASK_DOCUMENT,
        world.actor("gestionnaire1"),
        comment=comment,
        asked=Asked(kinds=_first_piece(avenant)),
    )


def _ask_amendment(world: World, avenant: Avenant) -> None:
    comment = "La date de la commande ne correspond pas au bon de commande."
    wished = Asked(("commande.dateCommande",), _first_piece(avenant))
    officer = world.actor("gestionnaire2")
    request_service.act(avenant, Action.ASK_AMENDMENT, officer, comment=comment, asked=wished)


def _answered(world: World, avenant: Avenant) -> None:
    """Asked for a piece, and answered the same day."""
    _ask_piece(world, avenant)
    owner = next(user for user in world.users.values() if user.supplier_id == avenant.supplier_id)
    request_service.act(avenant, Action.ADD_DOCUMENT, actors.of(owner))


def _leave(world: World, avenant: Avenant) -> None:
    """Waiting to be instructed."""


FATES: dict[str, Callable[[World, Avenant], object]] = {
    "paid": _pay,
    "asked_back": _ask_back,
    "recovered": _recover,
    "ordered": _order,
    "decided": _decide,
    "validated": _validate,
    "rejected": _reject,
    "cancelled": _cancel,
    "undecided": _cancel_decided,
    "asked": _ask_piece,
    "amend": _ask_amendment,
    "answered": _answered,
    "new": _leave,
}
