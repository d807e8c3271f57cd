"""What the ASP reads without changing it here: suppliers, the people who speak for them, referencings."""

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import abort
from flask_admin import expose
from flask_login import current_user
from sqlalchemy.orm import joinedload

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, choices_of
from admin_views.grid import Grid
from admin_views.rows import Join
from admin_views.staff.criteria import SupplierFilter, corridors
from admin_views.staff.writing import key, may
from app.domain.enums import PersonKind
from app.domain.permissions import Capability
from app.extensions import db
from app.models.bank_accounts import BankAccount
from app.models.enrolments import Enrolment
from app.models.referencings import Referencing
from app.models.requests import Avenant
from app.models.suppliers import Person, Supplier
from app.services import bank_changes, person_changes, staff_scope, supplier_users


class Suppliers(Grid):
    capability = Capability.READ_SUPPLIERS
    model = Supplier
    title = "Fournisseurs"
    default_sort = ("name", False)
    columns = (
        Column("siret", Supplier.siret),
        by_name("name", Supplier.name),
        by_name("trade_name", Supplier.trade_name),
        Column("postcode", Supplier.postcode),
        by_name("city", Supplier.city),
    )
    filters: ClassVar[Sequence[Filter]] = (
        SupplierFilter("fournisseur", "Fournisseur (nom ou SIRET)"),
        Filter("commune", "Commune", Supplier.city),
    )

    def row_url(self, row: Any) -> str:
        return f"/gestion/fournisseurs/{row.siret}"

    @expose("/<siret>")
    def supplier(self, siret: str) -> str:
        found = db.session.scalar(sa.select(Supplier).where(Supplier.siret == key(siret))) or abort(404)
        enrolments = sa.select(Enrolment).where(Enrolment.supplier_id == found.id).order_by(Enrolment.id)
        accounts = sa.select(BankAccount).where(BankAccount.supplier_id == found.id).order_by(BankAccount.id.desc())
        by_status = (
            sa.select(Avenant.status, sa.func.count())
            .where(Avenant.supplier_id == found.id, Avenant.is_current, staff_scope.condition(current_user.role_set))
            .group_by(Avenant.status)
        )
        return self.render(
            "staff/supplier.html",
            supplier=found,
            enrolments=db.session.scalars(enrolments.options(joinedload(Enrolment.referencing))).all(),
            accounts=db.session.scalars(accounts).all(),
            counts=db.session.execute(by_status).all(),
            reads_bank=may(Capability.READ_BANK),
            reads_iban=may(Capability.READ_IBAN),
            users=supplier_users.of(found),
            reads_users=may(Capability.READ_USERS),
            bank_history=bank_changes.history(found),
            people_history=[(one, person_changes.words(one)) for one in person_changes.history(found)],
            judges=may(Capability.JUDGE_CHANGES),
        )


class People(Grid):
    """Who speaks for which supplier: found by a name or an address, each leading to his supplier."""

    capability = Capability.READ_SUPPLIERS
    model = Person
    title = "Personnes"
    default_sort = ("last_name", False)
    joins = (Join(Supplier, Supplier.id == Person.supplier_id),)
    columns = (
        by_name("last_name", Person.last_name),
        by_name("first_name", Person.first_name),
        Column("kind", Person.kind),
        Column("email", Person.email),
        Column("phone", Person.phone),
        by_name("name", Supplier.name),
        Column("siret", Supplier.siret),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter("nom", "Nom", Person.last_name),
        Filter("email", "Email", Person.email),
        ChoiceFilter("qualite", "Qualité", Person.kind, choices_of(PersonKind)),
        SupplierFilter("fournisseur", "Fournisseur (nom ou SIRET)"),
    )

    def row_url(self, row: Any) -> str:
        return f"/gestion/fournisseurs/{row.siret}"


class Referencings(Grid):
    capability = Capability.READ_REFERENCINGS
    model = Referencing
    title = "Référencements ANS"
    page_template = "staff/referencings.html"
    columns = (
        Column("ans_number", Referencing.ans_number),
        by_name("software", Referencing.software),
        Column("software_version", Referencing.software_version, label="Version"),
        Column("software_type", Referencing.software_type, label="Type"),
        Column("corridor_code", Referencing.corridor_code),
        Column("dsr", Referencing.dsr),
        Column("wave", Referencing.wave, numeric=True),
        Column("editor_siret", Referencing.editor_siret),
        Column("profiles", Referencing.profiles, sortable=False),
        Column("effective_on", Referencing.effective_on),
    )
    filters: ClassVar[Sequence[Filter]] = (
        Filter("ans", "N° ANS", Referencing.ans_number),
        Filter("logiciel", "Nom du logiciel", Referencing.software),
        ChoiceFilter("couloir", "Couloir", Referencing.corridor_code, corridors),
        Filter("siret", "SIRET de l'éditeur", Referencing.editor_siret),
    )

    def page_context(self) -> dict[str, Any]:
        return {"imports": may(Capability.IMPORT_REFERENCINGS)}
