"""What happened: accounts, the audit journal. Read only."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_admin import expose

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, KnownValueFilter, PeriodFilter, choices_of
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.staff.criteria import AnyOfFilter, AuditSubjectFilter
from app.domain.enums import Role
from app.domain.permissions import Capability
from app.models.audit import AuditEntry
from app.models.suppliers import Supplier
from app.models.users import RoleRow, User, user_roles
from app.services import audit_words, clock, formats

_ROLES = (
    sa.select(sa.func.aggregate_strings(RoleRow.name, ","))
    .select_from(user_roles)
    .join(RoleRow, RoleRow.id == user_roles.c.role_id)
    .where(user_roles.c.user_id == User.id)
    .correlate(User)
    .scalar_subquery()
)


def _role_labels(names: str | None) -> str:
    return ", ".join(sorted(Role(name).label for name in (names or "").split(",") if name)) or formats.NOTHING


def _lock(until: Any) -> str:
    """« Non » once the lock is over."""
    return f"Jusqu'au {formats.moment(until)}" if until and until > clock.now() else "Non"


class RoleFilter(ChoiceFilter):
    """Accounts that hold a role."""

    def condition(self, text: str) -> Any:
        ChoiceFilter.condition(self, text)
        holders = sa.select(user_roles.c.user_id).join(RoleRow, RoleRow.id == user_roles.c.role_id)
        return User.id.in_(holders.where(RoleRow.name == text))


class LockFilter(ChoiceFilter):
    """Accounts locked at this moment."""

    def condition(self, text: str) -> Any:
        ChoiceFilter.condition(self, text)
        return User.locked_until > clock.now()


class Accounts(Grid):
    """No password is ever read here."""

    capability = Capability.READ_USERS
    model = User
    title = "Comptes"
    joins = (Join(Supplier, Supplier.id == User.supplier_id, outer=True),)
    default_sort = ("username", False)
    columns = (
        by_name("username", User.username),
        by_name("full_name", User.full_name),
        by_name("email", User.email),
        Column("roles", _ROLES, label="Rôles", sortable=False, shown=_role_labels),
        by_name("supplier", Supplier.name, label="Fournisseur"),
        Column("active", User.active),
        Column("locked_until", User.locked_until, label="Verrouillé", shown=_lock),
        Column("failed_logins", User.failed_logins, numeric=True),
        Column("created_at", User.created_at),
    )
    filters: ClassVar[Sequence[Filter]] = (
        AnyOfFilter("compte", "Identifiant, nom ou courriel", (User.username, User.full_name, User.email)),
        RoleFilter("role", "Rôle", None, choices_of(Role, without=[Role.SYSTEM])),
        LockFilter("verrou", "Verrou", None, lambda: [("oui", "Verrouillés")]),
    )

    def row_url(self, row: Any) -> str:
        return f"/gestion/compte/{row.username}"


class Audit(Grid):
    capability = Capability.READ_AUDIT
    model = AuditEntry
    title = "Journal d'audit"
    default_sort = ("at", True)
    columns = (
        Column("rank", AuditEntry.id, sortable=False),
        Column("at", AuditEntry.at, shown=formats.moment),
        Column("actor", AuditEntry.actor, sortable=False),
        Column("action", AuditEntry.action, shown=audit_words.action, sortable=False),
        Column("subject_kind", AuditEntry.subject_kind, shown=audit_words.subject_kind, sortable=False),
        Column("subject", AuditEntry.subject, sortable=False),
        Column("address", AuditEntry.address, sortable=False),
    )
    filters: ClassVar[Sequence[Filter]] = (
        AuditSubjectFilter("reference", "Référence (demande, enveloppe, compte…)", AuditEntry.subject),
        ChoiceFilter("objet", "Objet", AuditEntry.subject_kind, lambda: sorted(audit_words.SUBJECTS.items())),
        KnownValueFilter("auteur", "Auteur", AuditEntry.actor),
        KnownValueFilter("action", "Action", AuditEntry.action, audit_words.action),
        PeriodFilter("date", "Entre le", AuditEntry.at, label_to="et le"),
    )

    def row_url(self, row: Any) -> str:
        return f"/gestion/audit/{row.id}"

    @expose("/<key>")
    def entry(self, key: str) -> str:
        return self.render("staff/audit_entry.html", entry=self.one(key), words=audit_words)
