"""What proves who somebody is, besides his password: links sent by mail, codes, identities from elsewhere.

Of a link or a code only the SHA-256 is here: a dump of the database opens nothing.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import LinkPurpose
from app.extensions import db
from app.models.types import UtcDateTime, enum_column
from app.models.users import User


class AccessLink(db.Model):
    """A link of single use that opens the choice of a password."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()


class RecoveryCode(db.Model):
    """What replaces, once, a second factor that is lost."""

    __table_args__ = (sa.UniqueConstraint("user_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class MailedCode(db.Model):
    """Six figures sent by mail before a sensitive change; a person has one at a time."""

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    wrong: Mapped[int] = mapped_column(default=0)


class OutsideIdentity(db.Model):
    """An account known to a provider of identities (OpenID Connect)."""

    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(sa.String(255))
    subject: Mapped[str] = mapped_column(sa.String(255))
    linked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()


class UnfinishedForm(db.Model):
    """What somebody was sending when his session ended, until he is back: its fields, sealed, files aside."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    path: Mapped[str] = mapped_column(sa.String(500))
    fields: Mapped[str] = mapped_column(sa.Text)
    with_files: Mapped[bool] = mapped_column()
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
