"""Funding requests and their avenants. Data and integrity only: no rule, no query, no HTTP.

Grain: dossier → request (avance or solde) → avenant. The status lives on the avenant; grids list the current ones.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.enums import PaymentState, Phase, RequestStatus
from app.domain.vat import VatRegime
from app.extensions import db
from app.models.dossiers import Dossier
from app.models.suppliers import Supplier
from app.models.types import Money, UtcDateTime, enum_column, labelled
from app.models.users import User


def _partial(name: str, *columns: str, where: str, sqlite_where: str = "") -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=sa.text(sqlite_where or where), postgresql_where=sa.text(where))


def _current(name: str, *columns: str, only: str = "") -> sa.Index:
    """An index of the current avenants alone, which no list of them has to filter. `only`: those of them."""
    more = f" AND {only}" if only else ""
    return _partial(name, *columns, where="is_current" + more, sqlite_where="is_current = 1" + more)


class FundingRequest(db.Model):
    """An avance or a solde: FINMDV005046M0. What never changes from one avenant to the next stands here."""

    __table_args__ = (sa.UniqueConstraint("dossier_id", "phase"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(sa.ForeignKey("dossier.id", ondelete="CASCADE"))
    phase: Mapped[Phase] = mapped_column(enum_column(Phase), info=labelled("Type"))
    number: Mapped[str] = mapped_column(sa.String(22), unique=True, info=labelled("Numéro de dossier"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"), index=True)

    dossier: Mapped[Dossier] = relationship()
    supplier: Mapped[Supplier] = relationship()
    avenants: Mapped[list["Avenant"]] = relationship(
        back_populates="request", order_by="Avenant.ordinal", cascade="all, delete-orphan", passive_deletes=True
    )

    def __str__(self) -> str:
        return self.number


class Avenant(db.Model):
    """One version of a request. `number`, `phase` and `supplier_id` repeat the request's, `corridor_code` and
    `software_type` its dossier's, which never change: the grids narrow, sort and page on this table alone
    (docs/decisions, « The status lives on the avenant »)."""

    __table_args__ = (
        sa.UniqueConstraint("request_id", "ordinal"),
        sa.Index(
            "uq_avenant_current",
            "request_id",
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        ),
        # One per sort offered by the lists of current avenants, the key last, as their pages are cut on it.
        _current("ix_avenant_deposited", "deposited_at", "id"),
        _current("ix_avenant_status_changed", "status_changed_at", "id"),
        _current("ix_avenant_declared", "declared_ht", "id"),
        _current("ix_avenant_status_deposited", "status", "deposited_at", "id"),
        # With all that a supplier's home counts and his list sorts on or searches: neither leaves the index.
        _current(
            "ix_avenant_supplier_deposited",
            "supplier_id",
            "deposited_at",
            "id",
            "number",
            "phase",
            "status",
            "payment_state",
            "software_type",
            "editor_number",
            "declared_ht",
        ),
        # A number begins with its corridor: along the numbers of everybody, his would be at the other end.
        _current("ix_avenant_supplier_number", "supplier_id", "number", "id"),
        _current("ix_avenant_software_deposited", "software_type", "deposited_at", "id", "status"),
        _current("ix_avenant_corridor_deposited", "corridor_code", "deposited_at", "id", "status"),
        _current("ix_avenant_payment_deposited", "payment_state", "deposited_at", "id", only="payment_state <> 'none'"),
        _partial("ix_avenant_superseded", "supplier_id", "deposited_at", "id", where="status = 'superseded'"),
        _partial("ix_avenant_superseded_deposited", "deposited_at", "id", where="status = 'superseded'"),
        _partial("ix_avenant_decision_id", "decision_id", where="decision_id IS NOT NULL"),
        _partial("ix_avenant_judged_by_id", "judged_by_id", where="judged_by_id IS NOT NULL"),
        sa.CheckConstraint("declared_ht > 0", name="declared_positive"),
        sa.CheckConstraint("amount IS NULL OR amount >= 0", name="amount_not_negative"),
        sa.CheckConstraint(
            "status <> 'decided' OR (amount IS NOT NULL AND decided_at IS NOT NULL AND decision_id IS NOT NULL)",
            name="decided_has_amount_and_decision",
        ),
        sa.CheckConstraint(
            "status NOT IN ('validated', 'decided', 'rejected') OR judged_at IS NOT NULL", name="judged_has_its_day"
        ),
        sa.CheckConstraint("status <> 'validated' OR amount IS NOT NULL", name="validated_has_amount"),
        sa.CheckConstraint("(payment_state = 'none') = (decided_at IS NULL)", name="payment_follows_decision"),
        sa.CheckConstraint("(status = 'incomplete') = (completed_at IS NULL)", name="complete_unless_incomplete"),
        sa.CheckConstraint("status <> 'superseded' OR NOT is_current", name="superseded_is_not_current"),
        # A solde deposited again leaves the rejected one as it was judged, no longer current.
        sa.CheckConstraint("is_current OR status IN ('superseded', 'rejected', 'cancelled')", name="past_is_closed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("funding_request.id", ondelete="CASCADE"))
    ordinal: Mapped[int] = mapped_column(default=0, info=labelled("Version"))
    is_current: Mapped[bool] = mapped_column(default=True)
    number: Mapped[str] = mapped_column(sa.String(22), index=True, info=labelled("Numéro de dossier"))
    phase: Mapped[Phase] = mapped_column(enum_column(Phase), info=labelled("Type"))
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier.id"))
    # Triggers hold both to the dossier's. An empty default is what SQLite asks to add a column; they refuse it.
    corridor_code: Mapped[str] = mapped_column(sa.String(3), server_default=sa.text("''"), info=labelled("Couloir"))
    software_type: Mapped[str] = mapped_column(sa.String(10), server_default=sa.text("''"), info=labelled("Logiciel"))

    editor_number: Mapped[str] = mapped_column(sa.String(20), info=labelled("Numéro Editeur"))
    json_import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("json_import.id"), index=True)
    deposited_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date dépôt"))
    expires_on: Mapped[dt.date | None] = mapped_column(info=labelled("Date d'expiration"))
    completed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    status: Mapped[RequestStatus] = mapped_column(enum_column(RequestStatus), info=labelled("Statut"))
    status_changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, info=labelled("Date de changement de statut"))
    payment_state: Mapped[PaymentState] = mapped_column(
        enum_column(PaymentState), default=PaymentState.NONE, info=labelled("Etat de paiement")
    )
    first_instructed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    order_date: Mapped[dt.date] = mapped_column(info=labelled("Date de la commande"))
    invoice_number: Mapped[str | None] = mapped_column(sa.String(50), info=labelled("Numéro de la facture"))
    invoice_date: Mapped[dt.date | None] = mapped_column(info=labelled("Date de la facture"))
    vat: Mapped[VatRegime] = mapped_column(enum_column(VatRegime), info=labelled("Régime TVA"))
    declared: Mapped[dict[str, Any]] = mapped_column(sa.JSON)

    declared_ht: Mapped[Decimal] = mapped_column(Money, info=labelled("Montant Ségur Déclaré"))
    ceiling_ht: Mapped[Decimal | None] = mapped_column(Money, info=labelled("Plafond HT"))
    retained_ht: Mapped[Decimal | None] = mapped_column(Money, info=labelled("Montant HT retenu"))
    retained: Mapped[Decimal | None] = mapped_column(Money, info=labelled("Montant retenu"))
    avance_paid: Mapped[Decimal | None] = mapped_column(Money, info=labelled("Avance versée"))
    amount: Mapped[Decimal | None] = mapped_column(Money, info=labelled("Montant décidé"))
    excess: Mapped[Decimal | None] = mapped_column(Money, info=labelled("Trop-perçu à recouvrer"))

    judged_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Date de validation"))
    judged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, info=labelled("Date de décision"))
    decision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("decision.id"))
    version: Mapped[int] = mapped_column()

    request: Mapped[FundingRequest] = relationship(back_populates="avenants")
    supplier: Mapped[Supplier] = relationship()
    judged_by: Mapped[User | None] = relationship()
    beneficiaries: Mapped[list["Beneficiary"]] = relationship(
        order_by="Beneficiary.position", cascade="all, delete-orphan", passive_deletes=True
    )
    scenarios: Mapped[list["Scenario"]] = relationship(
        order_by="Scenario.position", cascade="all, delete-orphan", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def dossier(self) -> Dossier:
        return self.request.dossier

    def __str__(self) -> str:
        return self.number


class Beneficiary(db.Model):
    """A professional or an establishment the prestation is for. The kind of identifier comes from the corridor."""

    __table_args__ = (sa.UniqueConstraint("avenant_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(sa.String(200), info=labelled("Nom"))
    email: Mapped[str] = mapped_column(sa.String(254), default="", info=labelled("Email"))
    phone: Mapped[str] = mapped_column(sa.String(20), default="", info=labelled("Téléphone"))
    identifier_kind: Mapped[str] = mapped_column(sa.String(10))
    identifier: Mapped[str] = mapped_column(sa.String(20), index=True)


class Scenario(db.Model):
    """The installation scenario: one row for the whole request, or one per establishment where the corridor asks so."""

    __table_args__ = (sa.UniqueConstraint("avenant_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    answers: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class InformationRequest(db.Model):
    """What an officer asked the supplier: a piece or a modification. Resolved when the supplier confirmed, when
    an officer cancelled the request, or at J+20.

    `asked_fields`: the paths he opened, as the corridor's document writes them; `asked_kinds`: the types of the pieces.
    `typed`: what the supplier typed and has not confirmed yet, by place in the line.
    """

    __table_args__ = (
        sa.CheckConstraint("action IN ('ask_document', 'ask_amendment')", name="asks_something"),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name="resolved_says_how"),
        sa.Index(
            "uq_information_request_open",
            "avenant_id",
            unique=True,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    avenant_id: Mapped[int] = mapped_column(sa.ForeignKey("avenant.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(sa.String(20))
    comment: Mapped[str] = mapped_column(sa.Text, info=labelled("Commentaire du gestionnaire"))
    asked_fields: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default=sa.text("'[]'"))
    asked_kinds: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default=sa.text("'[]'"))
    typed: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict, server_default=sa.text("'{}'"))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    remind_on: Mapped[dt.date | None] = mapped_column()
    closes_on: Mapped[dt.date | None] = mapped_column()
    resolved_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    resolution: Mapped[str | None] = mapped_column(sa.String(20))

    avenant: Mapped[Avenant] = relationship()
