"""Accounts, their roles, and their sessions. A supplier's account carries the supplier it sees."""

import datetime as dt

import sqlalchemy as sa
from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import STAFF_ROLES, Role
from app.extensions import db
from app.models.suppliers import Supplier
from app.models.types import UtcDateTime, labelled

user_roles = sa.Table(
    "user_roles",
    db.metadata,
    sa.Column("user_id", sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role_id", sa.ForeignKey("role.id"), primary_key=True),
)


class RoleRow(db.Model, RoleMixin):
    """One of `app.domain.enums.Role`; the library wants roles to be rows."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(32), unique=True)
    permissions: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))

    def __str__(self) -> str:
        return Role(self.name).label


class User(db.Model, UserMixin):
    """A named account. `username` is « identifiant » on screens; it is unique whatever its case."""

    __table_args__ = (sa.Index("uq_user_username_folded", sa.text("lower(username)"), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(64), unique=True, info=labelled("Identifiant"))
    email: Mapped[str] = mapped_column(sa.String(254), unique=True, info=labelled("Courriel"))
    full_name: Mapped[str] = mapped_column(sa.String(200), default="", info=labelled("Nom"))
    password: Mapped[str | None] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True, info=labelled("Actif"))
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    supplier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("supplier.id"), index=True)
    # Of a supplier: sees the accounts of the company, opens and closes them.
    administers: Mapped[bool] = mapped_column(default=False, server_default=sa.false(), info=labelled("Administrateur"))
    failed_logins: Mapped[int] = mapped_column(default=0, info=labelled("Échecs de connexion"))
    locked_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Verrouillé jusqu'au"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Créé le"))
    password_changed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # A first login ends with the secret question; the account of whoever has not been there opens nothing else.
    settled: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    secret_question: Mapped[str | None] = mapped_column(sa.String(200))
    secret_answer: Mapped[str | None] = mapped_column(sa.String(255))  # hashed, as a password
    wrong_answers: Mapped[int] = mapped_column(default=0, server_default="0")
    totp_secret: Mapped[str | None] = mapped_column(sa.String(255))  # sealed
    totp_last_step: Mapped[int | None] = mapped_column()  # a code serves once

    supplier: Mapped[Supplier | None] = relationship(info=labelled("Fournisseur"))
    role_rows: Mapped[list[RoleRow]] = relationship(secondary=user_roles, lazy="selectin")

    @property
    def roles(self) -> list[RoleRow]:
        """What Flask-Security reads and fills."""
        return self.role_rows

    @property
    def role_set(self) -> frozenset[Role]:
        return frozenset(Role(row.name) for row in self.role_rows)

    @property
    def is_staff(self) -> bool:
        return bool(self.role_set & STAFF_ROLES)

    @property
    def has_second_factor(self) -> bool:
        return self.totp_secret is not None

    @property
    def profile(self) -> str:
        """As shown at the top right of each page."""
        return ", ".join(role.label for role in Role if role in self.role_set)

    def __str__(self) -> str:
        return self.full_name or self.username


class WebSession(db.Model):
    """One login on one device. The cookie carries the key; here stands its SHA-256, so a dump opens nothing."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key_digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    stepped_up_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)  # proved again who he is
    address: Mapped[str] = mapped_column(sa.String(64), default="")
    device: Mapped[str] = mapped_column(sa.String(200), default="")

    user: Mapped[User] = relationship()
