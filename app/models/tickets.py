"""What people ask the assistance, and what it answers."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import TicketKind, TicketPhase, TicketStatus
from app.extensions import db
from app.models.attachments import Attachment
from app.models.types import UtcDateTime, enum_column, labelled
from app.models.users import User


class Ticket(db.Model):
    """One question with its exchange. `follow_digest`: SHA-256 of what a person without account follows it by."""

    __table_args__ = (sa.Index("ix_ticket_status_updated", "status", "updated_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True, info=labelled("Numéro"))
    corridor_code: Mapped[str] = mapped_column(sa.String(3), info=labelled("Couloir"))
    phase: Mapped[TicketPhase] = mapped_column(enum_column(TicketPhase), info=labelled("Phase"))
    kind: Mapped[TicketKind] = mapped_column(enum_column(TicketKind), info=labelled("Type de demande"))
    status: Mapped[TicketStatus] = mapped_column(enum_column(TicketStatus), info=labelled("Statut"))
    name: Mapped[str] = mapped_column(sa.String(100), info=labelled("Nom"))
    company: Mapped[str] = mapped_column(sa.String(200), default="", info=labelled("Raison sociale"))
    email: Mapped[str] = mapped_column(sa.String(254), info=labelled("Courriel"))
    phone: Mapped[str] = mapped_column(sa.String(20), info=labelled("Téléphone"))
    ans_number: Mapped[str] = mapped_column(sa.String(20), default="", info=labelled("Numéro de référencement"))
    about: Mapped[str] = mapped_column(sa.String(30), info=labelled("Numéro de demande associée"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    follow_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Ouvert le"))
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Dernier message"))

    messages: Mapped[list["TicketMessage"]] = relationship(order_by="TicketMessage.id", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return self.number


class TicketMessage(db.Model):
    """One message of the exchange. `author_id` is empty for a person without account."""

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    by_staff: Mapped[bool] = mapped_column()
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    body: Mapped[str] = mapped_column(sa.Text)
    attachment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("attachment.id"), unique=True)

    author: Mapped[User | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
