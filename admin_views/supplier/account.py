"""« Gérer mes coordonnées bancaires », as held (guide « Les écrans du portail », § 7.1). Reads only."""

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column
from admin_views.grid import Grid
from admin_views.supplier.pages import company
from app.models.bank_accounts import BankAccount
from app.services import bank_changes, formats


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
        return {"company": company(), "pending": bank_changes.pending_of(company())}

    @expose("/<row:account_id>")
    def consult(self, account_id: int) -> ResponseReturnValue:
        account = self.one(str(account_id))
        change = bank_changes.of_account(account)
        return self.render("supplier/bank_account.html", account=account, change=change, company=company())
