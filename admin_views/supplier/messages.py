"""« Mes messages à l'assistance »: what the people of a supplier asked, the exchange, a word more."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column, by_name
from admin_views.grid import Grid
from admin_views.supplier.pages import attempt, person
from app.models.tickets import Ticket
from app.services import tickets
from forms import uploads
from forms.contact import MessageForm


class Messages(Grid):
    """The last answered first. Colleagues find them too; another supplier's is 404."""

    for_suppliers = True
    model = Ticket
    title = "Mes messages à l'assistance"
    list_heading = "Liste de mes messages :"
    page_template = "supplier/messages.html"
    default_sort = ("updated_at", True)
    columns = (
        Column("number", Ticket.number),
        Column("status", Ticket.status, badge=True),
        Column("updated_at", Ticket.updated_at),
        Column("kind", Ticket.kind),
        Column("phase", Ticket.phase),
        Column("about", Ticket.about),
        by_name("name", Ticket.name),
    )

    def scope(self) -> Sequence[Any]:
        return (tickets.of_company(current_user.supplier_id),)

    def row_url(self, row: Any) -> str:
        return f"/segurnums/messages/{row.number}"

    @expose("/<number>")
    def ticket(self, number: str) -> ResponseReturnValue:
        return self._page(_found(number), MessageForm(formdata=None))

    @expose("/<number>", methods=("POST",))
    def reply(self, number: str) -> ResponseReturnValue:
        ticket, form = _found(number), MessageForm()
        if form.validate_on_submit() and attempt(form, lambda: _reply(ticket, form)):
            flash("Votre message est envoyé.", "success")
            return redirect(url_for(".ticket", number=number), 303)
        return self._page(_found(number), form), 422

    def _page(self, ticket: Ticket, form: MessageForm) -> str:
        here = f"/segurnums/messages/{ticket.number}"
        return self.render(
            "public/ticket.html", ticket=ticket, form=form, files=f"{here}/fichiers", back="/segurnums/messages/"
        )


def _reply(ticket: Ticket, form: MessageForm) -> Ticket:
    file = uploads.stream(form.file.data) if uploads.picked(form.file.data) else None
    tickets.reply(ticket, str(form.body.data), person(), file)
    return ticket


def _found(number: str) -> Ticket:
    return tickets.of_colleague(number, person()) or abort(404)
