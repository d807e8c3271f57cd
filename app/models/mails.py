"""The outbox: every automatic mail, written in the transaction of its event and sent afterwards; what staff write for
them."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import MailStatus
from app.extensions import db
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User


class MailTemplateVersion(db.Model):
    """What staff wrote for the mails of an event, the highest number being used; a version without text goes back to
    the one the portal is shipped with. Never changed: the mails it worded name it."""

    __table_args__ = (
        sa.UniqueConstraint("event", "number"),
        sa.CheckConstraint("(subject IS NULL) = (body IS NULL)", name="whole_or_shipped"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(sa.String(60), info=labelled("Courriel"))
    number: Mapped[int] = mapped_column(info=labelled("Version"))
    subject: Mapped[str | None] = mapped_column(sa.String(150), info=labelled("Objet"))
    body: Mapped[str | None] = mapped_column(sa.Text, info=labelled("Texte"))
    written_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Écrite le"))
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    written_by: Mapped[User | None] = relationship()


class Mail(db.Model):
    """One mail for one event (`event_key` unique); a resend carries the same Message-ID."""

    __table_args__ = (
        sa.CheckConstraint("(status IN ('sent', 'bounced')) = (sent_at IS NOT NULL)", name="sent_has_its_day"),
        sa.Index("ix_mail_status_due", "status", "due_at"),
        # The mails are listed by date, whoever received them, whatever they told.
        sa.Index("ix_mail_created", "created_at", "id"),
        sa.Index("ix_mail_recipient_created", "recipient", "created_at", "id"),
        sa.Index("ix_mail_event_created", "event", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    message_id: Mapped[str] = mapped_column(sa.String(200), unique=True)
    event: Mapped[str] = mapped_column(sa.String(60), info=labelled("Événement"))
    recipient: Mapped[str] = mapped_column(sa.String(254), info=labelled("Destinataire"))
    subject: Mapped[str] = mapped_column(sa.String(200), info=labelled("Objet"))
    body: Mapped[str] = mapped_column(sa.Text, info=labelled("Message"))
    # What only the recipient may read (a link, a code), sealed; it stands in the body as `messages.SECRET`, and is
    # forgotten once the mail has left, or has no object any more. One that failed keeps it, to be sent again.
    secret: Mapped[str | None] = mapped_column(sa.String(500))
    supplier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("supplier.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("funding_request.id", ondelete="SET NULL"), index=True)
    json_import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("json_import.id"), index=True)
    template_version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("mail_template_version.id"))
    status: Mapped[MailStatus] = mapped_column(enum_column(MailStatus), info=labelled("Statut"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Créé le"))
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Date d'envoi"))
    attempts: Mapped[int] = mapped_column(default=0, info=labelled("Essais"))
    last_error: Mapped[str] = mapped_column(sa.String(500), default="", info=labelled("Dernière erreur"))
