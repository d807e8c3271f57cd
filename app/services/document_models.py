"""Which models of documents does a supplier have judged before he deposits, and what did the ASP answer?

Guide « Les écrans du portail », § 5.3: an import in two steps (the file, then « Valider mon import »), a judgment with
its comments. Which types there are is in the corridor's document (`[[models]]`): they are offered to who has a
validated enrolment in a wave that asks them. A judged model stays as it is; another file is another model.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.domain import file_names, limits, permissions
from app.domain.enums import EnrolmentStatus, ModelStatus
from app.domain.errors import Conflict, NotAllowed, RuleBroken
from app.domain.permissions import Capability
from app.extensions import db
from app.models.document_models import DocumentModel
from app.models.suppliers import Supplier
from app.models.users import User
from app.services import actors, attachments, audit, clock, corridor_versions, messages, supplier_home
from app.services.actors import Actor
from app.services.messages import Event
from app.services.supplier_home import Place

AWAITED = (ModelStatus.DRAFT, ModelStatus.PENDING)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of model offered to a supplier: its code, its words, the corridor that asks it."""

    code: str
    label: str
    corridor_code: str


def kinds_of(supplier_id: int) -> tuple[Kind, ...]:
    """The types this supplier may have judged, in the order of the corridors; none: the screen is not his."""
    return kinds_among(supplier_home.places_of(supplier_id))


def kinds_among(places: Iterable[Place]) -> tuple[Kind, ...]:
    """The same, of these enrolments of his."""
    validated = (place for place in places if place.status is EnrolmentStatus.VALIDATED)
    asked = dict.fromkeys((place.version_id, place.digest, place.wave) for place in validated)
    specs = ((corridor_versions.spec_of_id(version_id, digest), wave) for version_id, digest, wave in asked)
    return tuple(
        dict.fromkeys(Kind(one.code, one.label, spec.code) for spec, wave in specs for one in spec.models_of(wave))
    )


def add(supplier: Supplier, kind: str, file: tuple[str, BinaryIO], user: User) -> DocumentModel:
    """First step: the file (name, bytes) is proved and kept, to be sent or taken back.

    Raises `RuleBroken` (`kind`, `file`: name, format, size, too many), `Unavailable`.
    """
    chosen = next((one for one in kinds_of(supplier.id) if one.code == kind), None)
    if chosen is None:
        raise RuleBroken("Choisissez un type de fichier.", field="kind")
    _refuse_name(file[0])
    kept = attachments.keep(*file, user)
    _lock(supplier)
    if _count(supplier, *AWAITED) >= limits.MODELS_AWAITED:
        message = f"Vous avez déjà {limits.MODELS_AWAITED} modèles en cours d'import ou d'instruction."
        raise RuleBroken(message, field="file")
    model = DocumentModel(
        supplier_id=supplier.id,
        corridor_code=chosen.corridor_code,
        kind=chosen.code,
        label=chosen.label,
        attachment=kept,
        status=ModelStatus.DRAFT,
    )
    db.session.add(model)
    db.session.flush()
    return model


def remove(supplier: Supplier, model_id: int) -> str | None:
    """Take back a file that was not sent; its name, None when this supplier has no such one. Raises `Conflict` (it was
    sent)."""
    _lock(supplier)
    model = find_own(supplier, model_id)
    if model is None:
        return None
    if model.status is not ModelStatus.DRAFT:
        raise Conflict("Ce modèle est transmis à l'ASP : il ne peut plus être supprimé.")
    attachment, name = model.attachment, model.attachment.file_name
    db.session.delete(model)
    db.session.flush()
    attachments.drop(attachment)
    return name


def send(supplier: Supplier, user: User) -> int:
    """« Valider mon import »: all that was imported waits for the ASP. How many. Raises `RuleBroken` (nothing was)."""
    _lock(supplier)
    sent = drafts_of(supplier)
    if not sent:
        raise RuleBroken("Importez d'abord au moins un modèle de document.", field="file")
    for model in sent:
        model.status, model.sent_at = ModelStatus.PENDING, clock.now()
        _record("send_model", model, actors.of(user))
    db.session.flush()
    return len(sent)


def drafts_of(supplier: Supplier) -> list[DocumentModel]:
    """« Fichiers en cours d'import », the oldest first."""
    query = _whole().where(DocumentModel.supplier_id == supplier.id, DocumentModel.status == ModelStatus.DRAFT)
    return list(db.session.scalars(query.order_by(DocumentModel.id)))


def history(supplier: Supplier) -> list[DocumentModel]:
    """What was sent, the last first."""
    query = _whole().where(DocumentModel.supplier_id == supplier.id, DocumentModel.status != ModelStatus.DRAFT)
    return list(db.session.scalars(query.order_by(DocumentModel.id.desc())))


def find_own(supplier: Supplier, model_id: int) -> DocumentModel | None:
    """One of his, whatever its status."""
    return db.session.scalar(_whole().where(DocumentModel.id == model_id, DocumentModel.supplier_id == supplier.id))


def find(model_id: int) -> DocumentModel | None:
    """One that was sent, for the ASP."""
    return db.session.scalar(_whole().where(DocumentModel.id == model_id, DocumentModel.status != ModelStatus.DRAFT))


def accept(model: DocumentModel, comment: str, seen: int, actor: Actor) -> None:
    """The supplier may use it. Raises `NotAllowed`, `Conflict` (judged already, or a page of before)."""
    _judge(model, ModelStatus.ACCEPTED, comment, seen, actor)
    _record("accept_model", model, actor, comment=model.comment)
    _tell(Event.MODEL_ACCEPTED, model)


def reject(model: DocumentModel, comment: str, seen: int, actor: Actor) -> None:
    """He is told why. Raises as `accept`, and `RuleBroken` on `comment` without a word."""
    if not comment.strip():
        raise RuleBroken("Saisissez le motif du rejet : le fournisseur le lira.", field="comment")
    _judge(model, ModelStatus.REJECTED, comment, seen, actor)
    _record("reject_model", model, actor, comment=model.comment)
    _tell(Event.MODEL_REJECTED, model)


def record_reading(model: DocumentModel, user: User) -> None:
    """Who of the staff read the file."""
    _record("read_model", model, actors.of(user))


def _refuse_name(name: str) -> None:
    """As the guide says it beside the field."""
    if len(file_names.composed(name)) > limits.MODEL_NAME_LENGTH:
        raise RuleBroken(f"Le nom du fichier excède {limits.MODEL_NAME_LENGTH} caractères.", field="file")
    signs = file_names.shown(file_names.special_signs(name))
    if signs:
        said = " ".join(signs[:10])
        raise RuleBroken(f"Le nom du fichier contient des caractères spéciaux : {said}", field="file")


def _judge(model: DocumentModel, status: ModelStatus, comment: str, seen: int, actor: Actor) -> None:
    if actor.id is None or not permissions.may(actor.roles, Capability.JUDGE_MODELS):
        raise NotAllowed("Seul un gestionnaire instruit un modèle de document.")
    db.session.refresh(model, with_for_update={"of": DocumentModel})
    if model.status is not ModelStatus.PENDING or model.version != seen:
        raise Conflict(f"Ce modèle a été traité entre-temps : il est au statut « {model.status.label} ».")
    model.status, model.comment = status, comment.strip()
    model.judged_by_id, model.judged_at = actor.id, clock.now()
    db.session.flush()


def _lock(supplier: Supplier) -> None:
    db.session.execute(sa.select(Supplier.id).where(Supplier.id == supplier.id).with_for_update())


def _count(supplier: Supplier, *statuses: ModelStatus) -> int:
    query = sa.select(sa.func.count()).select_from(DocumentModel)
    mine = (DocumentModel.supplier_id == supplier.id, DocumentModel.status.in_(statuses))
    return db.session.scalar(query.where(*mine)) or 0


def _whole() -> sa.Select[tuple[DocumentModel]]:
    return sa.select(DocumentModel).options(
        joinedload(DocumentModel.supplier),
        joinedload(DocumentModel.attachment),
        joinedload(DocumentModel.judged_by),
    )


def _record(action: str, model: DocumentModel, actor: Actor, comment: str = "") -> None:
    after = {"model": model.kind, "file_name": model.attachment.file_name, "model_status": model.status.value}
    audit.record(action, "supplier", model.supplier.siret, actor, after=after, comment=comment)


def _tell(event: Event, model: DocumentModel) -> None:
    messages.queue(
        event,
        messages.contact_of(model.supplier),
        f"{event.value}:{model.id}",
        supplier_id=model.supplier_id,
        request_id=None,
        model=model,
    )
