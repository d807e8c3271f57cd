"""The queue of the assistance: what people asked, the exchange, the answer."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from admin_views.columns import Column, by_name
from admin_views.criteria import ChoiceFilter, Filter, PeriodFilter, choices_of
from admin_views.grid import Grid
from admin_views.staff.criteria import AnyOfFilter, corridors
from admin_views.staff.writing import actor, attempt, key, one_commit
from app.domain.enums import TicketKind, TicketStatus
from app.domain.permissions import Capability
from app.models.tickets import Ticket
from app.services import tickets
from forms import uploads
from forms.contact import AnswerForm


class Tickets(Grid):
    """The oldest question first among those to treat."""

    capability = Capability.ANSWER_TICKETS
    model = Ticket
    title = "Messages à l'assistance"
    default_sort = ("updated_at", True)
    columns = (
        Column("number", Ticket.number),
        Column("status", Ticket.status, badge=True),
        Column("updated_at", Ticket.updated_at),
        Column("kind", Ticket.kind),
        Column("phase", Ticket.phase),
        Column("corridor_code", Ticket.corridor_code),
        by_name("name", Ticket.name),
        by_name("company", Ticket.company),
        Column("about", Ticket.about),
    )
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter("statut", "Statut", Ticket.status, choices_of(TicketStatus)),
        ChoiceFilter("type", "Type de demande", Ticket.kind, choices_of(TicketKind)),
        ChoiceFilter("couloir", "Couloir", Ticket.corridor_code, corridors),
        AnyOfFilter("qui", "Nom, raison sociale ou courriel", (Ticket.name, Ticket.company, Ticket.email)),
        Filter("numero", "Numéro", Ticket.number),
        PeriodFilter("depot", "Ouvert", Ticket.opened_at),
    )

    def row_url(self, row: Any) -> str:
        return f"/gestion/assistance/{row.number}"

    @expose("/<number>")
    def ticket(self, number: str) -> ResponseReturnValue:
        return self._page(_found(number), AnswerForm(formdata=None))

    @expose("/<number>/repondre", methods=("POST",))
    def answer(self, number: str) -> ResponseReturnValue:
        ticket, form = _found(number), AnswerForm()
        if form.validate_on_submit() and attempt(form, lambda: _answer(ticket, form)):
            flash("La réponse part par courriel.", "success")
            return redirect(url_for(".ticket", number=number), 303)
        return self._page(_found(number), form), 422

    @expose("/<number>/clore", methods=("POST",))
    def close(self, number: str) -> ResponseReturnValue:
        with one_commit():
            tickets.close(_found(number), actor())
        flash("Le message est clos.", "success")
        return redirect(url_for(".ticket", number=number), 303)

    def _page(self, ticket: Ticket, form: AnswerForm) -> str:
        return self.render("staff/ticket.html", ticket=ticket, form=form)


def _answer(ticket: Ticket, form: AnswerForm) -> None:
    file = uploads.stream(form.file.data) if uploads.picked(form.file.data) else None
    tickets.answer(ticket, str(form.body.data), current_user._get_current_object(), actor(), file)


def _found(number: str) -> Ticket:
    return tickets.find(key(number)) or abort(404)
