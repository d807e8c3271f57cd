"""« Mon compte »: the bank accounts and the people, as held (guide « Les écrans du portail », § 7). Reads only."""

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column
from admin_views.grid import Grid
from admin_views.supplier.pages import Pages, company
from app.domain.enums import PersonKind
from app.models.bank_accounts import BankAccount
from app.services import formats


class BankAccountGrid(Grid):
    """« Gérer mes coordonnées bancaires »: the active account and those it replaced."""

    model = BankAccount
    for_suppliers = True
    title = "Gérer mes coordonnées bancaires"
    list_heading = "Liste des coordonnées bancaires :"
    page_template = "supplier/bank_accounts.html"
    columns = (
        Column("iban", BankAccount.iban),
        Column("bic", BankAccount.bic),
        Column("status", BankAccount.status, badge=True),
        Column("created_at", BankAccount.created_at, shown=formats.day),
    )
    default_sort = ("created_at", True)

    def scope(self) -> Sequence[Any]:
        return (BankAccount.supplier_id == current_user.supplier_id,)

    def row_url(self, row: Any) -> str | None:
        return f"/segurnums/compte/coordonnees-bancaires/{row.id}"

    def page_context(self) -> dict[str, Any]:
        return {"company": company()}

    @expose("/<row:account_id>")
    def consult(self, account_id: int) -> ResponseReturnValue:
        return self.render("supplier/bank_account.html", account=self.one(str(account_id)), company=company())


class People(Pages):
    """« Gérer mes coordonnées personnes physiques »."""

    landing = "page"

    @expose("/personnes")
    def page(self) -> ResponseReturnValue:
        people = {person.kind: person for person in company().people}
        return self.render(
            "supplier/people.html",
            company=company(),
            representative=people.get(PersonKind.LEGAL_REPRESENTATIVE),
            declarant=people.get(PersonKind.DECLARANT),
        )
