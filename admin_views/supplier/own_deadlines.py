"""« Mes échéances »: what a supplier must do before when, and the secret address for his agenda."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.supplier.pages import Pages, company, person
from app.extensions import db
from app.services import calendar_links, own_deadlines

HERE = "/segurnums/echeances"


class OwnDeadlines(Pages):
    @expose("/")
    def index(self) -> ResponseReturnValue:
        address = calendar_links.address(person())
        return self.render(
            "supplier/deadlines.html",
            deadlines=own_deadlines.of(company().id),
            periods=own_deadlines.periods_for(company().id),
            address=address,
            subscription=f"webcal:{address.partition(':')[2]}" if address else None,
        )

    @expose("/adresse", methods=("POST",))
    def renew(self) -> ResponseReturnValue:
        renewed = calendar_links.address(person()) is not None
        calendar_links.renew(person())
        db.session.commit()
        flash(
            "L'adresse est renouvelée : l'ancienne ne répond plus." if renewed else "L'adresse est créée.",
            "success",
        )
        return redirect(f"{HERE}/", 303)
