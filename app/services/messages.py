"""Which mail leaves on which event: what it says is in `mail_templates.py`, what it may say in `mail_catalogue.py`.

The row is written in the transaction of the event; `app.services.outbox` sends it afterwards.
"""

import hashlib
import re
from typing import Any

import sqlalchemy as sa

from app.domain.enums import MailStatus
from app.domain.labelled import Labelled
from app.domain.mail_texts import SECRET
from app.extensions import db
from app.models.mails import Mail
from app.models.requests import Avenant
from app.models.suppliers import Person, Supplier
from app.models.users import User
from app.services import clock, mail_templates, ports
from app.services.mail_templates import Text

__all__ = ["SECRET", "Event", "contact_of", "post", "queue", "tell_supplier", "tell_user"]

KEY_LENGTH = 120
_ODD = re.compile(r"[^A-Za-z0-9_-]+")
_PLAIN = re.compile(r"[A-Za-z0-9_:-]+")


class Event(Labelled):
    """What people are told of. M1 to M12 are in the guides; the others are ours."""

    ENROLMENT_DRAFT = "enrolment_draft", "Demande d'enrôlement à reprendre"
    ENROLMENT_FILED = "enrolment_filed", "Accusé de réception d'une demande d'enrôlement"
    ENROLMENT_PIECE_ASKED = "enrolment_piece_asked", "Pièce d'enrôlement demandée"
    ENROLMENT_CERTIFICATE_AWAITED = "enrolment_certificate_awaited", "Certificat de référencement attendu"
    ENROLMENT_RESUMED = "enrolment_resumed", "Instruction de l'enrôlement reprise"
    ENROLMENT_VALIDATED = "enrolment_validated", "Enrôlement validé"
    ENROLMENT_REJECTED = "enrolment_rejected", "Enrôlement rejeté"
    DEPOSIT_RECEIVED = "deposit_received", "Accusé de réception d'une demande"
    REQUEST_DECIDED = "request_decided", "Demande décidée"
    REQUEST_VALIDATED = "request_validated", "Demande validée"
    REQUEST_REJECTED = "request_rejected", "Demande rejetée"
    REQUEST_CANCELLED = "request_cancelled", "Demande annulée"
    RECOVERY_ISSUED = "recovery_issued", "Ordre de recouvrement émis"
    RECOVERY_DONE = "recovery_done", "Recouvrement enregistré"
    DOCUMENT_ASKED = "document_asked", "Pièce complémentaire demandée"
    AMENDMENT_ASKED = "amendment_asked", "Modification demandée"
    AMENDMENT_REMINDER = "amendment_reminder", "Rappel : modification demandée"
    AMENDMENT_CLOSED = "amendment_closed", "Modification close sans réponse"
    PAYMENT_DONE = "payment_done", "Paiement effectué"
    IDENTIFIER = "identifier", "Identifiant du compte"
    OPENING_LINK = "opening_link", "Ouverture du compte"
    ACCESS_OPENED = "access_opened", "Ouverture des accès"
    IDENTIFIER_LOST = "identifier_lost", "Identifiant oublié"
    PASSWORD_LOST = "password_lost", "Mot de passe oublié"
    ADDRESS_UNKNOWN = "address_unknown", "Adresse inconnue"
    PASSWORD_CHANGED = "password_changed", "Mot de passe changé"
    SECOND_FACTOR_CHANGED = "second_factor_changed", "Second facteur changé"
    CODE_ASKED = "code_asked", "Code de confirmation"
    BANK_CHANGE_ASKED = "bank_change_asked", "Changement de coordonnées bancaires demandé"
    BANK_CHANGE_MADE = "bank_change_made", "Coordonnées bancaires changées"
    BANK_CHANGE_REFUSED = "bank_change_refused", "Changement de coordonnées bancaires refusé"
    PEOPLE_CHANGE_ASKED = "people_change_asked", "Changement de personnes demandé"
    PEOPLE_CHANGED = "people_changed", "Personnes changées"
    PEOPLE_CHANGE_REJECTED = "people_change_rejected", "Changement de personnes rejeté"
    IDENTITY_LINKED = "identity_linked", "Fournisseur d'identité relié"
    TICKET_OPENED = "ticket_opened", "Message à l'assistance reçu"
    TICKET_ANSWERED = "ticket_answered", "Réponse de l'assistance"
    MODEL_ACCEPTED = "model_accepted", "Modèle de document accepté"
    MODEL_REJECTED = "model_rejected", "Modèle de document rejeté"
    COMPLETION_REMINDER = "completion_reminder", "Rappel : demandes à compléter"
    PURGED = "purged", "Demandes non complétées supprimées"


def tell_supplier(event: Event, avenant: Avenant, key: str, **context: Any) -> None:
    """Queue the mail of `event` about a request; `key` makes it unique (one event, one mail)."""
    queue(
        event,
        recipient=contact_of(avenant.supplier),
        key=f"{event.value}:{key}",
        supplier_id=avenant.supplier_id,
        request_id=avenant.request_id,
        avenant=avenant,
        base_url=ports.get().public_base_url,
        **context,
    )


def tell_user(event: Event, user: User, key: str, *, secret: str | None = None, **context: Any) -> None:
    """Queue a mail to a person about his account. `secret`: what stands in it for him alone (a link, a code)."""
    queue(
        event,
        recipient=user.email,
        key=f"{event.value}:{user.id}:{key}",
        supplier_id=None,
        request_id=None,
        secret=secret,
        user=user,
        base_url=ports.get().public_base_url,
        **context,
    )


def queue(
    event: Event,
    recipient: str,
    key: str,
    *,
    supplier_id: int | None,
    request_id: int | None,
    json_import_id: int | None = None,
    secret: str | None = None,
    **context: Any,
) -> None:
    """Queue any mail. The variables of its text are read from `context`; `secret` takes its place when the mail leaves.
    `json_import_id`: of a mail about a whole import."""
    mail = post(event.label, mail_templates.worded(event.value, context), recipient, key)
    mail.secret = ports.get().sealer.seal(secret) if secret else None
    mail.supplier_id, mail.request_id, mail.json_import_id = supplier_id, request_id, json_import_id


def post(label: str, text: Text, recipient: str, key: str) -> Mail:
    """A mail to send, its text being written already; `label` is what the list of mails calls it."""
    if len(key) > KEY_LENGTH:
        key = f"{key[: KEY_LENGTH - 33]}:{_digest(key)}"
    mail = Mail(
        event_key=key,
        message_id=f"<{_name(key)}@{_host()}>",
        event=label,
        recipient=recipient,
        subject=text.subject,
        body=text.body,
        template_version_id=text.version.id if text.version else None,
        status=MailStatus.QUEUED,
        created_at=clock.now(),
        due_at=clock.now(),
    )
    db.session.add(mail)
    return mail


def contact_of(supplier: Supplier) -> str:
    """The declarant when there is one, else the legal representative (kinds sort in that order)."""
    query = sa.select(Person.email).where(Person.supplier_id == supplier.id).order_by(Person.kind).limit(1)
    found = db.session.scalar(query)
    if found is None:
        raise LookupError(f"supplier {supplier.siret} has nobody to write to")
    return found


def _name(key: str) -> str:
    """The key as the left side of a Message-ID: the same for the same key, whatever it is made of (an address)."""
    name = _ODD.sub(".", key).strip(".")
    return name if _PLAIN.fullmatch(key) else f"{name}.{_digest(key)[:8]}"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _host() -> str:
    return ports.get().mail_from.rpartition("@")[2]
